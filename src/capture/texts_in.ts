// Inputs that are no captures of packets and hold TLS all the same, told from their text: what `openssl s_client -msg` printed, a NetLog
// of Chrome, and dumps in hexadecimal. The first two have messages that were opened by an end; a dump has records.

import { fromHex } from '../bytes/bytes.ts';
import type { Side } from '../inspect/trace.ts';
import { CONTENT_TYPE, HANDSHAKE_TYPE } from '../wire/registry/names.ts';
import { netLogPieces } from './netlog.ts';
import { u16 } from './numbers.ts';
import { isRecord } from './tls_start.ts';

/** Something that one side sent: a message of its own, or bytes of records when there is no content type. */
export interface TextPiece {
  /** Which connection; pieces of several may be mixed. */
  readonly connection: string;
  readonly from: Side;
  readonly contentType: number | undefined;
  readonly bytes: Uint8Array;
  /** Nothing says who sent it: it is one whole record, and `from` is likely. */
  readonly guessed: boolean;
  /** The line of the text, or the number of the event. */
  readonly place: number;
  /** Milliseconds since 1970; 0 where nothing tells. */
  readonly time: number;
}

/** Longer texts are not read: a dump of this length has 20 MB of TLS. */
export const MAX_TEXT = 2 ** 26;

/** Undefined for a text that is none of these. */
export function piecesOf(text: string): readonly TextPiece[] | undefined {
  if (/^\s*\{/.test(text)) return netLogPieces(text);
  const messages = opensslPieces(text);
  return messages.length > 0 ? messages : dumpPieces(text);
}

const MESSAGE = /^(<<<|>>>) (?:[^,]*), (\w+) \[length ([0-9a-f]+)\]/;
const OPENSSL_KINDS: Readonly<Record<string, number>> = {
  Handshake: CONTENT_TYPE.handshake,
  ChangeCipherSpec: CONTENT_TYPE.change_cipher_spec,
  Alert: CONTENT_TYPE.alert,
};

/** `>>> TLS 1.3, Handshake [length 00ee], ClientHello`, then lines of sixteen bytes behind four blanks. */
function opensslPieces(text: string): readonly TextPiece[] {
  const lines = text.split(/\r?\n/);
  const found: { sent: boolean; contentType: number; bytes: Uint8Array; place: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    const [, arrow, kind = '', length = ''] = MESSAGE.exec(lines[i] ?? '') ?? [];
    const contentType = OPENSSL_KINDS[kind];
    if (contentType === undefined) continue;
    let digits = '';
    const place = i + 1;
    const wanted = 2 * Number.parseInt(length, 16);
    for (let hex = hexLine(lines[i + 1]); hex !== undefined && digits.length < wanted; hex = hexLine(lines[i + 1])) {
      digits += hex;
      i++;
    }
    found.push({ sent: arrow === '>>>', contentType, bytes: fromHex(digits.slice(0, wanted)), place });
  }
  const first = found.find(
    ({ contentType, bytes }) => contentType === CONTENT_TYPE.handshake && bytes[0] !== undefined,
  );
  // Whoever sent the first ClientHello is the client: the text may be that of s_server.
  const clientSends = first === undefined || (first.bytes[0] === HANDSHAKE_TYPE.client_hello) === first.sent;
  return found.map(({ sent, contentType, bytes, place }) => {
    const from: Side = sent === clientSends ? 'client' : 'server';
    return { connection: '', from, contentType, bytes, guessed: false, place, time: 0 };
  });
}

function hexLine(line: string | undefined): string | undefined {
  return line !== undefined && /^ {4}(?:[0-9a-f]{2} ?)+$/.test(line) ? line.replaceAll(' ', '') : undefined;
}

/** Behind an offset: bytes in hexadecimal, and behind two blanks or a bar their text. Short lines alone: it looks back. */
const DUMP = /^(?:(?:0x)?[0-9a-f]{4,8}(?::\s*|\s{2,}))?((?:[0-9a-f]{2}[ :]?)+)(?:\s{2,}.*|\s*\|.*|\s*)$/i;
/** Lines of dumps are shorter; longer ones are digits and nothing else. */
const MAX_DUMP_LINE = 256;
const DIGITS = /^[0-9a-f\s:]*$/i;

/** The digits of a line without what is around them; empty for a line that is none of a dump. */
function digitsOf(line: string): string {
  const digits = line.length > MAX_DUMP_LINE ? (DIGITS.test(line) ? line : '') : (DUMP.exec(line)?.[1] ?? '');
  const plain = digits.replaceAll(/[\s:]/g, '');
  return plain.length % 2 === 0 ? plain : '';
}

/**
 * Dumps of xxd, hexdump -C, tcpdump -x without headers, Wireshark's "Follow stream" (whose indented lines are the server's), or bare
 * digits; `>` and `<` before a line say who sent it. Where nothing says it, the records do.
 */
function dumpPieces(text: string): readonly TextPiece[] | undefined {
  const pieces: { from: Side; bytes: Uint8Array; place: number }[] = [];
  let told = false;
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const trimmed = line.trim();
    if (trimmed === '' || /^(?:#|\/\/)/.test(trimmed)) continue;
    const arrow = /^[<>]/.exec(trimmed)?.[0] ?? '';
    const plain = digitsOf(trimmed.slice(arrow.length).trimStart());
    if (plain === '') return undefined;
    const indent = line.length - line.trimStart().length;
    const back = arrow === '<' || (arrow === '' && indent >= 4);
    told ||= arrow !== '' || back;
    pieces.push({ from: back ? 'server' : 'client', bytes: fromHex(plain), place: i + 1 });
  }
  if (pieces.length === 0) return undefined;
  const records = told ? pieces : byRecords(pieces);
  return records?.map((piece) => ({ ...piece, connection: '', contentType: undefined, guessed: !told, time: 0 }));
}

/** Handshake messages in the clear that only a server sends. */
const SERVERS: ReadonlySet<number> = new Set([
  HANDSHAKE_TYPE.server_hello,
  HANDSHAKE_TYPE.new_session_ticket,
  HANDSHAKE_TYPE.certificate_status,
  HANDSHAKE_TYPE.server_key_exchange,
  HANDSHAKE_TYPE.certificate_request,
  HANDSHAKE_TYPE.server_hello_done,
]);

/** One stream of both sides' records is told apart as far as its messages are in the clear; others go on from the side before. */
function byRecords(pieces: readonly { bytes: Uint8Array; place: number }[]) {
  const all = new Uint8Array(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0));
  /** Where each piece begins. */
  const starts: number[] = [];
  let length = 0;
  for (const { bytes } of pieces) {
    all.set(bytes, length);
    starts.push(length);
    length += bytes.length;
  }
  let piece = 0;
  const out: { from: Side; bytes: Uint8Array; place: number }[] = [];
  let from: Side = 'client';
  for (let at = 0; at < all.length; ) {
    if (!isRecord(all, at)) return out.length === 0 ? undefined : out;
    const end = at + 5 + u16(all, at + 3, false);
    if (all[at] === CONTENT_TYPE.handshake) {
      const type = all[at + 5] ?? 0;
      if (SERVERS.has(type)) from = 'server';
      else if (type === HANDSHAKE_TYPE.client_hello || type === HANDSHAKE_TYPE.client_key_exchange) from = 'client';
    }
    while ((starts[piece + 1] ?? Number.POSITIVE_INFINITY) <= at) piece++;
    const place = pieces[piece]?.place ?? 1;
    out.push({ from, bytes: all.subarray(at, end), place });
    at = end;
  }
  return out;
}
