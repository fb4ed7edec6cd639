// Rules about whole paths: cross-signed and expired roots, every candidate with its reason, name constraints of every
// form, certificate policies, roles, anchors, and what the two policies decide differently.

import { describe, expect, it } from 'vitest';
import {
  chainWith,
  code,
  DAY,
  generateKey,
  intermediate,
  judge,
  leaf,
  maker,
  NOW,
  pki,
  rawExtension,
  under,
} from '../../test/conformance/x509-pki.ts';
import { ascii, fromHex, toHex } from '../bytes/bytes.ts';
import { generatePrivateKey, nodeProvider } from '../providers/node.ts';
import { contextConstructed, contextPrimitive } from './der.ts';
import * as der from './der_write.ts';
import {
  type AlternativeName,
  type CertificateSource,
  COMPATIBLE,
  type Issued,
  makeCertificate,
  makeIntermediate,
  makeTestPki,
  POLICY_ROWS,
  parseCertificate,
  trustAnchors,
  WEB,
} from './index.ts';
import { writeGeneralName, writeSignatureAlgorithm } from './make.ts';

/** `ca`'s name and key again, signed by `issuer`. */
const crossSign = (ca: Issued, issuer: Issued, overrides: Partial<CertificateSource> = {}): Uint8Array =>
  makeCertificate({
    subject: ca.subject,
    issuer: issuer.subject,
    publicKey: ca.key.publicKey,
    signer: issuer.key,
    provider: nodeProvider,
    isCa: true,
    notBefore: NOW - DAY,
    notAfter: NOW + DAY,
    ...overrides,
  });

describe('cross-signed roots (failures.md 7: DST Root CA X3)', () => {
  const old = makeTestPki({ ...maker, label: 'old', root: { notBefore: NOW - 9 * DAY, notAfter: NOW - DAY } });
  const end = leaf();
  const sent = [end.der, pki.intermediate.der, crossSign(pki.root, old.root)];

  it('an expired root beside a good one does no harm, and its path is shown with the reason', () => {
    const both = judge(sent, { anchors: trustAnchors([old.root.der, pki.root.der]) });
    expect(both.ok).toBe(true);
    const onlyOld = judge(sent, { anchors: trustAnchors([old.root.der]) });
    expect(!onlyOld.ok && onlyOld.refusal).toMatchObject({
      code: 'expired',
      certificate: { kind: 'anchor', subject: 'old root' },
    });
    expect(onlyOld.tried.map(({ certificates, refusal }) => [certificates.length, refusal?.code])).toEqual([
      [4, 'expired'],
    ]);
  });

  it('every candidate path is shown with its own reason', () => {
    const broken = crossSign(pki.intermediate, pki.root, { notAfter: NOW - 1000 });
    const noCa = crossSign(pki.intermediate, pki.root, { isCa: false });
    const strange = crossSign(pki.intermediate, makeTestPki({ ...maker, label: 'strange' }).root);
    const judgement = judge([end.der, broken, noCa, strange]);
    expect(new Set(judgement.tried.map(({ refusal }) => refusal?.code))).toEqual(
      new Set(['expired', 'not_a_ca', 'unknown_root']),
    );
    const good = judge([end.der, broken, noCa, strange, pki.intermediate.der]);
    expect(good.ok && good.tried.at(-1)).toMatchObject({ reachedAnchor: true, refusal: undefined });
  });

  it('certificates that only sign each other are a loop', () => {
    const [a, b] = [makeIntermediate(maker, old.root, 'a'), makeIntermediate(maker, old.root, 'b')];
    expect(code([under(a).der, crossSign(a, b), crossSign(b, a)])).toBe('path_loop');
  });

  it('RFC 5280 6.1.4 (l): self-issued certificates do not count for the path length', () => {
    const first = intermediate({ pathLength: 0 });
    const rollover: Issued = { ...first, key: generateKey() };
    expect(code([under(rollover).der, crossSign(rollover, first), first.der])).toBe('accepted');
  });

  it('a key of another kind than the signature is named as that', () => {
    const ca = intermediate();
    const namesake = intermediate({ subject: ca.subject, publicKey: generatePrivateKey('rsa').privateKey.publicKey });
    expect(code([under(ca).der, namesake.der])).toBe('signature_key_mismatch');
  });
});

