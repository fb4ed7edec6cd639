// GeneralName (RFC 5280 4.2.1.6), as subjectAltName, name constraints and access descriptions hold it. Every one of the
// nine forms is read; those that TLS does not compare keep their bytes.

import { toHex } from '../bytes/bytes.ts';
import { contextConstructed, contextPrimitive, type DerReader } from './der.ts';
import { excerpt } from './escape.ts';
import { ipText } from './ip.ts';
import { type Name, nameText, readName } from './names.ts';

export type GeneralName =
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly text: string }
  /** 4 or 16 bytes; in name constraints 8 or 32, address and mask. */
  | { readonly kind: 'ip'; readonly bytes: Uint8Array }
  | { readonly kind: 'directory'; readonly name: Name }
  /** `raw` is the whole element. */
  | { readonly kind: 'other' | 'x400' | 'edi' | 'registeredId'; readonly raw: Uint8Array };

/** @throws DecodeError when the form is unknown or its content is broken */
export function readGeneralName(reader: DerReader): GeneralName {
  const tag = reader.peek();
  switch (tag) {
    case contextPrimitive(1):
      return { kind: 'email', text: reader.ascii(tag, 'IA5String') };
    case contextPrimitive(2):
      return { kind: 'dns', text: reader.ascii(tag, 'IA5String') };
    case contextPrimitive(6):
      return { kind: 'uri', text: reader.ascii(tag, 'IA5String') };
    case contextPrimitive(7):
      return { kind: 'ip', bytes: reader.content() };
    case contextConstructed(4): {
      // A Name is a CHOICE, so its tag is explicit (X.680 31.2.7).
      const inner = reader.enter(tag);
      const name = readName(inner);
      inner.finish('directoryName');
      return { kind: 'directory', name };
    }
    case contextConstructed(0):
      return { kind: 'other', raw: reader.element() };
    case contextConstructed(3):
      return { kind: 'x400', raw: reader.element() };
    case contextConstructed(5):
      return { kind: 'edi', raw: reader.element() };
    case contextPrimitive(8): {
      const start = reader.pos;
      reader.oid(tag);
      return { kind: 'registeredId', raw: reader.since(start) };
    }
    default:
      throw reader.fail('an unknown form of GeneralName');
  }
}

/** `DNS:example.com`, `IP:192.0.2.1`, escaped, cut where it is long: the form OpenSSL and Node print. */
export function generalNameText(name: GeneralName): string {
  switch (name.kind) {
    case 'dns':
      return `DNS:${excerpt(name.text, 300)}`;
    case 'email':
      return `email:${excerpt(name.text, 300)}`;
    case 'uri':
      return `URI:${excerpt(name.text, 300)}`;
    case 'ip':
      return `IP:${subtreeIpText(name.bytes)}`;
    case 'directory':
      return `DirName:${nameText(name.name).slice(0, 1000)}`;
    default:
      return `${name.kind}:${toHex(name.raw.subarray(0, 100))}`;
  }
}

/** An address, or address and mask of a constraint as `192.0.2.0/255.255.255.0`. */
function subtreeIpText(bytes: Uint8Array): string {
  if (bytes.length !== 8 && bytes.length !== 32) return ipText(bytes);
  const half = bytes.length / 2;
  return `${ipText(bytes.subarray(0, half))}/${ipText(bytes.subarray(half))}`;
}
