import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes/bytes.ts';
import type { Observation } from '../engine/observe.ts';
import { sampleTrace } from './testing/handshakes.ts';
import { formatTrace, readTrace, TraceError, traceRecorder, traceWriter } from './trace.ts';
import { TRACE_KINDS } from './trace_schema.ts';

/** One observation of every kind, every optional field present. */
const EVERY: readonly Observation[] = [
  {
    kind: 'record',
    direction: 'in',
    type: 23,
    innerType: 22,
    version: 0x0303,
    length: 40,
    contentLength: 23,
    epoch: 'handshake',
  },
  {
    kind: 'message',
    direction: 'out',
    type: 22,
    name: 'finished',
    raw: fromHex('14000000'),
    epoch: 'handshake',
    version: 0x0304,
  },
  { kind: 'decision', about: 'alpn', chosen: 'h2', offered: ['h2', 'http/1.1'], acceptable: ['h2'] },
  { kind: 'state', from: 'start', to: 'wait_server_hello', input: 'start' },
  { kind: 'keys', direction: 'out', epoch: 'application', suite: 0x1301, generation: 1 },
  { kind: 'need', id: 3, need: 'verdict' },
  { kind: 'answer', id: 3, need: 'verdict', outcome: 'refused: certificate has expired' },
  { kind: 'data', direction: 'in', length: 512 },
  {
    kind: 'secret',
    name: 'client_write_key',
    label: 'key expansion',
    from: 'master_secret',
    context: 'server_random + client_random',
    contextValue: fromHex('aabb'),
    value: fromHex('00ff'),
  },
  { kind: 'connected', version: 0x0304, suite: 0x1301, group: 0x1d, scheme: 0x0804, alpn: 'h2', resumed: false },
  { kind: 'closed' },
  { kind: 'error', code: 'ERR_TLS_DECODE', alert: 'decode_error', problem: 'bytes left over' },
];

function written(observations: readonly Observation[], times: readonly number[] = []): string {
  let text = '';
  let at = 0;
  const start = Date.UTC(2026, 0, 31, 12) + 0.125;
  const observe = traceWriter({
    side: 'server',
    now: () => start + (at === 0 ? 0 : (times[at - 1] ?? at)),
    write: (line) => {
      text += line;
    },
    note: 'localhost:4433',
  });
  for (const observation of observations) {
    at++;
    observe(observation);
  }
  return text;
}

