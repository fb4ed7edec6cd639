// What is checked, and why something cannot be, in both languages.

import type { Text } from '../../inspect/text.ts';
import type { Unchecked } from '../checks.ts';
import type { CertificateDoubt, Verdict } from '../verdicts.ts';

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
  client_ocsp: { en: "OCSP response for the client's certificate", zh: '客户端证书的 OCSP 响应' },
  server_ocsp: { en: "OCSP response for the server's certificate", zh: '服务器证书的 OCSP 响应' },
  client_sct: { en: "timestamp of a log for the client's certificate", zh: '客户端证书的签名时间戳（SCT）' },
  server_sct: { en: "timestamp of a log for the server's certificate", zh: '服务器证书的签名时间戳（SCT）' },
};

export const OUTCOME_TEXTS: Readonly<Record<Verdict['outcome'], Text>> = {
  right: { en: 'right', zh: '正确' },
  wrong: { en: 'WRONG', zh: '错误' },
  unchecked: { en: 'not checked', zh: '未验证' },
};

export const UNCHECKED_TEXTS: Readonly<Record<Unchecked | CertificateDoubt, Text>> = {
  no_secret: { en: 'the secret that it is made with is not known', zh: '不知道计算它所用的密钥' },
  incomplete: { en: 'the handshake is not complete in the capture', zh: '抓包中的握手不完整' },
  no_certificate: { en: 'the certificate with the key was not seen', zh: '没有看到含公钥的证书' },
  unreadable: { en: 'the message cannot be read', zh: '无法解析该消息' },
  unknown_scheme: { en: 'the signature scheme is not known here', zh: '不支持该签名算法' },
  no_psk: {
    en: 'no key that is known fits; key logs do not have these',
    zh: '已知的密钥都不符，而密钥日志不记录这种密钥',
  },
  too_many: { en: 'there are more of them than are checked', zh: '数量过多，没有逐个验证' },
  no_request: {
    en: 'the CertificateRequest that it answers was not seen',
    zh: '没有看到它所回应的 CertificateRequest',
  },
  chain_does_not_hold: { en: 'the chain leads to nobody who is trusted', zh: '证书链不通向受信任的机构' },
  no_log_keys: { en: 'no keys of logs were given', zh: '没有给出日志的公钥' },
  unknown_log: { en: 'the key of its log is not among those given', zh: '给出的公钥中没有该日志的' },
  unknown_version: { en: 'it is of a version that is not known here', zh: '不支持它的版本' },
  bad_signature: { en: 'its signature is not that of the log', zh: '签名不是该日志的' },
  in_the_future: { en: 'it is later than the capture', zh: '时间晚于抓包' },
  log_retired: { en: 'its log was retired before', zh: '此前该日志已停用' },
};
