// RFC 5246 7.4.7.1: a server must not tell which way an RSA-encrypted pre-master secret was wrong, or whether it was. Each
// ClientKeyExchange here is compared with a well-formed one whose content the client does not know either: the bytes sent,
// the observations and the work of the provider must be the same.

import { describe, expect, it } from 'vitest';
import { concat, fromBigInt, fromHex, toBigInt, toHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/codec/run.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { clientKeyExchangeRsa } from '../../src/wire/key_exchange.ts';
import { handshake, internals, puppet } from '../support/forge.ts';
import { NAMES, type ProviderName, world } from '../support/pair.ts';
import { prepare } from '../support/reach.ts';
import { power } from '../support/sessions.ts';

const { publicKey } = world().identities.rsa.privateKey;
if (publicKey.kind !== 'rsa') throw new Error('not an RSA key');
const n = toBigInt(publicKey.modulus);
const e = toBigInt(publicKey.exponent);
const size = publicKey.modulus.length;

/** The bare RSA operation on a block of any form. */
const encrypt = (block: Uint8Array): Uint8Array => fromBigInt(power(toBigInt(block), e, n), size);
const secret = (version = '0303', length = 48): Uint8Array =>
  concat(fromHex(version), new Uint8Array(length - 2).fill(0x42));
const pad = (message: Uint8Array, first = '0002', separator = '00'): Uint8Array =>
  concat(fromHex(first), new Uint8Array(size - 3 - message.length).fill(0x99), fromHex(separator), message);
const set = (bytes: Uint8Array, at: number, to: number): Uint8Array => bytes.map((byte, i) => (i === at ? to : byte));

const RIGHT = encrypt(pad(secret()));
const WRONG: Readonly<Record<string, Uint8Array>> = {
  'block type 1': encrypt(pad(secret(), '0001')),
  'block type 0': encrypt(pad(secret(), '0000')),
  'a first byte of 1': encrypt(pad(secret(), '0102')),
  'a zero in the first byte of padding': encrypt(set(pad(secret()), 2, 0)),
  'a zero in the middle of the padding': encrypt(set(pad(secret()), 90, 0)),
  'a zero just before the separator': encrypt(set(pad(secret()), size - 50, 0)),
  'no separator': encrypt(pad(secret(), '0002', '01')),
  'no zero anywhere': encrypt(concat(fromHex('0002'), new Uint8Array(size - 2).fill(7))),
  'nothing but zeros': new Uint8Array(size),
  'a secret of 47 bytes': encrypt(pad(secret('0303', 47))),
  'a secret of 49 bytes': encrypt(pad(secret('0303', 49))),
  'an empty secret': encrypt(pad(new Uint8Array(0))),
  'version TLS 1.1': encrypt(pad(secret('0302'))),
  'version TLS 1.3': encrypt(pad(secret('0304'))),
  'version SSL 2': encrypt(pad(secret('0002'))),
  'a ciphertext equal to the modulus': fromBigInt(n, size),
  'a ciphertext above the modulus': new Uint8Array(size).fill(0xff),
  'a ciphertext a byte short': RIGHT.subarray(1),
  'a ciphertext a byte long': concat(fromHex('00'), RIGHT),
  'a ciphertext of no bytes': new Uint8Array(0),
  'a ciphertext of 1': fromBigInt(1n, size),
};

interface Outcome {
  readonly sent: string;
  readonly observed: readonly string[];
  readonly work: Readonly<Record<string, number>>;
}

/** What can be told from outside and inside, but for the bytes that chance decides. */
function shown(one: Observation): string {
  if (one.kind !== 'message') return JSON.stringify(one);
  const { kind, direction, type, name, epoch, version, raw } = one;
  const length = name === 'client_key_exchange' ? 'that of the ciphertext' : raw.length;
  return JSON.stringify({ kind, direction, type, name, epoch, version, length });
}

function outcomeOf(name: ProviderName, ciphertext: Uint8Array, failing = false): Outcome {
  const work: Record<string, number> = {};
  const reached = prepare('server', '1.2 RSA', name);
  const { target, peer, observed } = reached;
  const { provider } = internals(target.engine).context;
  const count = <K extends 'hmac' | 'hash' | 'aead' | 'random'>(what: K): void => {
    const original = provider[what] as (...args: unknown[]) => unknown;
    counted[what] = ((...args: unknown[]) => {
      work[what] = (work[what] ?? 0) + 1;
      return original(...args);
    }) as never;
  };
  const counted: { -readonly [K in keyof typeof provider]: (typeof provider)[K] } = { ...provider };
  for (const what of ['hmac', 'hash', 'aead', 'random'] as const) count(what);
  Object.assign(internals(target.engine).context, { provider: counted });
  puppet(peer.engine, (message) =>
    message === 'client_key_exchange'
      ? [handshake('client_key_exchange', encode(clientKeyExchangeRsa, { encrypted_pre_master_secret: ciphertext }))]
      : undefined,
  );
  if (failing) {
    const { reply } = target;
    Object.assign(target, {
      reply: (need: Parameters<typeof reply>[0]) => (need.kind === 'decrypt' ? { answer: undefined } : reply(need)),
    });
  }
  const sent: string[] = [];
  reached.go(() => {
    if (target.error !== undefined) sent.push(toHex(Buffer.concat(target.outbox)));
    return target.error !== undefined;
  });
  expect(target.agreement).toBeUndefined();
  // The records of ClientKeyExchange are as long as it is; everything else must be the same.
  const rest = observed.filter((one) => !(one.kind === 'record' && one.direction === 'in' && one.innerType === 22));
  return { sent: sent.join(), observed: rest.map(shown), work };
}

describe.each(NAMES)('a server on %s', (name) => {
  const right = outcomeOf(name, RIGHT);

  it('a well-formed secret that the client does not know fails at Finished, with bad_record_mac', () => {
    expect(right.observed.at(-1)).toContain('ERR_TLS_BAD_RECORD_MAC');
    expect(right.sent).toBe('15030300020214');
    expect(right.observed.some((one) => one.includes('"to":"wait_finished_12"'))).toBe(true);
  });

  it.each(Object.keys(WRONG))('%s looks the same', (what) => {
    expect(outcomeOf(name, WRONG[what] as Uint8Array)).toEqual(right);
  });

  it('a private key that fails looks the same', () => {
    expect(outcomeOf(name, RIGHT, true)).toEqual(right);
  });
});

it('the right secret, by contrast, connects', () => {
  const reached = prepare('server', '1.2 RSA');
  reached.go(() => false);
  expect(reached.target.agreement).toBeDefined();
});
