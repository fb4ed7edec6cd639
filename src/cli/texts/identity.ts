// What can be wrong with the own certificate and key, and what connect tells when a server asks for them.

import type { Text } from '../text.ts';

export const IDENTITY = {
  keyAlone: { en: '--key needs --cert', zh: '--key 必须和 --cert 一起给出' },
  passAlone: { en: '--pass needs --cert', zh: '--pass 必须和 --cert 一起给出' },
  unreadable: { en: '{file} cannot be read ({code})', zh: '无法读取 {file}（{code}）' },
  noCertificate: { en: '{file} holds no certificate that can be read', zh: '{file} 中没有可用的证书' },
  pem: {
    en: 'It has to be PEM: blocks that begin with -----BEGIN CERTIFICATE-----. From PKCS#12: openssl pkcs12 -in FILE -out client.pem',
    zh: '文件应为 PEM 格式，证书以 -----BEGIN CERTIFICATE----- 开头。PKCS#12 文件可先转换：openssl pkcs12 -in FILE -out client.pem',
  },
  noKey: { en: '{file} holds no private key', zh: '{file} 中没有私钥' },
  keyFile: { en: 'Give it with --key FILE.', zh: '用 --key FILE 给出私钥。' },
  encrypted: { en: 'the private key in {file} is encrypted', zh: '{file} 中的私钥是加密的' },
  givePass: {
    en: 'Give its pass phrase: --pass PHRASE, or --cert FILE:PHRASE.',
    zh: '请给出口令：--pass PHRASE，或 --cert FILE:PHRASE。',
  },
  wrongPass: {
    en: 'the pass phrase does not open the private key in {file}',
    zh: '口令不对，无法解开 {file} 中的私钥',
  },
  badKey: {
    en: 'the private key in {file} cannot be used: {problem}',
    zh: '{file} 中的私钥不可用：{problem}',
  },
  mismatch: {
    en: 'the private key in {key} does not belong to the certificate in {file}',
    zh: '{key} 中的私钥与 {file} 中的证书不匹配',
  },
  order: {
    en: 'It belongs to certificate {n} of the file: the own certificate has to stand first. OpenSSL, Node and nginx call this "key values mismatch".',
    zh: '它与文件中的第 {n} 张证书匹配：自己的证书必须放在最前面。OpenSSL、Node 和 nginx 的说法是 key values mismatch。',
  },
  certificateIs: {
    en: 'The certificate is {subject}. OpenSSL, Node and nginx call this "key values mismatch".',
    zh: '该证书是 {subject}。OpenSSL、Node 和 nginx 的说法是 key values mismatch。',
  },
} as const satisfies Record<string, Text>;

/** The lines of -v. */
export const CLIENT_CERTIFICATE = {
  ready: { en: 'Client certificate: {subject}, from {file}', zh: '客户端证书：{subject}，来自 {file}' },
  asked: { en: 'Client certificate: the server asks for one', zh: '客户端证书：服务器要求提供' },
  askedOf: {
    en: 'Client certificate: the server asks for one of {authorities}',
    zh: '客户端证书：服务器要求提供，应由 {authorities} 签发',
  },
  sent: { en: 'Client certificate: sent, and proved with {scheme}', zh: '客户端证书：已发送，并用 {scheme} 签名证明' },
  foreign: {
    en: 'Client certificate: sent although no authority that the server names has issued it',
    zh: '客户端证书：仍然发送，尽管它不是服务器所列 CA 签发的',
  },
  none: {
    en: 'Client certificate: there is none to send (--cert FILE gives one); the answer is an empty list',
    zh: '客户端证书：没有可发送的（可用 --cert FILE 给出），以空列表应答',
  },
  unfit: {
    en: 'Client certificate: the one that was given cannot sign as the server asks; the answer is an empty list',
    zh: '客户端证书：给出的证书无法按服务器要求的算法签名，以空列表应答',
  },
} as const satisfies Record<string, Text>;
