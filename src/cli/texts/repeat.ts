// What --repeat tells: whether sessions were resumed.

import type { Text } from '../text.ts';

export const REPEAT = {
  round: { en: '{outcome}, {ms} ms, {version}, {address}', zh: '{outcome}，{ms} ms，{version}，{address}' },
  full: { en: 'full handshake', zh: '完整握手' },
  resumed: { en: 'resumed', zh: '恢复会话' },
  declined: {
    en: 'full handshake; the session was offered and not taken',
    zh: '完整握手（提供了会话，服务器没有采用）',
  },
  failed: { en: 'failed ({exit})', zh: '失败（{exit}）' },
  rate: {
    en: 'Resumed: {resumed} of {offered} connections that offered a session ({percent} %).',
    zh: '恢复成功：在提供了会话的 {offered} 次连接中有 {resumed} 次（{percent}%）。',
  },
  once: {
    en: 'One connection has no session to offer: resumption shows from the second on.',
    zh: '只有一次连接，没有会话可提供：从第二次起才能看出能否恢复。',
  },
  never: {
    en: 'The server gave no session that could be offered: it does not resume, or gives tickets after the answer only.',
    zh: '服务器没有给出可用的会话：它不支持会话恢复，或在应答之后才发放票据。',
  },
  times: {
    en: 'Median of the handshakes: full {full}, resumed {resumed}.',
    zh: '握手耗时中位数：完整 {full}，恢复 {resumed}。',
  },
  none: {
    en: 'The ticket was offered and each time answered with a full handshake: servers behind one name that do not share their ticket keys, or a server that forgets its sessions. It is no error anywhere: openssl s_client prints "New" in place of "Reused", curl says nothing. Give all servers the same keys (ssl_session_ticket_key in nginx).',
    zh: '每次都提供了票据，服务器却都以完整握手应答：同一域名下的多台服务器没有共享票据密钥，或服务器不保留会话。这在任何工具中都不算错误：openssl s_client 显示 New 而不是 Reused，curl 什么也不说。请让所有服务器使用相同的密钥（nginx 的 ssl_session_ticket_key）。',
  },
  cluster: {
    en: 'Some were resumed and some not: several servers behind one name that do not share their ticket keys look like this. Give all of them the same keys (ssl_session_ticket_key in nginx).',
    zh: '有的恢复成功，有的没有：同一域名下多台服务器没有共享票据密钥时就会这样。请让它们使用相同的密钥（nginx 的 ssl_session_ticket_key）。',
  },
} as const satisfies Record<string, Text>;