describe('writing', () => {
  test('a header, then one JSON object a line, with milliseconds since the start', () => {
    const lines = written(EVERY.slice(1, 3), [0.25, 1.5]).split('\n');
    expect(lines).toEqual([
      '{"glasstls_trace":1,"side":"server","started":"2026-01-31T12:00:00.000125Z","note":"localhost:4433"}',
      '{"t":0.25,"kind":"message","direction":"out","type":22,"name":"finished","epoch":"handshake","version":772,"raw":"14000000"}',
      '{"t":1.5,"kind":"decision","about":"alpn","chosen":"h2","offered":["h2","http/1.1"],"acceptable":["h2"]}',
      '',
    ]);
  });

  test('no object has two fields of one name, and none but `secret` lines holds a secret', () => {
    for (const line of written(EVERY).trimEnd().split('\n')) {
      const keys = [...line.matchAll(/[{,]"([^"]+)":/g)].map((match) => match[1]);
      expect(new Set(keys).size).toBe(keys.length);
    }
    const without = written(EVERY.filter((one) => one.kind !== 'secret'));
    expect(without).not.toContain('00ff');
    expect(without).not.toContain('"secret"');
  });

  test('a clock that runs backwards gives no negative times', () => {
    expect(written(EVERY.slice(5, 6), [-5])).toContain('{"t":0,"kind":"need"');
  });

  test('every kind of observation is in this test', () => {
    expect(EVERY.map((one) => one.kind).sort()).toEqual(Object.keys(TRACE_KINDS).sort());
  });
});

describe('reading', () => {
  test('gives back what was written, with or without a line feed at the end, with CRLF', () => {
    const text = written(EVERY);
    const trace = readTrace(text);
    expect(trace.entries.map((entry) => entry.observation)).toEqual(EVERY);
    expect([trace.side, trace.note]).toEqual(['server', 'localhost:4433']);
    expect(trace.started - Date.UTC(2026, 0, 31, 12)).toBeCloseTo(0.125, 3);
    expect(readTrace(text.trimEnd())).toEqual(trace);
    expect(readTrace(text.replaceAll('\n', '\r\n'))).toEqual(trace);
    expect(formatTrace(trace)).toBe(text);
  });

  test('a recorder holds what a writer would have written', () => {
    const recorder = traceRecorder({ side: 'client', now: () => 0 });
    for (const observation of EVERY) recorder.observe(observation);
    expect(recorder.trace().entries.map((entry) => entry.observation)).toEqual(EVERY);
  });

  test('whole connections survive', () => {
    const trace = sampleTrace('tls13', 'client');
    // The sample gives optional fields as undefined; in the text they are absent.
    expect(formatTrace(readTrace(formatTrace(trace)))).toBe(formatTrace(trace));
  });

  test('kinds, fields, message names and decisions of the future are passed over', () => {
    const header = '{"glasstls_trace":1,"side":"client","started":"2026-01-31T12:00:00Z","colour":"blue"}';
    const lines = [
      '{"t":1,"kind":"weather","sky":"clear"}',
      '{"t":2,"kind":"need","id":1,"need":"verdict","urgent":true}',
      '{"t":3,"kind":"message","direction":"in","type":22,"name":"hello_again","raw":"63000000","epoch":"plaintext"}',
      '{"t":4,"kind":"decision","about":"mood","offered":[],"acceptable":[]}',
    ];
    const { entries } = readTrace([header, ...lines].join('\n'));
    expect(entries.map((entry) => entry.observation)).toEqual([
      { kind: 'need', id: 1, need: 'verdict' },
      { kind: 'message', direction: 'in', type: 22, name: 'unknown', raw: fromHex('63000000'), epoch: 'plaintext' },
    ]);
  });
});

describe('refusing, with the number of the line', () => {
  const header = '{"glasstls_trace":1,"side":"client","started":"2026-01-31T12:00:00.000001Z"}';
  const problem = (text: string): string => {
    try {
      readTrace(text);
    } catch (error) {
      if (error instanceof TraceError) return error.message;
      throw error;
    }
    return 'accepted';
  };

  test.each([
    ['', 'line 1: the trace is empty'],
    ['hello', 'line 1: not JSON'],
    ['[1]', 'line 1: not a JSON object'],
    ['{"t":1,"kind":"need"}', 'line 1: no header: "glasstls_trace" is missing'],
    ['{"glasstls_trace":2}', 'line 1: trace version 2 is not known here, 1 is'],
    ['{"glasstls_trace":1,"side":"middle"}', 'line 1: "side" is neither "client" nor "server"'],
    [
      '{"glasstls_trace":1,"side":"client","started":"yesterday"}',
      'line 1: "started" is not a time like 2026-01-31T12:00:00.000000Z',
    ],
    [`${header}\n\n{"t":1,"kind":"ne`, 'line 3: not JSON'],
    [`${header}\n{"kind":"need"}`, 'line 2: "t" is not a time in milliseconds'],
    [`${header}\n{"t":-1,"kind":"need"}`, 'line 2: "t" is not a time in milliseconds'],
    [`${header}\n{"t":1}`, 'line 2: "kind" is missing'],
    [`${header}\n{"t":1,"kind":"need","id":1}`, 'line 2: "need" is missing in a need line'],
    [`${header}\n{"t":1,"kind":"need","id":"1","need":"x"}`, 'line 2: "id" of a need line is not a valid number'],
    [
      `${header}\n{"t":1,"kind":"data","direction":"up","length":1}`,
      'line 2: "direction" of a data line is not a valid direction',
    ],
    [
      `${header}\n{"t":1,"kind":"secret","name":"x","value":"0g"}`,
      'line 2: "value" of a secret line is not hexadecimal text',
    ],
    [
      `${header}\n{"t":1,"kind":"message","direction":"in","type":22,"name":"finished","epoch":"dawn","raw":""}`,
      'line 2: "epoch" of a message line is not a valid epoch',
    ],
  ])('%s', (text, message) => {
    expect(problem(text)).toBe(message);
  });

  test('nothing but a TraceError comes out, whatever the text', () => {
    const text = written(EVERY);
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), (at, put) => {
        problem(text.slice(0, at) + put + text.slice(at + put.length));
      }),
    );
    fc.assert(fc.property(fc.json(), (json) => problem(`${header}\n${json}`) !== ''));
  });
});
