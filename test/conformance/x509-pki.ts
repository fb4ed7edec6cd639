// Certificates, OCSP responses, CRLs and SCTs for tests, made with the writer of src/x509 and signed by node:crypto. The
// tests ask openssl whether what is made here is sound, so that reader and writer cannot share a mistake.

import { concat } from '../../src/bytes/bytes.ts';
import type { PrivateKey } from '../../src/crypto/provider.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { contextConstructed, contextPrimitive, TAG } from '../../src/x509/der.ts';
import * as der from '../../src/x509/der_write.ts';
import {
  type AlternativeName,
  type CertificateSource,
  type Issued,
  type Judgement,
  makeCertificate,
  makeIntermediate,
  makeTestPki,
  type NameSource,
  parseCertificate,
  type RawExtension,
  trustAnchors,
  type VerifyOptions,
  verifyChain,
  writeName,
  writeSpki,
} from '../../src/x509/index.ts';
import { defaultAlgorithm, writeSignatureAlgorithm } from '../../src/x509/make.ts';

export const NOW = Date.UTC(2026, 10, 22, 12);
export const DAY = 86_400_000;
export const generateKey = (): PrivateKey => generatePrivateKey('ec').privateKey;
export const maker = { provider: nodeProvider, generateKey, now: NOW };
export const pki = makeTestPki(maker);
export const anchors = trustAnchors([pki.root.der]);

export function judge(chain: readonly Uint8Array[], more: Partial<VerifyOptions> = {}): Judgement {
  const fixed = { anchors, role: 'server', serverName: 'example.com', now: NOW, provider: nodeProvider } as const;
  return verifyChain({ chain, ...fixed, ...more });
}

/** The code of the refusal, or `accepted`. */
export function code(chain: readonly Uint8Array[], more: Partial<VerifyOptions> = {}): string {
  const judgement = judge(chain, more);
  return judgement.ok ? 'accepted' : judgement.refusal.code;
}

/** An end entity under the intermediate of `pki`. */
export const leaf = (
  overrides: Partial<CertificateSource> = {},
  san: readonly AlternativeName[] = ['example.com'],
): Issued => pki.issue({ overrides: { san, ...overrides } });

/** An end entity under any CA. */
export function under(issuer: Issued, overrides: Partial<CertificateSource> = {}): Issued {
  const key = generateKey();
  const subject: NameSource = [['O', 'leaf']];
  const certificate = makeCertificate({
    subject,
    issuer: issuer.subject,
    publicKey: key.publicKey,
    signer: issuer.key,
    provider: nodeProvider,
    san: ['example.com'],
    extKeyUsage: ['serverAuth'],
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    ...overrides,
  });
  return { der: certificate, key, subject: overrides.subject ?? subject };
}

let number = 0;

export function intermediate(overrides: Partial<CertificateSource> = {}, issuer: Issued = pki.root): Issued {
  return makeIntermediate(maker, issuer, `CA ${++number}`, overrides);
}

/** A leaf under an intermediate of its own under the root of `pki`. */
export function chainWith(ca: Partial<CertificateSource>, end: Partial<CertificateSource> = {}): Uint8Array[] {
  const issuer = intermediate(ca);
  return [under(issuer, end).der, issuer.der];
}

export const rawExtension = (oid: string, value: Uint8Array, critical = false): RawExtension => ({
  oid,
  value,
  critical,
});

function digest(name: 'sha1' | 'sha256', data: Uint8Array): Uint8Array {
  const hash = nodeProvider.hash(name);
  hash.update(data);
  return hash.digest();
}

function signed(tbs: Uint8Array, signer: PrivateKey, ...rest: Uint8Array[]): Uint8Array {
  const algorithm = defaultAlgorithm(signer.publicKey);
  return der.sequence(tbs, writeSignatureAlgorithm(algorithm), der.bitString(signer.sign(algorithm, tbs)), ...rest);
}

export interface OcspSource {
  readonly subject: Uint8Array;
  readonly issuer: Issued;
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | undefined;
  /** The responder, with its certificate; default: the issuer itself, without one. */
  readonly responder?: Issued;
  readonly hash?: 'sha1' | 'sha256';
  readonly extensions?: readonly Uint8Array[];
}

const HASH_OIDS = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' };

