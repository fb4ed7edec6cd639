// What refusals of a path say (RFC 5280 6.1): how it was sent and built, signatures, keys, times, and who is a CA. See sentences.ts.

import { oidName } from './oids.ts';
import { type CertificateRef, refText } from './refusal.ts';
import type { Sentence } from './sentences.ts';
import { timeText } from './time.ts';

const TRUST = 'RFC 5280 6.1: a path to a trust anchor';
const SELF = 'a certificate that names itself as its issuer';

export const PATH_SENTENCES = {
  empty_chain: [
    'RFC 8446 4.4.2.4: a server must send a certificate',
    () => ['at least one certificate', 'none', 'the peer sent no certificate'],
  ],
  too_many_certificates: [
    'bound on work',
    (_who, { count, limit }: { count: number; limit: number }) => [
      `at most ${limit} certificates`,
      `${count}`,
      `the peer sent ${count} certificates`,
    ],
  ],
  malformed_certificate: [
    'X.690: DER; RFC 5280 4: syntax',
    (who, { problem, path, offset }: { problem: string; path: readonly string[]; offset: number }) => {
      const actual = `${problem} (${path.length > 0 ? `${path.join('.')}, ` : ''}offset ${offset})`;
      return ['strict DER that follows RFC 5280', actual, `${who} cannot be read: ${actual}`];
    },
  ],
  invalid_server_name: [
    'RFC 9525: a DNS name of A-labels or an IP address',
    (_who, { name }: { name: string }) => [
      'a DNS name or an IP address',
      name,
      `"${name}" is neither a DNS name of A-labels nor an IP address`,
    ],
  ],
  no_trust_anchors: [
    'RFC 5280 6.1.1 (d): trust anchor information',
    () => ['at least one trust anchor', 'none', 'no trust anchors were given, so no certificate can be trusted'],
  ],
  missing_intermediate: [
    TRUST,
    (who, { issuer, published }: { issuer: string | undefined; published: readonly string[] }) => [
      issuerWanted(issuer),
      'a chain without it',
      `the server sent no certificate for ${nameOf(issuer)}, the issuer of ${who}, and it is no trust anchor${publishedAt(published)}`,
    ],
  ],
  unknown_issuer: [
    TRUST,
    (who, { issuer }: { issuer: string | undefined }) => [
      issuerWanted(issuer),
      'neither sent nor trusted',
      `${who} was issued by ${nameOf(issuer)}, which was neither sent nor is a trust anchor`,
    ],
  ],
  unknown_root: [
    TRUST,
    (who, values: { issuer: string | undefined; published: readonly string[]; anchors: number }) => [
      issuerWanted(values.issuer),
      'neither sent nor trusted',
      `the chain ends at ${who}, issued by ${nameOf(values.issuer)}, which is not among the ${values.anchors} trust anchors${publishedAt(values.published)}`,
    ],
  ],
  untrusted_root: [
    TRUST,
    (who, { anchors }: { anchors: number }) => [
      'a root that is trusted',
      SELF,
      `the chain is complete, but its root ${who} is not among the ${anchors} trust anchors`,
    ],
  ],
  self_signed_leaf: [
    TRUST,
    (who) => ['a certificate from a trusted CA', SELF, `${who} is self-signed, and it is not among the trust anchors`],
  ],
  path_loop: [
    TRUST,
    (who, { issuer }: { issuer: string | undefined }) => [
      issuerWanted(issuer),
      'certificates that sign each other',
      `the certificates above ${who} only sign each other; none leads to a trust anchor`,
    ],
  ],
  path_budget_exceeded: [
    'bound on work',
    (_who, { limit, of }: { limit: number; of: 'steps' | 'signature checks' | 'comparisons' }) =>
      of === 'comparisons'
        ? [
            `at most ${limit} comparisons of names with constraints`,
            'more',
            `the name constraints of this path need more than ${limit} comparisons`,
          ]
        : [`at most ${limit} ${of}`, 'more', `no path to a trust anchor was found within ${limit} ${of}`],
  ],
  signature_key_mismatch: [
    'RFC 5280 6.1.3 (a)(1): the algorithm goes with the key of the issuer',
    (who, values: { algorithm: string; key: string | undefined; issuer: CertificateRef }) => {
      const [algorithm, issuer] = [oidName(values.algorithm), refText(values.issuer)];
      return [
        `a signature by ${values.key ?? 'an unknown key'}, the key of ${issuer}`,
        algorithm,
        `${who} is signed with ${algorithm}, which the key of ${issuer} (${values.key ?? 'unknown'}) cannot have made`,
      ];
    },
  ],
  bad_signature: [
    'RFC 5280 6.1.3 (a)(1): signature',
    (who, { issuer }: { issuer: CertificateRef }) => [
      `a signature by the key of ${refText(issuer)}`,
      'a signature that this key did not make',
      `the signature on ${who} does not verify with the key of ${refText(issuer)}`,
    ],
  ],
  signature_algorithm_mismatch: [
    'RFC 5280 4.1.1.2: both algorithm identifiers are the same',
    (who, values: { inside: string; insideDer: string; outside: string; outsideDer: string }) => {
      const [inside, outside] = [oidName(values.inside), oidName(values.outside)];
      return [
        inside,
        outside,
        `${who} names two signature algorithms: ${inside} (${values.insideDer}) inside, ${outside} (${values.outsideDer}) outside`,
      ];
    },
  ],
  unsupported_signature_algorithm: [
    'a signature algorithm that can be verified',
    (who, { algorithm }: { algorithm: string }) => [
      'RSA, RSASSA-PSS, ECDSA or EdDSA',
      oidName(algorithm),
      `${who} is signed with ${oidName(algorithm)}, which cannot be verified`,
    ],
  ],
  unsupported_key: [
    'a public key that TLS can use',
    (who, { key }: { key: string }) => [
      'RSA, EC on P-256, P-384 or P-521, Ed25519 or Ed448',
      oidName(key),
      `the key of ${who} cannot be used: ${oidName(key)}`,
    ],
  ],
  weak_key: [
    'policy: minRsaBits, maxRsaBits, rsaWholeBytes, curves',
    (who, values: WeakKey) => {
      const [wanted, found] = weakness(values);
      return [wanted, found, `the key of ${who} is ${found}; the policy "${values.policy}" wants ${wanted}`];
    },
  ],
  weak_signature_hash: [
    'policy: signatureHashes',
    (who, { hash, hashes, policy }: { hash: string; hashes: readonly string[]; policy: string }) => [
      hashes.join(', '),
      hash,
      `${who} is signed over ${hash}; the policy "${policy}" wants ${hashes.join(', ')}`,
    ],
  ],
  expired: [
    'RFC 5280 6.1.3 (a)(2): validity',
    (who, { until, now }: { until: number; now: number }) => [
      `notAfter no earlier than ${timeText(now)}`,
      `notAfter ${timeText(until)}`,
      `${who} expired on ${timeText(until)}; this clock says ${timeText(now)}`,
    ],
  ],
  not_yet_valid: [
    'RFC 5280 6.1.3 (a)(2): validity',
    (who, { from, now }: { from: number; now: number }) => [
      `notBefore no later than ${timeText(now)}`,
      `notBefore ${timeText(from)}`,
      `${who} is not valid before ${timeText(from)}; this clock says ${timeText(now)}`,
    ],
  ],
  not_version_3: [
    'RFC 5280 6.1.4 (k): version 3',
    (who, { version, issuer }: { version: number; issuer: boolean }) => [
      'version 3',
      `version ${version}`,
      issuer
        ? `${who} is a certificate of version ${version}, which cannot say that it is a CA`
        : `${who} is of version ${version}`,
    ],
  ],
  no_basic_constraints: [
    'RFC 5280 6.1.4 (k): basicConstraints',
    (who) => [
      'basicConstraints with cA TRUE',
      'no basicConstraints',
      `${who} signed another certificate, but has no basicConstraints and so is no CA`,
    ],
  ],
  not_a_ca: [
    'RFC 5280 6.1.4 (k): cA TRUE',
    (who) => [
      'cA TRUE',
      'cA FALSE',
      `${who} signed another certificate, but is no CA: its basicConstraints say cA FALSE`,
    ],
  ],
  path_length_exceeded: [
    'RFC 5280 6.1.4 (l): pathLenConstraint',
    (who, { limit, count }: { limit: number; count: number }) => [
      `at most ${limit} CA certificates below`,
      `${count}`,
      `${who} allows ${limit} CA certificates below it, and this path has ${count}`,
    ],
  ],
  too_many_intermediates: [
    'policy: maxIntermediates',
    (who, { limit, count, policy }: { limit: number; count: number; policy: string }) => [
      `at most ${limit}`,
      `${count}`,
      `${who} would be intermediate number ${count}; the policy "${policy}" allows ${limit}`,
    ],
  ],
  no_key_cert_sign: [
    'RFC 5280 6.1.4 (n): keyCertSign',
    (who, { usage }: { usage: readonly string[] }) => [
      'keyCertSign',
      usageText(usage),
      `${who} signed another certificate, but its keyUsage (${usageText(usage)}) lacks keyCertSign`,
    ],
  ],
} as const satisfies Record<string, Sentence>;

