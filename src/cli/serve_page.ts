// The page that `glasstls serve` answers with: what was negotiated with this very client. Text for tools, HTML for browsers; what
// the client chose (host name, path) is hostile text and escaped for where it is shown.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EngineSocket } from '../node/engine_socket.ts';
import { clientSubject } from './serve_connection.ts';
import { safe } from './terminal.ts';
import { fill, type Lang, type Text } from './text.ts';
import { PAGE } from './texts/serve.ts';

export function answerWithPage(
  request: IncomingMessage,
  response: ServerResponse,
  socket: EngineSocket,
  lang: Lang,
): void {
  const rows = rowsOf(request, socket, lang);
  const html = /\btext\/html\b/.test(request.headers.accept ?? '');
  const body = Buffer.from(html ? htmlPage(rows, lang) : textPage(rows, lang), 'utf8');
  response.writeHead(200, {
    'content-type': `${html ? 'text/html' : 'text/plain'}; charset=utf-8`,
    'content-length': body.length,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

type Row = readonly [label: string, value: string];

function rowsOf(request: IncomingMessage, socket: EngineSocket, lang: Lang): readonly Row[] {
  const cipher = socket.getCipher();
  const group = socket.getGroup();
  const reused = socket.isSessionReused();
  // In TLS 1.2 the old secret is all that a resumed session has (RFC 5246 7.3).
  const shared = socket.agreement?.psk === true;
  const alone = shared || (reused && socket.getProtocol() === 'TLSv1.3') ? PAGE.shared : PAGE.rsa;
  const secrecy = group === undefined ? PAGE.no : reused && socket.getProtocol() === 'TLSv1.2' ? PAGE.later : PAGE.yes;
  const row = (label: Text, value: string | undefined): Row => [label[lang], safe(value || PAGE.none[lang])];
  return [
    row(PAGE.version, socket.getProtocol() ?? undefined),
    row(PAGE.suite, cipher === undefined ? undefined : cipher.standardName),
    row(PAGE.group, group ?? alone[lang]),
    shared ? row(PAGE.proof, PAGE.byShared[lang]) : row(PAGE.scheme, socket.getSignatureScheme()),
    row(PAGE.session, PAGE[reused ? 'resumed' : 'fresh'][lang]),
    row(PAGE.secrecy, secrecy[lang]),
    ...(socket.earlyBytes > 0 ? [row(PAGE.early, fill(PAGE.bytes[lang], { n: socket.earlyBytes }))] : []),
    row(PAGE.sni, socket.servername),
    row(PAGE.alpn, socket.alpnProtocol === false ? undefined : socket.alpnProtocol),
    row(PAGE.client, clientSubject(socket)),
    row(PAGE.peer, `${socket.remoteAddress}:${socket.remotePort}`),
    row(PAGE.request, `${request.method} ${(request.url ?? '').slice(0, 200)}`),
  ];
}

function textPage(rows: readonly Row[], lang: Lang): string {
  return `${[PAGE.title[lang], ...rows.map(([label, value]) => `${label}: ${value}`)].join('\n')}\n`;
}

function htmlPage(rows: readonly Row[], lang: Lang): string {
  const cells = rows.map(([label, value]) => `<tr><th>${escapeHtml(label)}<td>${escapeHtml(value)}`).join('\n');
  const title = escapeHtml(PAGE.title[lang]);
  return `<!doctype html>
<html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color-scheme:light dark}
th{text-align:left;padding-right:2rem;font-weight:600}td{font-family:ui-monospace,monospace;overflow-wrap:anywhere}</style>
<h1>${title}</h1>
<table>
${cells}
</table>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
