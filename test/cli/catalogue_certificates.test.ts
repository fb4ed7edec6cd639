// The failures of certificates that people meet, each with a chain made for the case: the report names the right certificate and cause in
// both languages, ends with curl's code, and says how other tools word it.

import { describe, test } from 'vitest';
import { type Chain, HOUR, makeChain, PAST, withChain } from './chains.ts';
import { type Expected, expectReport } from './reports.ts';

describe('certificates', () => {
  const cases: readonly (readonly [string, Chain, Expected])[] = [
    [
      '1 a missing intermediate is told from an unknown root',
      { sent: ({ leaf }) => [leaf], leaf: { caIssuerUrl: 'http://127.0.0.1:1/ca.der' } },
      {
        code: 60,
        en: /left out its intermediate certificate[\s\S]*fullchain\.pem/,
        zh: /漏发了中间证书/,
        others: 'Node: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      },
    ],
    [
      '2 an unknown root',
      { trusted: () => [makeChain({ root: { subject: [['CN', 'another root']] } }).root] },
      {
        code: 60,
        en: /nobody trusted has issued|leads to a CA that is not trusted|root is not trusted/,
        zh: /不受信任/,
        others: 'Chrome: ERR_CERT_AUTHORITY_INVALID',
      },
    ],
    [
      '3 a self-signed certificate',
      { selfSigned: true },
      { code: 60, en: /self-signed and not trusted/, zh: /自签名证书/, others: 'Node: DEPTH_ZERO_SELF_SIGNED_CERT' },
    ],
    [
      '4 another host name: both names',
      { leaf: { san: ['other.example'] } },
      {
        code: 60,
        en: /expected +.*localhost[\s\S]*found +.*other\.example/,
        zh: /other\.example/,
        others: 'Node: ERR_TLS_CERT_ALTNAME_INVALID',
      },
    ],
    [
      '5 expired: the leaf',
      { leaf: PAST },
      {
        code: 60,
        en: /certificate +the leaf \(localhost\)/,
        zh: /服务器证书（localhost）/,
        others: 'OpenSSL: certificate has expired',
      },
    ],
    [
      '5 expired: not the leaf but the intermediate, by name',
      { intermediate: PAST },
      {
        code: 60,
        en: /certificate 1 of the chain \(catalogue intermediate\)/,
        zh: /链中第 1 张证书（catalogue intermediate）/,
        others: 'Node: CERT_HAS_EXPIRED',
      },
    ],
    [
      '6 not yet valid',
      { leaf: { notBefore: Date.now() + 5 * HOUR } },
      { code: 60, en: /not (?:yet )?valid/, zh: /尚未生效|未到|还没有生效/, others: 'Node: CERT_NOT_YET_VALID' },
    ],
    [
      '22 --cert-status without a response',
      { flags: ['--cert-status'] },
      { code: 91, en: /OCSP/, zh: /OCSP/, others: 'curl: No OCSP response received' },
    ],
    [
      '23 name constraints',
      { intermediate: { nameConstraints: { permitted: ['example.com'] } } },
      { code: 60, en: /name_not_permitted/, zh: /name_not_permitted/, others: 'OpenSSL: permitted subtree violation' },
    ],
    [
      '24 an issuer that is no CA',
      { intermediate: { isCa: false } },
      {
        code: 60,
        en: /not_a_ca|no_basic_constraints|no_key_cert_sign/,
        zh: /CA|签发/,
        others: 'OpenSSL: invalid CA certificate',
      },
    ],
    [
      '24 a certificate for clients',
      { leaf: { extKeyUsage: ['clientAuth'] } },
      { code: 60, en: /wrong_purpose/, zh: /用途/, others: 'Node: INVALID_PURPOSE' },
    ],
  ];
  test.each(cases)('%s', async (_name, chain, expected) => {
    await withChain(chain, (args) => expectReport(args, expected));
  });
});
