// Values as people read them rather than as hexadecimal: names of authorities, certificates, OCSP responses, identities that
// are text, padding. What takes X.509 to read is read by functions that the caller brings: nothing here knows DER. Whatever
// they return, or a peer sent, is escaped here.

import { isAllZero, toHex } from '../bytes/bytes.ts';
import { fixed, opaque, struct, u8, u32 } from '../codec/codec.ts';
import { decode } from '../codec/run.ts';
import { escapeText } from './escape.ts';

/** Each returns one line of text. It may throw: then the bytes are shown. */
export interface ContentReaders {
  /** A DER Name as RFC 4514 writes it: `CN=Bank Client CA,O=Example Bank\, Ltd.,C=CN`. */
  readonly distinguishedName?: (der: Uint8Array) => string;
  /** What a DER certificate is of, in a line. */
  readonly certificate?: (der: Uint8Array) => string;
  /** What a DER OCSP response says, in a line: `good, 2026-11-22`. */
  readonly ocspResponse?: (der: Uint8Array) => string;
  /** A DER OBJECT IDENTIFIER by its name or in dotted digits. */
  readonly objectIdentifier?: (der: Uint8Array) => string;
}

/** The value of the field `key` as people read it; undefined where hexadecimal says as much. */
export function readableText(key: string, value: unknown, readers: ContentReaders): string | undefined {
  if (!(value instanceof Uint8Array) || value.length === 0) return undefined;
  const reader = READERS[key];
  if (reader !== undefined) return attempt(() => reader(value, readers));
  if (!isIdentity(key)) return undefined;
  const text = readableUtf8(value);
  return text === undefined ? undefined : `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Whether the items of the list `key` are distinguished names. */
export function isListOfNames(key: string): boolean {
  return key.endsWith('certificate_authorities');
}

/** Names of keys: RFC 4279 5.1 has them in UTF-8, TLS 1.3 in any bytes. */
export function isIdentity(key: string): boolean {
  return /(?:\.psk_identity|\.psk_identity_hint|^pre_shared_key\.identities\[\]\.identity)$/.test(key);
}

/** Bytes that are UTF-8 without anything invisible in it; undefined for others, and for none. */
export function readableUtf8(bytes: Uint8Array): string | undefined {
  const text = utf8(bytes);
  return text === undefined || text === '' || escapeText(text) !== text ? undefined : text;
}

/** Undefined for bytes that are no UTF-8. (The core has no TextDecoder.) */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    return undefined;
  }
}

type Read = (value: Uint8Array, readers: ContentReaders) => string | undefined;

const name: Read = (value, { distinguishedName }) => distinguishedName?.(value);
const certificate: Read = (value, readers) => readers.certificate?.(value);
const ocspResponse: Read = (value, readers) => readers.ocspResponse?.(value);

const READERS: Readonly<Record<string, Read>> = {
  'certificate_request_12.certificate_authorities[]': name,
  'certificate_authorities[]': name,
  'certificate_12.certificate_list[]': certificate,
  'certificate_13.certificate_list[].cert_data': certificate,
  'certificate_status.response': ocspResponse,
  'status_request.response': ocspResponse,
  'oid_filters[].certificate_extension_oid': (value, { objectIdentifier }) => objectIdentifier?.(value),
  'signed_certificate_timestamp[]': timestampText,
  padding: (value) => (isAllZero(value) ? `00 × ${value.length}` : undefined),
};

/** RFC 6962 3.2: which log signed when. */
const signedTimestamp = struct<{
  version: number;
  log_id: Uint8Array;
  timestamp_high: number;
  timestamp_low: number;
  extensions: Uint8Array;
  hash: number;
  signature_algorithm: number;
  signature: Uint8Array;
}>({
  version: u8,
  log_id: fixed(32),
  // uint64 timestamp, in milliseconds.
  timestamp_high: u32,
  timestamp_low: u32,
  extensions: opaque(2),
  hash: u8,
  signature_algorithm: u8,
  signature: opaque(2),
});

function timestampText(value: Uint8Array): string | undefined {
  const { version, log_id, timestamp_high, timestamp_low } = decode(signedTimestamp, value);
  if (version !== 0) return undefined;
  const log = toHex(log_id.subarray(0, 8));
  return `${new Date(timestamp_high * 2 ** 32 + timestamp_low).toISOString()}, log ${log}…`;
}

function attempt(read: () => string | undefined): string | undefined {
  try {
    const text = read();
    return text === undefined || text === '' ? undefined : escapeText(text);
  } catch {
    return undefined;
  }
}
