// Judges revocation for a finished path (RFC 6960 3.2 for stapled responses, RFC 5280 6.3 for CRLs that the caller gave,
// RFC 7633 for must-staple). A proof of revocation refuses under every policy; what a useless proof does is a row of it.

import { equal } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Certificate } from './certificate.ts';
import { type Crl, parseCrl, scopeProblem } from './crl.ts';
import { type Fault, refuse } from './fault.ts';
import { answersFor, type BasicOcspResponse, isResponder, parseOcspResponse } from './ocsp.ts';
import { OID } from './oids.ts';
import type { Policy } from './policy.ts';
import type { CertificateRef, Refusal } from './refusal.ts';
import { criticalFault, keyFault } from './rules.ts';
import type { SubjectPublicKeyInfo } from './spki.ts';

/** A certificate of the path with the name and key above it. */
export interface Link {
  readonly certificate: Certificate;
  readonly ref: CertificateRef;
  readonly issuerKey: SubjectPublicKeyInfo;
  /** Absent for an anchor that is name and key. */
  readonly issuer: Certificate | undefined;
}

export interface RevocationContext {
  readonly now: number;
  readonly provider: CryptoProvider;
  readonly policy: Policy;
}

/** What a stapled response said. */
export interface OcspOutcome<F = Refusal> {
  readonly status: 'good' | 'useless';
  /** Why it is useless. */
  readonly refusal: F | undefined;
  readonly producedAt: number | undefined;
  readonly thisUpdate: number | undefined;
  readonly nextUpdate: number | undefined;
  /** The list of SCTs in it, as TLS writes it (RFC 6962 3.3). */
  readonly sctList: Uint8Array | undefined;
}

/** Clocks differ by this much. */
const SKEW = 5 * 60_000;
/** A response without nextUpdate is believed this long; BR 4.9.10 lets none live longer than ten days. */
const MAX_AGE = 10 * 86_400_000;

/** Judges one stapled response; `refusal` when the chain must be refused for it. */
export function judgeStaple(
  response: Uint8Array,
  link: Link,
  context: RevocationContext,
): { refusal: Fault } | { outcome: OcspOutcome<Fault> } {
  const judged = verifyStaple(response, link, context);
  if (!('code' in judged)) return { outcome: judged };
  const must = mustStaple(link, context.policy);
  const stale = judged.code === 'ocsp_out_of_date' || judged.code === 'ocsp_not_successful';
  const row = context.policy.badStaple;
  const refused =
    judged.code === 'revoked_by_ocsp' || must || row === 'refuse' || (row === 'refuse_unless_stale' && !stale);
  if (refused) return { refusal: judged };
  const nothing = { producedAt: undefined, thisUpdate: undefined, nextUpdate: undefined, sctList: undefined };
  return { outcome: { status: 'useless', refusal: judged, ...nothing } };
}

function mustStaple({ certificate }: Link, policy: Policy): boolean {
  return policy.mustStaple === 'always' || (policy.mustStaple === 'enforce' && certificate.mustStaple);
}

/** RFC 7633 4.2.3.1: a certificate that demands a staple came without one. */
export function missingStaple(link: Link, policy: Policy): Fault | undefined {
  if (!mustStaple(link, policy)) return undefined;
  return refuse('ocsp_missing', link.ref, { demanded: link.certificate.mustStaple });
}

/** RFC 5280 6.3: looks for one usable CRL of the issuer. */
export function judgeCrls(crls: readonly Crl[], link: Link, context: RevocationContext): Fault | undefined {
  const { certificate, ref } = link;
  let useless: Fault | undefined;
  for (const crl of crls) {
    if (!equal(crl.issuerRaw, certificate.issuerRaw)) continue;
    const problem = crlFault(crl, link, context);
    if (problem !== undefined) {
      useless ??= problem;
      continue;
    }
    const entry = crl.find(certificate.serial);
    if (entry === undefined) return undefined;
    return refuse('revoked_by_crl', ref, { at: entry.at, reason: entry.reason });
  }
  if (useless !== undefined) return useless;
  if (context.policy.crlMissing === 'accept') return undefined;
  return refuse('crl_missing', ref, { count: crls.length });
}

