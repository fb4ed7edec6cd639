// The shim's word on the runner's certificate. BoringSSL's shim verifies no chain: it says yes, or no where -verify-fail asks
// for it, and only -verify-peer and its like make that binding. x509 is proved elsewhere (x509-limbo, openssl verify).

import type { Verdict, VerdictNeed } from '../../../src/handshake/shared/needs.ts';
import { usageOf } from '../../../src/host/trust.ts';
import type { AlertName } from '../../../src/wire/registry/names.ts';
import { type Certificate, parseCertificate } from '../../../src/x509/certificate.ts';
import { type Settings, Unimplemented } from './flags.ts';

export function verdictOf(settings: Settings, { chain, role }: VerdictNeed): Verdict {
  const leaf = parsed(chain[0]);
  if (leaf === undefined) return { accepted: false, alert: 'decode_error', reason: 'cannot parse the leaf' };
  const key = leaf.spki.key;
  if (key === undefined) throw new Unimplemented('a certificate with a key of this kind');
  const binding = settings['verify-peer'] === true || settings['require-any-client-certificate'] === true;
  if (settings['fail-ocsp-callback'] && role === 'server') {
    return { accepted: false, alert: 'bad_certificate_status_response', reason: 'status refused' };
  }
  if (settings['verify-fail'] && binding) {
    return { accepted: false, alert: alertOfRefusal(settings), reason: 'certificate verify failed' };
  }
  const usage = usageOf(leaf);
  const authorized = settings['verify-fail'] !== true;
  return {
    accepted: true,
    authorized,
    key,
    validUntil: Number.POSITIVE_INFINITY,
    ...(usage && { usage }),
    ...(!authorized && { reason: 'certificate verify failed' }),
  };
}

export function alertOfRefusal(settings: Settings): AlertName {
  return settings['use-custom-verify-callback'] ? 'certificate_unknown' : 'handshake_failure';
}

/** The alert and the reason of a server that turns the client away when it sees its hello. */
export function helloRefusal(settings: Settings): [AlertName, string] | undefined {
  if (settings['fail-early-callback']) return ['handshake_failure', 'the host refuses the hello'];
  if (settings['fail-ddos-callback']) return ['internal_error', 'the host refuses the hello'];
  if (settings['fail-cert-callback']) return ['internal_error', 'the host has no certificate to give'];
  if (settings['fail-ocsp-callback']) return ['internal_error', 'the host has no status to staple'];
  return undefined;
}

function parsed(der: Uint8Array | undefined): Certificate | undefined {
  try {
    return der && parseCertificate(der);
  } catch {
    return undefined;
  }
}
