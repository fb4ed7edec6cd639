// An IP packet with a TCP segment in it (RFC 791, 8200, 9293), checksums included, for captures that are written and not caught.

import { concat } from '../bytes/bytes.ts';
import type { Endpoint } from './flows.ts';
import { TCP } from './ip.ts';
import { numberBytes, u16 } from './numbers.ts';

export const FIN = 1;
export const SYN = 2;
export const PSH = 8;
export const ACK = 16;

interface TcpPacket {
  /** Both addresses have 4 bytes, or both have 16. */
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

const n = (value: number, size: 2 | 4): Uint8Array => numberBytes(value, size, false);

export function tcpPacket({ source, destination, sequence, acknowledged, flags, data }: TcpPacket): Uint8Array {
  const ports = concat(n(source.port, 2), n(destination.port, 2));
  // A header of five words, a full window, no checksum yet, no urgent data.
  const rest = Uint8Array.of(0x50, flags, 0xff, 0xff, 0, 0, 0, 0);
  const segment = concat(ports, n(sequence, 4), n(acknowledged, 4), rest, data);
  const addresses = concat(source.address, destination.address);
  // RFC 9293 3.1: the pseudo-header of either IP adds up to the same words.
  segment.set(checksum(concat(addresses, n(TCP, 4), n(segment.length, 4), segment)), 16);
  return source.address.length === 4 ? ipv4(addresses, segment) : ipv6(addresses, segment);
}

function ipv4(addresses: Uint8Array, segment: Uint8Array): Uint8Array {
  const length = n(20 + segment.length, 2);
  // Version and header length; "don't fragment"; a time to live of 64.
  const header = concat(Uint8Array.of(0x45, 0), length, Uint8Array.of(0, 0, 0x40, 0, 64, TCP, 0, 0), addresses);
  header.set(checksum(header), 10);
  return concat(header, segment);
}

function ipv6(addresses: Uint8Array, segment: Uint8Array): Uint8Array {
  return concat(n(0x60000000, 4), n(segment.length, 2), Uint8Array.of(TCP, 64), addresses, segment);
}

/** RFC 1071. */
function checksum(bytes: Uint8Array): Uint8Array {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += u16(bytes, i, false);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return n(~sum & 0xffff, 2);
}
