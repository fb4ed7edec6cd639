// The strict reader (X.690 10, 11) and the writer against each other: what is written is read back, every deviation is
// refused at its offset, and no cut or changed certificate makes the reader do anything but throw DecodeError.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leaf, pki } from '../../test/conformance/x509-pki.ts';
import { fromHex, toHex } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { decodeAll, parseCertificate, readCertificate } from './certificate.ts';
import { DerReader, dotted, MAX_DEPTH, TAG } from './der.ts';
import * as der from './der_write.ts';
import { elementsAt, outline } from './outline.ts';
import { readTime } from './time.ts';

const reader = (hex: string): DerReader => new DerReader(fromHex(hex));

describe('X.690: deviations from DER are refused', () => {
  const refused: [string, string, (r: DerReader) => unknown][] = [
    ['an indefinite length', '3080 0000', (r) => r.enter(TAG.sequence)],
    ['a long form where the short one fits', '308100', (r) => r.enter(TAG.sequence)],
    ['a length with a leading zero', `30820080${'00'.repeat(128)}`, (r) => r.enter(TAG.sequence)],
    ['a length of five bytes', '30850000000001 00', (r) => r.enter(TAG.sequence)],
    ['a length beyond the end', '3003 0500', (r) => r.enter(TAG.sequence)],
    ['a tag of several bytes', '1f81 0100', (r) => r.element()],
    ['a wrong tag', '3100', (r) => r.enter(TAG.sequence)],
    ['nothing at all', '', (r) => r.element()],
    ['BOOLEAN 01', '010101', (r) => r.boolean()],
    ['BOOLEAN of two bytes', '0102ffff', (r) => r.boolean()],
    ['an empty INTEGER', '0200', (r) => r.integer()],
    ['INTEGER 00 7f', '0202007f', (r) => r.integer()],
    ['INTEGER ff 80', '0202ff80', (r) => r.integer()],
    ['a negative INTEGER where none may be', '0201ff', (r) => r.unsigned()],
    ['an INTEGER above the bound', '02020100', (r) => r.small(255)],
    ['a BIT STRING without its count', '0300', (r) => r.bitString()],
    ['a BIT STRING with 8 unused bits', '030208ff', (r) => r.bitString()],
    ['a BIT STRING with unused bits of nothing', '030107', (r) => r.bitString()],
    ['a BIT STRING whose padding is not zero', '03020101', (r) => r.bitString()],
    ['a key that is not whole bytes', '03020400', (r) => r.bitStringBytes()],
    ['NULL with content', '050100', (r) => r.null()],
    ['an empty OBJECT IDENTIFIER', '0600', (r) => r.oid()],
    ['an OBJECT IDENTIFIER that breaks off', '060255 80'.replace(' ', ''), (r) => r.oid()],
    ['an arc with a leading 80', '0603558001', (r) => r.oid()],
  ];
  it.each(refused)('%s', (_what, hex, read) => {
    expect(() => read(reader(hex))).toThrow(DecodeError);
  });

  it('content left over is refused where it begins', () => {
    const body = reader('3005 0500 020101').enter(TAG.sequence);
    body.null();
    expect(() => body.finish()).toThrow(expect.objectContaining({ offset: 4 }));
  });

  it(`elements nested deeper than ${MAX_DEPTH} are refused`, () => {
    let r = reader(nest(MAX_DEPTH + 2));
    expect(() => {
      for (;;) r = r.enter(TAG.sequence);
    }).toThrow('nested deeper');
  });
});

function nest(depth: number): string {
  let bytes: Uint8Array = der.nullValue();
  for (let i = 0; i < depth; i++) bytes = der.sequence(bytes);
  return toHex(bytes);
}

