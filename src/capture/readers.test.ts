import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../bytes/bytes.ts';
import { timeText } from '../x509/time.ts';
import { IpReader } from './ip.ts';
import { ipPacketIn, isKnownLink } from './link.ts';
import { readCapture, readerFor } from './open_file.ts';
import { type CaptureItem, LINK_TYPE, MAX_PACKET } from './packets.ts';
import { PcapReader } from './pcap.ts';
import { PcapngReader } from './pcapng.ts';
import {
  block,
  ethernet,
  interfaceBlock,
  ipv4,
  ipv6,
  itemsOf,
  packetBlock,
  pcapFile,
  secretsBlock,
  sectionBlock,
  tcp,
} from './testing/frames.ts';

const A = fromHex('aabbcc');
const B = fromHex('ddee');
const times = (items: readonly CaptureItem[]): unknown[] =>
  items.map((item) => (item.kind === 'packet' ? item.time : item.kind));
const datas = (items: readonly CaptureItem[]): string[] =>
  items.map((item) => (item.kind === 'packet' ? toHex(item.data) : item.kind === 'remark' ? item.fault : item.kind));

describe('pcap', () => {
  it.each([
    [true, false, 1_000.005],
    [false, false, 1_000.005],
    [true, true, 1_000.000005],
    [false, true, 1_000.000005],
  ])(
    'little-endian %s, nanoseconds %s: packets come out whole, however the file is cut into pieces',
    (little, nano, time) => {
      const file = pcapFile(
        [
          { data: A, fraction: 5 },
          { data: B, length: 9 },
        ],
        { little, nano },
      );
      for (const size of [1, 3, 16, file.length]) {
        const items = itemsOf(new PcapReader(), file, size);
        expect(datas(items)).toEqual(['aabbcc', 'ddee']);
        expect(times(items)[0]).toBeCloseTo(time, 6);
        expect(items[1]).toMatchObject({ number: 2, length: 9, linkType: LINK_TYPE.ethernet });
      }
    },
  );

  it('a file that ends within a packet gives what is before it, and says where it ends', () => {
    const file = pcapFile([{ data: A }, { data: A }]);
    for (const cut of [1, 2, 3, 10]) {
      const items = itemsOf(new PcapReader(), file.subarray(0, file.length - cut));
      expect(datas(items)).toEqual(['aabbcc', 'cut_off']);
      expect(items[1]).toMatchObject({ offset: file.length - cut });
    }
  });

  it('a length that cannot be ends the reading, and nothing is allocated for it', () => {
    const file = pcapFile([{ data: A }]);
    file.set(fromHex('ffffffff'), 24 + 8);
    expect(itemsOf(new PcapReader(), file)).toMatchObject([
      { fault: 'packet_too_long', offset: 24, value: 0xffffffff },
    ]);
  });
});

