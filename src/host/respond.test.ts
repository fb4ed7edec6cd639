import { describe, expect, it } from 'vitest';
import type { PrivateKey } from '../crypto/provider.ts';
import { generatePrivateKey } from '../providers/node.ts';
import { credentialOf } from './credential.ts';
import { answerWithKeys } from './respond.ts';

const healthy = generatePrivateKey('ed25519').privateKey;
const broken: PrivateKey = {
  publicKey: healthy.publicKey,
  sign: () => {
    throw new Error('the token was pulled out');
  },
  decryptRaw: () => undefined,
};
const need = {
  kind: 'signature',
  credential: 0,
  scheme: 0x0807,
  algorithm: { kind: 'ed25519' },
  data: new Uint8Array(3),
} as const;

describe('answering needs with private keys', () => {
  it('signs with the key of the credential', () => {
    expect(answerWithKeys([{ chain: [], privateKey: healthy }], need)?.answer).toHaveLength(64);
  });

  it('a key that throws answers nothing, so that the engine refuses with an alert', () => {
    expect(answerWithKeys([{ chain: [], privateKey: broken }], need)).toEqual({ answer: undefined });
    expect(answerWithKeys([], need)).toEqual({ answer: undefined });
  });

  it('leaves other needs to others', () => {
    const verdict = { kind: 'verdict', role: 'server', chain: [], serverName: undefined, now: 0 } as const;
    expect(answerWithKeys([], verdict)).toBeUndefined();
  });

  it('an identity without a certificate is a mistake of the configuration', () => {
    expect(() => credentialOf({ chain: [], privateKey: healthy })).toThrow(/needs a certificate/);
  });
});