describe('RFC 5280 4.2.1.10: name constraints', () => {
  const directory = (...pairs: [string, string][]): Uint8Array =>
    der.tlv(
      0xa4,
      der.sequence(...pairs.map(([oid, value]) => der.setOf(der.sequence(der.oid(oid), der.text(0x0c, value))))),
    );
  const other = der.tlv(0xa0, der.oid('1.2.3'), der.tlv(0xa0, der.text(0x0c, 'x')));
  const cases: [string, string, NonNullable<CertificateSource['nameConstraints']>, readonly AlternativeName[]][] = [
    ['DNS within', 'accepted', { permitted: ['com'] }, ['example.com']],
    [
      'DNS: not a suffix of a label',
      'name_not_permitted',
      { permitted: ['ample.com', 'www.example.com'] },
      ['example.com'],
    ],
    [
      'DNS: a wildcard reaches an excluded host',
      'name_excluded',
      { excluded: ['www.example.com'] },
      ['example.com', '*.example.com'],
    ],
    [
      'DNS: a wildcard cannot reach deeper',
      'accepted',
      { excluded: ['a.www.example.com'] },
      ['example.com', '*.example.com'],
    ],
    ['IP within, DNS not constrained', 'accepted', { permitted: ['192.0.2.0/24'] }, ['example.com', '192.0.2.200']],
    ['IP outside', 'name_not_permitted', { permitted: ['192.0.2.0/25'] }, ['example.com', '192.0.2.200']],
    ['IPv6 excluded', 'name_excluded', { excluded: ['2001:db8::/32'] }, ['example.com', '2001:db8::1']],
    [
      'IPv4 permitted only, IPv6 name',
      'name_not_permitted',
      { permitted: ['192.0.2.0/24'] },
      ['example.com', '2001:db8::1'],
    ],
    ['email: a mailbox', 'accepted', { permitted: ['email:a@example.com'] }, ['example.com', 'email:a@EXAMPLE.com']],
    [
      'email: another mailbox',
      'name_not_permitted',
      { permitted: ['email:a@example.com'] },
      ['example.com', 'email:A@example.com'],
    ],
    [
      'email: a host is not its domain',
      'name_not_permitted',
      { permitted: ['email:example.com'] },
      ['example.com', 'email:a@x.example.com'],
    ],
    ['email: a domain', 'accepted', { permitted: ['email:.example.com'] }, ['example.com', 'email:a@x.example.com']],
    [
      'URI: a host',
      'name_excluded',
      { excluded: ['uri:evil.example'] },
      ['example.com', 'uri:https://u@evil.example:8443/x'],
    ],
    [
      'URI without a host',
      'malformed_alternative_name',
      { excluded: ['uri:evil.example'] },
      ['example.com', 'uri:urn:x'],
    ],
    [
      'directory: the subject',
      'name_not_permitted',
      { permitted: [directory(['2.5.4.10', 'elsewhere'])] },
      ['example.com'],
    ],
    ['directory: the subject within', 'accepted', { permitted: [directory(['2.5.4.10', 'LEAF'])] }, ['example.com']],
    ['directory excluded', 'name_excluded', { excluded: [directory(['2.5.4.10', 'leaf'])] }, ['example.com']],
    ['a form that is not understood', 'name_constraint_unsupported', { excluded: [other] }, ['example.com', other]],
    ['the same without such a name', 'accepted', { excluded: [other] }, ['example.com']],
    [
      'a constraint that is no mask',
      'malformed_name_constraints',
      { permitted: [der.tlv(contextPrimitive(7), ascii('\x01\x02\x03\x04\x7f\x00\x7f\x00'))] },
      ['example.com'],
    ],
  ];
  it('RFC 5280 4.2.1.10: an address in the subject is constrained where no alternative name has one', () => {
    const judged = (address: string, san: readonly AlternativeName[]): string =>
      code(
        chainWith(
          { nameConstraints: { permitted: ['email:example.com'] } },
          { subject: [['emailAddress', address]], san },
        ),
      );
    expect(judged('a@example.com', ['example.com'])).toBe('accepted');
    expect(judged('a@example.org', ['example.com'])).toBe('name_not_permitted');
    expect(judged('a@example.org', ['example.com', 'email:a@example.com'])).toBe('accepted');
  });

  it('RFC 5280 4.2.1.10: a minimum that is not zero, and a maximum, are refused', () => {
    const dns = der.tlv(contextPrimitive(2), ascii('com'));
    const judged = (...more: readonly Uint8Array[]): string => {
      const subtrees = der.tlv(contextConstructed(0), der.sequence(dns, ...more));
      const ca = intermediate({ extensions: [rawExtension('2.5.29.30', der.sequence(subtrees), true)] });
      return code([under(ca).der, ca.der]);
    };
    expect(judged()).toBe('accepted');
    expect(judged(der.tlv(contextPrimitive(0), Uint8Array.of(1)))).toBe('malformed_certificate');
    expect(judged(der.tlv(contextPrimitive(1), Uint8Array.of(9)))).toBe('malformed_certificate');
  });

  it.each(cases)('%s: %s', (_what, expected, nameConstraints, san) => {
    expect(code(chainWith({ nameConstraints }, { san }))).toBe(expected);
  });

  it("an empty DNS constraint covers every name; a leading dot is OpenSSL's and counts under compatible only", () => {
    expect(code(chainWith({ nameConstraints: { excluded: ['dns:'] } }))).toBe('name_excluded');
    const dotted = chainWith({ nameConstraints: { permitted: ['dns:.com'] } });
    expect([code(dotted), code(dotted, { policy: COMPATIBLE })]).toEqual(['malformed_name_constraints', 'accepted']);
  });

  it('constraints of the anchor and of every intermediate add up, and intermediates must keep them too', () => {
    const strict = makeTestPki({ ...maker, root: { nameConstraints: { permitted: ['com'] } } });
    const more = { anchors: trustAnchors([strict.root.der]) };
    const upper = intermediate({ nameConstraints: { permitted: ['example.org', 'example.com'] } }, strict.root);
    const lower = intermediate({ nameConstraints: { permitted: ['example.com'] } }, upper);
    expect(code([under(lower).der, lower.der, upper.der], more)).toBe('accepted');
    expect(code([under(upper, { san: ['example.org'] }).der, upper.der], { ...more, serverName: 'example.org' })).toBe(
      'name_not_permitted',
    );
    const named = intermediate({ san: ['example.net'] }, strict.root);
    expect(code([under(named).der, named.der], more)).toBe('name_not_permitted');
  });

  it('whoever believes the common name also constrains it', () => {
    const chain = chainWith(
      { nameConstraints: { excluded: ['example.com'] } },
      { subject: [['CN', 'example.com']], san: ['email:a@b.example'] },
    );
    expect(code(chain, { policy: COMPATIBLE })).toBe('name_excluded');
  });

  it('the general name writer and reader agree with the constraint syntax', () => {
    expect(writeGeneralName('192.0.2.1')).toEqual(Uint8Array.of(0x87, 4, 192, 0, 2, 1));
  });
});

