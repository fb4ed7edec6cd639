import { describe, expect, it } from 'vitest';
import { ascii, concat } from '../bytes/bytes.ts';
import type { Endpoint } from './flows.ts';
import { FlowTable } from './flows.ts';
import { IpReader } from './ip.ts';
import { u16 } from './numbers.ts';
import type { CaptureItem } from './packets.ts';
import { PcapngReader } from './pcapng.ts';
import { itemsOf } from './testing/frames.ts';
import { CaptureWriter, type ConnectionTap } from './write_pcapng.ts';

const end = (length: 4 | 16, last: number, port: number): Endpoint => ({
  address: new Uint8Array(length).fill(last),
  port,
});
const TIME = 1_700_000_000_000.125;

function written(length: 4 | 16, talk: (tap: ConnectionTap) => void): CaptureItem[] {
  const parts: Uint8Array[] = [];
  const writer = new CaptureWriter({ write: (bytes) => void parts.push(bytes), application: 'test' });
  talk(writer.connection({ client: end(length, 1, 50000), server: end(length, 2, 443) }, TIME));
  return itemsOf(new PcapngReader(), concat(...parts));
}

/** RFC 1071: over a right checksum and what it covers the sum is all ones. */
function sum(bytes: Uint8Array): number {
  let all = 0;
  for (let i = 0; i < bytes.length; i += 2) all += u16(bytes, i, false);
  while (all > 0xffff) all = (all & 0xffff) + (all >>> 16);
  return all;
}

describe.each([4, 16] as const)('addresses of %s bytes', (length) => {
  it('what was written reads as the streams that were given, with both ends closed', () => {
    const items = written(length, (tap) => {
      tap.bytes('client', ascii('hello'), TIME);
      tap.bytes('server', new Uint8Array(70_000).fill(7), TIME + 1);
      tap.end('server', TIME + 2);
      tap.close(TIME + 3);
    });
    const [ip, table] = [new IpReader(), new FlowTable()];
    const streams = ['', ''];
    const ends: string[] = [];
    for (const item of items) {
      if (item.kind !== 'packet') throw new Error(item.kind);
      const packet = ip.read(item.data);
      if (packet === undefined) throw new Error('no TCP');
      for (const { from, delivery } of table.accept(packet, { frame: item.number, time: item.time ?? 0 })) {
        if (delivery.kind === 'bytes')
          streams[from] += String.fromCharCode(...delivery.bytes.subarray(0, 5), delivery.bytes.length);
        else ends.push(`${from} ${delivery.kind}`);
      }
    }
    expect(streams[0]).toBe(`hello${String.fromCharCode(5)}`);
    expect(streams[1]?.length).toBe(18);
    expect(ends).toEqual(['1 fin', '0 fin', '0 closed']);
    expect(items[0]).toMatchObject({ linkType: 101, time: TIME });
  });

  it('checksums of IP and TCP are right', () => {
    const items = written(length, (tap) => {
      tap.bytes('client', ascii('odd'), TIME);
      tap.release();
    });
    for (const item of items) {
      if (item.kind !== 'packet') continue;
      const header = length === 4 ? 20 : 40;
      const segment = item.data.subarray(header);
      const addresses = item.data.subarray(header - 2 * length, header);
      const pseudo = concat(addresses, Uint8Array.of(0, 6, segment.length >> 8, segment.length));
      expect(sum(concat(pseudo, segment))).toBe(0xffff);
      if (length === 4) expect(sum(item.data.subarray(0, header))).toBe(0xffff);
    }
  });
});

describe('secrets', () => {
  it('stand before the packets of their handshake, and later ones where they come', () => {
    const items = written(4, (tap) => {
      tap.bytes('client', ascii('hello'), TIME);
      tap.secret('CLIENT_RANDOM 00 11');
      tap.bytes('server', ascii('sealed'), TIME);
      tap.release();
      tap.secret('LATER 00 11');
      tap.bytes('client', ascii('more'), TIME);
    });
    expect(items.map((item) => (item.kind === 'secrets' ? item.text : item.kind))).toEqual([
      'CLIENT_RANDOM 00 11\n',
      ...Array.from({ length: 5 }, () => 'packet'),
      'LATER 00 11\n',
      'packet',
    ]);
  });

  it('packets wait for them up to a megabyte', () => {
    const items = written(4, (tap) => {
      for (let i = 0; i < 40; i++) tap.bytes('client', new Uint8Array(2 ** 15), TIME);
    });
    expect(items.length).toBeGreaterThan(30);
  });
});
