// What is missing from a capture, why records stay sealed, and what is wrong with a file, in both languages.

import type { Text } from '../../inspect/text.ts';
import type { CaptureFault } from '../packets.ts';
import type { SealedReason } from '../secrets.ts';

export const SEALED_TEXTS: Readonly<Record<SealedReason['code'], Text>> = {
  no_keys: {
    en: 'no secrets were given: a key log (--keylog, or stored in the file) opens them, for RSA key exchange also the private key (--key)',
    zh: '没有给出密钥：可用密钥日志（--keylog，或文件自带）解密，RSA 密钥交换也可用私钥（--key）',
  },
  no_secret: {
    en: 'no secret for client_random {clientRandom}; the key log is about {others} other connections',
    zh: '密钥日志中没有 client_random {clientRandom} 的密钥，其中记录的是另外 {others} 个连接',
  },
  forward_secrecy: {
    en: 'the key that was given does not open this key exchange, which has forward secrecy: a key log is needed',
    zh: '这种密钥交换具有前向安全性，用给出的密钥无法解密，需要密钥日志',
  },
  needs_psk: {
    en: 'the key exchange is that of a pre-shared key: the key (--psk) opens them, or a key log (--keylog)',
    zh: '密钥交换只用预共享密钥：可用该密钥（--psk）或密钥日志（--keylog）解密',
  },
  wrong_rsa_key: {
    en: 'the pre-master secret was encrypted for another RSA key than the one given',
    zh: '预主密钥是用另一个 RSA 公钥加密的，给出的私钥解不开',
  },
  session_unknown: {
    en: 'it resumes a session that the capture does not have; a key log line for client_random {clientRandom} is needed',
    zh: '恢复的会话不在抓包文件中，需要 client_random {clientRandom} 的密钥日志',
  },
  unknown_suite: {
    en: 'the cipher suite {suite} is none that is known here',
    zh: '不支持密码套件 {suite}',
  },
  old_version: {
    en: 'it is {version}: only TLS 1.2 and 1.3 are decrypted here',
    zh: '协议版本为 {version}，这里只能解密 TLS 1.2 和 1.3',
  },
  early_data: {
    en: 'what stayed sealed is early data: it was refused, or CLIENT_EARLY_TRAFFIC_SECRET is missing',
    zh: '未能解密的是早期数据：已被服务器拒绝，或缺少 CLIENT_EARLY_TRAFFIC_SECRET',
  },
  beginning_missing: {
    en: 'the beginning of the connection is not in the capture',
    zh: '抓包文件中没有连接的开头',
  },
  bytes_missing: {
    en: 'bytes before them are missing or damaged, so that the number of the record is not known',
    zh: '前面的字节缺失或损坏，无法得知记录的序号',
  },
  secret_does_not_fit: {
    en: 'the keys made from the secret that was given do not open them: the secret is wrong, or the bytes were changed',
    zh: '用给出的密钥无法解密：密钥有误，或者字节被改动过',
  },
};

export const FAULT_TEXTS: Readonly<Record<CaptureFault, Text>> = {
  not_a_capture: {
    en: 'the file is neither pcap nor pcapng, nor a text that TLS is found in',
    zh: '文件既不是 pcap 或 pcapng，也不是含有 TLS 的文本',
  },
  cut_off: { en: 'the file ends in the middle of a packet', zh: '文件在一个数据包的中间结束' },
  block_length: { en: 'a block has the length {value}, which cannot be', zh: '块长度为 {value}，不可能正确' },
  packet_too_long: { en: 'a packet has the length {value}, which cannot be', zh: '数据包长度为 {value}，不可能正确' },
  unknown_interface: {
    en: 'a packet is of interface {value}, which the file does not describe',
    zh: '数据包属于接口 {value}，而文件没有描述它',
  },
  unknown_secrets: {
    en: 'stored secrets are of a type that is not TLS ({value})',
    zh: '所存密钥不是 TLS 类型（{value}）',
  },
};

export const MISSING = {
  sealed: { en: '{count} records of the {side} are sealed: {reason}', zh: '{side}有 {count} 条记录未解密：{reason}' },
  sealedBoth: {
    en: '{client} records of the client and {server} of the server are sealed: {reason}',
    zh: '客户端有 {client} 条、服务器有 {server} 条记录未解密：{reason}',
  },
  lost: { en: '{count} bytes of the {side} are missing', zh: '{side}的数据缺少 {count} 字节' },
  guessed: {
    en: 'the text does not say who sent what, and sealed records do not tell: > before the lines of the client and < before those of the server do',
    zh: '文本没有说明各条记录由谁发送，未解密的记录也无从判断：可在客户端的行前加 >，服务器的行前加 <',
  },
  joined: {
    en: 'the capture does not have the beginning of the connection',
    zh: '抓包文件中没有这个连接的开头',
  },
  fault: { en: 'frame {frame}, {side}: {problem}', zh: '第 {frame} 帧，{side}：{problem}' },
  moreFaults: { en: 'and {count} records more that cannot be read', zh: '另有 {count} 条记录无法读取' },
  before: {
    en: 'TLS begins behind {count} bytes of plain text (STARTTLS, a proxy)',
    zh: '在 {count} 字节明文之后开始 TLS（STARTTLS 或代理）',
  },
  added: { en: '{count} records were too many to be listed one by one', zh: '记录过多，有 {count} 条没有逐条列出' },
  client: { en: 'client', zh: '客户端' },
  server: { en: 'server', zh: '服务器' },
  snapped: {
    en: '{count} packets were cut off by the capture (snap length)',
    zh: '抓包时截短了 {count} 个数据包（snaplen）',
  },
  unknownLink: {
    en: '{count} packets are of link type {type}, which is not known here',
    zh: '{count} 个数据包的链路类型为 {type}，无法识别',
  },
  fragments: { en: '{count} IP fragments found no others to go with', zh: '{count} 个 IP 分片无法重组' },
  at: { en: 'at byte {offset}: {problem}', zh: '第 {offset} 字节处：{problem}' },
} as const satisfies Record<string, Text>;
