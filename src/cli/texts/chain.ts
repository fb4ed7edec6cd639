// What is said of a chain beside whether it is trusted: what is untidy in it, other paths, and who would refuse it.

import type { Text } from '../text.ts';

export const LINT = {
  duplicate: { en: '{place} is sent twice: it is the same as {other}', zh: '{place}重复发送，与{other}相同' },
  order: {
    en: '{place} stands in the wrong place: it has issued {other} and belongs right behind it',
    zh: '{place}的位置不对：它签发了{other}，应紧跟在后者之后',
  },
  root: {
    en: '{place} is a root and need not be sent: who trusts it has it, and to others it proves nothing',
    zh: '{place}是根证书，不必发送：信任它的客户端已经有了，对其他客户端则毫无意义',
  },
  stranger: {
    en: '{place} has issued none of the others and does not belong here',
    zh: '{place}没有签发链中任何一张证书，不应出现在这里',
  },
} as const satisfies Record<'duplicate' | 'order' | 'root' | 'stranger', Text>;

export const CHAIN = {
  remark: { en: 'Chain: {text}', zh: '证书链：{text}' },
  sorted: {
    en: 'Chain: TLS 1.2 wants each certificate to certify the one before it (RFC 5246 7.4.2); browsers and glasstls sort them, some clients do not and fail',
    zh: '证书链：TLS 1.2 要求每张证书都签发前一张（RFC 5246 7.4.2）；浏览器和 glasstls 会自行排序，有的客户端不会，从而连接失败',
  },
  oldRoot: {
    en: 'Chain: clients that know only the expired path refuse this server, although its certificate is good: OpenSSL 1.0.2 and Node 8 say "certificate has expired"',
    zh: '证书链：只认识过期路径的客户端会拒绝该服务器，尽管它的证书有效：OpenSSL 1.0.2 和 Node 8 会报告 certificate has expired',
  },
  stricter: {
    en: 'Accepted here, refused by stricter clients (--policy web): {problem} [{code}]; expected {expected}, found {found}',
    zh: '此处接受，但更严格的客户端会拒绝（--policy web）：{problem} [{code}]；应为 {expected}，实为 {found}',
  },
  theySay: { en: 'They say: {words}', zh: '它们的提示：{words}' },
  file: { en: 'certificate {n} of the file ({subject})', zh: '文件中第 {n} 张证书（{subject}）' },
  badFile: { en: 'the certificates in {file} are no orderly chain', zh: '{file} 中的证书没有组成有序的证书链' },
  badFileHint: {
    en: '{faults}. The own certificate comes first, and each one after it certifies the one before (RFC 5246 7.4.2): cat own.pem intermediate.pem > chain.pem. Some clients sort a chain, others fail with "unable to get local issuer certificate".',
    zh: '{faults}。自己的证书放在最前面，之后每张证书都签发前一张（RFC 5246 7.4.2）：cat own.pem intermediate.pem > chain.pem。有的客户端会自行排序，有的则报告 unable to get local issuer certificate。',
  },
  inFile: { en: '{file}: {text}.', zh: '{file}：{text}。' },
} as const satisfies Record<string, Text>;