/** Reads the caller's CRLs. */
export function readCrls(ders: readonly Uint8Array[]): Crl[] | Fault {
  const crls: Crl[] = [];
  for (const [index, der] of ders.entries()) {
    try {
      crls.push(parseCrl(der));
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const { problem, path, offset } = error;
      return refuse('crl_malformed', undefined, { index, problem, path, offset });
    }
  }
  return crls;
}

function crlFault(crl: Crl, link: Link, context: RevocationContext): Fault | undefined {
  const { ref, issuerKey, issuer, certificate } = link;
  const { now, policy, provider } = context;
  const problem = scopeProblem(crl, certificate, policy.profile);
  if (problem !== undefined) return refuse('crl_not_usable', ref, { problem });
  if (issuer?.keyUsage !== undefined && !issuer.keyUsage.includes('cRLSign')) {
    return refuse('crl_issuer_no_crl_sign', ref, { usage: issuer.keyUsage });
  }
  const { signature, hash } = usable(crl.signatureAlgorithm.signature, policy);
  if (signature === undefined || !equal(crl.signatureAlgorithm.raw, crl.tbsSignatureAlgorithm.raw)) {
    return refuse('crl_bad_signature', ref, { unusable: hash ?? crl.signatureAlgorithm.oid });
  }
  const good = issuerKey.key !== undefined && provider.verify(issuerKey.key, signature, crl.tbs, crl.signature);
  if (!good) return refuse('crl_bad_signature', ref, {});
  const { thisUpdate: from, nextUpdate: until } = crl;
  if (from > now + SKEW) return refuse('crl_out_of_date', ref, { now, from });
  // RFC 5280 5.1.2.5: "Conforming CRL issuers MUST include the nextUpdate field in all CRLs."
  if (until === undefined) return refuse('crl_out_of_date', ref, { now });
  if (until < now) return refuse('crl_out_of_date', ref, { now, until });
  return undefined;
}

function verifyStaple(response: Uint8Array, link: Link, context: RevocationContext): OcspOutcome<Fault> | Fault {
  const { certificate, ref, issuerKey } = link;
  const { provider, now } = context;
  let basic: BasicOcspResponse | undefined;
  try {
    const parsed = parseOcspResponse(response);
    if (parsed.basic === undefined) return refuse('ocsp_not_successful', ref, { status: parsed.status });
    basic = parsed.basic;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const { problem, path, offset } = error;
    return refuse('ocsp_malformed', ref, { problem, path, offset });
  }
  const answers = answersFor(basic, { certificate, issuerKeyBytes: issuerKey.keyBytes, provider });
  if (answers.length === 0) {
    return refuse('ocsp_wrong_certificate', ref, { serial: certificate.serialText, others: basic.responses.length });
  }
  const critical = [...basic.extensions.values(), ...answers.flatMap((answer) => [...answer.extensions.values()])];
  const unknown = critical.find((extension) => extension.critical && extension.oid !== OID.ocspNonce);
  if (unknown !== undefined) return refuse('ocsp_malformed', ref, { extension: unknown.oid });
  const signer = findSigner(basic, link, context);
  if (typeof signer === 'string') return refuse('ocsp_wrong_signer', ref, { problem: signer });
  const { signature } = usable(basic.signatureAlgorithm.signature, context.policy);
  const key = signer.key;
  if (signature === undefined || key === undefined || !provider.verify(key, signature, basic.tbs, basic.signature)) {
    return refuse('ocsp_bad_signature', ref);
  }
  // Revocation stays true however old the answer is.
  for (const { status } of answers) {
    if (status.kind === 'revoked') return refuse('revoked_by_ocsp', ref, { at: status.at, reason: status.reason });
  }
  const current = answers.find(
    ({ thisUpdate, nextUpdate }) => thisUpdate <= now + SKEW && (nextUpdate ?? thisUpdate + MAX_AGE) >= now - SKEW,
  );
  if (current === undefined) {
    const { thisUpdate, nextUpdate } = answers[0] as (typeof answers)[0];
    return refuse('ocsp_out_of_date', ref, { now, from: thisUpdate, until: nextUpdate });
  }
  if (current.status.kind !== 'good') return refuse('ocsp_status_unknown', ref);
  const { thisUpdate, nextUpdate } = current;
  const sctList = sctsOf(current.extensions.get(OID.ocspSctList)?.value);
  return { status: 'good', refusal: undefined, producedAt: basic.producedAt, thisUpdate, nextUpdate, sctList };
}

