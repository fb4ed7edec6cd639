// The words on a ladder besides the messages' own explanations.

import type { Lang } from '../text.ts';

export interface LadderWords {
  readonly client: string;
  readonly server: string;
  readonly roundTrip: (n: number) => string;
  readonly encryptsFromHere: { readonly client: string; readonly server: string };
  readonly flight: (records: number, bytes: number) => string;
  readonly bytes: (n: number) => string;
  readonly data: string;
  readonly earlyData: string;
  readonly pieces: (n: number) => string;
  readonly plain: string;
  readonly encrypted: string;
  readonly lost: string;
  readonly changed: string;
  readonly unsent: string;
  readonly taught: string;
  readonly inFact: string;
  readonly connected: string;
  readonly closed: string;
  readonly failed: string;
  readonly roundTrips: (n: number) => string;
  readonly afterMs: (ms: string) => string;
  readonly alert: string;
}

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

export const LADDER_WORDS: Readonly<Record<Lang, LadderWords>> = {
  en: {
    client: 'Client',
    server: 'Server',
    roundTrip: (n) => `RTT ${n}`,
    encryptsFromHere: {
      client: 'the client encrypts from here on',
      server: 'the server encrypts from here on',
    },
    flight: (records, bytes) => `${plural(records, 'record')}, ${plural(bytes, 'byte')} on the wire`,
    bytes: (n) => `${n} B`,
    data: 'application data',
    earlyData: 'early data (0-RTT)',
    pieces: (n) => plural(n, 'piece'),
    plain: 'in clear',
    encrypted: 'encrypted',
    lost: 'never read',
    changed: 'changed on the way',
    unsent: 'never sent',
    taught: 'Often taught: ',
    inFact: 'In fact: ',
    connected: 'connected',
    closed: 'closed',
    failed: 'failed',
    roundTrips: (n) => plural(n, 'round trip'),
    afterMs: (ms) => `handshake ${ms} ms`,
    alert: 'alert',
  },
  zh: {
    client: '客户端',
    server: '服务器',
    roundTrip: (n) => `RTT ${n}`,
    encryptsFromHere: {
      client: '客户端自此开始加密',
      server: '服务器自此开始加密',
    },
    flight: (records, bytes) => `共 ${records} 个记录，线上 ${bytes} 字节`,
    bytes: (n) => `${n} B`,
    data: '应用数据',
    earlyData: '早期数据（0-RTT）',
    pieces: (n) => `${n} 段`,
    plain: '明文',
    encrypted: '密文',
    lost: '对方没有读取',
    changed: '途中被改动',
    unsent: '对方并未发送',
    taught: '常见误解：',
    inFact: '实际上，',
    connected: '连接成功',
    closed: '已关闭',
    failed: '失败',
    roundTrips: (n) => `${n} 个往返`,
    afterMs: (ms) => `握手用时 ${ms} ms`,
    alert: '告警',
  },
};
