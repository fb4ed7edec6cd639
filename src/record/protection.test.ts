import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, EMPTY, equal, fromHex, toHex } from '../bytes/bytes.ts';
import type { AeadName } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { AEAD_SHAPE, type AeadSuite12, SUITES, type Suite13 } from '../crypto/suites.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { makeOpener, makeSealer } from './protect.ts';
import { makeHeader, type Opener, type Sealer } from './protection.ts';

type AeadSuite = AeadSuite12 | Suite13;

const keysOf = (suite: AeadSuite): { key: Uint8Array; iv: Uint8Array } => ({
  key: Uint8Array.from({ length: AEAD_SHAPE[suite.aead].keyLength }, (_, i) => i),
  iv: Uint8Array.from(
    { length: suite.version === 'tls13' ? 12 : AEAD_SHAPE[suite.aead].fixedIvLength },
    (_, i) => 0xa0 + i,
  ),
});
const AEAD_SUITES = SUITES.filter((one): one is AeadSuite => one.aead !== undefined);
const suiteOf = (version: AeadSuite['version'], aead: AeadName): AeadSuite => {
  const suite = AEAD_SUITES.find((one) => one.version === version && one.aead === aead);
  if (suite === undefined) throw new Error(`no ${aead} in ${version}`);
  return suite;
};
const sealed = (sealer: Sealer, type: number, content: Uint8Array): Uint8Array => {
  const out: Uint8Array[] = [];
  sealer.seal(type, content, out);
  return concat(...out);
};
const open = (opener: Opener, record: Uint8Array): Uint8Array => opener.open(record.subarray(0, 5), record.subarray(5));

/** A provider whose AEAD writes down its nonces and additional data and leaves the content as it is. */
function listening(): { provider: CryptoProvider; seen: { nonce: string; aad: string }[] } {
  const seen: { nonce: string; aad: string }[] = [];
  const provider: CryptoProvider = {
    ...nodeProvider,
    aead: () => ({
      tagLength: 16,
      seal(nonce, aad, plaintext, out) {
        seen.push({ nonce: toHex(nonce), aad: toHex(aad) });
        out.push(concat(...plaintext, new Uint8Array(16)));
      },
      open(nonce, aad, bytes) {
        seen.push({ nonce: toHex(nonce), aad: toHex(aad) });
        return bytes.slice(0, -16);
      },
    }),
  };
  return { provider, seen };
}

/** Sequence numbers on both sides of each boundary of a byte and of 32-bit arithmetic. */
const SEQUENCES: readonly (readonly [number, string])[] = [
  [0, '0000000000000000'],
  [255, '00000000000000ff'],
  [256, '0000000000000100'],
  [2 ** 31, '0000000080000000'],
  [2 ** 32 - 1, '00000000ffffffff'],
  [2 ** 32, '0000000100000000'],
  [2 ** 32 + 1, '0000000100000001'],
  [2 ** 40 + 2 ** 32 + 0xfe, '00000101000000fe'],
  [2 ** 53 - 1, '001fffffffffffff'],
];
const xor = (iv: Uint8Array, sequence: string): string => {
  const padded = concat(new Uint8Array(4), fromHex(sequence));
  return toHex(iv.map((byte, i) => byte ^ (padded[i] as number)));
};
const at = <T extends object>(half: T, sequence: number): T => Object.assign(half, { sequence });

describe('sequence numbers, below and above 2^32', () => {
  it.each(SEQUENCES)(
    'RFC 8446 5.3: %d in the nonce of TLS 1.3; the header is the additional data',
    (sequence, text) => {
      const suite = suiteOf('tls13', 'aes-128-gcm');
      const { provider, seen } = listening();
      const record = sealed(at(makeSealer(provider, suite, keysOf(suite)), sequence), 23, fromHex('aabb'));
      open(at(makeOpener(provider, suite, keysOf(suite)), sequence), record);
      const expected = { nonce: xor(keysOf(suite).iv, text), aad: '1703030013' };
      expect(seen).toEqual([expected, expected]);
    },
  );

  it.each(SEQUENCES)(
    'RFC 5246 6.2.3.3, RFC 5288 3: %d in nonce and additional data of GCM in TLS 1.2',
    (sequence, text) => {
      const suite = suiteOf('tls12', 'aes-128-gcm');
      const { provider, seen } = listening();
      const record = sealed(at(makeSealer(provider, suite, keysOf(suite)), sequence), 23, fromHex('aabb'));
      expect(toHex(record.subarray(0, 13))).toBe(`170303001a${text}`);
      open(at(makeOpener(provider, suite, keysOf(suite)), sequence), record);
      const expected = { nonce: `a0a1a2a3${text}`, aad: `${text}1703030002` };
      expect(seen).toEqual([expected, expected]);
    },
  );

  it.each(SEQUENCES)(
    'RFC 7905 2: %d XORed into the nonce of ChaCha20 in TLS 1.2, and nothing explicit',
    (sequence, text) => {
      const suite = suiteOf('tls12', 'chacha20-poly1305');
      const { provider, seen } = listening();
      const record = sealed(at(makeSealer(provider, suite, keysOf(suite)), sequence), 22, fromHex('aabb'));
      expect(record.length).toBe(5 + 2 + 16);
      open(at(makeOpener(provider, suite, keysOf(suite)), sequence), record);
      const expected = { nonce: xor(keysOf(suite).iv, text), aad: `${text}1603030002` };
      expect(seen).toEqual([expected, expected]);
    },
  );

  it('RFC 8446 5.5: what is left under a key shrinks with each record', () => {
    const suite = suiteOf('tls13', 'aes-128-gcm');
    const sealer = makeSealer(nodeProvider, suite, keysOf(suite));
    const before = sealer.left;
    sealed(sealer, 23, EMPTY);
    expect([before, sealer.left]).toEqual([Math.floor(2 ** 24.5), before - 1]);
  });
});

