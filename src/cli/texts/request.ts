// What connect says of requests, redirects and answers.

import type { Text } from '../text.ts';

export const REQUEST = {
  noAlpn: {
    en: 'ALPN: {list} was all that was offered, and the server chose nothing: HTTP/1.1 is tried; clients that need h2, such as gRPC, fail here ("missing selected ALPN property")',
    zh: 'ALPN：只提供了 {list}，服务器没有选择任何协议：改用 HTTP/1.1 尝试；必须使用 h2 的客户端（如 gRPC）会在此处失败（missing selected ALPN property）',
  },
  badMethod: { en: '-X wants the name of a method, not {method}', zh: '-X 的取值应为请求方法的名称，而不是 {method}' },
  badHeader: {
    en: '-H wants "Name: value" on one line, not {line}',
    zh: '-H 的格式是单独一行 "Name: value"，而不是 {line}',
  },
  headWithBody: {
    en: '-I asks with HEAD, which has no body: leave out -d',
    zh: '-I 使用 HEAD 请求，不能带正文：请去掉 -d',
  },
  unreadable: { en: '{file} cannot be read ({code})', zh: '无法读取 {file}（{code}）' },
  badCount: { en: '{flag} wants a whole number, not {count}', zh: '{flag} 的取值应为整数，而不是 {count}' },
  earlyUnsafe: {
    en: '--tls-earlydata is for GET and HEAD alone: early data can be repeated to the server by others',
    zh: '--tls-earlydata 只能用于 GET 和 HEAD：早期数据可能被他人重放给服务器',
  },
  tooMany: { en: 'the server redirected more than {count} times', zh: '服务器重定向超过 {count} 次' },
  badLocation: {
    en: 'the server redirects to {location}, which is no address',
    zh: '服务器重定向到 {location}，这不是合法的地址',
  },
  leavesTls: {
    en: 'the server redirects to {location}, where there is no TLS; it was not followed',
    zh: '服务器重定向到 {location}，那里不使用 TLS，因此没有跟随',
  },
  following: { en: 'Redirect {number}: {url}', zh: '第 {number} 次重定向：{url}' },
  status: { en: 'the server answered with status {status}', zh: '服务器返回状态码 {status}' },
  rawAlone: {
    en: '--raw and --starttls send no HTTP request: {flag} has no meaning with them',
    zh: '--raw 和 --starttls 不发送 HTTP 请求，不能与 {flag} 一起使用',
  },
  clash: { en: '{flags} do not go together', zh: '{flags} 不能一起使用' },
  stream: {
    en: 'the server broke off the HTTP/2 stream (error {code})',
    zh: '服务器中断了 HTTP/2 流（错误码 {code}）',
  },
  http2: { en: 'the HTTP/2 connection broke ({problem})', zh: 'HTTP/2 连接出错（{problem}）' },
} as const satisfies Record<string, Text>;
