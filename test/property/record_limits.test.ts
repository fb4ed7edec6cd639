// How much goes into a record: record_size_limit (RFC 8449) and max_fragment_length (RFC 6066 4), each kept by both sides for data
// and handshake messages, and enforced against a peer that does not. Lengths are those that the records on the way have.

import { describe, expect, it } from 'vitest';
import { concat, equal, fromHex } from '../../src/bytes/bytes.ts';
import { resolveClient, resolveServer } from '../../src/engine/config.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { withMlKem } from '../../src/providers/mlkem.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { clientHello, encryptedExtensions, serverHello } from '../../src/wire/messages.ts';
import { ticketKey } from '../support/earlier.ts';
import { EARLY, early13 } from '../support/early13.ts';
import { type Block, edited, internals, puppet, withExtension } from '../support/forge.ts';
import { exchange, makePair, PAIRS, type Pair, type PairOptions, PROVIDERS, shakeHands } from '../support/pair.ts';
import { expectFull, merge13, shake13 } from '../support/pair13.ts';
import { by, expectConnected, expectRefused, expectTold, type How } from '../support/prove.ts';
import { reach } from '../support/reach.ts';
import { expectResumed, merge, twice } from '../support/resume.ts';

const HOWS = ['1.3', 'ECDHE', 'DHE', 'RSA', 'ECDHE_PSK'] satisfies How[];
const DATA = Uint8Array.from({ length: 40_000 }, (_, i) => i);

interface Seen {
  readonly pair: Pair;
  /** Bytes of content in records that each side sent: the largest unprotected behind ServerHello, and the largest protected. */
  readonly client: readonly [number, number];
  readonly server: readonly [number, number];
}

/** A handshake with certificates both ways, and data both ways. */
function talk(how: How, options: PairOptions): Seen {
  const records: Record<'client' | 'server', Observation[]> = { client: [], server: [] };
  const pair = makePair(
    merge(merge(by(how), { clientKeys: ['rsa'], server: { clientCertificate: 'request' } }), {
      client: { ...options.client, observe: (one) => void records.client.push(one) },
      server: { ...options.server, observe: (one) => void records.server.push(one) },
    }),
  );
  shakeHands(pair);
  expectConnected(pair);
  pair.client.handle(pair.client.engine.write(DATA));
  pair.server.handle(pair.server.engine.write(DATA));
  exchange(pair);
  expect(pair.client.error ?? pair.server.error).toBeUndefined();
  expect(equal(concat(...pair.server.received), DATA)).toBe(true);
  expect(equal(concat(...pair.client.received), DATA)).toBe(true);
  const largest = (side: 'client' | 'server'): readonly [number, number] => {
    const sent = records[side].filter((one) => one.kind === 'record').filter((one) => one.direction === 'out');
    // The client's hello is sent before anything is agreed on.
    const plain = sent.filter((one, i) => one.epoch === 'plaintext' && (side === 'server' || i > 0));
    const sealed = sent.filter((one) => one.epoch !== 'plaintext');
    const max = (list: typeof sent): number => Math.max(0, ...list.map((one) => one.contentLength));
    return [max(plain), max(sealed)];
  };
  return { pair, client: largest('client'), server: largest('server') };
}

