// What each message does in each kind of handshake: one line for a diagram, a short paragraph for who wants to know more.
// And the corrections: what is often taught about the handshake and is not so, beside what is.

import type { MessageName } from '../forms.ts';
import type { Explanation, Text } from '../text.ts';
import type { HandshakeKind } from '../timeline.ts';
import { DHE12_MESSAGES, ECDHE12_MESSAGES, RSA12_MESSAGES } from './messages_12.ts';
import { DHE_PSK12_MESSAGES, ECDHE_PSK12_MESSAGES, PSK12_MESSAGES } from './messages_12_psk.ts';
import { RESUMED12_MESSAGES } from './messages_12_resumed.ts';
import { TLS13_MESSAGES } from './messages_13.ts';
import { RESUMED13_MESSAGES } from './messages_13_resumed.ts';

/** A message, told apart by its sender where both sides send one of that name, and by its place where that changes its meaning. */
export type MessageKey =
  | Exclude<MessageName, 'finished' | 'change_cipher_spec' | 'certificate' | 'certificate_verify' | 'alert' | 'unknown'>
  | 'certificate'
  | 'client_certificate'
  | 'certificate_verify'
  | 'client_certificate_verify'
  | 'client_change_cipher_spec'
  | 'server_change_cipher_spec'
  | 'client_finished'
  | 'server_finished'
  | 'second_client_hello'
  | LateKey
  | 'early_data'
  | 'alert'
  | 'close_notify'
  | 'application_data'
  | 'unknown';

/** What TLS 1.3 allows after the handshake besides tickets and key updates (RFC 8446 4.6.2). */
type LateKey =
  | 'late_certificate_request'
  | 'late_client_certificate'
  | 'late_client_certificate_verify'
  | 'late_client_finished';

export type MessageTexts = Readonly<Partial<Record<MessageKey, Explanation>>>;

export const MESSAGE_TEXTS: Readonly<Record<HandshakeKind, MessageTexts>> = {
  rsa12: RSA12_MESSAGES,
  ecdhe12: ECDHE12_MESSAGES,
  dhe12: DHE12_MESSAGES,
  psk12: PSK12_MESSAGES,
  dhe_psk12: DHE_PSK12_MESSAGES,
  ecdhe_psk12: ECDHE_PSK12_MESSAGES,
  resumed12: RESUMED12_MESSAGES,
  tls13: TLS13_MESSAGES,
  resumed13: RESUMED13_MESSAGES,
};

/** The titles of the handshakes. */
export const HANDSHAKE_TITLES: Readonly<Record<HandshakeKind, Text>> = {
  rsa12: { en: 'TLS 1.2 with RSA key exchange', zh: 'TLS 1.2，RSA 密钥交换' },
  ecdhe12: { en: 'TLS 1.2 with ECDHE key exchange', zh: 'TLS 1.2，ECDHE 密钥交换' },
  dhe12: { en: 'TLS 1.2 with DHE key exchange', zh: 'TLS 1.2，DHE 密钥交换' },
  psk12: { en: 'TLS 1.2 with a pre-shared key', zh: 'TLS 1.2，预共享密钥' },
  dhe_psk12: { en: 'TLS 1.2 with DHE and a pre-shared key', zh: 'TLS 1.2，DHE 与预共享密钥' },
  ecdhe_psk12: { en: 'TLS 1.2 with ECDHE and a pre-shared key', zh: 'TLS 1.2，ECDHE 与预共享密钥' },
  resumed12: { en: 'TLS 1.2, a resumed session', zh: 'TLS 1.2，恢复会话' },
  tls13: { en: 'TLS 1.3', zh: 'TLS 1.3' },
  resumed13: { en: 'TLS 1.3 with a pre-shared key', zh: 'TLS 1.3，预共享密钥' },
};

/** What may be added to a title. */
export const HANDSHAKE_VARIANTS = {
  retried: { en: 'after a HelloRetryRequest', zh: '经 HelloRetryRequest' },
  clientProved: { en: 'client certificate', zh: '客户端证书' },
  earlyData: { en: 'early data', zh: '早期数据' },
} as const satisfies Record<string, Text>;

const UNKNOWN: Explanation = {
  line: { en: 'A message that is not explained here.', zh: '此处没有对这条消息的说明。' },
  paragraph: { en: '', zh: '' },
};

