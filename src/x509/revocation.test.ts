// Stapled OCSP (RFC 6960), must-staple (RFC 7633), CRLs (RFC 5280 5, 6.3) and SCTs (RFC 6962): what proves something, what
// proves nothing and why, each with a code of its own.

import { describe, expect, it } from 'vitest';
import {
  chainWith,
  code,
  DAY,
  generateKey,
  intermediate,
  judge,
  leaf,
  makeCrl,
  makeOcsp,
  makeSctList,
  NOW,
  pki,
  rawExtension,
  under,
} from '../../test/conformance/x509-pki.ts';
import { nobleProvider } from '../providers/noble.ts';
import { nodeProvider } from '../providers/node.ts';
import { parseCrl } from './crl.ts';
import { TAG } from './der.ts';
import * as der from './der_write.ts';
import { COMPATIBLE, makeCertificate, parseCertificate, type VerifyOptions, WEB, writeSpki } from './index.ts';
import { writeSignatureAlgorithm } from './make.ts';

const end = leaf();
const chain = pki.chainOf(end);
const issuer = pki.intermediate;
const good = makeOcsp({ subject: end.der, issuer });

const staple = (response: Uint8Array, more: Partial<VerifyOptions> = {}): string =>
  code(chain, { ocspResponses: [response], ...more });

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

describe('stapled OCSP responses', () => {
  it.each([nodeProvider, nobleProvider])('a good one is accepted and reported ($name)', (provider) => {
    const judgement = judge(chain, { ocspResponses: [good], provider });
    expect(judgement.ok && judgement.ocsp).toMatchObject({
      status: 'good',
      thisUpdate: NOW - DAY,
      nextUpdate: NOW + DAY,
    });
  });

  it('SHA-256 in the certificate id and a responder that the issuer appointed are accepted', () => {
    const responder = under(issuer, { subject: [['CN', 'responder']], extKeyUsage: ['ocspSigning'] });
    expect(staple(makeOcsp({ subject: end.der, issuer, hash: 'sha256', responder }))).toBe('accepted');
  });

  const other = leaf();
  const outsider = under(pki.root, { subject: [['CN', 'responder']], extKeyUsage: ['ocspSigning'] });
  const unmarked = under(issuer, { subject: [['CN', 'responder']] });
  const lapsed = under(issuer, { subject: [['CN', 'responder']], extKeyUsage: ['ocspSigning'], notAfter: NOW - 1000 });
  const tryLater = der.sequence(der.tlv(TAG.enumerated, Uint8Array.of(3)));
  it.each([
    ['the certificate is revoked', 'revoked_by_ocsp', makeOcsp({ subject: end.der, issuer, status: 'revoked' })],
    [
      'an old answer that it is revoked',
      'revoked_by_ocsp',
      makeOcsp({ subject: end.der, issuer, status: 'revoked', nextUpdate: NOW - DAY }),
    ],
    ['the responder does not know', 'ocsp_status_unknown', makeOcsp({ subject: end.der, issuer, status: 'unknown' })],
    ['it is about another certificate', 'ocsp_wrong_certificate', makeOcsp({ subject: other.der, issuer })],
    ['its signature is broken', 'ocsp_bad_signature', flip(good, good.length - 2)],
    [
      'RFC 6960 4.2.2.2: another CA appointed the responder',
      'ocsp_wrong_signer',
      makeOcsp({ subject: end.der, issuer, responder: outsider }),
    ],
    [
      'RFC 6960 4.2.2.2: the responder is not marked as one',
      'ocsp_wrong_signer',
      makeOcsp({ subject: end.der, issuer, responder: unmarked }),
    ],
    [
      'the certificate of the responder has expired',
      'ocsp_wrong_signer',
      makeOcsp({ subject: end.der, issuer, responder: lapsed }),
    ],
    ['it is cut off', 'ocsp_malformed', good.subarray(0, good.length - 1)],
    [
      'it has an unknown critical extension',
      'ocsp_malformed',
      makeOcsp({
        subject: end.der,
        issuer,
        extensions: [der.sequence(der.oid('1.2.3.4'), der.boolean(true), der.octetString(der.nullValue()))],
      }),
    ],
  ])('%s: %s', (_what, expected, response) => {
    expect(staple(response)).toBe(expected);
    // node:tls does not look; only a proof of revocation counts.
    expect(staple(response, { policy: COMPATIBLE })).toBe(expected === 'revoked_by_ocsp' ? expected : 'accepted');
  });

  const stale = [
    makeOcsp({ subject: end.der, issuer, nextUpdate: NOW - DAY / 2 }),
    makeOcsp({ subject: end.der, issuer, thisUpdate: NOW + DAY }),
    makeOcsp({ subject: end.der, issuer, thisUpdate: NOW - 11 * DAY, nextUpdate: undefined }),
    tryLater,
  ];
  it('an old, a future or an unsuccessful one is reported as useless, and refused where the policy says so', () => {
    for (const response of stale) {
      const judgement = judge(chain, { ocspResponses: [response] });
      const wanted = response === tryLater ? 'ocsp_not_successful' : 'ocsp_out_of_date';
      expect(judgement.ok && judgement.ocsp).toMatchObject({ status: 'useless', refusal: { code: wanted } });
      expect(staple(response, { policy: { ...WEB, badStaple: 'refuse' } })).toBe(wanted);
    }
  });

  it('RFC 7633: a must-staple certificate needs a good one under web, not under compatible', () => {
    const must = leaf({ mustStaple: true });
    const sent = pki.chainOf(must);
    expect(code(sent)).toBe('ocsp_missing');
    expect(code(sent, { policy: COMPATIBLE })).toBe('accepted');
    expect(code(sent, { ocspResponses: [makeOcsp({ subject: must.der, issuer })] })).toBe('accepted');
    expect(code(sent, { ocspResponses: [tryLater] })).toBe('ocsp_not_successful');
  });

  it('RFC 8446 4.4.2.1: the intermediate may have one too', () => {
    const revoked = makeOcsp({ subject: issuer.der, issuer: pki.root, status: 'revoked' });
    expect(code(chain, { ocspResponses: [good, revoked] })).toBe('revoked_by_ocsp');
  });
});