describe.each(HOWS)('%s', (how) => {
  // RFC 8449 4: in TLS 1.3 the content type counts.
  const content = (limit: number): number => limit - (how === '1.3' ? 1 : 0);

  it.each([
    [64, 64],
    [100, 1000],
    [5000, 65],
    [16_384, 512],
  ])('RFC 8449 4: the client takes %i bytes, the server %i: neither gets more', (mine, theirs) => {
    const seen = talk(how, { client: { recordSizeLimit: mine }, server: { recordSizeLimit: theirs } });
    expect([seen.server[1], seen.client[1]]).toEqual([content(mine), content(theirs)]);
  });

  it('RFC 8449 4: the limit of a server binds only a client that speaks of limits', () => {
    const silent = talk(how, { server: { recordSizeLimit: 100 } });
    expect([silent.server[1], silent.client[1]]).toEqual([16_384, 16_384]);
    // A server without a limit of its own answers with the largest.
    const asked = talk(how, { client: { recordSizeLimit: 300 } });
    expect([asked.server[1], asked.client[1]]).toEqual([content(300), 16_384]);
  });

  it.each([512, 1024, 2048, 4096] as const)('RFC 6066 4: %i bytes in any record, either way', (maxFragmentLength) => {
    const seen = talk(how, { client: { maxFragmentLength } });
    expect([seen.server[1], seen.client[1]]).toEqual([maxFragmentLength, maxFragmentLength]);
    expect(seen.server[0]).toBeLessThanOrEqual(maxFragmentLength);
    expect(seen.client[0]).toBeLessThanOrEqual(maxFragmentLength);
    // The chain of a server in the clear had to be cut, and that of the client.
    if (maxFragmentLength === 512 && (how === 'ECDHE' || how === 'DHE' || how === 'RSA')) {
      expect([seen.server[0], seen.client[0]]).toEqual([512, 512]);
    }
  });

  it('RFC 8449 5: with both, a server answers record_size_limit alone', () => {
    const seen = talk(how, { client: { maxFragmentLength: 512, recordSizeLimit: 900 } });
    expect([seen.server[1], seen.client[1]]).toEqual([content(900), 16_384]);
  });

  it.each(['client', 'server'] as const)(
    'a peer that takes no notice of the limit of a %s gets record_overflow',
    (role) => {
      for (const options of [{ recordSizeLimit: 64 }, { maxFragmentLength: 512 }] as const) {
        if (role === 'server' && 'maxFragmentLength' in options) continue;
        const asking: PairOptions = { client: { recordSizeLimit: 1000, ...options } };
        const own = role === 'client' ? { client: options } : { ...asking, server: options };
        const base = { clientKeys: ['rsa'], server: { clientCertificate: 'request' } } as const;
        const pair = makePair(merge(merge(by(how), base), own));
        const peer = pair[role === 'client' ? 'server' : 'client'];
        const { write } = internals(peer.engine).context;
        Object.assign(write, { limitProtected: () => {}, limitFragments: () => {} });
        shakeHands(pair);
        // What the handshake itself does not exceed, data does.
        if (pair[role].error === undefined) {
          peer.handle(peer.engine.write(DATA.subarray(0, 600)));
          exchange(pair);
        }
        expect(pair[role].error).toMatchObject({ code: 'ERR_TLS_RECORD_OVERFLOW', alert: 'record_overflow' });
        expect(pair[role].received).toEqual([]);
        expectTold(peer, 'record_overflow');
      }
    },
  );
});

it.each([
  ['client', '1.3', 'connected_13'],
  ['server', '1.3', 'connected_13'],
  ['client', '1.2 ECDHE', 'connected_12'],
  ['server', '1.2 ECDHE', 'connected_12'],
] as const)('RFC 8449 4: at a %s, %s: a record of the limit passes, one byte more does not', (role, flavour, state) => {
  const size = flavour === '1.3' ? 199 : 200;
  for (const [length, fine] of [
    [size, true],
    [size + 1, false],
  ] as const) {
    const more = { client: { recordSizeLimit: 200 }, server: { recordSizeLimit: 200 } };
    const { target, forge } = reach(role, state, flavour, 'node', more);
    target.handle(target.engine.receive(forge.records(23, new Uint8Array(length))));
    expect(target.error?.code).toBe(fine ? undefined : 'ERR_TLS_RECORD_OVERFLOW');
    expect(target.received.length).toBe(fine ? 1 : 0);
  }
});

