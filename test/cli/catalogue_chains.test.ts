// Failures that come of the chain as a whole: an expired root that has cross-signed a newer one, a chain that is out of order, and
// certificates that some clients accept and others do not. What -v says of them, and what serve refuses to show.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { generatePrivateKey } from '../../src/providers/node_keys.ts';
import { makeCertificate } from '../../src/x509/make.ts';
import { scratch } from '../peers/run_dir.ts';
import { type Chain, type MadeChain, makeChain, PAST, pemOf, SOUND, withChain } from './chains.ts';
import { glasstls, startServe } from './command.ts';
import { answerOk } from './http_servers.ts';
import { type Expected, expectAll, expectReport } from './reports.ts';

const ANSWERS = { onConnection: answerOk } as const satisfies Chain;

const oldKey = generatePrivateKey('ec').privateKey;
const oldName = [['CN', 'old root']] as const;
/** As DST Root CA X3 after September 2021. */
const oldRoot = makeCertificate({
  ...{ ...SOUND, ...PAST, subject: oldName, publicKey: oldKey.publicKey, signer: oldKey, isCa: true },
});

/** The new root's name and key, signed by the old one. */
function crossSigned({ rootName, rootKey }: MadeChain, validity: object = {}): Uint8Array {
  const { publicKey } = rootKey.privateKey;
  return makeCertificate({
    ...SOUND,
    subject: rootName,
    issuer: oldName,
    publicKey,
    signer: oldKey,
    isCa: true,
    ...validity,
  });
}

describe('7 an expired root that has cross-signed a newer one', () => {
  test('7 who knows the newer root is not disturbed; -v shows both paths, and which one is good', async () => {
    const chain: Chain = {
      ...ANSWERS,
      sent: (made) => [made.leaf, made.intermediate, crossSigned(made, PAST)],
      trusted: ({ root }) => [oldRoot, root],
      flags: ['-v'],
    };
    await withChain(chain, (args) =>
      expectReport(args, {
        code: 0,
        en: [
          /certificate paths that were tried: 2\n/,
          /1\. localhost < catalogue intermediate < catalogue root \(trusted\)\n\* +this path is sound, and it is the one taken\n/,
          /2\. localhost < catalogue intermediate < catalogue root\n\* +certificate 2 \(catalogue root\) expired on .*\[expired\]\n/,
          /clients that know only the expired path refuse this server, .* OpenSSL 1\.0\.2 and Node 8 say "certificate has expired"/,
        ],
        zh: [
          /尝试过的证书路径：2 条/,
          /这条路径有效，采用此路径/,
          /证书已过期 \[expired\]/,
          /只认识过期路径的客户端会拒绝该服务器，尽管它的证书有效：OpenSSL 1\.0\.2 和 Node 8 会报告 certificate has expired/,
        ],
      }),
    );
  });

  const refused: readonly (readonly [string, Chain, Expected])[] = [
    [
      '7 who knows the expired root alone: it is the own store that is old',
      { sent: (made) => [made.leaf, made.intermediate, crossSigned(made)], trusted: () => [oldRoot] },
      {
        code: 60,
        en: [
          /certificate +the trusted root \(old root\)/,
          /1\. localhost < catalogue intermediate < catalogue root < old root \(trusted\)\n/,
          /gave up +this side \(client\), after Certificate/,
          /what to do +The root in the store of this machine has expired/,
        ],
        zh: [
          /受信任的根证书（old root）/,
          /放弃方 +本端（客户端），在收到 Certificate/,
          /怎么办 +过期的是本机根证书库中的根证书，与服务器证书无关/,
        ],
        others: 'OpenSSL: certificate has expired',
      },
    ],
    [
      '7 the cross-signed certificate has expired: not that of the server, and what the chain file should hold',
      { sent: (made) => [made.leaf, made.intermediate, crossSigned(made, PAST)], trusted: () => [oldRoot] },
      {
        code: 60,
        en: [
          /certificate 2 of the chain \(catalogue root\)/,
          /gave up +this side \(client\), after Certificate/,
          /what to do +The server’s own certificate is not the one at fault/,
        ],
        zh: [/链中第 2 张证书（catalogue root）/, /怎么办 +过期的不是服务器证书/],
        others: 'Node: CERT_HAS_EXPIRED',
      },
    ],
  ];
  test.each(refused)('%s', async (_name, chain, expected) => {
    await withChain({ ...chain, flags: ['-v'] }, (args) => expectReport(args, expected));
  });
});

describe('accepted here, refused elsewhere', () => {
  test.each<readonly [string, Chain, RegExp[], RegExp[]]>([
    [
      '13 an RSA key of 1024 bits: Node accepts it, curl does not',
      { key: generatePrivateKey('rsa', 1024), server: { ciphers: 'DEFAULT@SECLEVEL=0' } },
      [
        /Accepted here, refused by stricter clients .*: a key is too weak \[weak_key\]; expected at least 2048 bits, found RSA with 1024 bits/,
        /They say: OpenSSL: EE certificate key too weak; curl: /,
      ],
      [
        /此处接受，但更严格的客户端会拒绝.*：密钥强度不足 \[weak_key\]/,
        /它们的提示：OpenSSL: EE certificate key too weak; curl: /,
      ],
    ],
    [
      '22 a certificate that demands a stapled response: GnuTLS and Firefox insist, others do not',
      { leaf: { mustStaple: true } },
      [
        /refused by stricter clients .*\[ocsp_missing\]/,
        /They say: GnuTLS: The certificate requires the server to include an OCSP status/,
      ],
      [/更严格的客户端会拒绝.*\[ocsp_missing\]/, /它们的提示：GnuTLS/],
    ],
    [
      '25 the name in the common name alone: curl accepts it, browsers and Go do not',
      { leaf: { san: undefined } },
      [
        /refused by stricter clients .*\[common_name_only\]/,
        /They say: Go: certificate relies on legacy Common Name field; Chrome: ERR_CERT_COMMON_NAME_INVALID/,
      ],
      [
        /主机名只写在 CN 中，已不再有效 \[common_name_only\]/,
        /它们的提示：Go: certificate relies on legacy Common Name field/,
      ],
    ],
  ])('%s', async (_name, chain, en, zh) => {
    await withChain({ ...ANSWERS, ...chain, flags: ['-v'] }, (args) => expectReport(args, { code: 0, en, zh }));
  });

  test('a chain with nothing of this kind has no remark', async () => {
    await withChain({ ...ANSWERS, flags: ['-v'] }, async (args) => {
      expect((await glasstls(args)).stderr).not.toMatch(/Chain:|stricter|paths that were tried/);
    });
  });
});