/** An OCSPResponse (RFC 6960 4.2.1). */
export function makeOcsp(source: OcspSource): Uint8Array {
  const subject = parseCertificate(source.subject);
  const issuer = parseCertificate(source.issuer.der);
  const hash = source.hash ?? 'sha1';
  const id = der.sequence(
    der.sequence(der.oid(HASH_OIDS[hash]), der.nullValue()),
    der.octetString(digest(hash, subject.issuerRaw)),
    der.octetString(digest(hash, issuer.spki.keyBytes)),
    der.tlv(TAG.integer, subject.serial),
  );
  const revokedInfo = concat(
    der.generalizedTime(NOW - DAY),
    der.tlv(contextConstructed(0), der.tlv(TAG.enumerated, Uint8Array.of(1))),
  );
  const status = {
    good: der.tlv(contextPrimitive(0)),
    unknown: der.tlv(contextPrimitive(2)),
    revoked: der.tlv(contextConstructed(1), revokedInfo),
  };
  const nextUpdate = 'nextUpdate' in source ? source.nextUpdate : NOW + DAY;
  const single = der.sequence(
    id,
    status[source.status ?? 'good'],
    der.generalizedTime(source.thisUpdate ?? NOW - DAY),
    ...(nextUpdate === undefined ? [] : [der.tlv(contextConstructed(0), der.generalizedTime(nextUpdate))]),
    ...(source.extensions === undefined ? [] : [der.tlv(contextConstructed(1), der.sequence(...source.extensions))]),
  );
  const signer = source.responder ?? source.issuer;
  const tbs = der.sequence(
    der.tlv(contextConstructed(1), writeName(signer.subject)),
    der.generalizedTime(NOW - DAY),
    der.sequence(single),
  );
  const certificates =
    source.responder === undefined ? [] : [der.tlv(contextConstructed(0), der.sequence(source.responder.der))];
  const basic = signed(tbs, signer.key, ...certificates);
  const bytes = der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octetString(basic));
  return der.sequence(der.tlv(TAG.enumerated, Uint8Array.of(0)), der.tlv(contextConstructed(0), bytes));
}

export interface CrlSource {
  /** In the form of version 1, which has no extensions. */
  readonly version1?: boolean;
  /** Extensions of each entry, besides its reason. */
  readonly ofEntries?: readonly RawExtension[];
  readonly issuer: Issued;
  /** Who signs; default: the issuer. */
  readonly signer?: PrivateKey;
  readonly serials?: readonly Uint8Array[];
  readonly thisUpdate?: number;
  readonly nextUpdate?: number | undefined;
  readonly extensions?: readonly RawExtension[];
}

/** A CertificateList (RFC 5280 5.1) with a crlNumber. */
export function makeCrl(source: CrlSource): Uint8Array {
  const signer = source.signer ?? source.issuer.key;
  const nextUpdate = 'nextUpdate' in source ? source.nextUpdate : NOW + DAY;
  const reason = der.sequence(
    der.sequence(der.oid('2.5.29.21'), der.octetString(der.tlv(TAG.enumerated, Uint8Array.of(1)))),
    ...(source.ofEntries ?? []).map(writeExtension),
  );
  const entries = (source.serials ?? []).map((serial) =>
    der.sequence(der.tlv(TAG.integer, serial), der.time(NOW - DAY), ...(source.version1 === true ? [] : [reason])),
  );
  const extensions = source.extensions ?? [rawExtension('2.5.29.20', der.integer(7))];
  const tbs = der.sequence(
    ...(source.version1 === true ? [] : [der.integer(1)]),
    writeSignatureAlgorithm(defaultAlgorithm(signer.publicKey)),
    writeName(source.issuer.subject),
    der.time(source.thisUpdate ?? NOW - DAY),
    ...(nextUpdate === undefined ? [] : [der.time(nextUpdate)]),
    ...(entries.length === 0 ? [] : [der.sequence(...entries)]),
    ...(source.version1 === true
      ? []
      : [der.tlv(contextConstructed(0), der.sequence(...extensions.map(writeExtension)))]),
  );
  return signed(tbs, signer);
}

export function writeExtension({ oid, value, critical }: RawExtension): Uint8Array {
  return der.sequence(der.oid(oid), ...(critical === true ? [der.boolean(true)] : []), der.octetString(value));
}

/** The list of one SCT (RFC 6962 3.2, 3.3) over an entry: `x509` a certificate, `precert` key hash and signed part. */
export function makeSctList(
  log: PrivateKey,
  entry: { x509: Uint8Array } | { issuerSpki: Uint8Array; tbs: Uint8Array },
  timestamp: number,
): Uint8Array {
  const u = (value: number, size: number): Uint8Array =>
    Uint8Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);
  const signedEntry =
    'x509' in entry
      ? concat(u(0, 2), u(entry.x509.length, 3), entry.x509)
      : concat(u(1, 2), digest('sha256', entry.issuerSpki), u(entry.tbs.length, 3), entry.tbs);
  const data = concat(u(0, 2), u(timestamp, 8), signedEntry, u(0, 2));
  const signature = log.sign({ kind: 'ecdsa', hash: 'sha256' }, data);
  const id = digest('sha256', writeSpki(log.publicKey));
  const sct = concat(u(0, 1), id, u(timestamp, 8), u(0, 2), Uint8Array.of(4, 3), u(signature.length, 2), signature);
  return concat(u(sct.length + 2, 2), u(sct.length, 2), sct);
}