describe('CRLs that the caller gives', () => {
  const serial = parseCertificate(end.der).serial;
  const rootCrl = makeCrl({ issuer: pki.root });
  const with_ = (crl: Uint8Array, more: Partial<VerifyOptions> = {}): string =>
    code(chain, { crls: [rootCrl, crl], ...more });

  it('a certificate that is on none is accepted; one that is on it is refused, leaf or intermediate', () => {
    expect(with_(makeCrl({ issuer, serials: [Uint8Array.of(1), Uint8Array.of(2)] }))).toBe('accepted');
    const judgement = judge(chain, { crls: [makeCrl({ issuer, serials: [Uint8Array.of(1), serial] })] });
    expect(!judgement.ok && judgement.refusal).toMatchObject({
      code: 'revoked_by_crl',
      alert: 'certificate_revoked',
      actual: 'revoked on 2026-11-21 12:00:00 UTC (keyCompromise)',
    });
    const upper = makeCrl({ issuer: pki.root, serials: [parseCertificate(issuer.der).serial] });
    expect(code(chain, { crls: [upper] })).toBe('revoked_by_crl');
  });

  it('a CRL of some other issuer does not count: accepted under web, refused under compatible', () => {
    expect(code(chain, { crls: [rootCrl] })).toBe('accepted');
    expect(code(chain, { crls: [rootCrl], policy: COMPATIBLE })).toBe('crl_missing');
    expect(with_(makeCrl({ issuer }), { policy: COMPATIBLE })).toBe('accepted');
  });

  const bool = Uint8Array.of(0xff);
  it.each([
    ['it is over', 'crl_out_of_date', makeCrl({ issuer, nextUpdate: NOW - 1000 })],
    ['it has no end', 'crl_out_of_date', makeCrl({ issuer, nextUpdate: undefined })],
    ['it is of tomorrow', 'crl_out_of_date', makeCrl({ issuer, thisUpdate: NOW + DAY / 2 })],
    ['another key signed it', 'crl_bad_signature', makeCrl({ issuer, signer: generateKey() })],
    [
      'RFC 5280 5.2.3: it has no crlNumber',
      'crl_not_usable',
      makeCrl({ issuer, extensions: [rawExtension('2.5.29.35', der.sequence())] }),
    ],
    [
      'RFC 5280 5.2.4: it is a delta',
      'crl_not_usable',
      makeCrl({ issuer, extensions: [rawExtension('2.5.29.27', der.integer(1), true)] }),
    ],
    [
      'RFC 5280 5.2.5: it lists CAs only',
      'crl_not_usable',
      makeCrl({
        issuer,
        extensions: [
          rawExtension('2.5.29.20', der.integer(1)),
          rawExtension('2.5.29.28', der.sequence(der.tlv(0x82, bool)), true),
        ],
      }),
    ],
    [
      'RFC 5280 5.2.5: it is indirect',
      'crl_not_usable',
      makeCrl({
        issuer,
        extensions: [
          rawExtension('2.5.29.20', der.integer(1)),
          rawExtension('2.5.29.28', der.sequence(der.tlv(0x84, bool)), true),
        ],
      }),
    ],
    [
      'RFC 5280 5.2: an unknown critical extension',
      'crl_not_usable',
      makeCrl({
        issuer,
        extensions: [rawExtension('2.5.29.20', der.integer(1)), rawExtension('1.2.3.4', der.integer(1), true)],
      }),
    ],
    [
      'RFC 5280 5.3, 5.3.3: an unknown critical extension of an entry',
      'crl_not_usable',
      makeCrl({ issuer, serials: [Uint8Array.of(1)], ofEntries: [rawExtension('1.2.3.4', der.integer(1), true)] }),
    ],
    [
      'RFC 5280 5.2.3: a crlNumber of 20 octets',
      'accepted',
      makeCrl({
        issuer,
        extensions: [rawExtension('2.5.29.20', der.tlv(TAG.integer, new Uint8Array(20).fill(0x7f)))],
      }),
    ],
    ['it is cut off', 'crl_malformed', makeCrl({ issuer }).subarray(0, 100)],
  ])('%s: %s', (_what, expected, crl) => {
    expect(with_(crl)).toBe(expected);
  });

  it('RFC 5280 5.1.1.2: two signature algorithms', () => {
    const { tbs } = parseCrl(makeCrl({ issuer }));
    const sha384 = { kind: 'ecdsa', hash: 'sha384' } as const;
    const signature = issuer.key.sign(sha384, tbs);
    const outer = der.sequence(tbs, writeSignatureAlgorithm(sha384), der.bitString(signature));
    expect(with_(outer)).toBe('crl_bad_signature');
  });

  it('RFC 5280 5: CRLs of version 1 and of version 2 are read', () => {
    for (const version1 of [true, false]) {
      // RFC 5280 5.2.3 wants a number, which version 1 cannot have: web insists on it, compatible does not.
      const judged = (serials: readonly Uint8Array[]): string => {
        const crls = [rootCrl, makeCrl({ issuer, version1, serials })];
        return code(chain, { crls, policy: COMPATIBLE });
      };
      expect(judged([Uint8Array.of(1)])).toBe('accepted');
      expect(judged([Uint8Array.of(1), serial])).toBe('revoked_by_crl');
    }
  });

  it('RFC 5280 6.3.3 (f): the CRL of a CA without cRLSign is refused', () => {
    const ca = intermediate({ keyUsage: ['keyCertSign'] });
    expect(code([under(ca).der, ca.der], { crls: [makeCrl({ issuer: ca })] })).toBe('crl_issuer_no_crl_sign');
  });
});

