import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascii, concat, fromHex, latin1 } from '../bytes/bytes.ts';
import { type FlowEvent, FlowTable } from './flows.ts';
import { IpReader } from './ip.ts';
import { ACK, FIN, ipv4, RST, SYN, type TcpOptions, tcp } from './testing/frames.ts';
import { findRecord, TlsSearch } from './tls_start.ts';

interface Step extends TcpOptions {
  readonly server?: boolean;
  readonly port?: number;
}

const client = (options: TcpOptions & { port?: number }): Step => ({ ...options });
const server = (options: TcpOptions & { port?: number }): Step => ({ ...options, server: true });

/** The events of these segments, as text: `0 hello`, `1 gap 5`, `0 fin`, `closed`. */
function run(steps: readonly Step[]): string[] {
  const table = new FlowTable();
  const ip = new IpReader();
  const said: string[] = [];
  const tell = ({ from, delivery }: FlowEvent): void => {
    if (delivery.kind === 'bytes') said.push(`${from} ${latin1(delivery.bytes)}`);
    else
      said.push(
        delivery.kind === 'gap'
          ? `${from} gap ${delivery.length}`
          : delivery.kind === 'closed'
            ? 'closed'
            : `${from} fin`,
      );
  };
  steps.forEach(({ server: back = false, port = 40000, ...options }, i) => {
    const ends = back ? { from: 443, to: port } : { from: port, to: 443 };
    const packet = ip.read(ipv4(tcp({ ...options, ...ends }), back ? { from: 2, to: 1 } : {}));
    if (packet !== undefined) for (const event of table.accept(packet, { frame: i + 1, time: i })) tell(event);
  });
  for (const event of table.end()) tell(event);
  return said;
}

const HANDSHAKE: readonly Step[] = [
  client({ seq: 99, flags: SYN }),
  server({ seq: 499, ack: 100, flags: SYN }),
  client({ seq: 100, ack: 500 }),
];
const text = (value: string): { data: Uint8Array } => ({ data: ascii(value) });

describe('TCP streams', () => {
  it('give the bytes of both directions in order, and end with both FINs', () => {
    expect(
      run([
        ...HANDSHAKE,
        client({ seq: 100, ack: 500, ...text('hello') }),
        server({ seq: 500, ack: 105, ...text('world') }),
        client({ seq: 105, ack: 505, flags: FIN }),
        server({ seq: 505, ack: 106, flags: FIN, ...text('!') }),
      ]),
    ).toEqual(['0 hello', '1 world', '0 fin', '1 !', '1 fin', 'closed']);
  });

  it('retransmitted, overlapping and reordered segments give each byte once; what came first stays', () => {
    expect(
      run([
        ...HANDSHAKE,
        client({ seq: 105, ...text('fghij') }),
        client({ seq: 100, ...text('abcde') }),
        client({ seq: 100, ...text('XXXXX') }),
        client({ seq: 108, ...text('XXklm') }),
      ]).join(''),
    ).toBe('0 abcde0 fghij0 klmclosed');
  });

  it('sequence numbers go round at 2^32', () => {
    expect(
      run([
        client({ seq: 0xfffffffd, flags: SYN }),
        client({ seq: 2, ...text('ef') }),
        client({ seq: 0xfffffffe, ...text('abcd') }),
      ]),
    ).toEqual(['0 abcd', '0 ef', 'closed']);
  });

  it('bytes that the other side acknowledged and that never come are a gap, told before what follows', () => {
    const later = Array.from({ length: 80 }, (_, i) => server({ seq: 500 + i, ack: 110, ...text('x') }));
    const said = run([
      ...HANDSHAKE,
      client({ seq: 100, ...text('abcde') }),
      client({ seq: 107, ...text('hij') }),
      ...later,
    ]);
    expect(said.slice(0, 4)).toEqual(['0 abcde', '0 gap 2', '0 hij', '1 x']);
    expect(said.filter((one) => one === '1 x').length).toBe(80);
  });

  it('an answer that was written down before its question waits for it', () => {
    expect(
      run([
        ...HANDSHAKE,
        server({ seq: 500, ack: 105, ...text('world') }),
        client({ seq: 100, ack: 500, ...text('hello') }),
      ]),
    ).toEqual(['0 hello', '1 world', 'closed']);
  });

  it('at the end of the capture what waits comes out, with the gap before it', () => {
    expect(run([...HANDSHAKE, client({ seq: 105, ...text('late') })])).toEqual(['0 gap 5', '0 late', 'closed']);
  });

  it('a connection without a beginning is read from where it is joined', () => {
    expect(
      run([server({ seq: 700, ack: 5000, ...text('ab') }), client({ seq: 5000, ack: 702, ...text('cd') })]),
    ).toEqual(['0 ab', '1 cd', 'closed']);
  });

  it('the same ports again are a new connection; RST ends one; a RST out of the window does not', () => {
    expect(
      run([
        ...HANDSHAKE,
        client({ seq: 100, ...text('a') }),
        server({ seq: 4_000_000_000, flags: RST }),
        client({ seq: 101, ...text('b') }),
        server({ seq: 500, flags: RST | ACK, ack: 102 }),
        client({ seq: 102, ...text('ignored') }),
        client({ seq: 9000, flags: SYN }),
        client({ seq: 9001, ...text('c') }),
      ]),
    ).toEqual(['0 a', '0 b', 'closed', '0 c', 'closed']);
  });

  it('several connections are kept apart', () => {
    expect(
      run([
        client({ seq: 1, port: 1000, ...text('a') }),
        client({ seq: 1, port: 1001, ...text('x') }),
        client({ seq: 2, port: 1000, ...text('b') }),
      ]),
    ).toEqual(['0 a', '0 x', '0 b', 'closed', 'closed']);
  });

  it('what waits in all connections together is bounded: beyond that gaps are told before the end', () => {
    const table = new FlowTable();
    const ip = new IpReader();
    const data = new Uint8Array(60_000);
    let [gaps, kept, most] = [0, 0, 0];
    for (let port = 1; port <= 100; port++) {
      const send = (seq: number, flags = 0): void => {
        const packet = ip.read(ipv4(tcp({ from: port, seq, flags, data: flags ? new Uint8Array(0) : data })));
        if (packet === undefined) return;
        kept += flags ? 0 : data.length;
        for (const { delivery } of table.accept(packet, { frame: 1, time: 0 })) {
          if (delivery.kind === 'gap') gaps++;
          if (delivery.kind === 'bytes') kept -= delivery.bytes.length;
        }
        most = Math.max(most, kept);
      };
      send(0, SYN);
      // The first byte never comes.
      for (let i = 0; i < 15; i++) send(2 + i * data.length);
    }
    expect(gaps).toBeGreaterThan(10);
    expect(most).toBeLessThan(70e6);
  });

  it('any cutting, doubling and reordering of a stream within the window gives the stream', () => {
    const whole = 'the quick brown fox jumps over the lazy dog, twice and thrice';
    const piece = fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const cut = (at: number, length: number): Step =>
          client({ seq: 100 + at, ...text(whole.slice(at, at + length)) });
        const cover = Array.from({ length: Math.ceil(whole.length / 7) }, (_, i) => cut(i * 7, 7)).reverse();
        const said = run([HANDSHAKE[0] as Step, ...pieces.map(([at, length]) => cut(at, length)), ...cover]);
        expect(said.map((one) => one.replace(/^0 |closed$/, '')).join('')).toBe(whole);
      }),
      { numRuns: 200 },
    );
  });
});