describe('31 the chain is not in order (RFC 5246 7.4.2, RFC 8446 4.4.2)', () => {
  test('31 -v names each certificate that stands wrong, is there twice, is a root, or a stranger', async () => {
    const stranger = makeChain({ intermediate: { subject: [['CN', 'somebody else']] } }).intermediate;
    const chain: Chain = {
      ...ANSWERS,
      sent: (made) => [made.leaf, crossSigned(made), made.root, made.intermediate, made.intermediate, stranger],
      flags: ['-v'],
    };
    await withChain(chain, (args) =>
      expectReport(args, {
        code: 0,
        en: [
          /Chain: certificate 2 of the chain \(catalogue root\) is a root and need not be sent/,
          /Chain: certificate 4 of the chain \(catalogue intermediate\) is sent twice: it is the same as certificate 3 of the chain/,
          /Chain: certificate 5 of the chain \(somebody else\) has issued none of the others/,
          /Chain: certificate 3 of the chain \(catalogue intermediate\) stands in the wrong place: it has issued the leaf \(localhost\) and belongs right behind it/,
          /Chain: TLS 1\.2 wants each certificate to certify the one before it .* browsers and glasstls sort them, some clients do not and fail/,
        ],
        zh: [
          /证书链：链中第 2 张证书（catalogue root）是根证书，不必发送/,
          /证书链：链中第 4 张证书（catalogue intermediate）重复发送，与链中第 3 张证书（catalogue intermediate）相同/,
          /证书链：链中第 5 张证书（somebody else）没有签发链中任何一张证书/,
          /证书链：链中第 3 张证书（catalogue intermediate）的位置不对：它签发了服务器证书（localhost），应紧跟在后者之后/,
          /浏览器和 glasstls 会自行排序，有的客户端不会/,
        ],
      }),
    );
  });

  const made = makeChain({});
  const files = (certificates: readonly Uint8Array[], key = made.leafKey.pkcs8Pem): string[] => {
    const dir = scratch('order');
    writeFileSync(join(dir, 'chain.pem'), pemOf(certificates));
    writeFileSync(join(dir, 'key.pem'), key);
    return ['--cert', join(dir, 'chain.pem'), '--key', join(dir, 'key.pem')];
  };

  test.each<readonly [string, () => string[], RegExp[], RegExp[]]>([
    [
      'the key of another certificate',
      () => files([made.leaf, made.intermediate], generatePrivateKey('ec').pkcs8Pem),
      [/does not belong to the certificate in/, /The certificate is localhost\. .*"key values mismatch"/],
      [/与 .* 中的证书不匹配/, /该证书是 localhost。.*key values mismatch/],
    ],
    [
      'the own certificate last',
      () => files([made.intermediate, made.leaf]),
      [/It belongs to certificate 2 of the file: the own certificate has to stand first/],
      [/与文件中的第 2 张证书匹配：自己的证书必须放在最前面/],
    ],
    [
      'an intermediate certificate in the wrong place',
      () => files([made.leaf, crossSigned(made), made.intermediate]),
      [
        /are no orderly chain/,
        /certificate 3 of the file \(catalogue intermediate\) stands in the wrong place: it has issued certificate 1 of the file \(localhost\) and belongs right behind it/,
        /cat own\.pem intermediate\.pem > chain\.pem.*"unable to get local issuer certificate"/,
      ],
      [
        /没有组成有序的证书链/,
        /文件中第 3 张证书（catalogue intermediate）的位置不对：它签发了文件中第 1 张证书（localhost）/,
      ],
    ],
    [
      'a certificate twice',
      () => files([made.leaf, made.intermediate, made.intermediate]),
      [/certificate 3 of the file \(catalogue intermediate\) is sent twice: it is the same as certificate 2/],
      [/文件中第 3 张证书（catalogue intermediate）重复发送，与文件中第 2 张证书/],
    ],
  ])('31 serve refuses %s, with code 58', async (_name, args, en, zh) => {
    const given = args();
    for (const [lang, patterns] of [
      ['en', en],
      ['zh', zh],
    ] as const) {
      const { code, stderr } = await glasstls(['serve', '--port', '0', '--lang', lang, ...given]);
      expectAll(stderr, patterns);
      expect(code).toBe(58);
    }
  });

  test('31 serve says when it starts that a root need not be sent', async () => {
    for (const [lang, pattern] of [
      ['en', /chain\.pem: certificate 3 of the file \(catalogue root\) is a root and need not be sent/],
      ['zh', /chain\.pem：文件中第 3 张证书（catalogue root）是根证书，不必发送/],
    ] as const) {
      const given = files([made.leaf, made.intermediate, made.root]);
      const served = await startServe([...given, '--lang', lang], { env: { COLUMNS: '300' } });
      expect(await served.end()).toBe(0);
      expect(served.log()).toMatch(pattern);
    }
  });
});
