// A server that asks for a client's certificate (RFC 5246 7.4.4 - 7.4.8, RFC 8446 4.3.2): what it says it accepts, and what it
// makes of the answer. An empty answer is the client's right; whether it suffices is the configuration's.

import { CLIENT_CERTIFICATE_TYPE } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig } from '../shared/config.ts';
import type { VerdictNeed } from '../shared/needs.ts';

/** RFC 5246 7.4.4: the kinds of key that go with our schemes. */
export function certificateTypes({ schemes }: ServerConfig): number[] {
  const { rsa_sign, ecdsa_sign } = CLIENT_CERTIFICATE_TYPE;
  const isRsa = (kind: string): boolean => kind.startsWith('rsa');
  return [
    ...(schemes.some(({ key }) => isRsa(key)) ? [rsa_sign] : []),
    ...(schemes.some(({ key }) => !isRsa(key)) ? [ecdsa_sign] : []),
  ];
}

export function clientVerdictNeed({ server }: HandshakeContext, chain: readonly Uint8Array[]): VerdictNeed {
  return {
    kind: 'verdict',
    role: 'client',
    chain,
    serverName: undefined,
    statusRequested: false,
    ocspResponse: undefined,
    timestamps: [],
    now: server.now(),
  };
}

/** RFC 5246 7.4.6 answers with handshake_failure, RFC 8446 4.4.2.4 with certificate_required. */
export function checkMayBeMissing({ server }: HandshakeContext, version: 'tls12' | 'tls13'): void {
  if (server.clientCertificate !== 'require') return;
  throw new TlsError('ERR_TLS_NO_CLIENT_CERTIFICATE', 'the client sent no certificate, and one is required', {
    where: { message: 'certificate', field: 'certificate_list' },
    alert: version === 'tls12' ? 'handshake_failure' : 'certificate_required',
  });
}