describe('where TLS begins', () => {
  const hello = concat(fromHex('16030100310100002d0303'), new Uint8Array(43));

  it('at the first byte, whatever the port, even when bytes come one by one', () => {
    expect(new TlsSearch().push(0, hello, false, 1)).toMatchObject({ client: 0, before: 0, whole: true });
    const search = new TlsSearch();
    const found = Array.from(hello, (byte) => search.push(1, Uint8Array.of(byte), false, 0)).find(
      (one) => one !== undefined,
    );
    expect(found).toMatchObject({ client: 1, before: 0, whole: true });
    expect(found?.bytes.subarray(0, 6)).toEqual(hello.subarray(0, 6));
  });

  it('behind STARTTLS, in a later segment or in the same', () => {
    const search = new TlsSearch();
    expect(search.push(1, ascii('220 mail\r\n'), false, 1)).toBeUndefined();
    expect(search.push(0, ascii('STARTTLS\r\n'), false, 1)).toBeUndefined();
    expect(search.push(1, ascii('220 go\r\n'), false, 1)).toBeUndefined();
    expect(search.push(0, hello, false, 1)).toMatchObject({ client: 0, before: 10, whole: true });
    expect(new TlsSearch().push(0, concat(ascii('CONNECT a:1 HTTP/1.1\r\n\r\n'), hello), false, 1)).toMatchObject({
      before: 24,
    });
  });

  it('in a connection that was joined: a ServerHello tells who is who, else the ports do', () => {
    const serverHello = concat(fromHex('160303002a02000026'), new Uint8Array(38));
    expect(new TlsSearch().push(0, serverHello, true, 0)).toMatchObject({ client: 1, whole: false });
    const data = concat(fromHex('1703030004'), new Uint8Array(4));
    expect(new TlsSearch().push(0, data, true, 1)).toMatchObject({ client: 0, whole: false });
    expect(new TlsSearch().push(0, data, false, 1)).toBeUndefined();
  });

  it('is given up after 64 kB of something else', () => {
    const search = new TlsSearch();
    for (let i = 0; i < 9; i++) expect(search.push(0, new Uint8Array(8192).fill(22), false, 1)).toBeUndefined();
    expect(search.failed).toBe(true);
  });

  it('a record is found again behind a gap', () => {
    const two = fromHex('ffff 1703 1703030002 0102 1503030001 00');
    expect(findRecord(two)).toBe(4);
    expect(findRecord(fromHex('170303ffff00'))).toBe(-1);
  });
});
