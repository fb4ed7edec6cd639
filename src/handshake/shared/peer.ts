// From the host's verdict on a chain to the peer that the handshake goes on with.

import { TlsError } from '../../wire/tls_error.ts';
import type { Verdict, VerdictNeed } from './needs.ts';
import type { Peer } from './states.ts';

/** @throws TlsError with the alert of the refusal */
export function acceptedPeer(need: VerdictNeed, verdict: Verdict): Peer {
  if (!verdict.accepted) {
    throw new TlsError('ERR_TLS_CERTIFICATE_REFUSED', `the ${need.role}'s certificate is refused: ${verdict.reason}`, {
      where: { message: 'certificate' },
      alert: verdict.alert,
      cause: verdict.cause,
    });
  }
  return {
    chain: need.chain,
    key: verdict.key,
    usage: verdict.usage,
    authorized: verdict.authorized,
    problem: verdict.reason,
    validUntil: verdict.validUntil ?? 0,
  };
}
