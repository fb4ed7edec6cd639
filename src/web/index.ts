// The public index of `glasstls/web`: TLS over Web Streams, for browsers, edges and Node. No Node, no DOM types, no roots of its
// own: whoever connects says whom to trust.

import { TlsClient } from '../engine/client.ts';
import { Connection } from '../engine/connection.ts';
import type { ClientOptions, ServerOptions } from '../engine/options.ts';
import { serverSetup } from '../engine/server.ts';
import type { Need } from '../handshake/shared/needs.ts';
import { clientBinding, serverBinding } from '../host/binding.ts';
import { credentialOf, type Identity } from '../host/credential.ts';
import { answerWithKeys, type Reply } from '../host/respond.ts';
import { judge, type Trust } from '../host/trust.ts';
import { TlsError } from '../wire/tls_error.ts';
import { type AnchorSource, TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import type { ByteStreams } from './streams.ts';
import { type Answer, TlsStreams } from './tls_streams.ts';

export type { ByteSink, ByteSource, ByteStreams, BytesIn, BytesOut } from './streams.ts';
export { type Answer, TlsStreams } from './tls_streams.ts';

/** Whom to trust, and how strictly. */
export interface WebTrust extends Omit<Trust, 'anchors' | 'provider'> {
  /** PEM, DER, or a store that was built before. There is no default. */
  readonly roots: readonly AnchorSource[] | TrustAnchors;
}

export interface WebClientOptions extends Omit<ClientOptions, 'credentials' | 'sessionBinding'>, WebTrust {
  /** The name that must stand in the server's certificate: an A-label or an IP address. */
  readonly serverName: string;
  /** What we can prove ourselves with when the server asks. */
  readonly identities?: readonly Identity[];
  /** Answers what identities and trust do not: shared keys, signatures of keys that are elsewhere. */
  readonly answer?: Answer;
}

export interface WebServerOptions extends Omit<ServerOptions, 'credentials' | 'sessionBinding'> {
  /** What the server proves itself with. */
  readonly identities: readonly Identity[];
  /** Whom to trust, for a server that asks clients for a certificate. */
  readonly clientTrust?: WebTrust;
  readonly answer?: Answer;
}

/**
 * A client over a transport that is open. The handshake begins at once.
 * @throws TlsError ERR_TLS_CONFIG when no roots are given, and for options that cannot work
 */
export function connect(transport: ByteStreams, options: WebClientOptions): TlsStreams {
  const { identities = [], answer, roots, ...rest } = options;
  const trust = trustOf(options, options.provider);
  const chains = identities.flatMap(({ chain }) => chain);
  const { policy: _policy, rejectUnauthorized: _insists, ctLogs: _logs, crls = [], pins: _pins, ...engine } = rest;
  const client = new TlsClient({
    ...engine,
    credentials: identities.map(credentialOf),
    sessionBinding: clientBinding(trust, [...chains, ...crls]),
  });
  return new TlsStreams(transport, client, answering(identities, trust, answer));
}

/**
 * A server's side over a transport that is open.
 * @throws TlsError ERR_TLS_CONFIG for options that cannot work; a server that asks for certificates needs roots too
 */
export function accept(transport: ByteStreams, options: WebServerOptions): TlsStreams {
  const { identities, clientTrust, answer, ...engine } = options;
  const asks = engine.clientCertificate !== undefined && engine.clientCertificate !== 'none';
  const trust = asks || clientTrust !== undefined ? trustOf(clientTrust, engine.provider) : undefined;
  const common = { ...engine, credentials: identities.map(credentialOf) };
  const sessionBinding = serverBinding(common, trust === undefined ? [] : [clientBinding(trust)]);
  const server = new Connection(serverSetup({ ...common, sessionBinding }));
  return new TlsStreams(transport, server, answering(identities, trust, answer));
}

/** Nothing given never means that everything is accepted. */
function trustOf(given: WebTrust | undefined, provider: Trust['provider']): Trust {
  const { roots = [], policy, rejectUnauthorized, ctLogs, crls, pins } = given ?? { roots: [] };
  const anchors = roots instanceof TrustAnchors ? roots : trustAnchors(roots);
  if (anchors.size === 0) {
    throw new TlsError('ERR_TLS_CONFIG', 'no roots were given: there is nobody whose certificates could be trusted');
  }
  return { anchors, provider, policy, rejectUnauthorized, ctLogs, crls, pins };
}

function answering(identities: readonly Identity[], trust: Trust | undefined, answer: Answer | undefined): Answer {
  return (need: Need): Reply | Promise<Reply> | undefined => {
    const given = answer?.(need);
    if (given !== undefined) return given;
    if (need.kind === 'verdict') return trust && { answer: judge(need, trust).verdict };
    // Whatever was written early may be a repetition; withheld, it is not.
    if (need.kind === 'early_data') return { answer: 'withhold' };
    return answerWithKeys(identities, need);
  };
}
