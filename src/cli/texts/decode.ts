// What `glasstls decode` says around what it shows.

import type { Text } from '../text.ts';

export const DECODE_HELP = {
  usage: 'glasstls decode [flags] FILE',
  operand: 'FILE',
  summary: {
    en: 'Reads a capture (pcap or pcapng; - is standard input), finds TLS in it on any port, decrypts it with the secrets that are there, and checks what can be checked. The output of openssl s_client -msg, a NetLog of Chrome and dumps in hexadecimal will do too.',
    zh: '读取抓包文件（pcap 或 pcapng，- 表示标准输入），找出其中任意端口上的 TLS，用现有的密钥解密，并验证能够验证的内容。也可读取 openssl s_client -msg 的输出、Chrome 的 NetLog 和十六进制转储。',
  },
  examples: [
    [
      'glasstls decode --keylog keys.txt trace.pcapng',
      { en: 'every connection, decrypted, in the words of Wireshark', zh: '解密并以 Wireshark 的说法列出每个连接' },
    ],
    [
      'glasstls decode --format ladder --connection 2 trace.pcapng',
      { en: 'the second connection as a ladder', zh: '以梯形图显示第二个连接' },
    ],
    [
      'glasstls decode --message 1 --hex trace.pcapng',
      { en: 'the first message, its bytes beside its fields', zh: '第一条消息，字段旁给出字节' },
    ],
  ],
} as const satisfies {
  readonly usage: string;
  readonly operand: 'FILE';
  readonly summary: Text;
  readonly examples: readonly (readonly [string, Text])[];
};

export const DECODE = {
  noFile: { en: 'decode needs a file', zh: 'decode 需要一个文件' },
  oneFile: { en: 'decode reads one file at a time', zh: 'decode 一次只读一个文件' },
  cannotRead: { en: '{file} cannot be read ({code})', zh: '无法读取 {file}（{code}）' },
  number: {
    en: '--{flag} wants a number from 1, not {value}',
    zh: '--{flag} 的取值应为从 1 开始的整数，而不是 {value}',
  },
  badKey: { en: '{file} is no private key that can be read: {problem}', zh: '{file} 不是可以读取的私钥：{problem}' },
  noTls: {
    en: '{packets} packets and no TLS in them ({others} other TCP connections)',
    zh: '共 {packets} 个数据包，其中没有 TLS（其他 TCP 连接 {others} 个）',
  },
  nothingFits: {
    en: 'none of the {connections} connections fits --connection and --server-name',
    zh: '{connections} 个连接中没有一个符合 --connection 和 --server-name',
  },
  noMessage: {
    en: 'connection {connection} has no message {message}',
    zh: '第 {connection} 个连接没有第 {message} 条消息',
  },
  notOpened: {
    en: 'message {message} has no fields to show: {title}',
    zh: '第 {message} 条消息没有可显示的字段：{title}',
  },
  bytes: { en: '{count} bytes', zh: '{count} 字节' },
  firstBytes: { en: '{count} bytes, the first {shown}', zh: '{count} 字节，以下为前 {shown} 字节' },
  frame: { en: ' (frame {frame})', zh: '（第 {frame} 帧）' },
  missing: { en: 'Missing: {text}', zh: '缺失：{text}' },
  file: { en: 'The file: {text}', zh: '文件：{text}' },
  progress: { en: '{done} MB of {all} MB', zh: '已读 {done} MB，共 {all} MB' },
  progressSecrets: {
    en: 'looking for secrets: {done} MB of {all} MB',
    zh: '查找密钥：已读 {done} MB，共 {all} MB',
  },
  progressOpen: { en: '{done} MB', zh: '已读 {done} MB' },
} as const satisfies Record<string, Text>;
