// What the fields of the record header, the handshake header and the three hello messages mean. Keyed by the form of the
// message and the path of the field in it; `[]` stands for each item of a list.

import type { FieldText } from '../text.ts';

export const HELLO_FIELDS: Readonly<Record<string, FieldText>> = {
  'record_header.type': {
    en: 'What the record carries. Everything that TLS 1.3 encrypts says application_data here; the real type is inside.',
    zh: '记录承载的内容类型。TLS 1.3 加密后的记录在这里一律写 application_data，真正的类型藏在密文里。',
  },
  'record_header.legacy_record_version': {
    en: 'A version kept for old equipment. 0x0301 on a first ClientHello, else 0x0303; nobody decides anything by it.',
    zh: '为兼容旧设备保留的版本号：首个 ClientHello 可写 0x0301，其余写 0x0303，不参与版本协商。',
  },
  'record_header.length': {
    en: 'Bytes that follow this header: at most 2^14, or a little more when they are encrypted.',
    zh: '记录头之后的字节数：明文至多 2^14，加密后可略多一些。',
  },
  'handshake.msg_type': {
    en: 'Which handshake message this is.',
    zh: '握手消息的类型。',
    rfc: 'RFC 8446 4',
  },
  'handshake.length': {
    en: 'Bytes of message behind these four. A message may be longer than a record, and a record may hold several.',
    zh: '这 4 字节头部之后的消息长度。一条消息可以跨多个记录，一个记录也可以装多条消息。',
    rfc: 'RFC 8446 4',
  },
  'client_hello.legacy_version': {
    en: 'Once the highest version that the client speaks. TLS 1.3 moved that into the supported_versions extension.',
    zh: '原本表示客户端支持的最高版本；TLS 1.3 起改由 supported_versions 扩展来说明。',
  },
  'client_hello.random': {
    en: "32 random bytes of the client (random number one). They go into the keys, so that every connection's keys differ.",
    zh: '客户端生成的 32 字节随机数（第 1 随机数）。它参与密钥计算，使每条连接的密钥各不相同。',
  },
  'client_hello.legacy_session_id': {
    en: 'In TLS 1.2 the name of a session to resume. A TLS 1.3 client may fill it so that old equipment sees a resumption.',
    zh: 'TLS 1.2 用它指明要恢复的会话；TLS 1.3 客户端可填入随机值，让旧的中间设备以为这是一次会话恢复。',
  },
  'client_hello.cipher_suites': {
    en: 'The cipher suites that the client can run, best first. The server takes one of them or ends the connection.',
    zh: '客户端支持的密码套件，按偏好从高到低排列。服务器只能从中选一个，选不出就终止握手。',
  },
  'client_hello.cipher_suites[]': {
    en: 'One cipher suite on offer.',
    zh: '客户端提供的一个密码套件。',
  },
  'client_hello.legacy_compression_methods': {
    en: 'Compression of the data. Only null is left: compressing secrets together with chosen text leaked them (CRIME).',
    zh: '压缩方法。如今只剩 null：把秘密与攻击者可控的内容一起压缩会泄露秘密（CRIME 攻击）。',
  },
  'client_hello.legacy_compression_methods[]': {
    en: 'One compression method.',
    zh: '一种压缩方法。',
  },
  'client_hello.extensions': {
    en: 'What else the client can do and wants. A server ignores the extensions that it does not know.',
    zh: '客户端的其他能力与请求。服务器会忽略自己不认识的扩展。',
    rfc: 'RFC 8446 4.2',
  },
  ...serverHello('server_hello_12', {
    legacy_version: {
      en: 'The version that the server chose: in a TLS 1.2 ServerHello this field still decides.',
      zh: '服务器选定的协议版本：在 TLS 1.2 的 ServerHello 中，版本仍由这个字段决定。',
    },
    legacy_session_id_echo: {
      en: "The session's name. Equal to the client's: that session is resumed. New: it may be resumed later. Empty: it will not.",
      zh: '会话标识。与客户端所发相同表示恢复该会话；是新值表示以后可凭它恢复；为空表示不可恢复。',
    },
    cipher_suite: {
      en: 'The cipher suite that the server chose from the client’s list. In TLS 1.2 it also fixes the key exchange.',
      zh: '服务器从客户端列表中选定的密码套件。在 TLS 1.2 中它同时决定密钥交换方式和认证方式。',
    },
  }),
  ...serverHello('server_hello_13', {
    legacy_version: {
      en: 'Always 0x0303 in TLS 1.3; the version that counts stands in supported_versions.',
      zh: 'TLS 1.3 中固定为 0x0303，真正的版本写在 supported_versions 扩展里。',
    },
    legacy_session_id_echo: {
      en: "The client's session id sent back as it came. In TLS 1.3 it resumes nothing.",
      zh: '原样送回客户端的会话标识。在 TLS 1.3 中它与会话恢复无关。',
    },
    cipher_suite: {
      en: 'The AEAD cipher and the hash that the server chose. Key exchange and signature are negotiated elsewhere.',
      zh: '服务器选定的 AEAD 算法和哈希算法。密钥交换与签名算法由各自的扩展另行协商。',
    },
  }),
  ...serverHello('hello_retry_request', {
    legacy_version: {
      en: 'Always 0x0303, as in a ServerHello.',
      zh: '与 ServerHello 一样固定为 0x0303。',
    },
    legacy_session_id_echo: {
      en: "The client's session id sent back as it came.",
      zh: '原样送回客户端的会话标识。',
    },
    cipher_suite: {
      en: 'The cipher suite that the server will use. The ServerHello that follows must name the same.',
      zh: '服务器将要使用的密码套件，随后的 ServerHello 必须与此一致。',
    },
    random: {
      en: 'Not random: a fixed value, by which a HelloRetryRequest is told from a ServerHello.',
      zh: '并非随机数，而是一个固定值，用来把 HelloRetryRequest 与 ServerHello 区分开。',
      rfc: 'RFC 8446 4.1.3',
    },
    extensions: {
      en: 'What the client has to change: the group for its key share, a cookie to bring back.',
      zh: '要求客户端改动的内容：换用哪个密钥交换组、带回哪个 cookie。',
    },
  }),
};

type Fields = Readonly<Record<string, FieldText>>;

/** The six fields of a ServerHello in one of its three forms; what is the same in all stands here. */
function serverHello(form: string, own: Fields): Fields {
  const fields: Fields = {
    random: {
      en: '32 random bytes of the server (random number two). Its last eight bytes may warn of a downgrade.',
      zh: '服务器生成的 32 字节随机数（第 2 随机数）。末尾 8 字节可能带有降级保护标记。',
    },
    legacy_compression_method: {
      en: 'Compression of the data: null, that is, none.',
      zh: '压缩方法：null，即不压缩。',
    },
    extensions: {
      en: 'Answers to extensions of the client. A server must not send one that the client did not offer.',
      zh: '对客户端扩展的应答。服务器不得发送客户端没有提供过的扩展。',
      rfc: 'RFC 8446 4.2',
    },
    ...own,
  };
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [`${form}.${name}`, text]));
}
