// What is checked, and why something cannot be, in both languages.

import type { Text } from '../../inspect/text.ts';
import type { Unchecked } from '../checks.ts';
import type { Verdict } from '../verdicts.ts';

export const CHECK_TEXTS: Readonly<Record<Verdict['name'], Text>> = {
  server_key_exchange: { en: 'signature in ServerKeyExchange', zh: 'ServerKeyExchange 的签名' },
  server_certificate_verify: {
    en: "signature in the server's CertificateVerify",
    zh: '服务器 CertificateVerify 的签名',
  },
  client_certificate_verify: {
    en: "signature in the client's CertificateVerify",
    zh: '客户端 CertificateVerify 的签名',
  },
  server_finished: { en: "the server's Finished", zh: '服务器的 Finished' },
  client_finished: { en: "the client's Finished", zh: '客户端的 Finished' },
  psk_binder: { en: 'binder of the pre-shared key', zh: '预共享密钥的 binder' },
  downgrade: { en: 'downgrade sentinel in the ServerHello', zh: 'ServerHello 中的降级标记' },
  client_records: { en: "tags of the client's records", zh: '客户端记录的认证标签' },
  server_records: { en: "tags of the server's records", zh: '服务器记录的认证标签' },
  client_chain: { en: "the client's certificate chain", zh: '客户端的证书链' },
  server_chain: { en: "the server's certificate chain", zh: '服务器的证书链' },
};

export const OUTCOME_TEXTS: Readonly<Record<Verdict['outcome'], Text>> = {
  right: { en: 'right', zh: '正确' },
  wrong: { en: 'WRONG', zh: '错误' },
  unchecked: { en: 'not checked', zh: '未验证' },
};

export const UNCHECKED_TEXTS: Readonly<Record<Unchecked, Text>> = {
  no_secret: { en: 'the secret that it is made with is not known', zh: '不知道计算它所用的密钥' },
  incomplete: { en: 'the handshake is not complete in the capture', zh: '抓包中的握手不完整' },
  no_certificate: { en: 'the certificate with the key was not seen', zh: '没有看到含公钥的证书' },
  unreadable: { en: 'the message cannot be read', zh: '无法解析该消息' },
  unknown_scheme: { en: 'the signature scheme is not known here', zh: '不支持该签名算法' },
  no_psk: {
    en: 'no key that is known fits; key logs do not have these',
    zh: '已知的密钥都不符，而密钥日志不记录这种密钥',
  },
  after_handshake: { en: 'it was sent after the handshake', zh: '它是在握手之后发送的' },
};
