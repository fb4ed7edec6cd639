// However the transport cuts the stream, the same comes out: events, data and bytes sent. The streams are the golden sessions
// (handshake, data, close), fed to each side alone; each chunk is overwritten as soon as the call returns.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { TlsEvent } from '../../src/engine/events.ts';
import { suiteName } from '../../src/wire/registry/cipher_suites.ts';
import { NAMES, type ProviderName, type Side } from '../support/pair.ts';
import { clientOf, EARLY, type Golden, goldenOf, PLANS, type Plan, serverOf } from '../support/sessions.ts';

type Role = 'client' | 'server';
type Cut = (stream: Uint8Array) => readonly number[];

/** What a host sees, but for how bytes are grouped into `send` events. */
function seenIn(side: Side): (events: readonly TlsEvent[]) => string[] {
  return (events) =>
    events.flatMap((event): string[] => {
      switch (event.type) {
        case 'send':
          return [];
        case 'need':
          return [`need ${event.need.kind}`];
        case 'data':
        case 'early_data':
          return [`${event.type} ${toHex(event.data)}`];
        case 'early_data_outcome':
          return [`early data ${event.accepted ? 'accepted' : 'refused'}`];
        case 'client_certificate':
          return [`client certificate ${event.chain.length} ${event.authorized}`];
        case 'connected':
          return [`connected ${suiteName(event.agreement.suite.id)} ${event.agreement.alpn} ${side.engine.stateName}`];
        case 'warning':
          return [`warning ${event.alert}`];
        case 'error':
          return [`error ${event.error.code}`];
        default:
          return [event.type];
      }
    });
}

/** What a side receives; in two parts where the server asks for a certificate between them, which is for it to say when. */
function streamsTo(role: Role, { flights, asked }: Golden): Uint8Array[] {
  const parts = asked === undefined ? [flights] : [flights.slice(0, asked), flights.slice(asked)];
  return parts.map((part) => concat(...part.filter((one) => one.from !== role).map((one) => fromHex(one.bytes))));
}

function play(
  plan: Plan,
  golden: Golden,
  role: Role,
  name: ProviderName,
  cut: Cut,
  buffers = false,
): readonly string[] {
  const side = role === 'client' ? clientOf(plan, golden, name) : serverOf(plan, golden, name);
  const seen: string[] = [];
  const see = seenIn(side);
  // Needs are answered by the side itself, so events are listened to where it takes them.
  const { engine } = side;
  const receive = (bytes: Uint8Array): void => {
    const events = engine.receive(bytes);
    seen.push(...see(events));
    const answer = engine.answer.bind(engine);
    Object.assign(engine, {
      answer: (...args: Parameters<typeof answer>) => {
        const answered = answer(...args);
        seen.push(...see(answered));
        return answered;
      },
    });
    side.handle(events);
    Object.assign(engine, { answer });
  };
  side.handle(engine.start());
  if (engine.writable) side.handle(engine.write(EARLY));
  for (const [part, stream] of streamsTo(role, golden).entries()) {
    if (part > 0 && role === 'server') side.handle(engine.requestCertificate());
    let at = 0;
    for (const size of [...cut(stream), stream.length]) {
      if (at >= stream.length) break;
      const copy = stream.slice(at, at + size);
      at += size;
      const chunk = buffers ? Buffer.from(copy) : copy;
      receive(chunk);
      chunk.fill(0xff);
    }
  }
  return [
    ...seen,
    `sent ${toHex(side.drain())}`,
    `state ${engine.stateName}`,
    `got ${toHex(concat(...side.received))}`,
    `early ${toHex(concat(...side.early))}`,
  ];
}

const whole: Cut = (stream) => [stream.length];
const single: Cut = (stream) => Array.from(stream, () => 1);

describe.each(PLANS)('$label', (plan) => {
  const golden = goldenOf(plan);

  it.each(['client', 'server'] as const)('RFC 8446 5.1: at the %s, any split of the stream gives the same', (role) => {
    const expected = play(plan, golden, role, 'node', whole);
    expect(expected.filter((one) => one.startsWith('connected')).length).toBe(1);
    expect(expected.some((one) => one.startsWith('data'))).toBe(true);
    expect(expected.filter((one) => one.startsWith('error'))).toEqual([]);
    const authenticated = role === 'server' && plan.asks ? ['client certificate 2 true'] : [];
    expect(expected.filter((one) => one.startsWith('client certificate'))).toEqual(authenticated);
    const early = !plan.client.earlyData
      ? []
      : role === 'client'
        ? ['early data accepted']
        : [`early_data ${toHex(EARLY)}`];
    expect(expected.filter((one) => /^early.data/.test(one))).toEqual(early);
    expect(play(plan, golden, role, 'node', single)).toEqual(expected);
    expect(play(plan, golden, role, 'node', single, true)).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 40 }), fc.boolean(), (sizes, buffers) => {
        expect(play(plan, golden, role, 'node', () => sizes, buffers)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it.each(NAMES)('on %s the events are those of every provider', (name) => {
    for (const role of ['client', 'server'] as const) {
      expect(play(plan, golden, role, name, single)).toEqual(play(plan, golden, role, 'node', whole));
    }
  });
});