describe('pcapng', () => {
  it('a time beyond every calendar is none', () => {
    const units = 0xffff_f000 * 2 ** 32;
    const file = concat(
      sectionBlock(),
      interfaceBlock(LINK_TYPE.ethernet),
      packetBlock(units, A),
      packetBlock(5000, B),
    );
    expect(times(itemsOf(new PcapngReader(), file))).toEqual([undefined, 5]);
    expect(timeText(Number.POSITIVE_INFINITY)).toBe('a time that no calendar has');
    expect(timeText(5000)).toBe('1970-01-01 00:00:05 UTC');
  });

  it.each([true, false])('little-endian %s: interfaces, times, secrets, unknown blocks', (little) => {
    const file = concat(
      sectionBlock(little),
      interfaceBlock(1, little),
      interfaceBlock(101, little, 9),
      block(0x99, fromHex('010203'), little),
      secretsBlock('CLIENT_RANDOM 00 00\n', little),
      packetBlock(2_000_007, A, little, 0),
      packetBlock(3_000_000_000, B, little, 1),
    );
    for (const size of [1, 7, file.length]) {
      const items = itemsOf(new PcapngReader(), file, size);
      expect(datas(items)).toEqual(['secrets', 'aabbcc', 'ddee']);
      expect(items[0]).toMatchObject({ text: 'CLIENT_RANDOM 00 00\n' });
      expect(items[1]).toMatchObject({ number: 1, linkType: 1 });
      expect(items[2]).toMatchObject({ number: 2, linkType: 101, time: 3000 });
      expect(times(items)[1]).toBeCloseTo(2000.007, 6);
    }
  });

  it('a second section may have the other byte order and begins with no interfaces', () => {
    const file = concat(
      sectionBlock(true),
      interfaceBlock(1, true),
      packetBlock(0, A, true),
      sectionBlock(false),
      packetBlock(0, B, false),
      interfaceBlock(101, false),
      packetBlock(0, B, false),
    );
    expect(datas(itemsOf(new PcapngReader(), file))).toEqual(['aabbcc', 'unknown_interface', 'ddee']);
  });

  it('if_tsresol may be a power of two', () => {
    const file = concat(sectionBlock(), interfaceBlock(1, true, 0x80 | 10), packetBlock(1536, A));
    expect(times(itemsOf(new PcapngReader(), file))).toEqual([1500]);
  });

  it('obsolete Packet Blocks and Simple Packet Blocks are read', () => {
    const n = (text: string): Uint8Array => fromHex(text);
    const old = block(2, concat(n('0000 0000 00000000 40420f00 03000000 03000000'), A));
    const simple = block(3, concat(n('02000000'), B));
    const items = itemsOf(new PcapngReader(), concat(sectionBlock(), interfaceBlock(1), old, simple));
    expect(datas(items)).toEqual(['aabbcc', 'ddee']);
    expect(times(items)).toEqual([1000, undefined]);
  });

  it('damage: a block length that cannot be, a packet longer than its block, a block too long to keep, the end within a block', () => {
    const start = concat(sectionBlock(), interfaceBlock(1));
    const wrong = packetBlock(0, A);
    wrong.set(fromHex('0b000000'), 4);
    expect(datas(itemsOf(new PcapngReader(), concat(start, wrong)))).toEqual(['block_length']);
    const long = packetBlock(0, A);
    long.set(fromHex('ff000000'), 8 + 12);
    expect(datas(itemsOf(new PcapngReader(), concat(start, long, packetBlock(0, B))))).toEqual([
      'packet_too_long',
      'ddee',
    ]);
    const huge = concat(fromHex('77000000 00000002'), new Uint8Array(0x2000000 - 8));
    const items = itemsOf(new PcapngReader(), concat(start, huge, packetBlock(0, B)), 1 << 16);
    expect(datas(items)).toEqual(['packet_too_long', 'ddee']);
    expect(datas(itemsOf(new PcapngReader(), concat(start, packetBlock(0, A).subarray(0, 30))))).toEqual(['cut_off']);
    expect(datas(itemsOf(new PcapngReader(), concat(start, secretsBlock('x', true, 0x57475756))))).toEqual([
      'unknown_secrets',
    ]);
  });
});

describe('which format a file has', () => {
  const pieces = async function* (...chunks: Uint8Array[]) {
    yield* chunks;
  };
  const all = async (...chunks: Uint8Array[]): Promise<string[]> => {
    const items: CaptureItem[] = [];
    for await (const item of readCapture(pieces(...chunks))) if (item.kind !== 'text') items.push(item);
    return datas(items);
  };

  it('is told by its first bytes, even when they come one by one', async () => {
    const file = pcapFile([{ data: A }]);
    expect(await all(...Array.from(file, (byte) => Uint8Array.of(byte)))).toEqual(['aabbcc']);
    expect(await all(concat(sectionBlock(), interfaceBlock(1), packetBlock(0, B)))).toEqual(['ddee']);
  });

  it('anything else is said to be no capture', async () => {
    expect(readerFor(fromHex('16030100'))).toBeUndefined();
    expect(await all(fromHex('16030100c0'))).toEqual(['not_a_capture']);
    expect(await all()).toEqual(['not_a_capture']);
  });
});

describe('links', () => {
  const four = ipv4(tcp({ seq: 1 }));
  const six = ipv6(tcp({ seq: 1 }));

  it.each([
    ['Ethernet', LINK_TYPE.ethernet, ethernet(four), four],
    ['Ethernet with IPv6', LINK_TYPE.ethernet, ethernet(six), six],
    ['VLAN', LINK_TYPE.ethernet, ethernet(four, [0x8100]), four],
    ['VLAN in VLAN', LINK_TYPE.ethernet, ethernet(four, [0x88a8, 0x8100]), four],
    ['null, little-endian', LINK_TYPE.null, concat(fromHex('02000000'), four), four],
    ['null, big-endian, IPv6 of macOS', LINK_TYPE.null, concat(fromHex('0000001e'), six), six],
    ['loop', LINK_TYPE.loop, concat(fromHex('00000002'), four), four],
    ['cooked v1', LINK_TYPE.linux_sll, concat(new Uint8Array(14), fromHex('0800'), four), four],
    ['cooked v1 with a VLAN', LINK_TYPE.linux_sll, concat(new Uint8Array(14), fromHex('8100 0005 86dd'), six), six],
    ['cooked v2', LINK_TYPE.linux_sll2, concat(fromHex('86dd'), new Uint8Array(18), six), six],
    ['raw', LINK_TYPE.raw, six, six],
    ['raw IPv4', LINK_TYPE.ipv4, four, four],
    ['PPPoE', LINK_TYPE.ethernet, concat(new Uint8Array(12), fromHex('8864 11000001 0014 0021'), four), four],
  ])('%s', (_, linkType, frame, packet) => {
    expect(isKnownLink(linkType)).toBe(true);
    expect(toHex(ipPacketIn(linkType, frame) ?? new Uint8Array())).toBe(toHex(packet));
  });

  it('ARP, short frames and unknown links hold no IP packet', () => {
    expect(ipPacketIn(LINK_TYPE.ethernet, concat(new Uint8Array(12), fromHex('0806'), four))).toBeUndefined();
    expect(ipPacketIn(LINK_TYPE.ethernet, new Uint8Array(3))).toBeUndefined();
    expect(ipPacketIn(LINK_TYPE.ethernet, concat(new Uint8Array(12), fromHex('8100')))).toBeUndefined();
    expect(ipPacketIn(147, four)).toBeUndefined();
    expect(isKnownLink(147)).toBe(false);
  });
});