/** RFC 6960 4.2.2.2: the CA itself, or a certificate that the CA issued directly and marked with id-kp-OCSPSigning. */
function findSigner(basic: BasicOcspResponse, link: Link, context: RevocationContext): SubjectPublicKeyInfo | string {
  const { provider, now, policy } = context;
  const { issuerKey, certificate: subject } = link;
  if (isResponder(basic, subject.issuerRaw, issuerKey.keyBytes, provider)) return issuerKey;
  let problem = 'its signer is not the issuer, and no certificate of a responder is in it';
  for (const certificate of basic.certificates) {
    try {
      if (!isResponder(basic, certificate.subjectRaw, certificate.spki.keyBytes, provider)) continue;
      if (!equal(certificate.issuerRaw, subject.issuerRaw)) problem = 'its responder was not appointed by the issuer';
      else if (certificate.extendedKeyUsage?.includes(OID.ocspSigning) !== true)
        problem = 'its responder lacks the purpose ocspSigning';
      else if (now < certificate.notBefore || now > certificate.notAfter)
        problem = 'the certificate of its responder is out of date';
      else if (certificate.keyUsage?.includes('digitalSignature') === false)
        problem = 'its responder lacks digitalSignature';
      else if (keyFault(certificate.spki, undefined, policy) !== undefined)
        problem = 'the key of its responder is not acceptable';
      else if (criticalFault(certificate, link.ref) !== undefined)
        problem = 'its responder has an unknown critical extension';
      else if (!signedBy(certificate, issuerKey, context))
        problem = 'the issuer did not sign the certificate of its responder';
      else return certificate.spki;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      problem = `the certificate of its responder cannot be read: ${error.problem}`;
    }
  }
  return problem;
}

function signedBy(
  certificate: Certificate,
  issuer: SubjectPublicKeyInfo,
  { provider, policy }: RevocationContext,
): boolean {
  const { signature } = usable(certificate.signatureAlgorithm.signature, policy);
  const same = equal(certificate.signatureAlgorithm.raw, certificate.tbsSignatureAlgorithm.raw);
  if (signature === undefined || issuer.key === undefined || !same) return false;
  return provider.verify(issuer.key, signature, certificate.tbs, certificate.signature);
}

/** The algorithm, when the policy accepts its hash; the hash's name for texts. */
function usable<T extends { readonly kind: string }>(
  signature: T | undefined,
  policy: Policy,
): { signature: T | undefined; hash: string | undefined } {
  const hash = signature !== undefined && 'hash' in signature ? String(signature.hash) : undefined;
  const good = hash === undefined || policy.signatureHashes.some((name) => name === hash);
  return { signature: good ? signature : undefined, hash };
}

/** The extension's value is an OCTET STRING again (RFC 6962 3.3); a broken one counts as none. */
function sctsOf(value: Uint8Array | undefined): Uint8Array | undefined {
  const length = value?.[1] ?? 0x80;
  if (value === undefined || value[0] !== 4) return undefined;
  const header = length < 0x80 ? 2 : 2 + (length & 0x7f);
  return value.subarray(header);
}
