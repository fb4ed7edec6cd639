// Files that are damaged, cut, lossy or reordered: nothing in them makes the reader throw, hang or keep more than it may, and what can
// be had of them comes out.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascii, concat } from '../../src/bytes/bytes.ts';
import type { CapturedConnection } from '../../src/capture/connection.ts';
import { missingIn } from '../../src/capture/missing.ts';
import { messagesOf } from '../../src/capture/numbered.ts';
import { PcapngReader } from '../../src/capture/pcapng.ts';
import { itemsOf, packetBlock, pcapFile } from '../../src/capture/testing/frames.ts';
import { useCapture as use } from '../support/capture_use.ts';
import { type Hooks, readBack, recording } from '../support/captured.ts';
import { exchange, makePair } from '../support/pair.ts';
import { converse } from '../support/sessions.ts';

const talk =
  (version: 'TLSv1.2' | 'TLSv1.3') =>
  ({ observe, keyLog, wire }: Hooks): void => {
    const limits = { minVersion: version, maxVersion: version } as const;
    converse(makePair({ client: { ...limits, observe, keyLog }, server: limits }), wire);
  };
const RECORDED = { 'TLS 1.2': recording(talk('TLSv1.2')), 'TLS 1.3': recording(talk('TLSv1.3')) } as const;

/** The packets of a file, and everything in front of the first. */
function packetsOf(file: Uint8Array): { readonly head: Uint8Array; readonly packets: readonly Uint8Array[] } {
  const items = itemsOf(new PcapngReader(), file);
  const packets = items.flatMap((item) => (item.kind === 'packet' ? [item.data] : []));
  const first = packets[0] ?? new Uint8Array(0);
  // Block header, interface, time and lengths stand before its data. The secrets are in front of it.
  return { head: file.subarray(0, Buffer.from(file).indexOf(first) - 28), packets };
}

const rebuilt = (head: Uint8Array, packets: readonly Uint8Array[]): Uint8Array =>
  concat(head, ...packets.map((data, i) => packetBlock(1_700_000_000_000_000 + i * 100, data)));
const titles = (connection: CapturedConnection | undefined): string[] =>
  connection === undefined ? [] : messagesOf(connection).map(({ title }) => title);

describe.each(Object.entries(RECORDED))('%s', (_, recorded) => {
  const { file } = recorded;
  const { head, packets } = packetsOf(file);
  const whole = titles(use(rebuilt(head, packets))[0]);

  it('rebuilt from its packets it is the same', () => {
    expect(whole).toEqual(titles(use(file)[0]));
    expect(whole.length).toBeGreaterThan(10);
  });

  it('bytes changed anywhere', () => {
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const out = file.slice();
        for (const [at, value] of changes) out[at] = value;
        use(out);
      }),
      { numRuns: 150 },
    );
  });

  it('cut off anywhere, pieces left out or doubled, in pieces of any size', () => {
    const piece = fc.tuple(fc.nat(file.length), fc.nat(400), fc.constantFrom('out', 'twice', 'end'));
    fc.assert(
      fc.property(piece, fc.integer({ min: 1, max: 5000 }), ([at, length, what], size) => {
        const parts = [file.subarray(0, at), file.subarray(at, at + length), file.subarray(at + length)] as const;
        const [a, b, c] = parts;
        use(what === 'end' ? a : what === 'out' ? concat(a, c) : concat(a, b, b, c), size);
      }),
      { numRuns: 150 },
    );
  });

  it('packets in another order, within what the network does: every message is there, and nothing is missing', () => {
    const swap = fc.nat(packets.length - 2);
    fc.assert(
      fc.property(fc.array(swap, { maxLength: 4 }), (swaps) => {
        const order = packets.map((_, i) => i);
        // Not the three that open the connection: who is who would be told by nothing.
        for (const at of swaps) if (at > 2) order.splice(at, 2, order[at + 1] as number, order[at] as number);
        const [connection] = use(
          rebuilt(
            head,
            order.map((i) => packets[i] as Uint8Array),
          ),
        );
        expect(titles(connection).toSorted()).toEqual(whole.toSorted());
        expect(connection?.lost).toEqual({ client: 0, server: 0 });
      }),
      { numRuns: 100 },
    );
  });

  it('packets lost: what is before them is read, and it is said that bytes are missing', () => {
    for (let gone = 3; gone < packets.length; gone++) {
      const left = packets.filter((_, i) => i !== gone);
      const [connection] = use(rebuilt(head, left));
      // The last packets are FINs.
      if (gone >= packets.length - 2) continue;
      if (connection === undefined) continue;
      const { lost } = connection;
      const isLast = !packets
        .slice(gone + 1, -2)
        .some((packet) => packet[20] === packets[gone]?.[20] && packet[21] === packets[gone]?.[21]);
      expect(lost.client + lost.server > 0 || isLast || !connection.whole, `packet ${gone}`).toBe(true);
      if (!isLast && connection.whole) expect(missingIn(connection, 'en').join(' ')).toContain('are missing');
    }
  });

  it('every packet twice, and once more at the end: nothing comes twice', () => {
    const doubled = packets.slice(0, -2).flatMap((packet) => [packet, packet]);
    const [connection] = use(rebuilt(head, [...doubled, ...packets.slice(3)]));
    expect(titles(connection)).toEqual(whole);
    expect(connection?.repeated).toBeGreaterThan(0);
  });
});

