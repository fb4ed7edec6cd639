// Signed certificate timestamps (RFC 6962 3.2, 3.3): read from the three places where a server may put them, verified
// against a list of logs that the caller gives. For an embedded one the precertificate is rebuilt: the signed part
// without the list of SCTs.

import { concat, toHex } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { Reader } from '../bytes/reader.ts';
import type { SignatureAlgorithm } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { Certificate } from './certificate.ts';
import { contextConstructed, DerReader, TAG } from './der.ts';
import { tlv } from './der_write.ts';
import { OID } from './oids.ts';
import { parseSpki, type SubjectPublicKeyInfo } from './spki.ts';

export interface CtLog {
  readonly name: string;
  /** DER of its SubjectPublicKeyInfo; the log's id is the SHA-256 of it. */
  readonly key: Uint8Array;
  readonly operator?: string;
  /** Milliseconds since 1970: timestamps from then on do not count. */
  readonly retiredAt?: number;
}

export interface Sct {
  readonly version: number;
  readonly logId: Uint8Array;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly extensions: Uint8Array;
  /** SignatureAndHashAlgorithm of RFC 5246: hash, then signature. */
  readonly algorithm: readonly [hash: number, signature: number];
  readonly signature: Uint8Array;
}

export type SctSource = 'certificate' | 'tls' | 'ocsp';

export interface SctOutcome {
  readonly source: SctSource;
  readonly logId: string;
  /** The log's name in the list. */
  readonly log: string | undefined;
  readonly operator: string | undefined;
  readonly timestamp: number;
  readonly status: 'valid' | 'unknown_log' | 'unknown_version' | 'bad_signature' | 'in_the_future' | 'log_retired';
}

/** No certificate has more than a handful. */
const MAX_SCTS = 64;

/** @throws DecodeError when `list` is not a SignedCertificateTimestampList */
export function parseSctList(list: Uint8Array): Sct[] {
  const reader = new Reader(list);
  const scts: Sct[] = [];
  reader.sub(reader.u16(), () => {
    while (reader.remaining > 0) {
      if (scts.length >= MAX_SCTS) throw reader.fail(`more than ${MAX_SCTS} SCTs`);
      scts.push(reader.sub(reader.u16(), () => readSct(reader)));
    }
  });
  reader.finish();
  return scts;
}

export interface SctContext {
  readonly logs: readonly CtLog[];
  readonly certificate: Certificate;
  /** The key that signed the certificate. */
  readonly issuerKey: SubjectPublicKeyInfo;
  readonly now: number;
  readonly provider: CryptoProvider;
}

/** Judges every SCT of `list`; a list that cannot be read has none. */
export function judgeScts(list: Uint8Array, source: SctSource, context: SctContext): SctOutcome[] {
  let scts: Sct[];
  try {
    scts = parseSctList(list);
  } catch (error) {
    if (error instanceof DecodeError) return [];
    throw error;
  }
  const logs = new Map(context.logs.map((log) => [toHex(sha256(context.provider, log.key)), log]));
  const entry = source === 'certificate' ? precertificateEntry(context) : certificateEntry(context.certificate);
  return scts.map((sct) => {
    const logId = toHex(sct.logId);
    const log = logs.get(logId);
    const common = { source, logId, log: log?.name, operator: log?.operator, timestamp: sct.timestamp };
    return { ...common, status: judge(sct, log, entry, context) };
  });
}

/** Valid SCTs from different logs. */
export function countValid(outcomes: readonly SctOutcome[]): number {
  return new Set(outcomes.filter(({ status }) => status === 'valid').map(({ logId }) => logId)).size;
}

function judge(sct: Sct, log: CtLog | undefined, entry: Uint8Array, context: SctContext): SctOutcome['status'] {
  if (sct.version !== 0) return 'unknown_version';
  if (log === undefined) return 'unknown_log';
  if (sct.timestamp > context.now) return 'in_the_future';
  if (log.retiredAt !== undefined && sct.timestamp >= log.retiredAt) return 'log_retired';
  const algorithm = signatureAlgorithm(sct.algorithm);
  const { key } = parseSpki(log.key);
  if (algorithm === undefined || key === undefined) return 'bad_signature';
  const signed = concat(Uint8Array.of(0, 0), u64(sct.timestamp), entry, prefixed(2, sct.extensions));
  return context.provider.verify(key, algorithm, signed, sct.signature) ? 'valid' : 'bad_signature';
}

function readSct(reader: Reader): Sct {
  const version = reader.u8();
  // RFC 6962 3.3: a list may hold versions that are not known; each has its own length.
  if (version !== 0) {
    reader.rest();
    const none = new Uint8Array(0);
    return { version, logId: none, timestamp: 0, extensions: none, algorithm: [0, 0], signature: none };
  }
  const logId = reader.take(32);
  const timestamp = reader.u32() * 2 ** 32 + reader.u32();
  const extensions = reader.take(reader.u16());
  const algorithm = [reader.u8(), reader.u8()] as const;
  const signature = reader.take(reader.u16());
  return { version, logId, timestamp, extensions, algorithm, signature };
}

/** RFC 6962 2.1.4: SHA-256 with ECDSA or RSA. */
function signatureAlgorithm([hash, signature]: Sct['algorithm']): SignatureAlgorithm | undefined {
  if (hash !== 4) return undefined;
  return signature === 3
    ? { kind: 'ecdsa', hash: 'sha256' }
    : signature === 1
      ? { kind: 'rsa-pkcs1', hash: 'sha256' }
      : undefined;
}

/** entry_type x509_entry and the certificate. */
function certificateEntry(certificate: Certificate): Uint8Array {
  return concat(Uint8Array.of(0, 0), prefixed(3, certificate.der));
}

/** entry_type precert_entry, the hash of the issuer's key, and the signed part without its SCTs. */
function precertificateEntry({ certificate, issuerKey, provider }: SctContext): Uint8Array {
  const tbs = withoutExtension(certificate.tbs, OID.sctList);
  return concat(Uint8Array.of(0, 1), sha256(provider, issuerKey.raw), prefixed(3, tbs));
}

/** The signed part with one extension taken out and the lengths around it made anew. */
function withoutExtension(tbs: Uint8Array, oid: string): Uint8Array {
  const body = new DerReader(tbs).enter(TAG.sequence);
  const fields: Uint8Array[] = [];
  while (body.more) {
    if (body.peek() !== contextConstructed(3)) {
      fields.push(body.element());
      continue;
    }
    const list = body.enter(contextConstructed(3)).enter(TAG.sequence);
    const kept: Uint8Array[] = [];
    while (list.more) {
      const element = list.element();
      if (new DerReader(element).enter(TAG.sequence).oid() !== oid) kept.push(element);
    }
    fields.push(tlv(contextConstructed(3), tlv(TAG.sequence, ...kept)));
  }
  return tlv(TAG.sequence, ...fields);
}

function sha256(provider: CryptoProvider, data: Uint8Array): Uint8Array {
  const hash = provider.hash('sha256');
  hash.update(data);
  return hash.digest();
}

function prefixed(size: 2 | 3, bytes: Uint8Array): Uint8Array {
  const length = bytes.length;
  const header = size === 2 ? [length >> 8, length & 0xff] : [length >> 16, (length >> 8) & 0xff, length & 0xff];
  return concat(Uint8Array.from(header), bytes);
}

function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  for (let i = 7, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}
