// Distinguished names (RFC 5280 4.1.2.4): their parts, their comparison (7.1: case and inner white space do not count)
// and their text, in the order of RFC 4514 (most specific first) and in the order of the certificate, as curl and
// OpenSSL print it. Text is escaped in both.

import { toHex } from '../bytes/bytes.ts';
import { characters, DerReader, TAG } from './der.ts';
import { escapeText, excerpt } from './escape.ts';
import { ATTRIBUTE_NAMES, OID } from './oids.ts';

export interface Attribute {
  readonly oid: string;
  /** The tag of the string type. */
  readonly tag: number;
  /** The content of the string. */
  readonly bytes: Uint8Array;
  /** The string decoded and not escaped; bytes that do not fit its type read as ISO 8859-1. */
  readonly text: string;
}

/** A relative distinguished name: nearly always one attribute. */
export type Rdn = readonly Attribute[];

export interface Name {
  readonly raw: Uint8Array;
  readonly rdns: readonly Rdn[];
}

/**
 * Reads one Name and nothing else.
 * @throws DecodeError when the DER is broken
 */
export function parseName(der: Uint8Array): Name {
  const reader = new DerReader(der);
  const name = readName(reader);
  reader.finish('Name');
  return name;
}

export function readName(reader: DerReader): Name {
  const start = reader.pos;
  const outer = reader.open(TAG.sequence, 'Name');
  const rdns: Rdn[] = [];
  while (reader.more) {
    const set = reader.open(TAG.set, 'RelativeDistinguishedName');
    if (!reader.more) throw reader.fail('an empty RelativeDistinguishedName');
    const rdn: Attribute[] = [];
    while (reader.more) rdn.push(readAttribute(reader));
    reader.close(set);
    rdns.push(rdn);
  }
  reader.close(outer);
  return { raw: reader.since(start), rdns };
}

function readAttribute(reader: DerReader): Attribute {
  const outer = reader.open(TAG.sequence, 'AttributeTypeAndValue');
  const oid = reader.oid();
  const tag = reader.peek();
  if (!VALUE_TAGS.has(tag)) throw reader.fail('an attribute value that is no string');
  const bytes = tag === TAG.bitString ? reader.bitString().bytes : reader.content();
  const encoded = tag === TAG.utf8String || tag === TAG.bmpString || tag === TAG.universalString;
  if (encoded && stringText(tag, bytes) === undefined) throw reader.failBody('a string that breaks its encoding');
  reader.close(outer, 'AttributeTypeAndValue');
  return new StringAttribute(oid, tag, bytes);
}

/** RFC 5280 4.1.2.4 and A.1: character strings, and BIT STRING for x500UniqueIdentifier. */
const VALUE_TAGS: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.ia5String,
  TAG.teletexString,
  TAG.bmpString,
  TAG.universalString,
  TAG.numericString,
  TAG.visibleString,
  TAG.bitString,
]);

/** An attribute whose text is decoded when somebody reads it. */
class StringAttribute implements Attribute {
  readonly oid: string;
  readonly tag: number;
  readonly bytes: Uint8Array;

  constructor(oid: string, tag: number, bytes: Uint8Array) {
    this.oid = oid;
    this.tag = tag;
    this.bytes = bytes;
  }

  get text(): string {
    return stringText(this.tag, this.bytes) ?? characters(this.bytes, 0, this.bytes.length);
  }
}

/** `CN=example.com,O=Example\, Ltd.,C=US`: RFC 4514 order, escaped for display. */
export function nameText(name: Name): string {
  return [...name.rdns].reverse().map(rdnText).join(',');
}

/** `C=US; O=Example; CN=example.com`: the order of the certificate, as `curl -v` shows it. */
export function nameTextInOrder(name: Name, separator = '; '): string {
  return name.rdns.map(rdnText).join(separator);
}

/** The decoded values of one attribute type, in order of appearance, not escaped. */
export function attributeValues(name: Name, oid: string): string[] {
  const values: string[] = [];
  for (const rdn of name.rdns) for (const attribute of rdn) if (attribute.oid === oid) values.push(attribute.text);
  return values;
}

/** What people call the owner: the last common name, cut where it is long, else the whole name. Escaped. */
export function displayName(name: Name): string {
  const common = attributeValues(name, OID.commonName).at(-1);
  if (common !== undefined) return excerpt(common, 120);
  return name.rdns.length === 0 ? '(empty name)' : nameText(name);
}

/**
 * One string for each RDN, equal for names that RFC 5280 7.1 calls equal: character strings are compared without
 * regard to case and to white space at the ends or repeated inside; everything else byte by byte.
 */
export function canonicalRdns(name: Name): readonly string[] {
  let known = canonical.get(name);
  if (known === undefined) {
    known = name.rdns.map(canonicalRdn);
    canonical.set(name, known);
  }
  return known;
}

