// What the handshake does with a client's certificate, told: what the server asks for, read out of its CertificateRequest, and
// what the engine answered with.

import { decode } from '../codec/run.ts';
import type { MessageObservation, Observation } from '../engine/observe.ts';
import { codePoint } from '../inspect/summary.ts';
import * as wire from '../wire/messages.ts';
import { signatureSchemeName } from '../wire/registry/names.ts';
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

function answerTexts(chosen: string, lang: Lang): readonly string[] {
  if (chosen.startsWith('none')) return [CLIENT_CERTIFICATE[chosen.includes('there is none') ? 'none' : 'unfit'][lang]];
  return chosen.includes('does not name') ? [CLIENT_CERTIFICATE.foreign[lang]] : [];
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