it('RFC 6066 4: a ServerHello of TLS 1.3 is cut too, and so is early data, whatever the server will agree to', () => {
  const maxFragmentLength = 512;
  const hybrid = { provider: withMlKem(PROVIDERS.node), groups: ['X25519MLKEM768'] } as const;
  const first = shake13({ client: { ...hybrid, maxFragmentLength }, server: hybrid });
  expectFull(first);
  const plain = first.seen.server.observed.flatMap((one) =>
    one.kind === 'record' && one.direction === 'out' && one.epoch === 'plaintext' ? [one.contentLength] : [],
  );
  expect([Math.max(...plain), plain.filter((length) => length === maxFragmentLength).length]).toEqual([512, 2]);

  const options = merge13(EARLY, { client: { maxFragmentLength }, server: { maxEarlyData: 4000 } });
  const pair = early13(options, [DATA.subarray(0, 2000)]);
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect(equal(concat(...pair.server.early), DATA.subarray(0, 2000))).toBe(true);
});

it.each(['deliver', 'withhold', 'reject'] as const)(
  'RFC 8449 4: the limit of a server binds from what follows early data on, which its client wrote before it heard (%s)',
  (early) => {
    const limits = { client: { recordSizeLimit: 1000 }, server: { recordSizeLimit: 500, maxEarlyData: 4000 } };
    const options = { ...merge13(EARLY, limits), early };
    const pair = early13(options, [DATA.subarray(0, 2000)]);
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    const came = pair.seen.server.watched.early.length;
    expect(came > 0).toBe(early !== 'reject');
    pair.client.handle(pair.client.engine.write(DATA.subarray(0, 2000)));
    exchange(pair);
    const sizes = pair.seen.client.observed.flatMap((one) =>
      one.kind === 'record' && one.direction === 'out' && one.epoch === 'application' ? [one.contentLength] : [],
    );
    expect(Math.max(...sizes)).toBe(499);
    const { write } = internals(pair.client.engine).context;
    Object.assign(write, { protectedPlaintext: 2 ** 14 });
    pair.client.handle(pair.client.engine.write(DATA.subarray(0, 600)));
    exchange(pair);
    expect(pair.server.error).toMatchObject({ alert: 'record_overflow' });
  },
);

it.each(PAIRS)('client on %s, server on %s: limits in a resumed handshake are those of its own hellos', (c, s) => {
  const named: PairOptions = { client: { name: c }, server: { name: s, ticketKeys: [ticketKey(1)] } };
  const again = twice('ticket', named, { client: { recordSizeLimit: 64 }, server: { recordSizeLimit: 64 } });
  const sent = [again.observed.client, again.observed.server].map((side) =>
    side.flatMap((one) => (one.kind === 'record' && one.epoch === 'application' ? [one.contentLength] : [])),
  );
  expectResumed(again);
  for (const lengths of sent) expect(Math.max(...lengths)).toBeLessThanOrEqual(64);
});

