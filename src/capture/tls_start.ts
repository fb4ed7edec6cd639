// Where TLS begins in a connection: on any port, at its first byte or behind the plain words of STARTTLS (RFC 3207), CONNECT
// (RFC 9110 9.3.6), PROXY or SOCKS. A ClientHello is told by eleven bytes of record header, handshake header and version; a
// connection whose beginning was not captured, by the first bytes of a record. Keeps ten bytes a direction.

import { concat, EMPTY } from '../bytes/bytes.ts';
import { DEFAULT_LIMITS } from '../record/limits.ts';
import { CONTENT_TYPE, HANDSHAKE_TYPE } from '../wire/registry/names.ts';
import type { FlowSide } from './flows.ts';
import { u16 } from './numbers.ts';

interface TlsStart {
  readonly client: FlowSide;
  /** The bytes that TLS begins with, and the side that sent them. */
  readonly from: FlowSide;
  readonly bytes: Uint8Array;
  /** Plain bytes of that side before. */
  readonly before: number;
  /** False where the beginning is missing from the capture. */
  readonly whole: boolean;
}

/** What a protocol says before STARTTLS. */
const MAX_BEFORE = 2 ** 16;
const SIGNATURE = 11;

interface Direction {
  tail: Uint8Array;
  count: number;
}

export class TlsSearch {
  private readonly directions: readonly [Direction, Direction] = [
    { tail: EMPTY, count: 0 },
    { tail: EMPTY, count: 0 },
  ];
  /** No ClientHello in as many bytes as are looked at. */
  failed = false;

  /** `joined`: the beginning of this direction was not captured. `lowPort`: the side whose port is the smaller. */
  push(from: FlowSide, bytes: Uint8Array, joined: boolean, lowPort: FlowSide): TlsStart | undefined {
    const direction = this.directions[from];
    const all = direction.tail.length === 0 ? bytes : concat(direction.tail, bytes);
    const before = direction.count - direction.tail.length;
    const at = helloIn(all, before === 0);
    if (at >= 0) return { client: from, from, bytes: all.subarray(at), before: before + at, whole: true };
    if (direction.count === 0 || joined) {
      const client = clientBy(bytes, from, lowPort, joined);
      if (client !== undefined) return { client, from, bytes, before: direction.count, whole: false };
    }
    direction.count += bytes.length;
    direction.tail = all.slice(Math.max(0, all.length - SIGNATURE + 1));
    if (this.directions[0].count > MAX_BEFORE || this.directions[1].count > MAX_BEFORE) this.failed = true;
    return undefined;
  }
}

/** The place of a ClientHello, or -1. At the first byte of a stream fewer bytes settle it. */
function helloIn(bytes: Uint8Array, first: boolean): number {
  if (first && bytes.length >= 6 && isRecord(bytes, 0) && bytes[0] === CONTENT_TYPE.handshake) {
    if (bytes[5] === HANDSHAKE_TYPE.client_hello) return 0;
  }
  for (let at = bytes.indexOf(CONTENT_TYPE.handshake); at >= 0; at = bytes.indexOf(CONTENT_TYPE.handshake, at + 1)) {
    if (at + SIGNATURE > bytes.length) return -1;
    if (isHello(bytes, at)) return at;
  }
  return -1;
}

function isHello(bytes: Uint8Array, at: number): boolean {
  return (
    isRecord(bytes, at) &&
    bytes[at + 5] === HANDSHAKE_TYPE.client_hello &&
    bytes[at + 6] === 0 &&
    u16(bytes, at + 7, false) >= 38 &&
    bytes[at + 9] === 3 &&
    (bytes[at + 10] ?? 255) <= 4
  );
}

/** The longest fragment of a record, of either version (RFC 5246 6.2.3). */
export const MAX_FRAGMENT = DEFAULT_LIMITS.plaintext + DEFAULT_LIMITS.expansion12;

/** Whether a record header can stand here. */
export function isRecord(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at] ?? 0;
  const length = u16(bytes, at + 3, false);
  return (
    type >= CONTENT_TYPE.change_cipher_spec &&
    type <= CONTENT_TYPE.application_data &&
    bytes[at + 1] === 3 &&
    (bytes[at + 2] ?? 255) <= 4 &&
    length > 0 &&
    length <= MAX_FRAGMENT
  );
}

/**
 * Where a record begins among bytes that go on from somewhere within one: a header, and behind its record another or the end.
 * -1 when there is none.
 */
export function findRecord(bytes: Uint8Array): number {
  for (let at = 0; at + 5 <= bytes.length; at++) {
    if (!isRecord(bytes, at)) continue;
    const next = at + 5 + u16(bytes, at + 3, false);
    if (next === bytes.length || (next + 5 <= bytes.length && isRecord(bytes, next))) return at;
  }
  return -1;
}

/** Which side is the client of a connection that was joined: a ServerHello tells, else the larger port. */
function clientBy(bytes: Uint8Array, from: FlowSide, lowPort: FlowSide, joined: boolean): FlowSide | undefined {
  if (bytes.length < 6 || !isRecord(bytes, 0)) return undefined;
  const other: FlowSide = from === 0 ? 1 : 0;
  if (bytes[0] === CONTENT_TYPE.handshake && bytes[5] === HANDSHAKE_TYPE.server_hello) return other;
  if (!joined) return undefined;
  // In the middle of something else these bytes come up by chance: the record has to be followed by another or end the segment.
  return findRecord(bytes) === 0 ? (lowPort === 0 ? 1 : 0) : undefined;
}
