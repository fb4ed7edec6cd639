// OCSP responses (RFC 6960) as a server staples them: read strictly, then verified: that it speaks of this certificate,
// that the issuer or a responder which the issuer authorised signed it, and that it is of today. Nothing is fetched.

import { equal } from '../bytes/bytes.ts';
import { within } from '../bytes/decode_error.ts';
import type { HashName } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { readAlgorithm, readSignatureAlgorithm, type SignatureIdentifier } from './algorithm.ts';
import { Certificate, type Extension, readExtensions } from './certificate.ts';
import { contextConstructed, contextPrimitive, DerReader, TAG } from './der.ts';
import { OID } from './oids.ts';
import { readGeneralizedTime } from './time.ts';

export const OCSP_STATUS = [
  'successful',
  'malformedRequest',
  'internalError',
  'tryLater',
  'unused',
  'sigRequired',
  'unauthorized',
] as const;

export type CertificateStatus =
  | { readonly kind: 'good' | 'unknown' }
  | { readonly kind: 'revoked'; readonly at: number; readonly reason: number | undefined };

export interface SingleResponse {
  readonly hash: string;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serial: Uint8Array;
  readonly status: CertificateStatus;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  readonly extensions: ReadonlyMap<string, Extension>;
}

export interface BasicOcspResponse {
  readonly tbs: Uint8Array;
  /** The responder's name (DER) or the SHA-1 of its key. */
  readonly responder: { readonly name: Uint8Array } | { readonly keyHash: Uint8Array };
  readonly producedAt: number;
  readonly responses: readonly SingleResponse[];
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly signatureAlgorithm: SignatureIdentifier;
  readonly signature: Uint8Array;
  readonly certificates: readonly Certificate[];
}

export interface OcspResponse {
  readonly status: (typeof OCSP_STATUS)[number];
  /** There when, and only when, the status is successful. */
  readonly basic: BasicOcspResponse | undefined;
}

/** More certificates and answers than a stapled response has use for. */
const MAX_ITEMS = 32;

/** @throws DecodeError on a deviation from DER or RFC 6960 4.2.1 */
export function parseOcspResponse(der: Uint8Array): OcspResponse {
  return within('ocsp_response', () => {
    const outer = new DerReader(der);
    const body = outer.enter(TAG.sequence, 'OCSPResponse');
    outer.finish('OCSPResponse');
    const status = OCSP_STATUS[body.small(OCSP_STATUS.length - 1, TAG.enumerated)];
    if (status === undefined || status === 'unused') throw body.failBody('an unknown response status');
    if (status !== 'successful') {
      body.finish('OCSPResponse');
      return { status, basic: undefined };
    }
    const bytes = body.enter(contextConstructed(0), 'responseBytes').enter(TAG.sequence);
    body.finish('OCSPResponse');
    const type = bytes.oid();
    if (type !== OID.ocspBasic) throw bytes.failBody(`a response of type ${type}`);
    const basic = readBasic(new DerReader(bytes.octetString()));
    bytes.finish('responseBytes');
    return { status, basic };
  });
}

export interface OcspQuestion {
  readonly certificate: Certificate;
  readonly issuerKeyBytes: Uint8Array;
  readonly provider: CryptoProvider;
}

/** RFC 6960 3.2 (1): the answers about this certificate, and no other. */
export function answersFor(basic: BasicOcspResponse, question: OcspQuestion): SingleResponse[] {
  const { certificate, issuerKeyBytes, provider } = question;
  return basic.responses.filter((single) => {
    const hash = HASHES[single.hash];
    if (hash === undefined || !provider.hashes.includes(hash)) return false;
    return (
      equal(single.serial, certificate.serial) &&
      equal(single.issuerNameHash, digest(provider, hash, certificate.issuerRaw)) &&
      equal(single.issuerKeyHash, digest(provider, hash, issuerKeyBytes))
    );
  });
}

/** True when the response names this certificate's subject and key as its signer (RFC 6960 4.2.2.3). */
export function isResponder(
  basic: BasicOcspResponse,
  name: Uint8Array,
  keyBytes: Uint8Array,
  provider: CryptoProvider,
): boolean {
  if ('name' in basic.responder) return equal(basic.responder.name, name);
  return equal(basic.responder.keyHash, digest(provider, 'sha1', keyBytes));
}

