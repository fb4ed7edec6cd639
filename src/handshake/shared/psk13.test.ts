import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex, toHex } from '../../bytes/bytes.ts';
import { type Suite13, suiteById } from '../../crypto/suites.ts';
import { Transcript } from '../../crypto/transcript.ts';
import { nobleProvider } from '../../providers/noble.ts';
import { nodeProvider } from '../../providers/node.ts';
import { withoutBinders } from '../../wire/messages.ts';
import type { HandshakeContext } from '../context.ts';
import { binderOf, externalPsk, obfuscatedAge, type Psk13, peerOf } from './psk13.ts';
import type { Session } from './session.ts';

const session: Session = {
  version: 0x0304,
  suite: 0x1301,
  secret: fromHex('4ecd0eb6ec3b4d87f5d6028f922ca4c5851a277fd41311c9e62d2c9492e1c4f3'),
  extendedMasterSecret: true,
  created: 1_000_000,
  lifetime: 30,
  validUntil: 2_000_000,
  binding: EMPTY,
  serverName: 'server',
  alpn: '',
  group: 29,
  scheme: 0x0804,
  authorized: true,
  authorizationProblem: '',
  peerChain: [Uint8Array.of(1)],
  id: EMPTY,
  ticket: Uint8Array.of(9),
  ageAdd: 0xfad6aac5,
  maxEarlyData: 0,
};
const psk: Psk13 = { identity: session.ticket, key: session.secret, hash: 'sha256', session };

describe('RFC 8446 4.2.11.1: the age of a ticket', () => {
  it.each([
    [0, 0xfad6aac5],
    [6, 0xfad6aacb],
    // Modulo 2^32, as the RFC has it.
    [0x05295_53a, 0xffffffff],
    [0x05295_53b, 0],
    // A clock that was set back is no reason to tell when the ticket came.
    [-5, 0xfad6aac5],
    [6.9, 0xfad6aacb],
  ])('%d ms', (age, obfuscated) => {
    expect(obfuscatedAge(psk, session.created + age)).toBe(obfuscated);
  });

  it('RFC 8446 4.2.11: "For identities established externally, an obfuscated_ticket_age of 0 SHOULD be used"', () => {
    expect(obfuscatedAge(externalPsk({ key: psk.key }, Uint8Array.of(1)), Date.now())).toBe(0);
  });
});

describe.each([nodeProvider, nobleProvider])('binders on $name', (provider) => {
  const context = {
    provider,
    transcript: new Transcript(provider),
    observeSecret: undefined,
  } as unknown as HandshakeContext;
  const suite = suiteById(0x1301) as Suite13;

  it('are those of RFC 8448 4 over its prefix', async () => {
    const { readFileSync } = await import('node:fs');
    const file = new URL('../../../test/golden/rfc8448_section4.json', import.meta.url);
    const { steps } = JSON.parse(readFileSync(file, 'utf8')) as {
      steps: { step: string; values: Record<string, string> }[];
    };
    const { values } = steps.find(({ step }) => step === 'calculate PSK binder') ?? { values: {} };
    const prefix = fromHex((values as Record<string, string>)['ClientHello prefix'] ?? '');
    const binder = binderOf(context, suite, psk, prefix);
    expect(toHex(binder)).toBe((values as Record<string, string>).finished);
    expect(toHex(withoutBinders(concat(prefix, new Uint8Array(35)), [binder]))).toBe(toHex(prefix));
  });

  it('differ between a ticket and a key that was shared beforehand, and with every bit of key and hello', () => {
    const prefix = new Uint8Array(40).fill(3);
    const one = toHex(binderOf(context, suite, psk, prefix));
    expect(toHex(binderOf(context, suite, { ...psk, session: undefined }, prefix))).not.toBe(one);
    expect(
      toHex(binderOf(context, suite, { ...psk, key: psk.key.map((b, i) => (i === 31 ? b ^ 1 : b)) }, prefix)),
    ).not.toBe(one);
    expect(
      toHex(
        binderOf(
          context,
          suite,
          psk,
          prefix.map((b, i) => (i === 0 ? b ^ 1 : b)),
        ),
      ),
    ).not.toBe(one);
  });
});

it('the list of binders is cut off whole, however many there are', () => {
  const raw = Uint8Array.from({ length: 200 }, (_, i) => i);
  expect(withoutBinders(raw, []).length).toBe(198);
  expect(withoutBinders(raw, [new Uint8Array(32)]).length).toBe(165);
  expect(withoutBinders(raw, [new Uint8Array(32), new Uint8Array(48)]).length).toBe(116);
});

it('who is known behind a key: the chain of the session, and nobody behind one that was shared', () => {
  expect(peerOf(psk)).toEqual({
    chain: session.peerChain,
    authorized: true,
    problem: undefined,
    validUntil: 2_000_000,
  });
  const doubtful = { ...session, authorized: false, authorizationProblem: 'expired' };
  expect(peerOf({ ...psk, session: doubtful })).toMatchObject({ authorized: false, problem: 'expired' });
  expect(peerOf(externalPsk({ key: psk.key }, EMPTY))).toBeUndefined();
});

it("RFC 8446 4.2.11: without a hash it is SHA-256; the name is the host's, or that which was asked for", () => {
  expect(externalPsk({ key: psk.key }, Uint8Array.of(1))).toEqual({
    identity: Uint8Array.of(1),
    key: psk.key,
    hash: 'sha256',
    session: undefined,
  });
  expect(externalPsk({ key: psk.key, identity: Uint8Array.of(2), hash: 'sha384' }, Uint8Array.of(1))).toMatchObject({
    identity: Uint8Array.of(2),
    hash: 'sha384',
  });
});