/** What `name`, sent by `from`, does in a handshake of this kind; before the kind is known, TLS 1.3's words serve. */
export function explanationOf(kind: HandshakeKind | undefined, key: MessageKey): Explanation {
  const texts = MESSAGE_TEXTS[kind ?? 'tls13'];
  return texts[key] ?? texts[key.replace(/^(?:late|second)_/, '') as MessageKey] ?? UNKNOWN;
}

/** Where a message stands, besides what it is. */
export interface MessagePlace {
  /** A ClientHello that answers a HelloRetryRequest. */
  readonly again?: boolean;
  /** False behind both Finished. */
  readonly inHandshake?: boolean;
}

export function messageKey(
  name: MessageName,
  from: 'client' | 'server',
  raw?: Uint8Array,
  { again = false, inHandshake = true }: MessagePlace = {},
): MessageKey {
  const key = keyOfMessage(name, from, raw);
  if (again && key === 'client_hello') return 'second_client_hello';
  return inHandshake ? key : (LATE[key] ?? key);
}

const LATE: Readonly<Partial<Record<MessageKey, LateKey>>> = {
  certificate_request: 'late_certificate_request',
  client_certificate: 'late_client_certificate',
  client_certificate_verify: 'late_client_certificate_verify',
  client_finished: 'late_client_finished',
};

function keyOfMessage(name: MessageName, from: 'client' | 'server', raw: Uint8Array | undefined): MessageKey {
  switch (name) {
    case 'finished':
      return `${from}_finished`;
    case 'change_cipher_spec':
      return `${from}_change_cipher_spec`;
    case 'certificate':
      return from === 'client' ? 'client_certificate' : 'certificate';
    case 'certificate_verify':
      return from === 'client' ? 'client_certificate_verify' : 'certificate_verify';
    case 'alert':
      return raw?.[1] === 0 ? 'close_notify' : 'alert';
    default:
      return name;
  }
}

/** Something that is often taught, where in the handshake it matters, and what is so. */
export interface Correction {
  readonly kinds: readonly HandshakeKind[];
  /** The message at which it is best said. */
  readonly at: MessageKey;
  readonly taught: Text;
  readonly correct: Text;
}

const FULL12: readonly HandshakeKind[] = ['rsa12', 'ecdhe12', 'dhe12', 'psk12', 'dhe_psk12', 'ecdhe_psk12'];

