// What refusals say about proofs: CRLs (RFC 5280 6.3), stapled responses (RFC 6960) and SCTs (RFC 6962). See sentences.ts.

import { REVOCATION_REASONS } from './ocsp.ts';
import { oidName } from './oids.ts';
import type { Sentence } from './sentences.ts';
import { timeText } from './time.ts';

export const PROOF_SENTENCES = {
  revoked_by_crl: [
    'RFC 5280 6.3: CRL',
    (who, values: Revoked) => [
      'a serial number that is not on the CRL',
      `revoked on ${revokedText(values)}`,
      `${who} was revoked on ${revokedText(values)}, says the CRL of its issuer`,
    ],
  ],
  crl_missing: [
    'policy: crlMissing',
    (who, { count }: { count: number }) => [
      'a CRL of its issuer',
      'none',
      `none of the ${count} CRLs given is of the issuer of ${who}`,
    ],
  ],
  crl_malformed: [
    'RFC 5280 5.1: syntax',
    (_who, values: { index: number } & Unreadable) => [
      'a CRL of RFC 5280 5',
      unreadableText(values),
      `CRL ${values.index} cannot be read: ${unreadableText(values)}`,
    ],
  ],
  crl_out_of_date: [
    'RFC 5280 6.3.3 (a): a current CRL',
    (who, { now, from, until }: { now: number; from?: number; until?: number }) =>
      from !== undefined
        ? crl(who, `thisUpdate no later than ${timeText(now)}`, `thisUpdate is ${timeText(from)}`)
        : crl(
            who,
            `nextUpdate no earlier than ${timeText(now)}`,
            until === undefined ? 'it has no nextUpdate' : `nextUpdate was ${timeText(until)}`,
          ),
  ],
  crl_bad_signature: [
    'RFC 5280 6.3.3 (g): signature',
    (who, { unusable }: { unusable?: string }) =>
      unusable === undefined
        ? crl(who, 'a signature by the issuer', 'its signature does not verify')
        : crl(who, 'a signature that can be verified', `signed with ${oidName(unusable)}`),
  ],
  crl_issuer_no_crl_sign: [
    'RFC 5280 6.3.3 (f): cRLSign',
    (who, { usage }: { usage: readonly string[] }) =>
      crl(who, 'cRLSign', `its issuer's keyUsage (${usage.join(', ')}) lacks cRLSign`),
  ],
  crl_not_usable: [
    'RFC 5280 6.3.3 (b), (c): scope',
    (who, { problem }: Problem) => crl(who, 'a complete CRL for this certificate', problem),
  ],
  revoked_by_ocsp: [
    'RFC 6960 2.2: certificate status',
    (who, values: Revoked) => ocsp(who, 'good', `it was revoked on ${revokedText(values)}`),
  ],
  ocsp_missing: [
    'RFC 7633 4.2.3.1: must-staple',
    (who, { demanded }: { demanded: boolean }) => [
      'a stapled OCSP response',
      'none',
      demanded
        ? `${who} demands a stapled OCSP response (must-staple), and the server sent none`
        : 'the policy demands a stapled OCSP response, and the server sent none',
    ],
  ],
  ocsp_malformed: [
    'RFC 6960 4.2.1: syntax',
    (who, values: Unreadable | { extension: string }) =>
      'extension' in values
        ? ocsp(who, 'extensions that are known', `the critical extension ${oidName(values.extension)}`)
        : ocsp(who, 'a response of RFC 6960', unreadableText(values)),
  ],
  ocsp_not_successful: [
    'RFC 6960 4.2.1: responseStatus',
    (who, { status }: { status: string }) => ocsp(who, 'successful', `the responder answered ${status}`),
  ],
  ocsp_wrong_certificate: [
    'RFC 6960 3.2 (1): the certificate in question',
    (who, { serial, others }: { serial: string; others: number }) =>
      ocsp(who, `serial number ${serial} of its issuer`, `it speaks of other certificates (${others})`),
  ],
  ocsp_wrong_signer: [
    'RFC 6960 4.2.2.2: authorized responders',
    (who, { problem }: Problem) => ocsp(who, 'the issuer, or a responder that it authorised', problem),
  ],
  ocsp_bad_signature: [
    'RFC 6960 3.2 (2): signature',
    (who) => ocsp(who, 'a signature by its responder', 'its signature does not verify'),
  ],
  ocsp_out_of_date: [
    'RFC 6960 3.2 (5), (6): thisUpdate and nextUpdate',
    (who, { now, from, until }: { now: number; from: number; until: number | undefined }) => {
      const end = until === undefined ? 'with no end' : `to ${timeText(until)}`;
      return ocsp(who, `an answer for ${timeText(now)}`, `it is valid from ${timeText(from)} ${end}`);
    },
  ],
  ocsp_status_unknown: [
    'RFC 6960 2.2: certificate status',
    (who) => ocsp(who, 'good', 'the responder does not know the certificate'),
  ],
  scts_missing: [
    'policy: minimumScts',
    (_who, values: { wanted: number; valid: number; all: number; policy: string }) => {
      const actual = `${values.valid} of ${values.all}`;
      return [
        `${values.wanted} valid SCTs from different logs`,
        actual,
        `certificate transparency: ${actual} SCTs are valid under the logs given; the policy "${values.policy}" wants ${values.wanted}`,
      ];
    },
  ],
} as const satisfies Record<string, Sentence>;

export interface Problem {
  readonly problem: string;
}

export interface Unreadable extends Problem {
  readonly path: readonly string[];
  readonly offset: number;
}

export interface Revoked {
  readonly at: number;
  /** A CRLReason (RFC 5280 5.3.1). */
  readonly reason: number | undefined;
}

function unreadableText({ problem, path, offset }: Unreadable): string {
  return `${problem} (${path.join('.')}, offset ${offset})`;
}

function revokedText({ at, reason }: Revoked): string {
  return `${timeText(at)}${reason === undefined ? '' : ` (${REVOCATION_REASONS[reason] ?? reason})`}`;
}

function crl(who: string, expected: string, actual: string): readonly [string, string, string] {
  return [expected, actual, `the CRL of the issuer of ${who} cannot be used: ${actual}`];
}

function ocsp(who: string, expected: string, actual: string): readonly [string, string, string] {
  return [expected, actual, `the stapled OCSP response for ${who}: ${actual}`];
}
