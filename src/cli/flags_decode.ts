// The flags of glasstls decode.

import { DECODE, flag } from './flag.ts';

export const DECODE_FLAGS = [
  flag(
    'ct-logs',
    'FILE',
    'trust',
    DECODE,
    'Verifies timestamps of certificate transparency with the keys of logs in FILE: the log_list.json of browsers, or public keys in PEM.',
    '用 FILE 中的日志公钥验证证书透明度时间戳（SCT）：浏览器发布的 log_list.json，或 PEM 格式的公钥。',
  ),
  flag(
    'connection',
    'N',
    'capture',
    DECODE,
    'Shows connection N alone. May be given again.',
    '只显示第 N 个连接。可重复给出。',
  ),
  flag(
    'server-name',
    'NAME',
    'capture',
    DECODE,
    'Shows connections alone whose ClientHello asks for NAME.',
    '只显示 ClientHello 中服务器名为 NAME 的连接。',
  ),
  flag(
    'type',
    'NAME',
    'capture',
    DECODE,
    "Shows messages of this kind alone, by Wireshark's name or the RFC's: client_hello, Certificate, alert. May be given again.",
    '只显示这种消息，可用 Wireshark 或 RFC 的名称，如 client_hello、Certificate、alert。可重复给出。',
  ),
  flag(
    'message',
    'N',
    'capture',
    DECODE,
    'Opens message N of the connection field by field.',
    '逐字段展开连接中的第 N 条消息。',
  ),
  flag(
    'hex',
    '',
    'capture',
    DECODE,
    'Puts the bytes beside the fields, or into the JSON.',
    '在字段旁（或 JSON 中）给出字节。',
  ),
] as const;
