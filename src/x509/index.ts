// `glasstls/x509`: certificates read strictly, judged with reasons, and made. Everything exported here is public.

export {
  type AnchorSource,
  anchorFromCertificate,
  anchorText,
  type RejectedAnchor,
  type TrustAnchor,
  TrustAnchors,
  trustAnchors,
} from './anchors.ts';
export { type Certificate, type Extension, parseCertificate } from './certificate.ts';
export { type Crl, parseCrl } from './crl.ts';
export { publishedAt } from './dead_end.ts';
export { tlsServerEndPoint } from './end_point.ts';
export { escapeText, excerpt } from './escape.ts';
export type { Fault } from './fault.ts';
export { type GeneralName, generalNameText } from './general_name.ts';
export { matchesDns, matchIdentity, parseServerName, type ServerName } from './identity.ts';
export { ipText, parseIp } from './ip.ts';
export {
  type AlternativeName,
  type CertificateSource,
  makeCertificate,
  type NameSource,
  type RawExtension,
  writeName,
  writeSpki,
} from './make.ts';
export {
  type Issued,
  type IssueOptions,
  makeIntermediate,
  makeTestPki,
  type PkiOptions,
  type TestPki,
} from './make_pki.ts';
export { attributeValues, displayName, type Name, nameText, nameTextInOrder, parseName } from './names.ts';
export { type OcspResponse, parseOcspResponse, REVOCATION_REASONS } from './ocsp.ts';
export { oidName } from './oids.ts';
export { type DerElement, elementsAt, outline } from './outline.ts';
export type { CandidatePath, SearchFigures } from './path.ts';
export { type PemBlock, readPem, writePem } from './pem.ts';
export { pinOf } from './pins.ts';
export { COMPATIBLE, POLICY_ROWS, type Policy, WEB } from './policy.ts';
export type { ProofOptions, Proofs } from './proofs.ts';
export { type CertificateRef, type Refusal, type RefusalCode, refText } from './refusal.ts';
export type { OcspOutcome } from './revocation.ts';
export type { Role } from './rules.ts';
export { type CtLog, parseSctList, type Sct, type SctOutcome } from './sct.ts';
export { REFUSALS, wordedRefusal } from './sentences.ts';
export { parseSpki, type SubjectPublicKeyInfo } from './spki.ts';
export { timeText } from './time.ts';
export {
  type Accepted,
  type ChainOptions,
  type Judgement,
  type Refused,
  type VerifyOptions,
  verifyChain,
  verifyChainWithoutProofs,
  type Word,
} from './verify.ts';