export const CORRECTIONS: readonly Correction[] = [
  {
    kinds: ['rsa12', 'ecdhe12'],
    at: 'client_hello',
    taught: {
      en: 'The client sends a random number and its session id.',
      zh: '客户端发送一个随机数和 SessionId。',
    },
    correct: {
      en: 'A client that comes for the first time has no session id to send: the server gives one in ServerHello, or none at all. The client sends it the next time, to resume the session. (A made-up id in a first ClientHello is a disguise of TLS 1.3.)',
      zh: '第一次连接时客户端没有 SessionId 可发：它由服务器在 ServerHello 中给出（也可以不给），客户端下次连接时才带上，用来恢复会话。（首次 ClientHello 中若有 SessionId，那只是 TLS 1.3 的兼容伪装。）',
    },
  },
  {
    kinds: ['rsa12', 'ecdhe12'],
    at: 'certificate_request',
    taught: {
      en: 'The server asks for the certificate of the client in ServerKeyExchange.',
      zh: '服务器在 Server Key Exchange 这一步发出请求。',
    },
    correct: {
      en: 'CertificateRequest is a message of its own, in front of ServerHelloDone. RSA key exchange has it too, and no ServerKeyExchange at all.',
      zh: 'CertificateRequest 是单独的一条消息，排在 ServerHelloDone 之前。RSA 密钥交换根本没有 ServerKeyExchange，照样可以请求客户端证书。',
    },
  },
  {
    kinds: ['rsa12', 'ecdhe12'],
    at: 'client_certificate_verify',
    taught: {
      en: 'The certificate of the client is used to encrypt.',
      zh: '客户端证书用来加密通信。',
    },
    correct: {
      en: 'It only proves who the client is, by this signature; the keys come from the key exchange, as without it.',
      zh: '它只用来证明客户端是谁，靠的就是这个签名；会话密钥仍来自密钥交换，与有没有客户端证书无关。',
    },
  },
  {
    kinds: ['resumed12'],
    at: 'client_hello',
    taught: {
      en: 'The handshake of TLS 1.2 takes two round trips.',
      zh: 'TLS 1.2 握手需要两个 RTT。',
    },
    correct: {
      en: 'The full one does. A resumed one takes one: the server finishes first, and the client may send its request together with its Finished.',
      zh: '完整握手需要两个；恢复会话只要一个：服务器先发 Finished，客户端的请求可以和自己的 Finished 一起发出。',
    },
  },
  {
    kinds: ['resumed12'],
    at: 'server_hello',
    taught: {
      en: 'A resumed session goes on with the session keys of before.',
      zh: '会话复用就是继续使用原来的会话密钥。',
    },
    correct: {
      en: 'Only the master secret stays. Both randoms are new, so all keys are new, and either side proves with its Finished that it has the master secret.',
      zh: '保留下来的只有主密钥。两个随机数都是新的，所以密钥全部更新；双方还要用 Finished 证明自己持有主密钥。',
    },
  },
  {
    kinds: ['rsa12'],
    at: 'certificate',
    taught: {
      en: 'The server sends its public key in ServerKeyExchange.',
      zh: '服务器在 ServerKeyExchange 中发送自己的公钥。',
    },
    correct: {
      en: 'RSA key exchange has no ServerKeyExchange: the public key is in the certificate. A client refuses one that comes.',
      zh: 'RSA 密钥交换没有 ServerKeyExchange：公钥就在证书里。若真收到这条消息，客户端会拒绝。',
    },
  },
  {
    kinds: ['rsa12', 'ecdhe12', 'dhe12'],
    at: 'server_hello_done',
    taught: {
      en: 'A request for a client certificate is part of ServerKeyExchange.',
      zh: '服务器在 ServerKeyExchange 里一并请求客户端证书。',
    },
    correct: {
      en: 'A server that wants a client certificate sends a message of its own before this one: CertificateRequest.',
      zh: '若要求客户端证书，服务器会在这条消息之前单独发送一条 CertificateRequest。',
    },
  },
  {
    kinds: ['rsa12'],
    at: 'client_key_exchange',
    taught: {
      en: 'The pre-master secret is a third random number.',
      zh: '预主密钥就是第三个随机数。',
    },
    correct: {
      en: 'The pre-master secret is 2 bytes of version and 46 random bytes, 48 in all; the version defeats a rollback.',
      zh: '预主密钥共 48 字节：2 字节版本号加 46 字节随机数，其中的版本号用来防止版本回退攻击。',
    },
  },
  {
    kinds: FULL12,
    at: 'client_change_cipher_spec',
    taught: {
      en: 'The session keys are computed from the pre-master secret and the two randoms.',
      zh: '由预主密钥和两个随机数直接算出会话密钥。',
    },
    correct: {
      en: 'There is a step between: the PRF makes the master secret from the pre-master secret, and the session keys from the master secret.',
      zh: '中间还有一步：先用 PRF 由预主密钥算出主密钥，再用 PRF 由主密钥派生出会话密钥。',
    },
  },
  {
    kinds: FULL12,
    at: 'client_finished',
    taught: {
      en: 'The last message of each side is called "Encrypted Handshake Message".',
      zh: '双方的最后一条消息叫 Encrypted Handshake Message。',
    },
    correct: {
      en: 'The message is Finished. "Encrypted Handshake Message" is what Wireshark writes for a message that it has no key to read.',
      zh: '这条消息是 Finished；“Encrypted Handshake Message”只是 Wireshark 没有密钥、无法解密时的显示。',
    },
  },
  {
    kinds: ['ecdhe12'],
    at: 'client_key_exchange',
    taught: {
      en: 'The client computes the pre-master secret and passes it to the server.',
      zh: '客户端算出预主密钥，再把它传给服务器。',
    },
    correct: {
      en: 'With ECDHE the pre-master secret is never sent: only the public key crosses, and each side computes the secret itself.',
      zh: 'ECDHE 中预主密钥从不传输：网络上只有公钥，预主密钥由双方各自算出。',
    },
  },
  {
    kinds: ['ecdhe12'],
    at: 'server_hello_done',
    taught: {
      en: 'After the key exchange the server sends "Server finished".',
      zh: '密钥交换参数之后，服务器发送 Server Finished。',
    },
    correct: {
      en: 'The message is ServerHelloDone; curl prints it as "Server finished (14)". The Finished of the server comes last, with number 20.',
      zh: '这条消息是 ServerHelloDone，curl 显示为“Server finished (14)”；服务器真正的 Finished 编号为 20，在最后才发送。',
    },
  },
];

/** The corrections that belong at one message of one kind of handshake. */
export function correctionsAt(kind: HandshakeKind | undefined, key: MessageKey): readonly Correction[] {
  return CORRECTIONS.filter((one) => kind !== undefined && one.at === key && one.kinds.includes(kind));
}
