// Stapled OCSP responses: what they say, and what is wrong with the file of --status.

import type { Text } from '../text.ts';

export const STAPLE = {
  good: {
    en: 'OCSP: the stapled response says that the certificate is not revoked{period}',
    zh: 'OCSP：服务器附上的响应表明证书未被吊销{period}',
  },
  useless: {
    en: 'OCSP: a response was stapled that proves nothing: {problem}',
    zh: 'OCSP：服务器附上的响应不能说明问题：{problem}',
  },
  asOf: { en: ', as of {at}', zh: '，状态时间 {at}' },
  until: { en: ', until {at}', zh: '，有效至 {at}' },
  saysGood: { en: 'good{period}', zh: '有效{period}' },
  saysUnknown: { en: 'unknown{period}', zh: '未知{period}' },
  saysRevoked: { en: 'revoked on {at}{reason}{period}', zh: '已于 {at} 吊销{reason}{period}' },
  served: {
    en: 'The OCSP response in {file} is stapled: {says}.',
    zh: '{file} 中的 OCSP 响应随证书一起发送：{says}。',
  },
  alone: {
    en: '--status needs --cert: the response is about a certificate that an authority has issued',
    zh: '--status 必须和 --cert 一起给出：OCSP 响应针对的是 CA 签发的证书',
  },
  unreadable: { en: '{file} cannot be read ({code})', zh: '无法读取 {file}（{code}）' },
  noResponse: { en: '{file} holds no OCSP response', zh: '{file} 中不是 OCSP 响应' },
  der: {
    en: 'It has to be DER, as openssl ocsp -respout FILE writes it, and a successful one.',
    zh: '文件应为 DER 格式（openssl ocsp -respout FILE 所写），且响应状态为成功。',
  },
} as const satisfies Record<string, Text>;
