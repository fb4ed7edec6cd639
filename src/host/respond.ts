// What every adapter shares: needs are answered at once where that is possible, so that a flight stays one write. The engine
// knows neither X.509 nor private keys; here they meet. No I/O, no Node.

import type { PrivateKey } from '../crypto/provider.ts';
import type { TlsEvent } from '../engine/events.ts';
import type { CredentialOption } from '../engine/options.ts';
import type { Answers, Need } from '../handshake/shared/needs.ts';
import { TlsError } from '../wire/tls_error.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { equalKeys } from './trust.ts';

/** A certificate chain (DER, own certificate first) with the private key of its first certificate. */
export interface Identity {
  readonly chain: readonly Uint8Array[];
  readonly privateKey: PrivateKey;
}

/** An answer that is ready. A need for which there is none is handed on to the host. */
export interface Reply {
  readonly answer: Answers[keyof Answers];
}

export type Responder = (need: Need) => Reply | undefined;

interface Answerable {
  answer<K extends keyof Answers>(id: number, answer: Answers[K]): TlsEvent[];
}

/** Answers the needs among `events` that `respond` can answer now; returns all other events, in order. */
export function settle(connection: Answerable, events: readonly TlsEvent[], respond: Responder): TlsEvent[] {
  const settled: TlsEvent[] = [];
  const queue = [...events];
  for (const event of queue) {
    const reply = event.type === 'need' ? respond(event.need) : undefined;
    if (event.type === 'need' && reply !== undefined) queue.push(...connection.answer(event.id, reply.answer));
    else settled.push(event);
  }
  return settled;
}

/**
 * The public half of an identity, for the engine's options.
 * @throws TlsError ERR_TLS_CONFIG when the key is not that of the certificate
 */
export function credentialOf({ chain, privateKey }: Identity): CredentialOption {
  const [leaf] = chain;
  if (leaf === undefined) throw new TlsError('ERR_TLS_CONFIG', 'an identity needs a certificate');
  const publicKey = parseCertificate(leaf).spki.key;
  if (publicKey === undefined || !equalKeys(publicKey, privateKey.publicKey)) {
    throw new TlsError('ERR_TLS_CONFIG', 'the private key does not belong to the certificate');
  }
  // The certificate's key, since it may restrict RSA to PSS where the private key does not say so.
  return { chain, key: publicKey };
}

/**
 * Signs and decrypts with the private keys of `identities`, which stand in the order of the engine's credentials. A key that
 * fails (a token that was pulled out) answers nothing, which the engine takes as a refusal.
 */
export function answerWithKeys(identities: readonly Identity[], need: Need): Reply | undefined {
  if (need.kind !== 'signature' && need.kind !== 'decrypt') return undefined;
  const key = identities[need.credential]?.privateKey;
  try {
    return {
      answer: need.kind === 'signature' ? key?.sign(need.algorithm, need.data) : key?.decryptRaw(need.ciphertext),
    };
  } catch {
    return { answer: undefined };
  }
}
