// What the handshake does with a client's certificate, told: what the server asks for, read out of its CertificateRequest, and
// what the engine answered with.

import { decode } from '../codec/run.ts';
import type { MessageObservation, Observation } from '../engine/observe.ts';
import { codePoint } from '../inspect/summary.ts';
import * as wire from '../wire/messages.ts';
import { signatureSchemeName } from '../wire/registry/names.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { displayName, parseName } from '../x509/names.ts';
import { fill, type Lang } from './text.ts';
import { CLIENT_CERTIFICATE } from './texts/identity.ts';

/** A line for -v on a CertificateRequest, on our answer to it, and on the proof; none for what is about something else. */
export function clientCertificateTexts(seen: Observation, lang: Lang): readonly string[] {
  if (seen.kind === 'decision' && seen.about === 'client_certificate') return answerTexts(String(seen.chosen), lang);
  if (seen.kind !== 'message') return [];
  if (seen.direction === 'in' && seen.name === 'certificate_request') {
    const authorities = authoritiesIn(seen);
    if (authorities.length === 0) return [CLIENT_CERTIFICATE.asked[lang]];
    return [fill(CLIENT_CERTIFICATE.askedOf[lang], { authorities: shorten(authorities) })];
  }
  if (seen.direction === 'out' && seen.name === 'certificate_verify') {
    const scheme = schemeIn(seen);
    return scheme === undefined ? [] : [fill(CLIENT_CERTIFICATE.sent[lang], { scheme })];
  }
  return [];
}

/** The authorities that the server named in what was observed, as people call them, escaped. */
export function authoritiesAsked(seen: readonly Observation[]): readonly string[] {
  const request = seen.find((one) => one.kind === 'message' && one.name === 'certificate_request');
  return request?.kind === 'message' ? authoritiesIn(request) : [];
}

export interface ShownCertificate {
  /** As people call them, escaped. */
  readonly subject: string;
  readonly issuer: string;
  /** None of the authorities that the server named is an issuer in the chain. */
  readonly isForeign: boolean;
}

/** The certificate that we showed; undefined when there was none. */
export function certificateShown(seen: readonly Observation[]): ShownCertificate | undefined {
  const message = seen.findLast(
    (one) => one.kind === 'message' && one.direction === 'out' && one.name === 'certificate',
  );
  const decision = seen.findLast((one) => one.kind === 'decision' && one.about === 'client_certificate');
  if (message?.kind !== 'message') return undefined;
  try {
    const [own] = chainIn(message);
    if (own === undefined) return undefined;
    const { subject, issuer } = parseCertificate(own);
    const isForeign = decision?.kind === 'decision' && isOfForeign(String(decision.chosen));
    return { subject: displayName(subject), issuer: displayName(issuer), isForeign };
  } catch {
    return undefined;
  }
}

function chainIn({ raw, version }: MessageObservation): readonly Uint8Array[] {
  const body = raw.subarray(wire.HANDSHAKE_HEADER_LENGTH);
  return version === 0x0304
    ? decode(wire.certificate13, body).certificate_list.map(({ cert_data }) => cert_data)
    : decode(wire.certificate12, body).certificate_list;
}

function isOfForeign(chosen: string): boolean {
  return chosen.includes('does not name');
}

function answerTexts(chosen: string, lang: Lang): readonly string[] {
  if (chosen.startsWith('none')) return [CLIENT_CERTIFICATE[chosen.includes('there is none') ? 'none' : 'unfit'][lang]];
  return isOfForeign(chosen) ? [CLIENT_CERTIFICATE.foreign[lang]] : [];
}

function authoritiesIn({ raw, version }: MessageObservation): readonly string[] {
  const body = raw.subarray(wire.HANDSHAKE_HEADER_LENGTH);
  try {
    const names =
      version === 0x0304
        ? decode(wire.certificateRequest13, body).extensions.known.certificate_authorities
        : decode(wire.certificateRequest12, body).certificate_authorities;
    return (names ?? []).map((der) => displayName(parseName(der)));
  } catch {
    return [];
  }
}

function schemeIn({ raw }: MessageObservation): string | undefined {
  try {
    const { algorithm } = decode(wire.certificateVerify, raw.subarray(wire.HANDSHAKE_HEADER_LENGTH));
    return codePoint(algorithm, signatureSchemeName);
  } catch {
    return undefined;
  }
}

const SHOWN = 6;

function shorten(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return rest > 0 ? `${names.slice(0, SHOWN).join(', ')} (+${rest})` : names.join(', ');
}