/** A name may be compared with thousands of constraints. */
const canonical = new WeakMap<Name, readonly string[]>();

/** RFC 5280 7.1 for two names; from the end, where names of one house differ, so that most comparisons are short. */
export function sameName(a: Name, b: Name): boolean {
  if (a.rdns.length !== b.rdns.length) return false;
  for (let i = a.rdns.length - 1; i >= 0; i--) {
    const [left, right] = [a.rdns[i] as Rdn, b.rdns[i] as Rdn];
    if (left.length !== right.length || canonicalRdn(left) !== canonicalRdn(right)) return false;
  }
  return true;
}

/** RFC 5280 7.1: true when `name` lies in the subtree that starts at `base`. */
export function withinSubtree(name: readonly string[], base: readonly string[]): boolean {
  return base.length <= name.length && base.every((rdn, i) => rdn === name[i]);
}

/** Decodes an ASN.1 character string; undefined when the bytes break their type or the type is none. */
function stringText(tag: number, bytes: Uint8Array): string | undefined {
  switch (tag) {
    case TAG.utf8String:
      return utf8(bytes);
    case TAG.bmpString:
      return wide(bytes, 2);
    case TAG.universalString:
      return wide(bytes, 4);
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.numericString:
    case TAG.visibleString:
      return isAscii(bytes) ? characters(bytes, 0, bytes.length) : undefined;
    case TAG.teletexString:
      return characters(bytes, 0, bytes.length);
    default:
      return undefined;
  }
}

function rdnText(rdn: Rdn): string {
  return rdn.map((part) => `${ATTRIBUTE_NAMES[part.oid] ?? part.oid}=${valueText(part)}`).join('+');
}

/** RFC 4514 2.4, reduced to what keeps the text unambiguous. */
function valueText({ tag, bytes, text }: Attribute): string {
  if (stringText(tag, bytes) === undefined) return `#${toHex(bytes)}`;
  const escaped = escapeText(text).replace(/[,+;]/g, '\\$&');
  const led = /^[ #]/.test(escaped) ? `\\${escaped}` : escaped;
  return led.length > 1 && led.endsWith(' ') ? `${led.slice(0, -1)}\\ ` : led;
}

function canonicalRdn(rdn: Rdn): string {
  return rdn.length === 1 ? canonicalAttribute(rdn[0] as Attribute) : rdn.map(canonicalAttribute).sort().join('+');
}

function canonicalAttribute({ oid, tag, bytes }: Attribute): string {
  // NumericString has no letters; like other types it is compared as bytes, as OpenSSL does.
  const text = tag === TAG.numericString ? undefined : stringText(tag, bytes);
  if (text === undefined) return `${oid}=#${tag}:${toHex(bytes)}`;
  const folded = prepared(text).trim().replace(/\s+/g, ' ').toLowerCase();
  // A plus sign must not look like a second attribute.
  return `${oid}=${JSON.stringify(folded)}`;
}

/** RFC 4518 2.2, 2.3: what cannot be seen is nothing, white space is a space, and forms of one character are that character. */
function prepared(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const spaced = text.replace(/[\s\x85]/g, ' ');
  return spaced.replace(/\p{Cc}|\p{Cf}|\p{Variation_Selector}|[\u034f\ufffc]/gu, '').normalize('NFKC');
}

/** Strict UTF-8 (RFC 3629): shortest forms, no surrogates; undefined otherwise. */
function utf8(bytes: Uint8Array): string | undefined {
  if (isAscii(bytes)) return characters(bytes, 0, bytes.length);
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i++] as number;
    if (lead < 0x80) {
      text += String.fromCharCode(lead);
      continue;
    }
    const extra = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || i + extra > bytes.length) return undefined;
    let code = lead & (0x3f >> extra);
    for (let k = 0; k < extra; k++) {
      const byte = bytes[i++] as number;
      if ((byte & 0xc0) !== 0x80) return undefined;
      code = (code << 6) | (byte & 0x3f);
    }
    const least = extra === 1 ? 0x80 : extra === 2 ? 0x800 : 0x10000;
    if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    text += String.fromCodePoint(code);
  }
  return text;
}

function isAscii(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) >= 0x80) return false;
  return true;
}

function wide(bytes: Uint8Array, size: 2 | 4): string | undefined {
  if (bytes.length % size !== 0) return undefined;
  let text = '';
  for (let i = 0; i < bytes.length; i += size) {
    let code = 0;
    for (let k = 0; k < size; k++) code = code * 256 + (bytes[i + k] as number);
    if (code > 0x10ffff || (size === 4 && code >= 0xd800 && code <= 0xdfff)) return undefined;
    text += size === 2 ? String.fromCharCode(code) : String.fromCodePoint(code);
  }
  return text;
}
