// The DER that goes to and comes from node:crypto: SubjectPublicKeyInfo (RFC 5280 4.1.2.7) and PrivateKeyInfo (RFC 5208
// 5). What is read here comes from OpenSSL, so the walk is short; the strict parser for what peers send is in x509/.

import type { KeyObject } from 'node:crypto';
import { concat } from '../bytes/bytes.ts';
import { Reader } from '../bytes/reader.ts';
import { plain } from './node_aead.ts';

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const SEQUENCE = 0x30;

/** What stands in the BIT STRING of a public key's SubjectPublicKeyInfo, in memory of its own. */
export function subjectPublicKey(key: KeyObject): Uint8Array {
  const reader = new Reader(content(new Reader(plain(key.export({ type: 'spki', format: 'der' }))), SEQUENCE));
  content(reader, SEQUENCE);
  return content(reader, BIT_STRING).slice(1);
}

/** The content of the TLV at the reader's position, which must have `tag`. */
export function content(reader: Reader, tag: number): Uint8Array {
  if (reader.u8() !== tag) throw reader.fail(`not the DER tag 0x${tag.toString(16)}`);
  const first = reader.u8();
  return reader.take(first < 0x80 ? first : reader.uint((first & 0x7f) as 1 | 2 | 3 | 4));
}

/** The content of an INTEGER that is not negative, without its leading zero. */
export function unsigned(integer: Uint8Array): Uint8Array {
  return integer.slice(integer[0] === 0 ? 1 : 0);
}

/** A TLV of up to 65535 bytes of content. */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  const { length } = body;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concat(Uint8Array.of(tag, ...head), body);
}

/** An INTEGER of an unsigned big-endian number without leading zeros. */
export function integer(number: Uint8Array): Uint8Array {
  return (number[0] ?? 0x80) < 0x80 ? tlv(INTEGER, number) : tlv(INTEGER, Uint8Array.of(0), number);
}
