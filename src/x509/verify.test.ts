// The mistakes that other libraries make with certificates (each with a refusal code of its own), the refusals that
// people meet, and what a refusal says. Certificates are made here with make.ts; openssl agrees that they are sound.

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
import { ascii } from '../bytes/bytes.ts';
import { nobleProvider } from '../providers/noble.ts';
import { generatePrivateKey, nodeProvider } from '../providers/node.ts';
import * as der from './der_write.ts';
import {
  type CertificateSource,
  COMPATIBLE,
  makeCertificate,
  makeTestPki,
  parseCertificate,
  trustAnchors,
  type VerifyOptions,
} from './index.ts';

describe('a sound chain', () => {
  const good = leaf();
  it.each([
    ['node', nodeProvider],
    ['noble', nobleProvider],
  ])('is accepted with provider %s, with path, anchor and matched name', (_name, provider) => {
    const judgement = judge(pki.chainOf(good), { provider });
    expect(judgement.ok).toBe(true);
    if (!judgement.ok) return;
    expect(judgement.path.map(({ subject }) => subject.rdns.at(-1)?.[0]?.text)).toEqual([
      'glasstls test',
      'glasstls test intermediate',
      'glasstls test root',
    ]);
    expect(judgement.matched).toBe('example.com');
    expect(judgement.validUntil).toBe(NOW + 90 * DAY + 999);
    expect(judgement.figures).toEqual({ steps: 2, signatures: 2 });
    expect(judgement.tried.map(({ refusal }) => refusal)).toEqual([undefined]);
  });

  it('is accepted under `compatible` too, and with a trust anchor that is name and key', () => {
    expect(code(pki.chainOf(good), { policy: COMPATIBLE })).toBe('accepted');
    const root = parseCertificate(pki.root.der);
    const bare = trustAnchors([{ subject: root.subjectRaw, spki: root.spkiRaw }]);
    const judgement = judge(pki.chainOf(good), { anchors: bare });
    expect(judgement.ok && judgement.path.length).toBe(2);
  });

  it('may be out of order, repeated, and among strangers', () => {
    const stray = makeTestPki({ ...maker, label: 'stray' });
    const chain = [
      good.der,
      stray.root.der,
      pki.root.der,
      stray.intermediate.der,
      pki.intermediate.der,
      pki.intermediate.der,
    ];
    expect(code(chain)).toBe('accepted');
  });

  it('may end at an intermediate that is trusted itself', () => {
    expect(code([good.der], { anchors: trustAnchors([pki.intermediate.der]) })).toBe('accepted');
  });

  it('may be one certificate that the caller trusts itself, which is still dated and named', () => {
    const key = generateKey();
    const self = makeCertificate({
      subject: [['CN', 'example.com']],
      publicKey: key.publicKey,
      signer: key,
      provider: nodeProvider,
      san: ['example.com'],
      isCa: true,
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
    });
    const own = { anchors: trustAnchors([self]) };
    expect(code([self], own)).toBe('accepted');
    expect(code([self], { ...own, serverName: 'example.org' })).toBe('name_mismatch');
    expect(code([self], { ...own, now: NOW + 2 * DAY })).toBe('expired');
    expect(code([self])).toBe('self_signed_leaf');
  });

  it('is accepted over RSA, RSA-PSS, P-384, P-521 and Ed25519 keys', () => {
    const rsa = generatePrivateKey('rsa').privateKey;
    const kinds: [string, Partial<CertificateSource>][] = [
      ['rsa', { signatureAlgorithm: { kind: 'rsa-pkcs1', hash: 'sha384' } }],
      ['pss', { signatureAlgorithm: { kind: 'rsa-pss', hash: 'sha256', saltLength: 32 } }],
    ];
    for (const [, overrides] of kinds) {
      const mine = makeTestPki({ ...maker, generateKey: () => rsa, root: overrides, intermediate: overrides });
      const end = mine.issue({ names: ['example.com'], overrides });
      expect(code(mine.chainOf(end), { anchors: trustAnchors([mine.root.der]) })).toBe('accepted');
    }
    for (const make of [
      () => generatePrivateKey('ec', 'secp384r1').privateKey,
      () => generatePrivateKey('ec', 'secp521r1').privateKey,
      () => generatePrivateKey('ed25519').privateKey,
    ]) {
      const mine = makeTestPki({ ...maker, generateKey: make });
      const end = mine.issue({ names: ['example.com'] });
      for (const provider of [nodeProvider, nobleProvider]) {
        expect(code(mine.chainOf(end), { anchors: trustAnchors([mine.root.der]), provider })).toBe('accepted');
      }
    }
  });
});

