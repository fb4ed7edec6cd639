// What a TLS 1.3 client offers to go on from: pre_shared_key with its binders (RFC 8446 4.2.11), and early data under the first
// of the keys (4.2.10).

import { HASH_LENGTH } from '../../crypto/hkdf.ts';
import { earlyStage, trafficKeys } from '../../crypto/schedule13.ts';
import { type Suite13, suiteById } from '../../crypto/suites.ts';
import { changeExtensions } from '../../wire/extensions.ts';
import { type ClientHello, clientHello, encodeHandshake, withoutBinders } from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ClientConfig } from '../shared/config.ts';
import type { Psk } from '../shared/needs.ts';
import { binderOf, externalPsk, obfuscatedAge, type Psk13 } from '../shared/psk13.ts';
import type { Session } from '../shared/session.ts';

/** The keys to offer, best first: the ticket's, then the one shared beforehand. Those of no hash of ours are left out. */
export function pskOffer(config: ClientConfig, session: Session | undefined, shared: Psk | undefined): Psk13[] {
  const hash = session && suiteById(session.suite)?.hash;
  const psks: Psk13[] = [];
  if (session !== undefined && hash !== undefined && session.version === VERSION.tls13) {
    psks.push({ identity: session.ticket, key: session.secret, hash, session });
  }
  if (shared?.identity !== undefined) psks.push(externalPsk(shared, shared.identity));
  return psks.filter((psk) => suiteOfHash(config, psk) !== undefined);
}

function suiteOfHash({ suites }: ClientConfig, { hash }: Psk13): Suite13 | undefined {
  return suites.find((suite): suite is Suite13 => suite.version === 'tls13' && suite.hash === hash);
}

/** With pre_shared_key at its end, its binders still zeros. */
export function withPsks(hello: ClientHello, psks: readonly Psk13[], now: number): ClientHello {
  if (psks.length === 0) return hello;
  const pre_shared_key = {
    identities: psks.map((psk) => ({ identity: psk.identity, obfuscated_ticket_age: obfuscatedAge(psk, now) })),
    binders: psks.map((psk) => new Uint8Array(HASH_LENGTH[psk.hash])),
  };
  return { ...hello, extensions: changeExtensions('client_hello', hello.extensions, { pre_shared_key }) };
}

/** With the binders that go with everything else in it, which is fixed from now on. */
export function bound(context: HandshakeContext, hello: ClientHello, psks: readonly Psk13[]): ClientHello {
  const offered = hello.extensions.known.pre_shared_key;
  if (offered === undefined) return hello;
  const truncated = withoutBinders(encodeHandshake('client_hello', clientHello, hello), offered.binders);
  const binders = psks.map((psk) => {
    const suite = suiteOfHash(context.client, psk);
    if (suite === undefined) throw new TlsError('ERR_TLS_INTERNAL', 'a PSK whose hash no suite has');
    return binderOf(context, suite, psk, truncated);
  });
  const pre_shared_key = { ...offered, binders };
  return { ...hello, extensions: changeExtensions('client_hello', hello.extensions, { pre_shared_key }) };
}

/** The suite and the limit of early data, when the first key allows it and everything is as it was (RFC 8446 4.2.10). */
export function earlyDataOf(config: ClientConfig, [first]: readonly Psk13[]): EarlyOffer | undefined {
  const session = first?.session;
  if (!config.earlyData || session === undefined || session.maxEarlyData === 0) return undefined;
  const suite = config.suites.find((one): one is Suite13 => one.id === session.suite && one.version === 'tls13');
  const sameProtocol = session.alpn === '' || config.alpn.includes(session.alpn);
  return suite && sameProtocol ? { suite, limit: session.maxEarlyData } : undefined;
}

export interface EarlyOffer {
  readonly suite: Suite13;
  /** Bytes of content that the server takes. */
  readonly limit: number;
}

/** From now on data can be written under the key of the ticket, before the server has said a word. */
export function startEarlyData(
  context: HandshakeContext,
  hello: ClientHello,
  { suite, limit }: EarlyOffer,
  psk: Psk13,
): void {
  const schedule = { provider: context.provider, suite, observe: context.observeSecret };
  const stage = earlyStage(schedule, psk.key);
  const hash = context.transcript.hashOfHello(suite.hash, encodeHandshake('client_hello', clientHello, hello));
  const secret = stage.clientTraffic(hash);
  context.logSecret('CLIENT_EARLY_TRAFFIC_SECRET', hello.random, secret);
  const exporter = stage.exporter(hash);
  context.logSecret('EARLY_EXPORTER_SECRET', hello.random, exporter);
  context.openEarlyExporter({ version: 'tls13', schedule, secret: exporter });
  context.openEarlyWrites(limit);
  const keys = trafficKeys(schedule, secret, 'client_early_traffic_secret');
  context.setWriteKeys({ suite, keys, epoch: 'early', generation: 0 }, hello.legacy_session_id.length > 0);
  // RFC 6066 4: a server that agrees reads no longer records from its ServerHello on, and early data may come behind it.
  const { maxFragmentLength: fragment } = context.client;
  if (fragment !== undefined) context.limitRecords(2 ** (8 + fragment), undefined);
}