const HASHES: Readonly<Record<string, HashName>> = {
  [OID.sha1]: 'sha1',
  [OID.sha256]: 'sha256',
  [OID.sha384]: 'sha384',
  [OID.sha512]: 'sha512',
};

function digest(provider: CryptoProvider, name: HashName, data: Uint8Array): Uint8Array {
  const hash = provider.hash(name);
  hash.update(data);
  return hash.digest();
}

function readBasic(outer: DerReader): BasicOcspResponse {
  const body = outer.enter(TAG.sequence, 'BasicOCSPResponse');
  outer.finish('BasicOCSPResponse');
  const start = body.pos;
  const data = body.enter(TAG.sequence, 'ResponseData');
  const tbs = body.since(start);
  const signatureAlgorithm = readSignatureAlgorithm(body);
  const signature = body.bitStringBytes();
  const certificates: Certificate[] = [];
  if (body.more) {
    const list = body.enter(contextConstructed(0), 'certs').enter(TAG.sequence);
    while (list.more) {
      if (certificates.length >= MAX_ITEMS) throw list.fail(`more than ${MAX_ITEMS} certificates`);
      certificates.push(new Certificate(list.element(TAG.sequence)));
    }
  }
  body.finish('BasicOCSPResponse');
  return { tbs, ...readResponseData(data), signatureAlgorithm, signature, certificates };
}

function readResponseData(
  data: DerReader,
): Pick<BasicOcspResponse, 'responder' | 'producedAt' | 'responses' | 'extensions'> {
  // The version is 1 by DEFAULT, which DER does not write; there is no other.
  const byName = data.peek() === contextConstructed(1);
  const choice = data.enter(byName ? contextConstructed(1) : contextConstructed(2), 'responderID');
  const responder = byName ? { name: choice.element(TAG.sequence, 'Name') } : { keyHash: choice.octetString() };
  choice.finish('responderID');
  const producedAt = readGeneralizedTime(data);
  const list = data.enter(TAG.sequence, 'responses');
  const responses: SingleResponse[] = [];
  while (list.more) {
    if (responses.length >= MAX_ITEMS) throw list.fail(`more than ${MAX_ITEMS} responses`);
    responses.push(readSingle(list.enter(TAG.sequence, 'SingleResponse')));
  }
  const extensions = data.more ? readExtensions(data, contextConstructed(1)) : NONE;
  data.finish('ResponseData');
  return { responder, producedAt, responses, extensions };
}

function readSingle(body: DerReader): SingleResponse {
  const id = body.enter(TAG.sequence, 'CertID');
  const hash = readAlgorithm(id).oid;
  const issuerNameHash = id.octetString();
  const issuerKeyHash = id.octetString();
  const serial = id.integer();
  id.finish('CertID');
  const status = readStatus(body);
  const thisUpdate = readGeneralizedTime(body);
  let nextUpdate: number | undefined;
  if (body.peek() === contextConstructed(0)) {
    const wrapper = body.enter(contextConstructed(0));
    nextUpdate = readGeneralizedTime(wrapper);
    wrapper.finish('nextUpdate');
  }
  const extensions = body.more ? readExtensions(body, contextConstructed(1)) : NONE;
  body.finish('SingleResponse');
  return { hash, issuerNameHash, issuerKeyHash, serial, status, thisUpdate, nextUpdate, extensions };
}

function readStatus(body: DerReader): CertificateStatus {
  const tag = body.peek();
  if (tag === contextPrimitive(0) || tag === contextPrimitive(2)) {
    if (body.content().length !== 0) throw body.failBody('a status with content');
    return { kind: tag === contextPrimitive(0) ? 'good' : 'unknown' };
  }
  const info = body.enter(contextConstructed(1), 'certStatus');
  const at = readGeneralizedTime(info);
  let reason: number | undefined;
  if (info.more) {
    const wrapper = info.enter(contextConstructed(0), 'revocationReason');
    reason = wrapper.small(10, TAG.enumerated);
    wrapper.finish('revocationReason');
  }
  info.finish('RevokedInfo');
  return { kind: 'revoked', at, reason };
}

const NONE: ReadonlyMap<string, Extension> = new Map();

/** RFC 5280 5.3.1. */
export const REVOCATION_REASONS: Readonly<Record<number, string>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};