describe('mistakes of existing libraries (each has its own code)', () => {
  const victim = leaf();
  const unknownCritical = rawExtension('1.3.6.1.4.1.55555.1', der.nullValue(), true);
  const cases: [string, string, () => readonly Uint8Array[], Partial<VerifyOptions>?][] = [
    ['signed by a leaf that is no CA', 'not_a_ca', () => [under(victim).der, victim.der, pki.intermediate.der]],
    [
      'signed by a leaf without basicConstraints',
      'no_basic_constraints',
      () => chainWith({ omit: ['basicConstraints'] }),
    ],
    ['an intermediate without keyCertSign', 'no_key_cert_sign', () => chainWith({ keyUsage: ['cRLSign'] })],
    [
      'path length exceeded',
      'path_length_exceeded',
      () => {
        const upper = intermediate({ pathLength: 0 });
        const lower = intermediate({}, upper);
        return [under(lower).der, lower.der, upper.der];
      },
    ],
    [
      'a name outside the permitted names',
      'name_not_permitted',
      () => chainWith({ nameConstraints: { permitted: ['example.org'] } }),
    ],
    [
      'a name among the excluded names',
      'name_excluded',
      () => chainWith({ nameConstraints: { excluded: ['example.com'] } }),
    ],
    [
      'an unknown critical extension',
      'unknown_critical_extension',
      () => pki.chainOf(leaf({ extensions: [unknownCritical] })),
    ],
    [
      'only clientAuth in the extended key usage',
      'wrong_purpose',
      () => pki.chainOf(leaf({ extKeyUsage: ['clientAuth'] })),
    ],
    [
      'an intermediate for code signing only',
      'issuer_wrong_purpose',
      () => chainWith({ extKeyUsage: ['1.3.6.1.5.5.7.3.3'] }),
    ],
    [
      'the common name fits and subjectAltName does not',
      'name_mismatch',
      () => pki.chainOf(leaf({ subject: [['CN', 'example.com']] }, ['example.org'])),
    ],
    [
      'the common name fits and there is no subjectAltName',
      'common_name_only',
      () => pki.chainOf(pki.issue({ commonName: 'example.com' })),
    ],
    ['no names at all', 'no_alternative_name', () => pki.chainOf(pki.issue({}))],
    ['a subjectAltName of "*"', 'name_mismatch', () => pki.chainOf(leaf({}, ['*'])), { serverName: 'localhost' }],
    [
      '*.wild.example for a.b.wild.example',
      'name_mismatch',
      () => pki.chainOf(leaf({}, ['*.wild.example'])),
      { serverName: 'a.b.wild.example' },
    ],
    ['no trust anchors', 'no_trust_anchors', () => pki.chainOf(victim), { anchors: trustAnchors([]) }],
  ];
  it.each(cases)('%s: %s', (_what, expected, chain, options) => {
    expect(code(chain(), options)).toBe(expected);
  });

  it('a valid iPAddress is accepted, for IPv4 and IPv6, and only as an iPAddress', () => {
    const end = pki.chainOf(leaf({}, ['192.0.2.7', '2001:db8::7']));
    expect(code(end, { serverName: '192.0.2.7' })).toBe('accepted');
    expect(code(end, { serverName: '2001:db8:0::7' })).toBe('accepted');
    expect(code(end, { serverName: '192.0.2.8' })).toBe('name_mismatch');
    expect(code(pki.chainOf(leaf({}, ['dns:192.0.2.7'])), { serverName: '192.0.2.7' })).toBe('name_mismatch');
  });
});

describe('refusals that people meet', () => {
  const end = leaf();
  const aia = leaf({ caIssuerUrl: 'http://ca.example/issuer.der' });
  const other = makeTestPki({ ...maker, label: 'corporate' });
  const corporate = other.issue({ names: ['example.com'] });
  const tampered = (certificate: Uint8Array): Uint8Array => {
    const copy = certificate.slice();
    copy[copy.length - 3] = (copy[copy.length - 3] as number) ^ 1;
    return copy;
  };

  it('tells a missing intermediate from an unknown root, which other tools do not', () => {
    const missing = judge([aia.der]);
    expect(!missing.ok && [missing.refusal.code, missing.refusal.published, missing.refusal.alert]).toEqual([
      'missing_intermediate',
      ['http://ca.example/issuer.der'],
      'unknown_ca',
    ]);
    expect(code([end.der])).toBe('unknown_issuer');
    expect(code(other.chainOf(corporate))).toBe('unknown_root');
    expect(code([...other.chainOf(corporate), other.root.der])).toBe('untrusted_root');
  });

  it('names the certificate that expired', () => {
    const chain = chainWith({ notBefore: NOW - 2 * DAY, notAfter: NOW - DAY });
    const judgement = judge(chain);
    expect(!judgement.ok && [judgement.refusal.code, judgement.refusal.certificate]).toMatchObject([
      'expired',
      { kind: 'chain', index: 1 },
    ]);
    expect(code(pki.chainOf(leaf({ notAfter: NOW - DAY, notBefore: NOW - 2 * DAY })))).toBe('expired');
    expect(code(pki.chainOf(leaf({ notBefore: NOW + DAY, notAfter: NOW + 2 * DAY })))).toBe('not_yet_valid');
  });

  it.each([
    ['a broken signature', 'bad_signature', () => [tampered(end.der), pki.intermediate.der]],
    ['an empty chain', 'empty_chain', () => []],
    ['a leaf that is no DER', 'malformed_certificate', () => [ascii('hello')]],
    ['an intermediate that is no DER', 'malformed_certificate', () => [end.der, pki.intermediate.der.subarray(0, 300)]],
    [
      'two extensions of one kind',
      'malformed_certificate',
      () => pki.chainOf(leaf({ extensions: [{ oid: '2.5.29.14', value: der.octetString(ascii('x')) }] })),
    ],
    [
      'a leaf that is a CA',
      'leaf_is_ca',
      () => pki.chainOf(leaf({ isCa: true, keyUsage: ['digitalSignature', 'keyCertSign'] })),
    ],
    [
      'a leaf that may only sign certificates',
      'key_usage_not_for_tls',
      () => pki.chainOf(leaf({ keyUsage: ['cRLSign'] })),
    ],
    ['a leaf of version 1', 'not_version_3', () => pki.chainOf(leaf({ version: 1 }))],
    [
      'a name of five bytes as address',
      'malformed_alternative_name',
      () => pki.chainOf(leaf({}, ['example.com', der.tlv(0x87, ascii('12345'))])),
    ],
    [
      'a CA without subjectKeyIdentifier',
      'missing_key_identifier',
      () => chainWith({ omit: ['subjectKeyIdentifier'] }),
    ],
  ] as const)('%s: %s', (_what, expected, chain) => {
    expect(code(chain())).toBe(expected);
  });
});
