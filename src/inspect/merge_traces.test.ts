// Both sides' traces in one: order, clocks, and messages that arrived as something else or not at all.

import { describe, expect, test } from 'vitest';
import { mergeTraces } from './merge_traces.ts';
import { sampleTrace } from './testing/handshakes.ts';
import { timelineOf } from './timeline.ts';
import type { Trace, TraceEntry } from './trace.ts';

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

describe('what somebody on the way has changed', () => {
  /** The client's trace with another last byte in a message, and nothing behind it when `ends`. */
  const changedIn = (kind: 'tls13' | 'ecdhe12', name: string, ends = true): Trace => {
    const trace = sampleTrace(kind, 'client');
    const at = trace.entries.findIndex(
      ({ observation }) => observation.kind === 'message' && observation.name === name,
    );
    const entries = trace.entries.map((entry, i): TraceEntry => {
      const { observation: o } = entry;
      if (i !== at || o.kind !== 'message') return entry;
      const raw = Uint8Array.from(o.raw);
      raw[raw.length - 1] = (raw.at(-1) ?? 0) ^ 1;
      return { ...entry, observation: { ...o, raw } };
    });
    return { ...trace, entries: ends ? entries.slice(0, at + 1) : entries };
  };
  const orderOf = (client: Trace, kind: 'tls13' | 'ecdhe12'): string[] =>
    timelineOf(mergeTraces(client, sampleTrace(kind, 'server')))
      .messages.filter(({ from }) => from === 'server')
      .map(
        ({ name, changed, receivedAt }) =>
          `${name}${changed ? ' changed' : ''}${receivedAt === undefined ? ' lost' : ''}`,
      );

  test('a message stands once, where it arrived; what never came stands behind it', () => {
    expect(orderOf(changedIn('ecdhe12', 'server_key_exchange'), 'ecdhe12').slice(0, 4)).toEqual([
      'server_hello',
      'certificate',
      'server_key_exchange changed',
      'server_hello_done lost',
    ]);
    expect(orderOf(changedIn('tls13', 'certificate'), 'tls13').slice(0, 6)).toEqual([
      ...[
        'server_hello',
        'change_cipher_spec',
        'encrypted_extensions',
        'certificate changed',
        'certificate_verify lost',
        'finished lost',
      ],
    ]);
  });

  test('the first message, and one in the middle of others that arrived as they were sent', () => {
    expect(orderOf(changedIn('tls13', 'server_hello'), 'tls13').slice(0, 3)).toEqual([
      'server_hello changed',
      'change_cipher_spec lost',
      'encrypted_extensions lost',
    ]);
    const all = orderOf(changedIn('ecdhe12', 'certificate', false), 'ecdhe12');
    expect(all.filter((one) => / /.test(one))).toEqual(['certificate changed']);
  });

  test('what the client sent is known to have come as something else', () => {
    const client = changedIn('tls13', 'client_hello', false);
    const { messages } = timelineOf(mergeTraces(client, sampleTrace('tls13', 'server')));
    expect(messages[0]).toMatchObject({ name: 'client_hello', changed: true, receivedAt: expect.any(Number) });
    expect(messages.filter(({ changed }) => changed)).toHaveLength(1);
  });

  test('nothing is changed in traces that agree, and nothing is known without the other side', () => {
    const client = sampleTrace('ecdhe12', 'client');
    for (const source of [client, mergeTraces(client, sampleTrace('ecdhe12', 'server'))]) {
      expect(timelineOf(source).messages.some(({ changed }) => changed)).toBe(false);
    }
  });
});