describe('RFC 5280 6.1: certificate policies, where a CA requires one', () => {
  const policies = (...oids: string[]) =>
    rawExtension('2.5.29.32', der.sequence(...oids.map((oid) => der.sequence(der.oid(oid)))));
  const required = rawExtension('2.5.29.36', der.sequence(der.tlv(0x80, Uint8Array.of(0))), true);
  const mapping = (from: string, to: string) =>
    rawExtension('2.5.29.33', der.sequence(der.sequence(der.oid(from), der.oid(to))), true);
  const any = '2.5.29.32.0';
  const chain = (ca: CertificateSource['extensions'], end: CertificateSource['extensions']) =>
    chainWith({ extensions: ca ?? [] }, { extensions: end ?? [] });

  it.each([
    ['the same policy all the way', 'accepted', chain([required, policies('1.2.3')], [policies('1.2.3')])],
    ['none in the leaf', 'policy_required', chain([required, policies('1.2.3')], [])],
    ['another in the leaf', 'policy_required', chain([required, policies('1.2.3')], [policies('1.2.4')])],
    ['anyPolicy in the CA', 'accepted', chain([required, policies(any)], [policies('1.2.4')])],
    ['none in the CA', 'policy_required', chain([required], [policies('1.2.4')])],
    ['mapped', 'accepted', chain([required, policies('1.2.3'), mapping('1.2.3', '1.2.4')], [policies('1.2.4')])],
    [
      'mapped away',
      'policy_required',
      chain([required, policies('1.2.3'), mapping('1.2.3', '1.2.4')], [policies('1.2.3')]),
    ],
    [
      'anyPolicy mapped',
      'policy_required',
      chain([required, policies(any), mapping(any, '1.2.4')], [policies('1.2.4')]),
    ],
    ['not required by anybody', 'accepted', chain([policies('1.2.3')], [])],
  ])('%s: %s', (_what, expected, certificates) => {
    expect(code(certificates)).toBe(expected);
  });
});

