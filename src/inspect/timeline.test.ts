import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes/bytes.ts';
import { mergeTraces } from './merge_traces.ts';
import { keyExchangeOf, negotiatedIn } from './negotiated.ts';
import { failedTrace, sampleTrace } from './testing/handshakes.ts';
import { FORM_SAMPLES } from './testing/samples.ts';
import { type HandshakeKind, timelineOf } from './timeline.ts';
import type { Trace, TraceEntry } from './trace.ts';

const KINDS: readonly HandshakeKind[] = ['rsa12', 'ecdhe12', 'resumed12', 'tls13'];

describe('merging both sides', () => {
  test('refuses two traces of one side', () => {
    const trace = sampleTrace('tls13', 'client');
    expect(() => mergeTraces(trace, trace)).toThrow('both traces are of the client');
  });

  test.each([-1_000_000, -3, 0, 2, 86_400_000])(
    'nothing arrives before it was sent, with clocks %d ms apart',
    (apart) => {
      const client = sampleTrace('ecdhe12', 'client');
      const server: Trace = { ...sampleTrace('ecdhe12', 'server'), started: client.started + apart };
      const merged = mergeTraces(server, client);
      expect(merged.client).toBe(client);
      const { messages } = timelineOf(merged);
      expect(messages.length).toBe(12);
      for (const { sentAt, receivedAt } of messages) {
        expect(sentAt).toBeDefined();
        expect((receivedAt ?? 0) + 0.001).toBeGreaterThanOrEqual(sentAt ?? 0);
      }
      const times = merged.entries.map((entry) => entry.t);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
  );

  test('the headers are believed within what causality allows, and no further', () => {
    const client = sampleTrace('tls13', 'client');
    const shift = (apart: number): number => {
      const server = { ...sampleTrace('tls13', 'server'), started: client.started + apart };
      return mergeTraces(client, server).shift;
    };
    // Messages of the samples travel for 0.4 ms.
    expect([shift(0), shift(0.3), shift(-0.3)].map((one) => one.toFixed(2))).toEqual(['0.00', '0.30', '-0.30']);
    expect([shift(2), shift(-5000)].map((one) => one.toFixed(2))).toEqual(['0.40', '-0.40']);
  });

  test('what the server sent and nobody received is there too', () => {
    const client = sampleTrace('tls13', 'client');
    const server = sampleTrace('tls13', 'server');
    const cut: Trace = { ...client, entries: client.entries.slice(0, 6) };
    const { messages } = timelineOf(mergeTraces(cut, server));
    const lost = messages.filter((message) => message.receivedAt === undefined && message.from === 'server');
    expect(lost.map((message) => message.name)).toContain('certificate_verify');
  });
});

describe('what a timeline counts', () => {
  test.each([
    ['rsa12', 2, 'TLS_RSA: no group, no scheme', undefined, undefined],
    ['ecdhe12', 2, 'ECDHE', 0x1d, 0x0804],
    ['tls13', 1, 'TLS 1.3', 0x1d, 0x0804],
  ] as const)('%s takes %d round trips, seen from either side and from both', (kind, trips, _, group, scheme) => {
    const client = sampleTrace(kind, 'client');
    const server = sampleTrace(kind, 'server');
    for (const source of [client, server, mergeTraces(client, server)]) {
      const timeline = timelineOf(source);
      expect([timeline.kind, timeline.roundTrips, timeline.complete]).toEqual([kind, trips, true]);
      expect([timeline.negotiated.group, timeline.negotiated.scheme]).toEqual([group, scheme]);
    }
  });

  test('both sides see the same messages and bytes', () => {
    for (const kind of KINDS) {
      const [a, b] = [timelineOf(sampleTrace(kind, 'client')), timelineOf(sampleTrace(kind, 'server'))];
      expect(a.messages.map((one) => [one.from, one.name])).toEqual(b.messages.map((one) => [one.from, one.name]));
      expect(a.handshakeBytes).toEqual(b.handshakeBytes);
    }
  });

  test('bytes of the handshake are those of its records, headers included, without application data', () => {
    const { handshakeBytes, records, flights } = timelineOf(sampleTrace('tls13', 'client'));
    const handshake = records.filter((record) => record.innerType !== 23 && record.innerType !== 21);
    const sum = (from: string): number =>
      handshake.filter((record) => record.from === from).reduce((total, record) => total + record.bytes, 0);
    expect(handshakeBytes).toEqual({ client: sum('client'), server: sum('server') });
    expect(handshakeBytes.client).toBe(5 + 196 + 5 + 1 + 5 + 36 + 17);
    expect(flights.map((flight) => [flight.from, flight.records])).toEqual([
      ['client', 1],
      ['server', 6],
      ['client', 3],
      ['server', 2],
      ['client', 1],
    ]);
  });

  test('what comes after both Finished is not the handshake', () => {
    const { messages } = timelineOf(sampleTrace('rsa12', 'client'));
    expect(messages.filter((message) => !message.inHandshake).map((message) => message.name)).toEqual([
      'alert',
      'alert',
    ]);
  });

  test('a HelloRetryRequest costs a round trip', () => {
    const trace = sampleTrace('tls13', 'client');
    const [first, ...rest] = trace.entries;
    if (first === undefined) throw new Error('empty sample');
    const retry = {
      direction: 'in',
      type: 22,
      name: 'hello_retry_request',
      epoch: 'plaintext',
      version: 0x0304,
    } as const;
    const raw = FORM_SAMPLES.hello_retry_request.raw;
    const second = { t: 0.21, observation: { kind: 'message', raw, ...retry } } as const;
    const timeline = timelineOf({ ...trace, entries: [{ ...first, t: 0.2 }, second, { ...first, t: 0.22 }, ...rest] });
    expect([timeline.roundTrips, timeline.negotiated.retried]).toEqual([2, true]);
  });

  test('RFC 8446 D.4: a ChangeCipherSpec that was told of late stands where it was sent, in clear', () => {
    const trace = sampleTrace('tls13', 'client');
    const isOwn = ({ observation: o }: TraceEntry): boolean =>
      o.kind === 'message' && o.type === 20 && o.direction === 'out';
    const own = trace.entries.find(isOwn);
    const at = trace.entries.findIndex(({ observation: o }) => o.kind === 'connected');
    if (own === undefined) throw new Error('no ChangeCipherSpec in the sample');
    const late = { ...own, t: trace.entries[at]?.t ?? 0 };
    const entries = [...trace.entries.slice(0, at), late, ...trace.entries.slice(at)].filter((entry) => entry !== own);
    // What comes in is told of under the keys in force, although it is not protected by them.
    const told = entries.map((entry): TraceEntry => {
      const { observation: o } = entry;
      const comes = o.kind === 'message' && o.type === 20 && o.direction === 'in';
      return comes ? { ...entry, observation: { ...o, epoch: 'handshake' } } : entry;
    });
    for (const source of [
      { ...trace, entries: told },
      mergeTraces({ ...trace, entries: told }, sampleTrace('tls13', 'server')),
    ]) {
      const { messages } = timelineOf(source);
      expect(messages.map((message) => message.name)).toEqual(
        timelineOf(trace).messages.map((message) => message.name),
      );
      expect(messages.filter((message) => message.contentType === 20).map((message) => message.encrypted)).toEqual([
        false,
        false,
      ]);
    }
  });

  test('times count from the first message, not from the start of the trace', () => {
    const trace = sampleTrace('tls13', 'client');
    const waited = { ...trace, entries: trace.entries.map((entry) => ({ ...entry, t: entry.t + 500 })) };
    const merged = timelineOf(mergeTraces(waited, sampleTrace('tls13', 'server')));
    for (const { messages, data, handshakeTime } of [timelineOf(waited), merged]) {
      expect(messages[0]?.at).toBe(0);
      expect(data[0]?.at).toBeLessThan(10);
      expect(handshakeTime?.toFixed(1)).toBe('1.4');
    }
    expect(merged.messages.every(({ sentAt, receivedAt }) => (sentAt ?? -9) > -1 && (receivedAt ?? -9) > -1)).toBe(
      true,
    );
  });

  test('a handshake that failed is not complete and keeps its error', () => {
    const timeline = timelineOf(failedTrace());
    expect([timeline.complete, timeline.kind, timeline.handshakeTime]).toEqual([false, undefined, undefined]);
    expect(timeline.outcomes.map((one) => one.outcome.code)).toEqual(['ERR_TLS_ALERT_RECEIVED']);
  });

  test('an empty trace is an empty timeline', () => {
    const timeline = timelineOf({ ...failedTrace(), entries: [] });
    expect([timeline.messages, timeline.flights, timeline.roundTrips]).toEqual([[], [], 0]);
  });
});

describe('what was negotiated', () => {
  test('is read from the messages themselves', () => {
    const { negotiated } = timelineOf(sampleTrace('ecdhe12', 'server'));
    expect(negotiated).toEqual({
      version: 0x0303,
      suite: 0xc02f,
      keyExchange: 'ecdhe',
      group: 0x001d,
      scheme: 0x0804,
      alpn: 'http/1.1',
      alpnOffered: ['http/1.1'],
      serverName: 'localhost',
      offeredVersion: 0x0303,
      extendedMasterSecret: true,
      retried: false,
      resumed: false,
      clientCertificateRequested: false,
      clientProved: false,
    });
  });

  test('RFC 5246 7.3: a server that finishes without a certificate resumes; in TLS 1.3 that says nothing', () => {
    const timeline = timelineOf(sampleTrace('resumed12', 'client'));
    expect([timeline.kind, timeline.complete, timeline.roundTrips]).toEqual(['resumed12', true, 1]);
    expect(timeline.negotiated).toMatchObject({ resumed: true, suite: 0xc02f, group: undefined, scheme: undefined });
    expect(
      timeline.messages.filter(({ inHandshake }) => inHandshake).map(({ from, name }) => `${from} ${name}`),
    ).toEqual([
      'client client_hello',
      'server server_hello',
      'server new_session_ticket',
      'server change_cipher_spec',
      'server finished',
      'client change_cipher_spec',
      'client finished',
    ]);
    for (const kind of ['rsa12', 'ecdhe12', 'tls13'] as const) {
      expect(timelineOf(sampleTrace(kind, 'server')).negotiated.resumed).toBe(false);
    }
  });

  test('messages that cannot be read add nothing', () => {
    const broken = { from: 'server', name: 'server_hello', raw: fromHex('0200000103') } as const;
    expect(negotiatedIn([broken]).version).toBeUndefined();
  });

  test('the key exchange of a suite, also of one that glasstls does not run', () => {
    // The last three: static Diffie-Hellman, RSA_PSK, and no suite at all.
    const suites = [
      0x009c, 0xc02f, 0x1301, 0x002f, 0xc013, 0x0016, 0x00aa, 0xc0ab, 0xc095, 0xc09a, 0x0031, 0x00ad, 0xeeee,
    ];
    expect(suites.map(keyExchangeOf)).toEqual([
      ...['rsa', 'ecdhe', 'ecdhe', 'rsa', 'ecdhe', 'dhe', 'dhe_psk', 'dhe_psk', 'psk', 'ecdhe_psk'],
      ...[undefined, undefined, undefined],
    ]);
  });
});

test('a long hostile trace is digested in time that grows with its length', () => {
  const entries = Array.from({ length: 20_000 }, (_, i): TraceEntry => {
    const [type, name] = i % 3 === 0 ? ([20, 'change_cipher_spec'] as const) : ([22, 'client_hello'] as const);
    const epoch = i % 5 === 0 ? 'plaintext' : 'handshake';
    const raw = Uint8Array.of(1, i & 255, i >> 8);
    const direction = i % 7 === 0 ? 'in' : 'out';
    return { t: i, observation: { kind: 'message', direction, type, name, raw, epoch, version: undefined } };
  });
  const before = performance.now();
  expect(timelineOf({ ...failedTrace(), entries }).messages).toHaveLength(20_000);
  expect(performance.now() - before).toBeLessThan(20_000);
});
