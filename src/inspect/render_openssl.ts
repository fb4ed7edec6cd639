// A handshake in the words of `openssl s_client -msg`, and the lines with which s_client sums up: `>>>` is what our side sent, bytes
// sixteen to a line. Records are not shown one by one: what is told here are whole messages. Pure; the peer's text is escaped.

import { alertName, groupName, signatureSchemeName } from '../wire/registry/names.ts';
import { quoteWireText } from './escape.ts';
import { type Line, type Style, segment } from './lines.ts';
import { messageTitle } from './names.ts';
import { suiteNames } from './negotiated.ts';
import { codePoint } from './summary.ts';
import type { Timeline, TimelineMessage } from './timeline.ts';

export interface OpensslOptions {
  /** What became of the certificate: `OK`, or why it was refused; undefined when nobody judged it. */
  readonly verification?: string | undefined;
}

/** A whole connection from its timeline, as seen by the side whose clock it is on. */
export function renderOpenssl(timeline: Timeline, { verification }: OpensslOptions = {}): readonly Line[] {
  const lines: Line[] = timeline.messages.flatMap((message) => messageLines(message, timeline));
  lines.push(plain('---'));
  if (timeline.complete) lines.push(...agreedLines(timeline));
  const { client, server } = timeline.handshakeBytes;
  const [read, written] = timeline.side === 'client' ? [server, client] : [client, server];
  lines.push(plain(`SSL handshake has read ${read} bytes and written ${written} bytes`));
  if (verification !== undefined) {
    const good = verification === 'OK';
    lines.push([segment(good ? 'Verification: OK' : `Verification error: ${verification}`, good ? 'good' : 'error')]);
  }
  return [...lines, plain('---')];
}

function messageLines(message: TimelineMessage, { side, negotiated }: Timeline): readonly Line[] {
  const { from, raw } = message;
  const out = from === side;
  const style: Style = out ? 'client' : 'server';
  const version = negotiated.version === 0x0304 && message.name !== 'change_cipher_spec' ? 'TLS 1.3' : 'TLS 1.2';
  const length = raw.length.toString(16).padStart(4, '0');
  const head = `${out ? '>>>' : '<<<'} ${version}, ${kindOf(message)} [length ${length}]${nameOf(message)}`;
  return [[segment(head, style)], ...hexLines(raw)];
}

function kindOf({ contentType }: TimelineMessage): string {
  return contentType === 20 ? 'ChangeCipherSpec' : contentType === 21 ? 'Alert' : 'Handshake';
}

/** OpenSSL calls a HelloRetryRequest by the type that it has on the wire. */
function nameOf({ contentType, name, raw }: TimelineMessage): string {
  if (contentType === 20) return '';
  if (contentType === 21) {
    const [level, description = 0] = raw;
    return `, ${level === 1 ? 'warning' : 'fatal'} ${alertName(description) ?? description}`;
  }
  return `, ${name === 'hello_retry_request' ? 'ServerHello' : messageTitle(name)}`;
}

const BYTES_A_LINE = 16;

function hexLines(raw: Uint8Array): readonly Line[] {
  const lines: Line[] = [];
  for (let at = 0; at < raw.length; at += BYTES_A_LINE) {
    const bytes = [...raw.subarray(at, at + BYTES_A_LINE)].map((one) => one.toString(16).padStart(2, '0'));
    lines.push([segment(`    ${bytes.join(' ')}`, 'hex')]);
  }
  return lines;
}

function agreedLines({ negotiated }: Timeline): readonly Line[] {
  const { version, suite, group, scheme, alpn, resumed } = negotiated;
  const name = version === 0x0304 ? 'TLSv1.3' : 'TLSv1.2';
  const cipher = suite === undefined ? '(NONE)' : suiteNames(suite).openssl;
  const lines: Line[] = [];
  if (scheme !== undefined) lines.push(plain(`Peer signature type: ${codePoint(scheme, signatureSchemeName)}`));
  if (group !== undefined) {
    const text = codePoint(group, groupName);
    lines.push(plain(version === 0x0304 ? `Negotiated TLS1.3 group: ${text}` : `Peer Temp Key: ${text}`));
  }
  lines.push([segment(`${resumed ? 'Reused' : 'New'}, ${name}, Cipher is ${cipher}`, 'good')]);
  lines.push(plain(alpn === undefined ? 'No ALPN negotiated' : `ALPN protocol: ${quoteWireText(alpn).slice(1, -1)}`));
  lines.push(plain(`Early data was ${EARLY[negotiated.earlyData ?? 'none']}`));
  return lines;
}

const EARLY = { none: 'not sent', offered: 'not sent', accepted: 'accepted', rejected: 'rejected' } as const;

function plain(text: string): Line {
  return [segment(text)];
}
