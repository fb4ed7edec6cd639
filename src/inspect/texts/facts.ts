// The words beside a message's name that are not the registry's: counts, sizes, what became of an offer.

import type { Lang } from '../text.ts';

export interface FactWords {
  readonly certificates: (n: number) => string;
  readonly noCertificate: string;
  readonly ticket: string;
  readonly preSharedKey: string;
  readonly preSharedKeys: (n: number) => string;
  readonly pskTaken: string;
  readonly earlyData: string;
  readonly earlyDataAccepted: string;
  readonly cookie: string;
  readonly stapled: string;
  readonly timestamps: (n: number) => string;
  readonly bits: (n: number) => string;
  readonly hint: (text: string) => string;
  readonly identity: (text: string) => string;
  readonly authorities: (n: number) => string;
  readonly unpacked: (n: number) => string;
  readonly noTicket: string;
}

export const FACT_WORDS: Readonly<Record<Lang, FactWords>> = {
  en: {
    certificates: (n) => (n === 1 ? '1 certificate' : `${n} certificates`),
    noCertificate: 'no certificate',
    ticket: 'ticket',
    preSharedKey: 'pre-shared key',
    preSharedKeys: (n) => `${n} pre-shared keys`,
    pskTaken: 'takes the pre-shared key',
    earlyData: 'early data',
    earlyDataAccepted: 'early data accepted',
    cookie: 'cookie',
    stapled: 'OCSP stapled',
    timestamps: (n) => (n === 1 ? '1 SCT' : `${n} SCTs`),
    bits: (n) => `${n} bits`,
    hint: (text) => `hint ${text}`,
    identity: (text) => `identity ${text}`,
    authorities: (n) => (n === 1 ? '1 authority' : `${n} authorities`),
    unpacked: (n) => `${n} B unpacked`,
    noTicket: 'no ticket',
  },
  zh: {
    certificates: (n) => `${n} 张证书`,
    noCertificate: '没有证书',
    ticket: '会话票据',
    preSharedKey: 'PSK',
    preSharedKeys: (n) => `${n} 个 PSK`,
    pskTaken: '采用 PSK',
    earlyData: '早期数据',
    earlyDataAccepted: '接受早期数据',
    cookie: 'cookie',
    stapled: '附带 OCSP 响应',
    timestamps: (n) => `${n} 个 SCT`,
    bits: (n) => `${n} 位`,
    hint: (text) => `提示 ${text}`,
    identity: (text) => `标识 ${text}`,
    authorities: (n) => `${n} 个 CA`,
    unpacked: (n) => `解压后 ${n} B`,
    noTicket: '没有票据',
  },
};
