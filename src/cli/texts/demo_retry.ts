// The chapter on HelloRetryRequest: the client guessed the wrong group.

import type { Text } from '../text.ts';
import type { StepText } from './demo_steps.ts';

export const RETRY = {
  title: { en: 'TLS 1.3 with a HelloRetryRequest', zh: 'TLS 1.3：HelloRetryRequest' },
  intro: {
    en: 'One round trip is enough only when the client guessed right: its ClientHello brings a public key for a group that the server takes. Here it offers {groups} and brings a key for {guess} alone; the server insists on {wanted}. It cannot go on without a key in that group, so it asks for one: the whole hello comes again, and costs a round trip.',
    zh: '一个往返就够，前提是客户端猜对了：ClientHello 里的公钥所在的组，服务器正好要用。这里客户端提供 {groups}，却只带了 {guess} 的公钥，而服务器只用 {wanted}。没有这个组的公钥就无法继续，于是服务器要求重发：整条 ClientHello 再来一遍，多花一个往返。',
  },
  changed: { en: 'What changed between the two ClientHellos', zh: '两条 ClientHello 有何不同' },
  changedText: {
    en: 'Little may change (RFC 8446 4.1.2), and the server checks it, for otherwise somebody in between could change the offer unseen. Compared byte by byte:',
    zh: '允许的改动很少（RFC 8446 4.1.2），服务器会检查，否则中间人就能悄悄改动客户端的提议。逐字节比较的结果：',
  },
  same: { en: 'the same', zh: '相同' },
  sameList: {
    en: 'random, session id, cipher suites, and {count} extensions: {list}',
    zh: '随机数、会话 ID、密码套件，以及 {count} 个扩展：{list}',
  },
  other: { en: 'changed', zh: '不同' },
  shares: { en: 'key_share: {before}, then {after}', zh: 'key_share：先是 {before}，后是 {after}' },
  random: { en: 'Why it looks like a ServerHello', zh: '为什么它长得像 ServerHello' },
  randomText: {
    en: 'HelloRetryRequest has the number of ServerHello and its form, so that boxes on the way which know only TLS 1.2 let it pass. It is told by its random, which is fixed: SHA-256 of the word HelloRetryRequest. Checked on the wire above:',
    zh: 'HelloRetryRequest 的类型编号和格式都与 ServerHello 相同，好让只懂 TLS 1.2 的中间设备放行。区分靠的是随机数：它是固定值，即单词 HelloRetryRequest 的 SHA-256。对照上面线路上的字节：',
  },
  randomSame: { en: 'the random of the message above, the same', zh: '与上面那条消息的随机数一致' },
  randomOther: { en: 'NOT the random of the message above', zh: '与上面那条消息的随机数不符！' },
  transcript: { en: 'How the first hello stays part of the handshake', zh: '首个 ClientHello 如何仍算在握手之内' },
  transcriptText: {
    en: 'All keys depend on all messages, both ClientHellos among them. So that a server can forget the first one while it waits (it may put what it must remember into a cookie), the transcript holds not the hello itself but a message that was never sent, message_hash, with the SHA-256 of the hello in it:',
    zh: '所有密钥都取决于全部消息，包括两条 ClientHello。为了让服务器等待期间不必保存首个 ClientHello（要记住的内容可放进 cookie），参与哈希的不是它本身，而是一条从未发送的 message_hash 消息，内含它的 SHA-256：',
  },
  cost: { en: 'What it cost, and how to avoid it', zh: '代价，以及如何避免' },
  costText: {
    en: 'Three connections of the same client and server: with the wrong guess, with the right one, and with keys for both groups in the first hello, which costs a key pair and some bytes every time but never a round trip.',
    zh: '同样的客户端和服务器连接三次：猜错、猜对，以及首个 ClientHello 就带上两个组的公钥。最后一种每次都多生成一对密钥、多发一些字节，但从不多花往返。',
  },
  wrong: { en: 'Wrong guess', zh: '猜错' },
  right: { en: 'Right guess', zh: '猜对' },
  both: { en: 'A key for both', zh: '两个组都带' },
  trips: { en: 'Round trips', zh: '往返数' },
  bytes: { en: 'Bytes of the client', zh: '客户端字节数' },
  hellos: { en: 'Key pairs made by the client', zh: '客户端生成的密钥对' },
  advice: {
    en: 'So clients put the key of the group that most servers take first (X25519 today, and X25519MLKEM768 beside it), and servers should take what most clients bring. glasstls: the first of --curves gets the key.',
    zh: '因此客户端总是带上多数服务器会选的组（如今是 X25519，再加上 X25519MLKEM768），服务器也应优先采用多数客户端带来的组。在 glasstls 中，--curves 的第一个组带公钥。',
  },
} as const satisfies Record<string, Text>;

export const RETRY_STEPS: readonly StepText[] = [
  {
    title: { en: 'ClientHello, with a key for the wrong group', zh: 'ClientHello（公钥的组不对）' },
    messages: ['client_hello'],
  },
  { title: { en: 'HelloRetryRequest', zh: 'HelloRetryRequest' }, messages: ['hello_retry_request'] },
  { title: { en: 'ClientHello again', zh: 'ClientHello（重发）' }, messages: ['second_client_hello'] },
  { title: { en: 'ServerHello, and on as ever', zh: 'ServerHello（此后照常）' }, messages: ['server_hello'] },
];

export const RETRY_INTERVIEW = {
  question: {
    en: 'When does a TLS 1.3 handshake take two round trips?',
    zh: '什么情况下 TLS 1.3 握手需要两个 RTT？',
  },
  answers: [
    {
      en: 'When the client sent no key share for a group that the server takes, though it supports one: the server answers HelloRetryRequest and names the group. Here that took {wrong} round trips in place of {right}.',
      zh: '客户端支持服务器要用的组，却没有带上该组的公钥（key_share）时：服务器以 HelloRetryRequest 指定组，客户端重发。本例因此用了 {wrong} 个往返，而不是 {right} 个。',
    },
    {
      en: 'It happens once at most: a second HelloRetryRequest, or one that changes nothing, ends the handshake. If there is no group in common at all, there is no retry but an alert.',
      zh: '最多发生一次：第二个 HelloRetryRequest，或什么也不改变的 HelloRetryRequest，都会导致握手终止。若根本没有共同的组，则直接告警，不会重试。',
    },
    {
      en: 'It may also carry a cookie: then the server proves that the client receives at its address before it keeps any state (DTLS uses it against floods from made-up addresses).',
      zh: '它还可以带 cookie：服务器在保存状态之前，先确认客户端确实能在该地址收到数据（DTLS 用它防御伪造源地址的攻击）。',
    },
    {
      en: 'Early data that went with the first hello is refused by it.',
      zh: '随首个 ClientHello 发出的早期数据会因此被拒绝。',
    },
  ],
} as const satisfies { question: Text; answers: readonly Text[] };