/** Either a curve or a number of bits that a policy does not want; `exponent` in hexadecimal. */
export interface WeakKey {
  readonly policy: string;
  readonly curve?: string;
  readonly curves?: readonly string[];
  readonly bits?: number;
  readonly least?: number;
  readonly most?: number;
  readonly exponent?: string;
}

function weakness({ curve, curves = [], bits, least, most, exponent }: WeakKey): [wanted: string, found: string] {
  if (curve !== undefined) return [curves.join(', '), curve];
  if (exponent !== undefined) return ['an odd exponent from 3 to 2^64', `RSA with exponent 0x${exponent}`];
  const found = `RSA with ${bits} bits`;
  if (least !== undefined) return [`at least ${least} bits`, found];
  return [most === undefined ? 'a number of bits that divides by 8' : `at most ${most} bits`, found];
}

function nameOf(issuer: string | undefined): string {
  return issuer === undefined ? 'a name that cannot be read' : `"${issuer}"`;
}

function issuerWanted(issuer: string | undefined): string {
  return `an issuer named ${nameOf(issuer)}, sent or trusted`;
}

function publishedAt(places: readonly string[]): string {
  return places.length > 0 ? `; the missing issuer is published at ${places.join(', ')}` : '';
}

export function usageText(usage: readonly string[]): string {
  return usage.join(', ') || 'no usage';
}
