// The lines of -vv: records, states, decisions, keys. Names of records, states and algorithms stay as the RFCs have them.

import type { Text } from '../text.ts';

export const NARRATOR = {
  recordPlain: { en: 'record ({way}): {type}, {length} B', zh: '记录 ({way})：{type}，{length} B' },
  recordSealed: {
    en: 'record ({way}): {type}, {length} B, {content} of them {inner}, encrypted with the {epoch} keys',
    zh: '记录 ({way})：{type}，{length} B，其中内容 {content} B（{inner}），用 {epoch} 密钥加密',
  },
  state: { en: 'state: {from} -> {to}, by {input}', zh: '状态：{from} -> {to}，输入 {input}' },
  decision: {
    en: 'decision: {about} = {chosen}, out of {offered}',
    zh: '决定：{about} = {chosen}，候选 {offered}',
  },
  decisionOnly: { en: 'decision: {about} = {chosen}', zh: '决定：{about} = {chosen}' },
  keys: {
    en: 'keys ({way}): from here on the {epoch} keys, {suite}',
    zh: '密钥 ({way})：从此使用 {epoch} 密钥，{suite}',
  },
  need: { en: 'need {id}: the handshake waits for a {need}', zh: '需求 {id}：握手等待 {need}' },
  answer: { en: 'answer {id}: {need}: {outcome}', zh: '答复 {id}：{need}：{outcome}' },
  data: { en: 'data ({way}): {length} B', zh: '应用数据 ({way})：{length} B' },
  none: { en: 'none', zh: '无' },
  more: { en: '{shown}, and {count} more', zh: '{shown}，等共 {total} 项' },
} as const satisfies Record<string, Text>;
