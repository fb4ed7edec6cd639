import { describe, expect, test } from 'vitest';
import { fromHex } from '../bytes/bytes.ts';
import { mergeTraces } from './merge_traces.ts';
import { keyExchangeOf, negotiatedIn } from './negotiated.ts';
import { CLIENT_HELLO_12, failedTrace, SAMPLE_NAMES, sampleTrace, serverHello12 } from './testing/handshakes.ts';
import { MUTUAL12 } from './testing/recorded12.ts';
import { RFC8448 } from './testing/rfc8448.ts';
import { RFC8448_RESUMED, RFC8448_RETRIED } from './testing/rfc8448_more.ts';
import { FORM_SAMPLES, messageWith } from './testing/samples.ts';
import { timelineOf } from './timeline.ts';
import type { TraceEntry } from './trace.ts';

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
    for (const kind of SAMPLE_NAMES) {
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
      dhBits: undefined,
      scheme: 0x0804,
      alpn: 'http/1.1',
      alpnOffered: ['http/1.1'],
      serverName: 'localhost',
      offeredVersion: 0x0303,
      extendedMasterSecret: true,
      retried: false,
      resumed: false,
      resumption: undefined,
      earlyData: undefined,
      ocspStapled: false,
      clientCertificateRequested: false,
      clientCertificateSent: false,
      clientProved: false,
      clientScheme: undefined,
    });
  });

  test.each([
    ['dhe12', 'dhe12', 2, { keyExchange: 'dhe', group: 0x0100, dhBits: 2048, scheme: 0x0804 }],
    ['psk12', 'psk12', 2, { keyExchange: 'psk', group: undefined, scheme: undefined }],
    ['dhe_psk12', 'dhe_psk12', 2, { keyExchange: 'dhe_psk', group: undefined, dhBits: 2048 }],
    ['ecdhe_psk12', 'ecdhe_psk12', 2, { keyExchange: 'ecdhe_psk', group: 0x1d, scheme: undefined }],
    ['resumed12', 'resumed12', 1, { resumed: true, resumption: 'ticket', clientProved: false }],
    ['resumed13', 'resumed13', 1, { resumed: true, resumption: 'psk', earlyData: 'accepted', keyExchange: 'ecdhe' }],
    ['retried13', 'tls13', 2, { retried: true, resumed: false, group: 0x17, earlyData: undefined }],
    ['mutual12', 'ecdhe12', 2, { ocspStapled: true, clientProved: true, clientScheme: 0x0403, resumed: false }],
    ['mutual13', 'tls13', 1, { clientCertificateSent: true, clientProved: true, clientScheme: 0x0804 }],
    ['late13', 'tls13', 1, { clientCertificateRequested: false, clientProved: false }],
  ] as const)('%s is of kind %s and takes %d round trips', (name, kind, trips, negotiated) => {
    for (const side of ['client', 'server'] as const) {
      const timeline = timelineOf(sampleTrace(name, side));
      expect([timeline.kind, timeline.roundTrips, timeline.complete]).toEqual([kind, trips, true]);
      expect(timeline.negotiated).toMatchObject(negotiated);
    }
  });

  test('RFC 8446 2.3: what the client sends before its own Finished is early data, what it sends later is not', () => {
    const { data } = timelineOf(sampleTrace('resumed13', 'server'));
    expect(data.map(({ from, length, early }) => [from, length, early])).toEqual([
      ['client', 6, true],
      ['client', 78, false],
      ['server', 512, false],
    ]);
    expect(timelineOf(sampleTrace('tls13', 'client')).data.some((one) => one.early)).toBe(false);
  });

  test('RFC 8446 D.4: a ChangeCipherSpec that is told of behind the early data left before it', () => {
    const trace = sampleTrace('resumed13', 'client');
    const isEarly = ({ observation: o }: TraceEntry): boolean => o.kind === 'data' && o.direction === 'out';
    const at = trace.entries.findIndex(isEarly);
    const raw = Uint8Array.of(1);
    const spec: TraceEntry['observation'] = {
      ...{ kind: 'message', direction: 'out', type: 20, name: 'change_cipher_spec', raw, epoch: 'plaintext' },
      version: 0x0304,
    };
    const told = { t: (trace.entries[at]?.t ?? 0) + 0.01, observation: spec };
    const entries = [...trace.entries.slice(0, at + 1), told, ...trace.entries.slice(at + 1)];
    const { messages, data } = timelineOf({ ...trace, entries });
    const moved = messages.find(({ name }) => name === 'change_cipher_spec');
    expect(data[0]?.early).toBe(true);
    expect(moved?.at).toBe(data[0]?.at);
    expect(moved?.order).toBeLessThan(data[0]?.order ?? 0);
  });

  test('RFC 8446 4.1.2: only the ClientHello behind a HelloRetryRequest is one that comes again', () => {
    const again = (name: 'tls13' | 'retried13'): boolean[] =>
      timelineOf(sampleTrace(name, 'client'))
        .messages.filter((message) => message.name === 'client_hello')
        .map((message) => message.again);
    expect([again('tls13'), again('retried13')]).toEqual([[false], [false, true]]);
  });

  test('RFC 8446 4.2.10: early data is offered, accepted, or rejected by silence and by a HelloRetryRequest', () => {
    const hello = { from: 'client', name: 'client_hello', raw: RFC8448_RESUMED.clientHello } as const;
    const answer = { from: 'server', name: 'encrypted_extensions', raw: RFC8448_RESUMED.encryptedExtensions } as const;
    const silent = { ...answer, raw: RFC8448.encryptedExtensions };
    const retry = { from: 'server', name: 'hello_retry_request', raw: RFC8448_RETRIED.helloRetryRequest } as const;
    const old = { from: 'server', name: 'server_hello', raw: serverHello12(0xc02f) } as const;
    const became = [[], [answer], [silent], [retry, answer], [old]].map(
      (then) => negotiatedIn([hello, ...then]).earlyData,
    );
    expect(became).toEqual(['offered', 'accepted', 'rejected', 'rejected', 'rejected']);
  });

  test('RFC 8446 4.2.9: a pre-shared key without a key share is psk_ke, and no group is made up', () => {
    const raw = messageWith('server_hello_13', ['supported_versions', 'pre_shared_key']);
    const found = negotiatedIn([{ from: 'server', name: 'server_hello', raw }]);
    expect(found).toMatchObject({ version: 0x0304, keyExchange: 'psk', group: undefined, resumption: 'psk' });
  });

  test('RFC 5246 7.3: without a ticket it was the session id', () => {
    const trace = sampleTrace('resumed12', 'client');
    const entries = trace.entries.map((entry): TraceEntry => {
      const { observation: o } = entry;
      const isHello = o.kind === 'message' && o.name === 'client_hello';
      return isHello ? { ...entry, observation: { ...o, raw: CLIENT_HELLO_12 } } : entry;
    });
    expect(timelineOf({ ...trace, entries }).negotiated.resumption).toBe('session_id');
  });

  test('a client without a certificate is asked, but proves nothing', () => {
    const asked = { from: 'server', name: 'certificate_request', raw: MUTUAL12.certificateRequest } as const;
    const none = { from: 'client', name: 'certificate', raw: fromHex('0b000003000000') } as const;
    expect(negotiatedIn([asked, none])).toMatchObject({
      clientCertificateRequested: true,
      clientCertificateSent: false,
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