describe('what is refused', () => {
  const server12 = <T extends { readonly extensions: Block }>(hello: T, id: number, data: Uint8Array): T => ({
    ...hello,
    extensions: withExtension(hello.extensions, id, data),
  });
  /** A server that puts these extensions into its answer. */
  function answering(how: How, client: PairOptions['client'], ...list: readonly (readonly [number, string])[]): Pair {
    const pair = makePair(merge(by(how), { client: { ...client } }));
    puppet(pair.server.engine, (name, raw) => {
      const add = <T extends { readonly extensions: Block }>(value: T): T =>
        list.reduce((all, [id, data]) => server12(all, id, fromHex(data)), value);
      if (name === 'server_hello' && how !== '1.3') return [edited(serverHello, raw, add)];
      if (name === 'encrypted_extensions') return [edited(encryptedExtensions, raw, add)];
      return undefined;
    });
    return shakeHands(pair);
  }
  const SIZE = EXTENSIONS.record_size_limit.id;
  const FRAGMENT = EXTENSIONS.max_fragment_length.id;

  it.each(['1.3', 'ECDHE'] as const)('%s: RFC 8449 4 - 5, RFC 6066 4: by a client', (how) => {
    const asks = { recordSizeLimit: 500, maxFragmentLength: 512 } as const;
    for (const [what, ...list] of [
      ['a limit of 63', [SIZE, '003f']],
      ['a limit of 0', [SIZE, '0000']],
      ['both', [SIZE, '0100'], [FRAGMENT, '01']],
      ['another length', [SIZE, ''], [FRAGMENT, '02']],
      ['a length that is none', [SIZE, ''], [FRAGMENT, '00']],
    ] as const) {
      const some = list.filter(([, data]) => data !== '');
      const pair = answering(how, asks, ...some);
      expect(pair.client.error?.code, what).toBe('ERR_TLS_ILLEGAL_VALUE');
      expectRefused(pair.client, 'ERR_TLS_ILLEGAL_VALUE', 'illegal_parameter');
      expectTold(pair.server, 'illegal_parameter');
    }
    const unasked = answering(how, {}, [SIZE, '0100']);
    expectRefused(unasked.client, 'ERR_TLS_UNSOLICITED_EXTENSION', 'unsupported_extension');
  });

  it.each(['1.3', 'ECDHE'] as const)('%s: by a server', (how) => {
    const offering = (id: number, data: string): Pair => {
      const pair = makePair(by(how));
      puppet(pair.client.engine, (name, raw) =>
        name === 'client_hello' ? [edited(clientHello, raw, (hello) => server12(hello, id, fromHex(data)))] : undefined,
      );
      return shakeHands(pair);
    };
    for (const [id, data] of [
      [SIZE, '003f'],
      [SIZE, '0000'],
      [FRAGMENT, '00'],
      [FRAGMENT, '05'],
      [FRAGMENT, 'ff'],
    ] as const) {
      const { server } = offering(id, data);
      expectRefused(server, 'ERR_TLS_ILLEGAL_VALUE', 'illegal_parameter');
    }
    for (const [id, data] of [
      [SIZE, '00'],
      [FRAGMENT, ''],
      [FRAGMENT, '0101'],
    ] as const) {
      expectRefused(offering(id, data).server, 'ERR_TLS_DECODE', 'decode_error');
    }
  });

  it('RFC 8449 4: a server never says more than its version allows; what a client says beyond it is no fault', () => {
    const observed: Observation[] = [];
    const pair = makePair({
      client: { maxVersion: 'TLSv1.2', recordSizeLimit: 16_384, observe: (one) => void observed.push(one) },
      server: { recordSizeLimit: 16_385 },
    });
    expectConnected(shakeHands(pair));
    const hello = observed.find((one) => one.kind === 'message' && one.name === 'server_hello');
    const raw = hello?.kind === 'message' ? Buffer.from(hello.raw).toString('hex') : '';
    expect(raw).toContain('001c00024000');
    // 16,385 is what TLS 1.3 allows: a server of 1.2 that reads it goes on.
    const beyond = { client: { recordSizeLimit: 16_385 }, server: { maxVersion: 'TLSv1.2' } } as const;
    expectConnected(shakeHands(makePair(beyond)));
  });

  it('options out of range are refused at once', () => {
    const refused = expect.objectContaining({ code: 'ERR_TLS_CONFIG' }) as unknown as Error;
    for (const recordSizeLimit of [63, 16_386, 0, -1, 100.5, Number.NaN]) {
      expect(() => resolveClient({ provider: nodeProvider, recordSizeLimit })).toThrow(refused);
      expect(() => resolveServer({ provider: nodeProvider, credentials: [], psk: true, recordSizeLimit })).toThrow(
        refused,
      );
    }
    expect(() => resolveClient({ provider: nodeProvider, recordSizeLimit: 16_385, maxVersion: 'TLSv1.2' })).toThrow(
      refused,
    );
    expect(() => resolveClient({ provider: nodeProvider, maxFragmentLength: 8192 as never })).toThrow(refused);
  });
});