describe('roles, anchors and the two policies', () => {
  it('a client certificate is judged for clientAuth, and has no name to compare', () => {
    const client = pki.issue({ role: 'client', commonName: 'alice' });
    const more = { role: 'client', serverName: undefined } as const;
    expect(code(pki.chainOf(client), more)).toBe('accepted');
    expect(code(pki.chainOf(leaf()), more)).toBe('wrong_purpose');
  });

  it('a vetted root may break the profile, any other may not', () => {
    const root = makeTestPki({ ...maker, root: { omit: ['subjectKeyIdentifier'] } });
    const chain = root.chainOf(root.issue({ names: ['example.com'] }));
    expect(code(chain, { anchors: trustAnchors([root.root.der]) })).toBe('missing_key_identifier');
    expect(code(chain, { anchors: trustAnchors([root.root.der], { vetted: true }) })).toBe('accepted');
    expect(code(chain, { anchors: trustAnchors([root.root.der]), policy: COMPATIBLE })).toBe('accepted');
  });

  it('RFC 5280 7.1: an issuer spelled in other bytes is found, even behind a namesake with the same bytes', () => {
    const spelled = (text: string) => makeTestPki({ ...maker, root: { subject: [['CN', text]] } });
    const [right, wrong] = [spelled('The  ROOT'), spelled('the root')];
    const ca = makeIntermediate(maker, { ...right.root, subject: [['CN', 'the root']] }, 'some CA');
    const store = trustAnchors([wrong.root.der, right.root.der]);
    expect(code([under(ca).der, ca.der], { anchors: store })).toBe('accepted');
    expect(code([under(ca).der, ca.der], { anchors: trustAnchors([right.root.der]) })).toBe('accepted');
    expect(code([under(ca).der, ca.der], { anchors: trustAnchors([wrong.root.der]) })).toBe('bad_signature');
  });

  it('a root that cannot be read is reported and left out', () => {
    const store = trustAnchors([ascii('nonsense'), pki.root.der]);
    expect([store.size, store.rejected.map(({ source }) => source)]).toEqual([1, [0]]);
    expect(code(pki.chainOf(leaf()), { anchors: store })).toBe('accepted');
  });

  const rsa = generatePrivateKey('rsa', 1024).privateKey;
  const rows: [string, string, string, () => readonly Uint8Array[]][] = [
    ['RSA-1024', 'weak_key', 'accepted', () => pki.chainOf(leaf({ publicKey: rsa.publicKey }))],
    [
      'SHA-1',
      'weak_signature_hash',
      'weak_signature_hash',
      () => pki.chainOf(leaf({ signatureAlgorithm: { kind: 'ecdsa', hash: 'sha1' } })),
    ],
    ['common name only', 'common_name_only', 'accepted', () => pki.chainOf(pki.issue({ commonName: 'example.com' }))],
    ['partial wildcard', 'name_mismatch', 'accepted', () => pki.chainOf(leaf({}, ['ex*.example.com']))],
    [
      'a CA as leaf',
      'leaf_is_ca',
      'accepted',
      () => pki.chainOf(leaf({ isCa: true, keyUsage: ['digitalSignature', 'keyCertSign'] })),
    ],
    ['any purpose in the CA', 'accepted', 'issuer_wrong_purpose', () => chainWith({ extKeyUsage: ['any'] })],
    ['any purpose in the leaf', 'wrong_purpose', 'wrong_purpose', () => pki.chainOf(leaf({ extKeyUsage: ['any'] }))],
  ];
  it.each(rows)('%s: web %s, compatible %s', (what, web, compatible, chain) => {
    const serverName = what === 'partial wildcard' ? 'exam.example.com' : 'example.com';
    expect(code(chain(), { serverName })).toBe(web);
    expect(code(chain(), { serverName, policy: COMPATIBLE })).toBe(compatible);
  });

  it('every row of a policy is documented, and both have the same rows', () => {
    const keys = Object.keys(WEB).filter((key) => key !== 'name');
    expect(Object.keys(POLICY_ROWS).sort()).toEqual(keys.sort());
    expect(Object.keys(COMPATIBLE).sort()).toEqual(Object.keys(WEB).sort());
  });

  it('RFC 8446 4.4.2.4: a signature with MD5 is refused with bad_certificate', () => {
    const rsaPki = makeTestPki({ ...maker, generateKey: () => rsa, label: 'rsa' });
    const [end, ...issuers] = rsaPki.chainOf(rsaPki.issue({ names: ['example.com'] })).map((one) => toHex(one));
    const md5 = fromHex(end?.replaceAll('2a864886f70d01010b', '2a864886f70d010104') ?? '');
    const verdict = judge([md5, ...issuers.map(fromHex)], {
      anchors: trustAnchors([rsaPki.root.der]),
      policy: COMPATIBLE,
    });
    expect(verdict).toMatchObject({
      ok: false,
      refusal: { code: 'unsupported_signature_algorithm', alert: 'bad_certificate' },
    });
  });

  it('RFC 5280 4.1.1.2: the inner and the outer signature algorithm must be the same', () => {
    const end = parseCertificate(leaf().der);
    const sha384 = { kind: 'ecdsa', hash: 'sha384' } as const;
    const signature = pki.intermediate.key.sign(sha384, end.tbs);
    const changed = der.sequence(end.tbs, writeSignatureAlgorithm(sha384), der.bitString(signature));
    expect(code([changed, pki.intermediate.der])).toBe('signature_algorithm_mismatch');
  });
});