describe('IP', () => {
  const segment = tcp({ seq: 7, data: Uint8Array.from({ length: 100 }, (_, i) => i) });
  const hex = (packet: Uint8Array, reader = new IpReader()): string | undefined => {
    const found = reader.read(packet);
    return found === undefined ? undefined : toHex(found.payload);
  };

  it('what a frame has behind the packet is left out; what the capture cut off is noticed', () => {
    const packet = ipv4(segment);
    expect(hex(concat(packet, new Uint8Array(6)))).toBe(toHex(segment));
    expect(new IpReader().read(packet.subarray(0, 90))).toMatchObject({ cut: true });
    expect(new IpReader().read(packet)).toMatchObject({ cut: false });
  });

  it('a total length of zero, as segmentation offload leaves it, means the frame', () => {
    const packet = ipv4(segment);
    packet.set([0, 0], 2);
    expect(hex(packet)).toBe(toHex(segment));
  });

  it('RFC 8200 4: extension headers are passed over', () => {
    const options = fromHex('00 00 010400000000');
    const authentication = fromHex('00 02 0000 00000001 00000001 00000000');
    expect(
      hex(
        ipv6(segment, [
          [0, options],
          [60, options],
          [43, fromHex('0001 0000 00000000 0000000000000000')],
          [51, authentication],
        ]),
      ),
    ).toBe(toHex(segment));
  });

  it('fragments of IPv4 in any order, one of them twice, make the packet', () => {
    const parts = [0, 48, 96].map((offset) =>
      ipv4(segment.subarray(offset, offset + 48), { id: 5, offset, more: offset < 96 }),
    );
    const other = ipv4(segment.subarray(0, 48), { id: 6, more: true });
    const reader = new IpReader();
    const order = [2, 0, 0, 1].map((i) => parts[i] as Uint8Array);
    expect([other, ...order].map((packet) => hex(packet, reader))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      toHex(segment),
    ]);
  });

  it('RFC 8200 4.5: fragments of IPv6', () => {
    const reader = new IpReader();
    const fragment = (offset: number, more: number): Uint8Array =>
      concat(fromHex('0000'), Uint8Array.of(offset >> 8, offset | more), fromHex('00000009'));
    expect(hex(ipv6(segment.subarray(0, 64), [[44, fragment(0, 1)]]), reader)).toBeUndefined();
    expect(hex(ipv6(segment.subarray(64), [[44, fragment(64, 0)]]), reader)).toBe(toHex(segment));
    expect(hex(ipv6(segment, [[44, fragment(0, 0)]]), reader)).toBe(toHex(segment));
  });

  it('fragments that never become whole are given up, the oldest first', () => {
    const reader = new IpReader();
    for (let id = 0; id < 100; id++) reader.read(ipv4(segment.subarray(0, 48), { id, more: true }));
    expect(reader.dropped).toBe(36);
    expect(hex(ipv4(segment.subarray(48), { id: 99, offset: 48 }), reader)).toBe(toHex(segment));
    expect(hex(ipv4(segment.subarray(48), { id: 0, offset: 48 }), reader)).toBeUndefined();
  });

  it('other protocols, other versions and headers that cannot be give nothing', () => {
    const udp = ipv4(segment);
    udp[9] = 17;
    for (const packet of [udp, fromHex('45'), fromHex('4f'), fromHex('60'), fromHex('30'), new Uint8Array(0)]) {
      expect(new IpReader().read(packet)).toBeUndefined();
    }
    expect(new IpReader().read(ipv6(segment, [[60, fromHex('00ff000000000000')]]))?.payload.length).toBe(0);
    expect(MAX_PACKET).toBeGreaterThan(65_535);
  });
});
