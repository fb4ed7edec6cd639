// What a flag of the command is, and how one is written down: name, letter, value, topic, what it does in both languages.

import type { Text } from './text.ts';

export type Command = 'connect' | 'serve' | 'demo' | 'decode' | 'explain' | 'completions';

export type Topic =
  | 'request'
  | 'output'
  | 'trust'
  | 'tls'
  | 'identity'
  | 'connection'
  | 'server'
  | 'lesson'
  | 'capture'
  | 'general';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in help; absent for a flag without one. */
  readonly value?: string;
  readonly topic: Topic;
  readonly commands: readonly Command[];
  readonly help: Text;
}

export const TOPICS: Readonly<Record<Topic, Text>> = {
  request: { en: 'What is asked of the server', zh: '请求' },
  output: { en: 'What is shown and written', zh: '显示与输出' },
  trust: { en: 'Whom to trust', zh: '信任' },
  tls: { en: 'What TLS may use', zh: 'TLS 参数' },
  identity: { en: 'The own certificate', zh: '自己的证书' },
  connection: { en: 'The connection', zh: '连接' },
  server: { en: 'The server', zh: '服务器' },
  lesson: { en: 'The lesson', zh: '演示' },
  capture: { en: 'The capture', zh: '抓包文件' },
  general: { en: 'General', zh: '通用' },
};

export const BOTH: readonly Command[] = ['connect', 'serve'];
export const ALL: readonly Command[] = ['connect', 'serve', 'demo', 'decode', 'explain', 'completions'];
export const CONNECT: readonly Command[] = ['connect'];
export const SERVE: readonly Command[] = ['serve'];
export const DEMO: readonly Command[] = ['demo'];
export const DECODE: readonly Command[] = ['decode'];
export const CONNECT_DECODE: readonly Command[] = ['connect', 'decode'];
export const ENDS_DECODE: readonly Command[] = ['connect', 'serve', 'decode'];

/** `usage`: letter and value as help shows them, `-o FILE`, either of which may be missing. */
export function flag<const N extends string>(
  name: N,
  usage: string,
  topic: Topic,
  commands: readonly Command[],
  en: string,
  zh: string,
): Flag & { readonly name: N } {
  const [, short, value] = /^(?:-(\w))? ?(.+)?$/.exec(usage) ?? [];
  return {
    name,
    topic,
    commands,
    help: { en, zh },
    ...(short !== undefined && { short }),
    ...(value !== undefined && { value }),
  };
}
