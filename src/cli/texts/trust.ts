// What is said of folders of certificates, the system's store, revocation lists and the keys of logs.

import type { Text } from '../text.ts';

export const TRUST = {
  emptyFolder: { en: 'no certificate to trust was found in {folder}', zh: '目录 {folder} 中没有可用的受信任证书' },
  emptyFolderHint: {
    en: 'Files of a folder are read one by one and have to be PEM; folders in it are not looked into.',
    zh: '目录中的文件会逐个读取，须为 PEM 格式；不会进入子目录。',
  },
  noSystem: { en: 'the certificates of the system were not found', zh: '没有找到操作系统的受信任证书' },
  noSystemHint: {
    en: 'Node {node} cannot ask the system for them (22.15 can), and none of the usual files is there: give one with --cacert.',
    zh: 'Node {node} 不能向系统查询（22.15 起可以），常见位置也没有证书文件：请用 --cacert 指定。',
  },
  crlUnreadable: {
    en: 'the revocation lists in {file} cannot be read ({code})',
    zh: '无法读取 {file} 中的证书吊销列表（{code}）',
  },
  noCrl: { en: '{file} holds no revocation list that can be read', zh: '{file} 中没有可用的证书吊销列表' },
  noCrlHint: {
    en: 'It has to be PEM: blocks that begin with -----BEGIN X509 CRL-----.',
    zh: '文件应为 PEM 格式，吊销列表以 -----BEGIN X509 CRL----- 开头。',
  },
  logsUnreadable: {
    en: 'the keys of logs in {file} cannot be read ({code})',
    zh: '无法读取 {file} 中的日志公钥（{code}）',
  },
  noLogs: { en: '{file} holds no key of a log that can be read', zh: '{file} 中没有可用的日志公钥' },
  noLogsHint: {
    en: 'It has to be the list that browsers publish (log_list.json), or public keys in PEM.',
    zh: '文件应为浏览器发布的日志列表（log_list.json），或 PEM 格式的公钥。',
  },
  badPin: {
    en: '--pinnedpubkey wants sha256//BASE64 of public keys, separated by semicolons, not {pin}',
    zh: '--pinnedpubkey 的格式是 sha256//BASE64，多个用分号分隔，而不是 {pin}',
  },
} as const satisfies Record<string, Text>;