describe.each([
  { from: nodeProvider, to: nodeProvider },
  { from: nodeProvider, to: nobleProvider },
  { from: nobleProvider, to: nodeProvider },
])('sealed by $from.name, opened by $to.name', ({ from, to }) => {
  const runs = AEAD_SUITES.filter(({ aead }) => from.aeads.includes(aead) && to.aeads.includes(aead));
  const missing = new Set(AEAD_SUITES.filter((one) => !runs.includes(one)).map(({ aead }) => aead));
  if (missing.size > 0) console.log(`${from.name} to ${to.name}: not in both: ${[...missing].join(', ')}`);

  it.each(runs)('$version suite $id: what is sealed is opened in order, and only in order', (suite) => {
    const [sealer, opener] = [makeSealer(from, suite, keysOf(suite)), makeOpener(to, suite, keysOf(suite))];
    const contents = [EMPTY, fromHex('00'), new Uint8Array(300).fill(7), new Uint8Array(2 ** 14).fill(9)];
    const records = contents.map((content, i) => sealed(sealer, i === 0 ? 23 : 22, content));
    for (const [i, record] of records.entries()) {
      expect(equal(open(opener, record), contents[i] as Uint8Array)).toBe(true);
      expect([opener.innerType, opener.opened, opener.padding]).toEqual([i === 0 ? 23 : 22, i + 1, 0]);
    }
    const fresh = makeOpener(to, suite, keysOf(suite));
    expect(() => open(fresh, records[1] as Uint8Array)).toThrow(
      expect.objectContaining({ code: 'ERR_TLS_BAD_RECORD_MAC' }),
    );
  });

  it.each(runs)('$version suite $id: any changed byte, and any cut, is a bad_record_mac', (suite) => {
    const record = sealed(makeSealer(from, suite, keysOf(suite)), 23, fromHex('0102030405'));
    const refused = (bytes: Uint8Array): void => {
      const opener = makeOpener(to, suite, keysOf(suite));
      expect(() => open(opener, bytes)).toThrow(expect.objectContaining({ code: 'ERR_TLS_BAD_RECORD_MAC' }));
    };
    for (let i = 0; i < record.length; i++) {
      // TLS 1.2 authenticates the version that it negotiated, not the one in the header; its length is that of what came.
      if (suite.version === 'tls12' && i >= 1 && i <= 4) continue;
      refused(record.map((byte, j) => (i === j ? byte ^ 0x40 : byte)));
    }
    for (let length = 5; length < record.length; length++) refused(record.subarray(0, length));
  });
});

describe('RFC 8446 5.4: padding', () => {
  const suite = suiteOf('tls13', 'aes-128-gcm');
  const inner = (content: Uint8Array, ...tail: readonly number[]): Uint8Array => {
    const plaintext = concat(content, Uint8Array.from(tail));
    const header = makeHeader(23, 0x0303, plaintext.length + 16);
    const out: Uint8Array[] = [header];
    nodeProvider.aead(suite.aead, keysOf(suite).key).seal(keysOf(suite).iv, header, [plaintext], out);
    return concat(...out);
  };

  it('any number of zeros behind the type is padding, zeros in the content are not', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.integer({ min: 1, max: 255 }),
        fc.nat({ max: 60 }),
        (content, type, zeros) => {
          const opener = makeOpener(nodeProvider, suite, keysOf(suite));
          const opened = open(opener, inner(content, type, ...new Uint8Array(zeros)));
          expect([toHex(opened), opener.innerType, opener.padding]).toEqual([toHex(content), type, zeros]);
        },
      ),
    );
  });

  it.each([0, 1, 64])('a plaintext of nothing but %i zeros is an unexpected_message', (zeros) => {
    const opener = makeOpener(nodeProvider, suite, keysOf(suite));
    expect(() => open(opener, inner(new Uint8Array(zeros)))).toThrow(
      expect.objectContaining({ code: 'ERR_TLS_BAD_INNER_PLAINTEXT', alert: 'unexpected_message' }),
    );
  });
});