describe('the writer and the reader agree', () => {
  it('on integers of any size', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        const value = new DerReader(der.unsignedInteger(bytes)).unsigned();
        expect(toHex(value)).toBe(toHex(bytes).replace(/^(00)+(?=..)/, ''));
      }),
    );
  });

  it('on object identifiers, arcs beyond 2^53 included', () => {
    const arc = fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 128n }));
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 2), fc.nat(39), fc.array(arc, { maxLength: 3 }), (root, second, rest) => {
        const text = [root, second, ...rest].join('.');
        expect(new DerReader(der.oid(text)).oid()).toBe(text);
      }),
    );
    expect(dotted(fromHex('8837'))).toBe('2.999');
  });

  it('on times from 1950 to 9999, as RFC 5280 4.1.2.5 writes them', () => {
    const second = fc.integer({ min: Date.UTC(1950, 0) / 1000, max: Date.UTC(9999, 11, 31) / 1000 });
    fc.assert(
      fc.property(second, (s) => {
        expect(readTime(new DerReader(der.time(s * 1000)))).toBe(s * 1000);
      }),
    );
    expect(der.time(Date.UTC(2049, 11, 31))[0]).toBe(TAG.utcTime);
    expect(der.time(Date.UTC(2050, 0, 1))[0]).toBe(TAG.generalizedTime);
  });

  it.each([
    ['UTCTime without seconds', TAG.utcTime, '2611221200Z'],
    ['UTCTime with an offset', TAG.utcTime, '261122120000+0100'],
    ['a month that does not exist', TAG.utcTime, '261322120000Z'],
    ['29 February 2025', TAG.utcTime, '250229120000Z'],
    ['hour 24', TAG.utcTime, '261122240000Z'],
    ['a leap second', TAG.utcTime, '161231235960Z'],
    ['GeneralizedTime with a fraction', TAG.generalizedTime, '20500101000000.5Z'],
    ['GeneralizedTime without Z', TAG.generalizedTime, '20500101000000'],
  ])('RFC 5280 4.1.2.5: %s is refused', (_what, tag, text) => {
    expect(() => readTime(new DerReader(der.text(tag, text)))).toThrow(DecodeError);
  });
});

describe('certificates', () => {
  const certificate = leaf({
    caIssuerUrl: 'http://ca.example/',
    ocspUrl: 'http://ocsp.example/',
    mustStaple: true,
  }).der;

  it('every prefix is refused, and every extension of one', () => {
    for (let length = 0; length < certificate.length; length++) {
      expect(() => parseCertificate(certificate.subarray(0, length))).toThrow(DecodeError);
    }
    expect(() => parseCertificate(Uint8Array.of(...certificate, 0))).toThrow('left over');
  });

  it('changed bytes are read or refused with DecodeError, never anything else', () => {
    const edit = fc.tuple(fc.nat(certificate.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const bytes = certificate.slice();
        for (const [at, value] of edits) bytes[at] = value;
        try {
          const read = parseCertificate(bytes);
          expect(read.der).toBe(bytes);
          void [read.selfIssued, read.canonicalIssuer, read.mustStaple, read.caIssuerUrls, read.serialText];
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
          expect((error as DecodeError).offset).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('an error names its extension and points at the byte', () => {
    const bytes = certificate.slice();
    const found = readCertificate(bytes).extensions.get('2.5.29.15');
    const at = found?.start ?? 0;
    bytes[at] = 0x04;
    expect(() => decodeAll(readCertificate(bytes))).toThrow(
      expect.objectContaining({ offset: at, path: ['keyUsage'] }),
    );
  });

  it('the outline covers every byte and names what stands at an offset', () => {
    const tree = outline(certificate);
    expect([tree.offset, tree.end]).toEqual([0, certificate.length]);
    const check = (element: typeof tree): void => {
      for (const child of element.children) {
        expect(child.offset).toBeGreaterThanOrEqual(element.contentOffset);
        expect(child.end).toBeLessThanOrEqual(element.end);
        check(child);
      }
    };
    check(tree);
    const read = readCertificate(certificate);
    const inside = elementsAt(tree, read.offsetOf(read.subjectRaw));
    expect(inside.map(({ name }) => name)).toEqual(['SEQUENCE', 'SEQUENCE', 'SEQUENCE']);
    const notes = JSON.stringify(tree);
    for (const text of ['subjectAltName (2.5.29.17)', 'serverAuth', 'BOOLEAN', 'UTCTime'])
      expect(notes).toContain(text);
  });

  it('a root, an intermediate and a leaf say what they are', () => {
    const root = parseCertificate(pki.root.der);
    expect(root.selfIssued).toBe(true);
    expect(root.basicConstraints).toEqual({ ca: true, pathLength: undefined });
    expect(root.keyUsage).toEqual(['keyCertSign', 'cRLSign']);
    const end = parseCertificate(certificate);
    expect(end.mustStaple).toBe(true);
    expect([end.caIssuerUrls, end.ocspUrls]).toEqual([['http://ca.example/'], ['http://ocsp.example/']]);
    expect(end.authorityKeyIdentifier?.keyId).toEqual(parseCertificate(pki.intermediate.der).subjectKeyIdentifier);
  });
});
