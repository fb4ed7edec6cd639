// RFC 8448 section 3 runs through the engine in test/conformance; here stand the parts that it does not reach: the other
// hash, KeyUpdate, resumption.

import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ascii, concat, EMPTY, fromHex, toHex } from '../bytes/bytes.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { HASH_LENGTH } from './hkdf.ts';
import type { HashName } from './keys.ts';
import { earlyStage, nextTrafficSecret, trafficKeys, verifyData13 } from './schedule13.ts';
import { AEAD_SHAPE, SUITES, type Suite13 } from './suites.ts';

const suites = SUITES.filter((suite): suite is Suite13 => suite.version === 'tls13');

/** RFC 8446 7.1 a second time, on node:crypto alone. */
function expandLabel(hash: HashName, prk: Uint8Array, label: string, context: Uint8Array, length: number): Uint8Array {
  const name = ascii(`tls13 ${label}`);
  const info = concat(Uint8Array.of(length >> 8, length, name.length), name, Uint8Array.of(context.length), context);
  let previous = EMPTY;
  let output = EMPTY;
  for (let i = 1; output.length < length; i++) {
    previous = createHmac(hash, prk)
      .update(concat(previous, info, Uint8Array.of(i)))
      .digest();
    output = concat(output, previous);
  }
  return output.subarray(0, length);
}
const extract = (hash: HashName, salt: Uint8Array, ikm: Uint8Array): Uint8Array =>
  createHmac(hash, salt).update(ikm).digest();

describe.each([nodeProvider, nobleProvider])('$name', (provider) => {
  it.each(suites)('RFC 8446 7.1: every stage of the schedule of suite $id against a second implementation', (suite) => {
    const { hash } = suite;
    const size = HASH_LENGTH[hash];
    const zeros = new Uint8Array(size);
    const shared = new Uint8Array(32).fill(0x5a);
    const [first, second] = [new Uint8Array(size).fill(1), new Uint8Array(size).fill(2)] as const;
    const noMessages = createHash(hash).digest();
    const context = { provider, suite, observe: undefined };
    const derive = (secret: Uint8Array, label: string, messages: Uint8Array): string =>
      toHex(expandLabel(hash, secret, label, messages, size));

    for (const psk of [undefined, new Uint8Array(size).fill(8)]) {
      const early = earlyStage(context, psk);
      expect(toHex(early.secret)).toBe(toHex(extract(hash, zeros, psk ?? zeros)));
      const stage = early.toHandshake(shared);
      expect(toHex(stage.secret)).toBe(
        toHex(extract(hash, expandLabel(hash, early.secret, 'derived', noMessages, size), shared)),
      );
      expect(toHex(stage.clientTraffic(first))).toBe(derive(stage.secret, 'c hs traffic', first));
      expect(toHex(stage.serverTraffic(first))).toBe(derive(stage.secret, 's hs traffic', first));
      const master = stage.toMaster();
      expect(toHex(master.secret)).toBe(
        toHex(extract(hash, expandLabel(hash, stage.secret, 'derived', noMessages, size), zeros)),
      );
      expect(toHex(master.clientTraffic(second))).toBe(derive(master.secret, 'c ap traffic', second));
      expect(toHex(master.serverTraffic(second))).toBe(derive(master.secret, 's ap traffic', second));
      expect(toHex(master.exporter(second))).toBe(derive(master.secret, 'exp master', second));
      expect(toHex(master.resumption(second))).toBe(derive(master.secret, 'res master', second));
    }

    const secret = new Uint8Array(size).fill(4);
    const { key, iv } = trafficKeys(context, secret, 'x');
    expect(toHex(key)).toBe(toHex(expandLabel(hash, secret, 'key', EMPTY, AEAD_SHAPE[suite.aead].keyLength)));
    expect(toHex(iv)).toBe(toHex(expandLabel(hash, secret, 'iv', EMPTY, 12)));
    expect(toHex(nextTrafficSecret(context, secret, 'x'))).toBe(
      toHex(expandLabel(hash, secret, 'traffic upd', EMPTY, size)),
    );
    const finishedKey = expandLabel(hash, secret, 'finished', EMPTY, size);
    expect(toHex(verifyData13(context, secret, first, 'server'))).toBe(toHex(extract(hash, finishedKey, first)));
  });

  it('RFC 8448 3: "tls13 res master" from the master secret of the trace', () => {
    const [suite] = suites;
    if (suite === undefined) throw new Error('no suite');
    const shared = fromHex('8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d');
    const master = earlyStage({ provider, suite, observe: undefined }).toHandshake(shared).toMaster();
    expect(toHex(master.secret)).toBe('18df06843d13a08bf2a449844c5f8a478001bc4d4c627984d5a41da8d0402919');
    const hash = fromHex('209145a96ee8e2a122ff810047cc952684658d6049e86429426db87c54ad143d');
    expect(toHex(master.resumption(hash))).toBe('7df235f2031d2a051287d02b0241b0bfdaf86cc856231f2d5aba46c434ec196c');
  });
});

it('the second implementation of this file agrees with HKDF of node:crypto', () => {
  const salt = fromHex('00');
  const whole = new Uint8Array(
    hkdfSync('sha256', fromHex('0b0b'), salt, concat(fromHex('002008746c733133206976'), fromHex('00')), 32),
  );
  const own = expandLabel('sha256', extract('sha256', salt, fromHex('0b0b')), 'iv', EMPTY, 32);
  expect(toHex(own)).toBe(toHex(whole));
});
