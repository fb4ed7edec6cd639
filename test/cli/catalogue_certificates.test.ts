// The failures of certificates that people meet, each with a chain made for the case: the report names the right certificate and cause in
// both languages, ends with curl's code, and says how other tools word it.

import { describe, test } from 'vitest';
import { generatePrivateKey } from '../../src/providers/node_keys.ts';
import { dhGroup } from '../peers/dh_params.ts';
import { type Chain, HOUR, makeChain, PAST, withChain } from './chains.ts';
import { type Expected, expectReport } from './reports.ts';

/** Node's server refuses such certificates as its own at its usual security level. */
const OLD_SERVER = { ciphers: 'DEFAULT@SECLEVEL=0' };
const ECDHE_ALONE = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' } as const;
const SHA1 = { signatureAlgorithm: { kind: 'ecdsa', hash: 'sha1' } } as const;
const RSA_1024: Chain = { key: generatePrivateKey('rsa', 1024), server: OLD_SERVER };
/** It is the client that gives up, over the certificate. */
const AS_CLIENT = {
  en: /gave up +this side \(client\), after Certificate/,
  zh: /放弃方 +本端（客户端），在收到 Certificate/,
};

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
      '12 a Diffie-Hellman group of 1024 bits: both sizes, and who takes it',
      {
        key: generatePrivateKey('rsa'),
        flags: ['--ciphers', 'DHE-RSA-AES128-GCM-SHA256'],
        server: {
          maxVersion: 'TLSv1.2',
          dhparam: dhGroup('weak1024').pem,
          ciphers: 'DHE-RSA-AES128-GCM-SHA256@SECLEVEL=0',
        },
      },
      {
        code: 35,
        en: [
          /gave up +this side \(client\), after ServerKeyExchange/,
          /place +server_key_exchange\.params\.dh_p/,
          /expected +at least 2048 bits\n +found +1024 bits/,
          /we offered +cipher suites .*DHE-RSA-AES128-GCM-SHA256/,
          /what to do +Have the server use ECDHE/,
        ],
        zh: [
          /放弃方 +本端（客户端），在收到 ServerKeyExchange/,
          /应为 +至少 2048 位\n +实为 +1024 位/,
          /怎么办 +请让服务器改用 ECDHE/,
        ],
        others: 'OpenSSL: dh key too small; Node: ERR_SSL_DH_KEY_TOO_SMALL',
      },
    ],
    [
      '13 an RSA key of 1024 bits, which browsers refuse',
      { ...RSA_1024, flags: ['--policy', 'web'] },
      {
        code: 60,
        en: [
          /certificate +the leaf \(localhost\)/,
          /expected +at least 2048 bits\n +found +RSA with 1024 bits/,
          AS_CLIENT.en,
          /issued anew, with RSA of 2048 bits/,
        ],
        zh: [/服务器证书（localhost）/, /密钥强度不足/, AS_CLIENT.zh, /请用 2048 位 RSA/],
        others: 'curl: SSL certificate problem: EE certificate key too weak',
      },
    ],
    [
      '14 a SHA-1 signature on the leaf: others blame the CA',
      { leaf: SHA1, server: OLD_SERVER },
      {
        code: 60,
        en: [
          /certificate +the leaf \(localhost\)/,
          /found +sha1/,
          AS_CLIENT.en,
          /signed with SHA-256. OpenSSL and curl speak of the CA/,
        ],
        zh: [/服务器证书（localhost）/, /实为 +sha1/, AS_CLIENT.zh, /请用 SHA-256 重新签发这张证书/],
        others: 'OpenSSL: CA signature digest algorithm too weak',
      },
    ],
    [
      '14 a SHA-1 signature on the intermediate certificate, by name',
      { intermediate: SHA1, server: OLD_SERVER },
      {
        code: 60,
        en: [/certificate 1 of the chain \(catalogue intermediate\)/, /found +sha1/],
        zh: [/链中第 1 张证书（catalogue intermediate）/, /实为 +sha1/],
        others: 'Node: UNSPECIFIED',
      },
    ],
    [
      '25 the name stands in the common name alone: refused as browsers and Go do',
      { leaf: { san: undefined }, flags: ['--policy', 'web'] },
      {
        code: 60,
        en: [
          /stands only in the common name/,
          /certificate +the leaf \(localhost\)/,
          AS_CLIENT.en,
          /with the name in subjectAltName/,
        ],
        zh: [/主机名只写在 CN 中/, AS_CLIENT.zh, /把主机名写入 subjectAltName/],
        others: 'Go: certificate relies on legacy Common Name field; Chrome: ERR_CERT_COMMON_NAME_INVALID',
      },
    ],
    [
      '32 a certificate that may not sign, with ECDHE',
      {
        key: generatePrivateKey('rsa'),
        leaf: { keyUsage: ['keyEncipherment'] },
        server: ECDHE_ALONE,
        flags: ['--tls-max', '1.2'],
      },
      {
        code: 35,
        en: [
          /gave up +this side \(client\), after ServerKeyExchange/,
          /certificate +the leaf \(localhost\)\n +expected +key usage digitalSignature/,
          /found +keyEncipherment\n/,
          /what to do +Have the certificate issued with the key usage digitalSignature/,
        ],
        zh: [/应为 +密钥用途 digitalSignature/, /实为 +keyEncipherment\n/, /重新签发带 digitalSignature 用途的证书/],
        others: 'Chrome: ERR_SSL_KEY_USAGE_INCOMPATIBLE',
      },
    ],
    [
      '32 a certificate that may not encrypt, with RSA key exchange',
      {
        key: generatePrivateKey('rsa'),
        leaf: { keyUsage: ['digitalSignature'] },
        server: { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' },
        flags: ['--legacy'],
      },
      {
        code: 35,
        en: [
          /gave up +this side \(client\), after Certificate/,
          /expected +key usage keyEncipherment[^\n]*\n +found +digitalSignature\n/,
          /we offered +cipher suites [^\n]*ECDHE/,
          /what to do +Leave out --legacy/,
        ],
        zh: [/应为 +密钥用途 keyEncipherment/, /实为 +digitalSignature\n/, /请去掉 --legacy/],
        others: 'GnuTLS: Key usage violation in certificate has been detected',
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
      '22 a certificate that demands a stapled response (RFC 7633)',
      { leaf: { mustStaple: true }, flags: ['--policy', 'web'] },
      {
        code: 91,
        en: [
          /a stapled OCSP response is required, and none came/,
          AS_CLIENT.en,
          /what to do +The OCSP stapling of the server/,
        ],
        zh: [/必须附上 OCSP 响应/, AS_CLIENT.zh, /怎么办 +需要修复服务器的 OCSP stapling/],
        others: 'GnuTLS: The certificate requires the server to include an OCSP status in its response',
      },
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
      '24 a path that is longer than a CA allows',
      { root: { pathLength: 0 }, trusted: ({ root }) => [root] },
      {
        code: 60,
        en: [/the chain is longer than one of its CAs allows/, AS_CLIENT.en],
        zh: [/证书链长度超过 CA 的限制/, AS_CLIENT.zh],
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
