// The chapter on client certificates: the bank that asks who its customer is.

import type { Text } from '../text.ts';
import type { StepText } from './demo_steps.ts';

export const CLIENT = {
  title: { en: 'The bank wants to know who you are: client certificates', zh: '网银：服务器要求客户端证书' },
  intro: {
    en: 'In the chapters before, only the server proved who it is. A bank may want the same of its customer, before a single byte of the page is sent: it asks for a certificate, and the client shows one and proves to hold its private key, which often sits in a card or token that never gives it away. Three messages come in between: CertificateRequest from the server, Certificate and CertificateVerify from the client. People call it mutual TLS, or mTLS.',
    zh: '前面几章里，只有服务器证明了自己的身份。登录网银时，银行在发送网页之前也要确认客户是谁：它请求证书，客户端出示证书，并证明自己持有对应的私钥（私钥往往在 U 盾里，从不离开）。为此中间多了三条消息：服务器的 CertificateRequest，客户端的 Certificate 和 CertificateVerify。这叫双向认证（mutual TLS，mTLS）。',
  },
  steps: { en: 'What is new', zh: '多了什么' },
  checked: {
    en: 'Checked: the signature is right for these {count} messages ({bytes} bytes), and wrong as soon as one bit of them is changed.',
    zh: '已核对：签名与这 {count} 条消息（共 {bytes} 字节）相符；改动其中任何一位，验签即失败。',
  },
  unchecked: { en: 'The signature does NOT fit the messages.', zh: '签名与消息不符！' },
  cost: {
    en: 'What it costs against the same handshake without: {messages} messages and {bytes} bytes more, no further round trip; the client makes {signatures} signature, the server checks {checks} ({certificates} of certificates and one of the handshake).',
    zh: '与不要求客户端证书的同一种握手相比：多 {messages} 条消息、{bytes} 字节，往返数不变；客户端多做 {signatures} 次签名，服务器多做 {checks} 次验签（{certificates} 次验证书，1 次验握手）。',
  },
  seen: { en: 'Who can read who you are', zh: '谁能看到你是谁' },
  seenText: {
    en: 'In TLS 1.2 the certificate of the client crosses the wire before anything is encrypted: everybody on the way reads its name. TLS 1.3 sends it encrypted. Read back from the wire, in this connection and in one of TLS 1.3 that was made for comparison:',
    zh: '在 TLS 1.2 中，客户端证书在加密开始之前发送，沿途任何人都能读到其中的姓名；TLS 1.3 则加密发送。下面是从线上读出的结果，后一个是为对比另外建立的 TLS 1.3 连接：',
  },
  inClear: { en: 'in clear: {subject}', zh: '明文：{subject}' },
  encrypted: { en: 'encrypted', zh: '密文' },
  none: { en: 'And without a certificate?', zh: '如果没有证书？' },
  noneText: {
    en: 'The client answers with an empty list. It is for the server to decide what that means; this one insists, and gives up. In TLS 1.2 the alert is handshake_failure, which could mean anything; TLS 1.3 has certificate_required.',
    zh: '客户端以空列表应答，后果由服务器决定；这个服务器坚持要证书，于是放弃握手。TLS 1.2 的告警是 handshake_failure，看不出具体原因；TLS 1.3 有专门的 certificate_required。',
  },
  interview: { en: 'The interview question', zh: '面试题' },
  question: {
    en: 'How does mutual authentication work in TLS, and what is the certificate of the client good for?',
    zh: 'HTTPS 双向认证是怎样的？客户端证书起什么作用？',
  },
} as const satisfies Record<string, Text>;

export const CLIENT_ANSWERS: readonly Text[] = [
  {
    en: 'The server asks with a message of its own, CertificateRequest, which names the kinds of key, the signature schemes and the authorities that it accepts. It is no part of ServerKeyExchange.',
    zh: '服务器用单独的 CertificateRequest 消息提出请求，列出可接受的证书类型、签名算法和 CA；它不属于 ServerKeyExchange。',
  },
  {
    en: 'The client sends its chain in Certificate; that proves nothing, since certificates are public. The proof is CertificateVerify: a signature over all messages so far, among them both randoms, so that it is worth nothing in any other connection.',
    zh: '客户端用 Certificate 发送证书链。证书是公开的，这一步什么也证明不了；真正的证明是 CertificateVerify：对此前全部握手消息的签名，其中包含双方的随机数，换一个连接就毫无用处。',
  },
  {
    en: 'It encrypts nothing: the keys come from the same ECDHE exchange as without it. It says who the client is, and replaces or completes a password, which could be guessed or typed into the wrong page.',
    zh: '它不参与加密：会话密钥仍来自同样的 ECDHE 交换。它只说明客户端是谁，用来代替或补充口令，而口令可能被猜中，也可能被钓鱼网站骗走。',
  },
  {
    en: 'Nobody in between can pass the proof on: the signature covers the certificate of the server that the client saw, so a false bank cannot use it with the real one.',
    zh: '中间人无法转用这份证明：签名覆盖了客户端所看到的服务器证书，假冒的银行拿到它，也骗不过真正的银行。',
  },
];

export const CLIENT_STEPS: readonly StepText[] = [
  {
    title: { en: 'CertificateRequest, from the server', zh: 'CertificateRequest（服务器）' },
    messages: ['certificate_request'],
  },
  { title: { en: 'Certificate, from the client', zh: 'Certificate（客户端）' }, messages: ['client_certificate'] },
  {
    title: { en: 'CertificateVerify, from the client', zh: 'CertificateVerify（客户端）' },
    messages: ['client_certificate_verify'],
  },
];
