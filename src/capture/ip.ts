// IPv4 (RFC 791) and IPv6 (RFC 8200) as far as it takes to find TCP: header lengths, extension headers, fragments. Fragments wait
// for each other in a table of bounded size; the oldest gives way. Checksums are not looked at: captures are made before the
// network card fills them in.

import { latin1 } from '../bytes/bytes.ts';
import { u16, u32 } from './numbers.ts';

export const TCP = 6;

export interface IpPayload {
  /** 4 or 16 bytes. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly payload: Uint8Array;
  /** Whether bytes of it are missing, because the capture cut the packet off. */
  readonly cut: boolean;
}

/** Packets whose fragments have not all come. */
const MAX_PARTIAL = 64;
const MAX_DATAGRAM = 65_535;
/** Fragments of one packet: 64 kB in pieces of the smallest links are fewer. */
const MAX_FRAGMENTS = 1024;

interface Fragment {
  readonly offset: number;
  readonly data: Uint8Array;
}

interface Partial {
  readonly fragments: Fragment[];
  /** Known with the last fragment. */
  length: number | undefined;
}

interface Found {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly protocol: number;
  readonly payload: Uint8Array;
  readonly cut: boolean;
  readonly fragment: { readonly id: number; readonly offset: number; readonly more: boolean } | undefined;
}

export class IpReader {
  private readonly partial = new Map<string, Partial>();

  /** Fragments that were given up because too many others waited, or because they contradict each other. */
  dropped = 0;

  /** The TCP segment in an IP packet, or that a fragment completes; undefined for all else. */
  read(packet: Uint8Array): IpPayload | undefined {
    const version = (packet[0] ?? 0) >> 4;
    const found = version === 4 ? readIpv4(packet) : version === 6 ? readIpv6(packet) : undefined;
    if (found === undefined || found.protocol !== TCP) return undefined;
    if (found.fragment === undefined) return found;
    const payload = this.assemble(found, found.fragment);
    return payload === undefined ? undefined : { ...found, payload };
  }

  private assemble(found: Found, { id, offset, more }: NonNullable<Found['fragment']>): Uint8Array | undefined {
    if (found.cut || offset + found.payload.length > MAX_DATAGRAM) {
      this.dropped++;
      return undefined;
    }
    const key = `${id} ${latin1(found.source)}${latin1(found.destination)}`;
    const waiting = this.partial.get(key) ?? { fragments: [], length: undefined };
    if (!this.partial.has(key)) this.makeRoom();
    this.partial.set(key, waiting);
    waiting.fragments.push({ offset, data: found.payload.slice() });
    if (!more) waiting.length = offset + found.payload.length;
    const { length } = waiting;
    if (waiting.fragments.length > MAX_FRAGMENTS) this.giveUp(key);
    if (length === undefined) return undefined;
    const whole = joined(waiting.fragments, length);
    if (whole !== undefined) this.partial.delete(key);
    return whole;
  }

  private makeRoom(): void {
    if (this.partial.size < MAX_PARTIAL) return;
    for (const oldest of this.partial.keys()) {
      this.giveUp(oldest);
      return;
    }
  }

  private giveUp(key: string): void {
    this.partial.delete(key);
    this.dropped++;
  }
}

/** All bytes from 0 to `length`, or undefined while there is a hole. What came first stays. */
function joined(fragments: readonly Fragment[], length: number): Uint8Array | undefined {
  const out = new Uint8Array(length);
  let end = 0;
  for (const { offset, data } of [...fragments].sort((a, b) => a.offset - b.offset)) {
    if (offset > end) return undefined;
    const fresh = data.subarray(end - offset, Math.max(end - offset, length - offset));
    out.set(fresh, end);
    end += fresh.length;
  }
  return end === length ? out : undefined;
}

function readIpv4(packet: Uint8Array): Found | undefined {
  const header = ((packet[0] ?? 0) & 15) * 4;
  if (header < 20 || packet.length < header) return undefined;
  // Zero where the card cuts the segments (TSO): then the frame tells the length.
  const total = u16(packet, 2, false) || packet.length;
  if (total < header) return undefined;
  const flags = u16(packet, 6, false);
  const [offset, more] = [(flags & 0x1fff) * 8, (flags & 0x2000) !== 0];
  return {
    source: packet.subarray(12, 16),
    destination: packet.subarray(16, 20),
    protocol: packet[9] ?? 0,
    payload: packet.subarray(header, Math.min(total, packet.length)),
    cut: total > packet.length,
    fragment: offset > 0 || more ? { id: u16(packet, 4, false), offset, more } : undefined,
  };
}

/** Extension headers that may stand before TCP (RFC 8200 4.1). */
const EXTENSIONS = { hop_by_hop: 0, routing: 43, fragment: 44, authentication: 51, destination: 60, mobility: 135 };
const IS_EXTENSION: ReadonlySet<number> = new Set(Object.values(EXTENSIONS));

/** In bytes; `said` is the header's second byte: units of 8 bytes, of 4 in RFC 4302, and nothing in a fragment header. */
function extensionLength(type: number, said: number): number {
  if (type === EXTENSIONS.fragment) return 8;
  return type === EXTENSIONS.authentication ? 4 * (said + 2) : 8 * (said + 1);
}

function readIpv6(packet: Uint8Array): Found | undefined {
  if (packet.length < 40) return undefined;
  const said = u16(packet, 4, false);
  const total = said === 0 ? packet.length : 40 + said;
  const end = Math.min(total, packet.length);
  let next = packet[6] ?? 0;
  let at = 40;
  let fragment: Found['fragment'];
  while (IS_EXTENSION.has(next)) {
    if (at + 8 > end) return undefined;
    const length = extensionLength(next, packet[at + 1] ?? 0);
    if (next === EXTENSIONS.fragment) {
      const field = u16(packet, at + 2, false);
      const [offset, more] = [field & 0xfff8, (field & 1) !== 0];
      // RFC 6946: a fragment that is the whole packet is no fragment.
      if (offset > 0 || more) fragment = { id: u32(packet, at + 4, false), offset, more };
    }
    next = packet[at] ?? 0;
    at += length;
    if (fragment !== undefined && fragment.offset > 0) break;
  }
  return {
    source: packet.subarray(8, 24),
    destination: packet.subarray(24, 40),
    protocol: next,
    payload: packet.subarray(Math.min(at, end), end),
    cut: total > packet.length,
    fragment,
  };
}
