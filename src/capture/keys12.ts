// The keys of a recorded TLS 1.2 connection: the master secret from wherever it can be had, then the key block as both ends make it.

import { toHex } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { masterSecret, pskPreMaster } from '../crypto/schedule12.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import { type Suite12, suiteById } from '../crypto/suites.ts';
import { clientKeyExchangeRsa } from '../wire/key_exchange.ts';
import { type Handshake, tryRead } from './handshake.ts';
import type { SealedReason, Secrets } from './secrets.ts';

/** A suite of TLS 1.2 that glasstls knows. */
export function suite12(id: number | undefined): Suite12 | undefined {
  const suite = id === undefined ? undefined : suiteById(id);
  return suite?.version === 'tls12' ? suite : undefined;
}

/** Several where only the records tell which key it is. */
export type Found = { readonly masters: readonly Uint8Array[] } | { readonly reason: SealedReason };

/** Looks for the master secret when the first ChangeCipherSpec comes. */
export function findMaster(
  handshake: Handshake,
  secrets: Secrets,
  provider: CryptoProvider,
  observe: SecretObserver | undefined,
): Found {
  const { clientHello, serverHello, randoms } = handshake;
  if (clientHello === undefined || serverHello === undefined || randoms === undefined) {
    return { reason: { code: 'beginning_missing' } };
  }
  const suite = suite12(serverHello.cipher_suite);
  if (suite === undefined) return { reason: { code: 'unknown_suite', suite: serverHello.cipher_suite } };
  const logged = secrets.log.secret('CLIENT_RANDOM', randoms.client);
  if (logged !== undefined) {
    observe?.({ name: 'master_secret', value: logged });
    return { masters: [logged] };
  }
  const preMasters = findPreMasters(handshake, suite, secrets);
  if (preMasters.length > 0) {
    if (handshake.extendedMasterSecret && handshake.sessionHash === undefined)
      return { reason: { code: 'bytes_missing' } };
    const hash = handshake.extendedMasterSecret ? handshake.sessionHash : undefined;
    return { masters: preMasters.map((one) => masterSecret(provider, suite, one, randoms, hash, observe)) };
  }
  const resumed = handshake.clientKeyExchange === undefined;
  const session = resumed
    ? findSession(handshake, secrets)
    : secrets.log.masterOfSession(serverHello.legacy_session_id_echo);
  if (session !== undefined) {
    observe?.({ name: 'master_secret', value: session });
    return { masters: [session] };
  }
  return { reason: whyNot(handshake, suite, secrets, resumed) };
}

function findPreMasters(handshake: Handshake, suite: Suite12, secrets: Secrets): readonly Uint8Array[] {
  const { randoms, clientKeyExchange: raw, clientHello } = handshake;
  if (randoms === undefined || raw === undefined || clientHello === undefined) return [];
  const logged = secrets.log.secret('PMS_CLIENT_RANDOM', randoms.client);
  if (logged !== undefined) return [logged];
  // RFC 4279 2: the key is all there is.
  if (suite.keyExchange === 'psk') return secrets.psks.map((key) => pskPreMaster(key));
  const encrypted = suite.keyExchange === 'rsa' ? tryRead(clientKeyExchangeRsa, raw) : undefined;
  const opened = encrypted && secrets.rsaPreMaster(encrypted.encrypted_pre_master_secret, clientHello.legacy_version);
  return opened === undefined ? [] : [opened];
}

/** RFC 5246 7.3 and RFC 5077 3.4: the server took a ticket, or knew the session id. */
function findSession({ clientHello, serverHello }: Handshake, secrets: Secrets): Uint8Array | undefined {
  const ticket = clientHello?.extensions.known.session_ticket;
  const byTicket = ticket === undefined || ticket.length === 0 ? undefined : secrets.remembered(ticket);
  return byTicket ?? (serverHello && secrets.remembered(serverHello.legacy_session_id_echo));
}

function whyNot({ randoms }: Handshake, suite: Suite12, secrets: Secrets, resumed: boolean): SealedReason {
  const clientRandom = toHex(randoms?.client ?? new Uint8Array());
  if (!secrets.log.isEmpty) return { code: 'no_secret', clientRandom, others: secrets.log.connections };
  if (suite.keyExchange === 'psk' && !resumed) return { code: 'needs_psk' };
  if (secrets.isEmpty) return { code: 'no_keys' };
  if (resumed) return { code: 'session_unknown', clientRandom };
  if (suite.keyExchange !== 'rsa') return { code: 'forward_secrecy' };
  return { code: secrets.rsaKeys.length > 0 ? 'wrong_rsa_key' : 'no_keys' };
}