describe('behind a gap the count of records is found again', () => {
  const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', legacy: true } as const;
  const V13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
  const suite = (name: string) => ({ ...V12, cipherSuites: [name] }) as const;
  it.each([
    ['TLS 1.3', V13],
    ['AES-GCM', suite('TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')],
    ['ChaCha20', suite('TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256')],
    ['CBC', suite('TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA')],
  ] as const)('%s: what follows lost records is opened', (_, options) => {
    const recorded = recording(({ observe, keyLog, wire }) => {
      const pair = makePair({ client: { ...options, observe, keyLog }, server: options });
      pair.server.handle(pair.server.engine.start());
      pair.client.handle(pair.client.engine.start());
      exchange(pair, wire);
      for (let i = 0; i < 20; i++) {
        pair.client.handle(pair.client.engine.write(new Uint8Array(100 + i)));
        exchange(pair, wire);
        pair.server.handle(pair.server.engine.write(new Uint8Array(200 + i)));
        exchange(pair, wire);
      }
    });
    const { head, packets } = packetsOf(recorded.file);
    const datas = (connection: CapturedConnection | undefined): number[] =>
      connection?.items.flatMap(({ observation: one }) => (one.kind === 'data' ? [one.length] : [])) ?? [];
    const all = datas(use(rebuilt(head, packets))[0]);
    expect(all.length).toBe(40);
    const from = packets.length - 24;
    const [connection] = use(
      rebuilt(
        head,
        packets.filter((_, i) => i < from || i >= from + 6),
      ),
    );
    const left = datas(connection);
    expect(left.length).toBe(34);
    expect(all).toEqual(expect.arrayContaining(left));
    expect(connection).toMatchObject({ sealed: { client: 0, server: 0 }, sealedReasons: [] });
    expect(connection?.lost.client).toBeGreaterThan(300);
    expect(missingIn(connection as CapturedConnection, 'en').length).toBe(2);
  });
});

describe('text around TLS', () => {
  it('STARTTLS: what was said before is counted and passed over', () => {
    const limits = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
    const recorded = recording(({ observe, keyLog, wire }) => {
      wire('to_client', ascii('220 mail.example ESMTP\r\n'), 0);
      wire('to_server', ascii('STARTTLS\r\n'), 0);
      wire('to_client', ascii('220 Go ahead\r\n'), 0);
      converse(makePair({ client: { ...limits, observe, keyLog }, server: limits }), wire);
    });
    const [connection] = use(recorded.file);
    expect(connection).toMatchObject({ before: 10, whole: true, sealedReasons: [], faults: [] });
  });

  it('connections in which there is no TLS are counted', () => {
    const { file } = recording(({ wire }) => void wire('to_server', ascii('GET / HTTP/1.0\r\n\r\n'), 0));
    expect(readBack(file).summary).toMatchObject({ connections: 0, otherConnections: 1 });
  });
});

describe('what is kept is bounded', () => {
  it('application data beyond the bound is added up, and counted', () => {
    const limits = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
    const recorded = recording(({ observe, keyLog, wire }) => {
      const pair = makePair({ client: { ...limits, observe, keyLog }, server: limits });
      pair.server.handle(pair.server.engine.start());
      pair.client.handle(pair.client.engine.start());
      exchange(pair, wire);
      for (let i = 0; i < 300; i++) {
        pair.client.handle(pair.client.engine.write(new Uint8Array(100)));
        exchange(pair, wire);
      }
    });
    const { connections } = readBack(recorded.file, { maxItems: 100 });
    const [connection] = connections;
    expect(connection?.items.length).toBe(100);
    expect(connection?.added).toBeGreaterThan(400);
    const sum = connection?.items.reduce(
      (all, { observation: one }) => all + (one.kind === 'data' ? one.length : 0),
      0,
    );
    expect(sum).toBe(30_000);
  });

  it('messages beyond the bound are left out, and what would need them all is not checked', () => {
    const { file } = RECORDED['TLS 1.2'];
    const [connection] = readBack(file, { maxBytes: 1000 }).connections;
    const kept = connection?.items.reduce(
      (all, { observation: one }) => all + (one.kind === 'message' ? one.raw.length : 0),
      0,
    );
    expect(kept).toBeLessThanOrEqual(1000);
    expect(connection?.added).toBeGreaterThan(0);
    expect(connection?.checks.filter(({ outcome }) => outcome === 'wrong')).toEqual([]);
    expect(connection?.checks.find(({ name }) => name === 'client_finished')).toMatchObject({ why: 'incomplete' });
  });

  it('random bytes behind the header of a file', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, classic) => {
        const { head } = packetsOf(RECORDED['TLS 1.3'].file);
        use(concat(classic ? pcapFile([], { linkType: 101 }) : head, bytes));
      }),
      { numRuns: 200 },
    );
  });

  it('random bytes as packets of every link', () => {
    const link = fc.constantFrom(0, 1, 12, 101, 108, 113, 228, 229, 276, 999);
    fc.assert(
      fc.property(link, fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 6 }), (linkType, datas) => {
        use(
          pcapFile(
            datas.map((data) => ({ data })),
            { linkType },
          ),
        );
      }),
      { numRuns: 300 },
    );
  });
});
