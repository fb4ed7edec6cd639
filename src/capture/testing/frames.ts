// Capture files for tests, built byte by byte: pcap and pcapng in both byte orders, frames of every link, IP of both versions with
// extension headers and fragments, and the segments of a TCP connection.

import { ascii, concat, EMPTY } from '../../bytes/bytes.ts';
import { numberBytes } from '../numbers.ts';
import type { CaptureItem, PacketReader } from '../packets.ts';

const be = (value: number, size: 2 | 4): Uint8Array => numberBytes(value, size, false);

export interface FilePacket {
  /** Seconds and the fraction in the file's unit. */
  readonly seconds?: number;
  readonly fraction?: number;
  readonly data: Uint8Array;
  readonly length?: number;
}

export interface FileOptions {
  readonly little?: boolean;
  readonly nano?: boolean;
  readonly linkType?: number;
}

export function pcapFile(packets: readonly FilePacket[], options: FileOptions = {}): Uint8Array {
  const { little = true, nano = false, linkType = 1 } = options;
  const n = (value: number, size: 2 | 4 = 4): Uint8Array => numberBytes(value, size, little);
  const header = concat(n(nano ? 0xa1b23c4d : 0xa1b2c3d4), n(2, 2), n(4, 2), n(0), n(0), n(262144), n(linkType));
  const records = packets.map(({ seconds = 1, fraction = 0, data, length = data.length }) =>
    concat(n(seconds), n(fraction), n(data.length), n(length), data),
  );
  return concat(header, ...records);
}

/** A block of pcapng: body padded, length on both ends. */
export function block(type: number, body: Uint8Array, little = true): Uint8Array {
  const padded = concat(body, new Uint8Array(-body.length & 3));
  const length = numberBytes(padded.length + 12, 4, little);
  return concat(numberBytes(type, 4, little), length, padded, length);
}

export function sectionBlock(little = true): Uint8Array {
  const n = (value: number, size: 2 | 4 = 4): Uint8Array => numberBytes(value, size, little);
  return block(0x0a0d0d0a, concat(n(0x1a2b3c4d), n(1, 2), n(0, 2), new Uint8Array(8).fill(255)), little);
}

export function interfaceBlock(linkType: number, little = true, resolution?: number): Uint8Array {
  const n = (value: number, size: 2 | 4 = 4): Uint8Array => numberBytes(value, size, little);
  const option = resolution === undefined ? EMPTY : concat(n(9, 2), n(1, 2), Uint8Array.of(resolution, 0, 0, 0), n(0));
  return block(1, concat(n(linkType, 2), n(0, 2), n(0), option), little);
}

export function packetBlock(units: number, data: Uint8Array, little = true, id = 0): Uint8Array {
  const n = (value: number): Uint8Array => numberBytes(value, 4, little);
  const time = concat(n(Math.floor(units / 2 ** 32)), n(units % 2 ** 32));
  return block(6, concat(n(id), time, n(data.length), n(data.length), data), little);
}

export function secretsBlock(text: string, little = true, type = 0x544c534b): Uint8Array {
  const n = (value: number): Uint8Array => numberBytes(value, 4, little);
  const bytes = ascii(text);
  return block(10, concat(n(type), n(bytes.length), bytes), little);
}

export function ethernet(ip: Uint8Array, tags: readonly number[] = []): Uint8Array {
  const type = (ip[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
  const vlans = tags.map((tag) => concat(be(tag, 2), be(5, 2)));
  return concat(new Uint8Array(12), ...vlans, be(type, 2), ip);
}

export interface IpOptions {
  readonly from?: number;
  readonly to?: number;
  readonly id?: number;
  /** In bytes. */
  readonly offset?: number;
  readonly more?: boolean;
}

export function ipv4(payload: Uint8Array, { from = 1, to = 2, id = 0, offset = 0, more = false }: IpOptions = {}) {
  const flags = (more ? 0x2000 : 0) | (offset / 8);
  return concat(
    Uint8Array.of(0x45, 0),
    be(20 + payload.length, 2),
    be(id, 2),
    be(flags, 2),
    Uint8Array.of(64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to),
    payload,
  );
}

export function ipv6(payload: Uint8Array, headers: readonly (readonly [type: number, bytes: Uint8Array])[] = []) {
  const types = [...headers.map(([type]) => type), 6];
  const extensions = headers.map(([, bytes], i) => concat(Uint8Array.of(types[i + 1] ?? 6), bytes.subarray(1)));
  const rest = concat(...extensions, payload);
  const address = (last: number): Uint8Array => Uint8Array.of(0xfd, ...new Uint8Array(14), last);
  return concat(be(0x60000000, 4), be(rest.length, 2), Uint8Array.of(types[0] ?? 6, 64), address(1), address(2), rest);
}

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const ACK = 16;

export interface TcpOptions {
  readonly from?: number;
  readonly to?: number;
  readonly seq: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly data?: Uint8Array;
}

export function tcp({ from = 40000, to = 443, seq, ack, flags = 0, data = EMPTY }: TcpOptions): Uint8Array {
  const bits = flags | (ack === undefined ? 0 : ACK);
  return concat(
    be(from, 2),
    be(to, 2),
    be(seq, 4),
    be(ack ?? 0, 4),
    Uint8Array.of(0x50, bits, 255, 255, 0, 0, 0, 0),
    data,
  );
}

/** Everything that a reader gives for a file that comes in pieces of `size` bytes; data copied. */
export function itemsOf(reader: PacketReader, file: Uint8Array, size = file.length): CaptureItem[] {
  const items: CaptureItem[] = [];
  const take = (some: Iterable<CaptureItem>): void => {
    for (const item of some) items.push(item.kind === 'packet' ? { ...item, data: item.data.slice() } : item);
  };
  for (let at = 0; at < file.length; at += size) take(reader.push(file.subarray(at, at + size)));
  take(reader.end());
  return items;
}