describe('SCTs', () => {
  const log = generateKey();
  const second = generateKey();
  const logs = [
    { name: 'log one', key: writeSpki(log.publicKey) },
    { name: 'log two', key: writeSpki(second.publicKey) },
  ];
  const issuerSpki = parseCertificate(issuer.der).spkiRaw;

  /** A leaf with an embedded SCT of `log`, in the midst of its other extensions. */
  function embedded(timestamp = NOW - DAY, change: (list: Uint8Array) => Uint8Array = (list) => list): Uint8Array {
    const key = generateKey();
    const source = {
      subject: [['O', 'logged']] as const,
      issuer: issuer.subject,
      publicKey: key.publicKey,
      signer: issuer.key,
      provider: nodeProvider,
      serial: Uint8Array.of(0x42, 7),
      san: ['example.com'],
      extKeyUsage: ['serverAuth'],
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
    };
    const policies = rawExtension('2.5.29.32', der.sequence(der.sequence(der.oid('2.23.140.1.2.1'))));
    const { tbs } = parseCertificate(makeCertificate({ ...source, extensions: [policies] }));
    const list = change(makeSctList(log, { issuerSpki, tbs }, timestamp));
    const scts = rawExtension('1.3.6.1.4.1.11129.2.4.2', der.octetString(list));
    return makeCertificate({ ...source, extensions: [scts, policies] });
  }

  it.each([nodeProvider, nobleProvider])('embedded and TLS ones are verified ($name)', (provider) => {
    const certificate = embedded();
    const sctList = makeSctList(second, { x509: certificate }, NOW - DAY);
    const judgement = judge([certificate, issuer.der], { ctLogs: logs, sctList, provider });
    expect(judgement.ok && judgement.scts.map(({ source, log, status }) => [source, log, status])).toEqual([
      ['certificate', 'log one', 'valid'],
      ['tls', 'log two', 'valid'],
    ]);
  });

  it('too few valid ones are refused: unknown log, broken signature, future, retired log, the same log twice', () => {
    const more = { ctLogs: logs };
    expect(code([embedded(), issuer.der], more)).toBe('scts_missing');
    expect(code([embedded(), issuer.der], { ...more, policy: { ...WEB, minimumScts: 1 } })).toBe('accepted');
    const one = { policy: { ...WEB, minimumScts: 1 } };
    expect(code([embedded(NOW + DAY), issuer.der], { ...more, ...one })).toBe('scts_missing');
    expect(code([embedded(NOW - DAY, (list) => flip(list, list.length - 1)), issuer.der], { ...more, ...one })).toBe(
      'scts_missing',
    );
    expect(code([embedded(), issuer.der], { ctLogs: logs.slice(1), ...one })).toBe('scts_missing');
    expect(
      code([embedded(), issuer.der], { ctLogs: logs.map((known) => ({ ...known, retiredAt: NOW - 2 * DAY })), ...one }),
    ).toBe('scts_missing');
    const certificate = embedded();
    const sctList = makeSctList(log, { x509: certificate }, NOW - DAY);
    expect(code([certificate, issuer.der], { ...more, sctList })).toBe('scts_missing');
    expect(code(chainWith({}))).toBe('accepted');
  });
});
