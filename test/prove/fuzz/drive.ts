// Two engines in memory, driven by a list of acts: what an attacker between them does to records, what a peer that lies sends in
// place of its messages or under its live keys, and what a host may call at any moment. Each act is four bytes; the acts and
// the pair are all there is, so that the same bytes do the same again.

import { concat, equal, toHex } from '../../../src/bytes/bytes.ts';
import type { TlsEvent } from '../../../src/engine/events.ts';
import { makeHeader } from '../../../src/record/protection.ts';
import { TlsError } from '../../../src/wire/tls_error.ts';
import { Forge, handshake, puppet, recordsOf } from '../../support/forge.ts';
import type { Pair, Side } from '../../support/pair.ts';
import { hold } from './target.ts';

export interface Act {
  /** For the wire and the host: how many records were carried before. For messages: how many the side had sent. */
  readonly when: number;
  readonly what: number;
  readonly a: number;
  readonly b: number;
}

export function actsOf(bytes: Uint8Array): readonly Act[] {
  const acts: Act[] = [];
  for (let at = 0; at + 3 < bytes.length && acts.length < 40; at += 4) {
    const [when = 0, what = 0, a = 0, b = 0] = bytes.subarray(at, at + 4);
    acts.push({ when: when % 48, what, a, b });
  }
  return acts;
}

const CARRIED = 2000;
const NAMES = ['client', 'server'] as const;
type Name = (typeof NAMES)[number];

export interface Driven {
  /** How either side ended. */
  readonly ends: Readonly<Record<Name, string>>;
  /** Everything that came out, in order, for comparison with another run. */
  readonly history: readonly string[];
}

export function drive(pair: Pair, acts: readonly Act[], pool: readonly Uint8Array[]): Driven {
  return new Drive(pair, acts, pool).run();
}

class Drive {
  private readonly pair: Pair;
  private readonly acts: readonly Act[];
  private readonly pool: readonly Uint8Array[];
  private readonly forges: Readonly<Record<Name, Forge>>;
  private readonly queues: Readonly<Record<Name, Uint8Array[]>> = { client: [], server: [] };
  private readonly written: Readonly<Record<Name, Uint8Array[]>> = { client: [], server: [] };
  /** Sides that were sent data that nobody wrote. */
  private readonly lied = new Set<Name>();
  private readonly holding: Record<Name, number> = { client: 0, server: 0 };
  private readonly history: string[] = [];
  private carried = 0;

  constructor(pair: Pair, acts: readonly Act[], pool: readonly Uint8Array[]) {
    this.pair = pair;
    this.acts = acts;
    this.pool = pool;
    this.forges = { client: new Forge(pair.client.engine), server: new Forge(pair.server.engine) };
    for (const name of NAMES) {
      const side = pair[name];
      this.listen(name, side);
      side.hold = () => this.holding[name] > 0 && this.holding[name]-- > 0;
      let sent = 0;
      puppet(side.engine, (_message, raw) => this.tamper(name, sent++, raw));
    }
  }

  run(): Driven {
    for (const name of ['server', 'client'] as const) this.call(name, (side) => side.engine.start());
    this.say('client', 0x65);
    this.carry();
    for (const name of NAMES) this.say(name, 0x70);
    this.carry();
    for (const name of NAMES) while (this.pair[name].held.length > 0) this.release(name, 0);
    this.carry();
    for (const name of NAMES) this.call(name, (side) => side.engine.close());
    this.carry();
    for (const name of NAMES) this.call(name, (side) => side.engine.end());
    for (const name of NAMES) this.check(name);
    return { ends: { client: endOf(this.pair.client), server: endOf(this.pair.server) }, history: this.history };
  }

  /** Carries records to and fro until nothing moves, each act at its time. */
  private carry(): void {
    for (let moved = true; moved; ) {
      moved = false;
      for (const name of NAMES) {
        const from = name === 'client' ? 'server' : 'client';
        const { outbox } = this.pair[from];
        if (outbox.length > 0) this.queues[name].push(...recordsOf(this.pair[from].drain()));
        if (this.queues[name].length === 0) continue;
        moved = true;
        const { carried } = this;
        hold(++this.carried < CARRIED, 'there is no end in sight');
        for (const act of this.acts) if (act.when === carried) this.perform(act, name);
        const record = this.queues[name].shift();
        if (record !== undefined) this.call(name, (side) => side.engine.receive(record));
      }
    }
  }

  private perform(act: Act, to: Name): void {
    const { what, a, b } = act;
    const queue = this.queues[to];
    const name = NAMES[b & 1] ?? 'client';
    switch (what % 20) {
      case 0:
        return this.change(to, (copy) => flip(copy, 5 + ((a << 8) | b), b));
      case 1:
        return this.change(to, (copy) => flip(copy, a % 5, b));
      case 2:
        queue.shift();
        return;
      case 3:
        queue.splice(a % (queue.length + 1), 0, ...queue.slice(0, 1));
        return;
      case 4:
        queue.push(...queue.splice(0, 1));
        return;
      case 5:
        queue.unshift(concat(makeHeader(20 + (a % 5), 0x0303, b), new Uint8Array(b).fill(a)));
        return;
      case 6:
        queue.unshift(
          ...queue.splice(0, 1).flatMap((one) => [one.slice(0, a % one.length), one.slice(a % one.length)]),
        );
        return;
      case 7:
        queue.splice(0, 2, concat(...queue.slice(0, 2)));
        return;
      case 8:
        return this.forged(
          to,
          20 + (a % 5),
          Uint8Array.from({ length: b }, (_, i) => (a * i + b) & 0xff),
        );
      case 9:
      case 10:
        return this.forged(to, 22, this.message(a, b));
      case 11:
        return this.forged(to, 21, Uint8Array.of(1 + (a & 1), b));
      case 12:
        return this.say(name, a);
      case 13:
        return this.call(name, (side) => (a < 40 ? side.engine.close() : a < 60 ? side.engine.end() : []));
      case 14:
        return this.call(name, (side) => side.engine.updateKeys((a & 1) === 1));
      case 15:
        return this.call(name, (side) => side.engine.requestCertificate());
      case 16:
        this.holding[name] += 1 + (a & 1);
        return;
      case 17:
        return this.release(name, a);
      case 18:
        return this.call(name, (side) => side.engine.answer(a, undefined));
      default:
        return this.read(name, a);
    }
  }

  private change(to: Name, work: (copy: Uint8Array) => void): void {
    const [first, ...others] = this.queues[to];
    if (first === undefined) return;
    const copy = first.slice();
    work(copy);
    this.queues[to].splice(0, Number.POSITIVE_INFINITY, copy, ...others);
  }

  /** A record under the keys that `to` reads with. */
  private forged(to: Name, type: number, content: Uint8Array): void {
    if (type === 23) this.lied.add(to);
    this.queues[to].unshift(this.forges[to].records(type, content));
  }

  /** A message of any kind, perhaps damaged. */
  private message(a: number, b: number): Uint8Array {
    const raw = this.pool[(a * 7 + b) % this.pool.length];
    if (raw === undefined || b < 32) return handshake(a % 26, new Uint8Array(b));
    const copy = raw.slice();
    if (b > 160) flip(copy, 4 + ((a * b) % copy.length), b);
    return copy;
  }

  /** What a side sends instead of one of its messages, its own transcript included. */
  private tamper(name: Name, count: number, raw: Uint8Array): readonly Uint8Array[] | undefined {
    const found = this.acts.find(
      ({ when, what }) => what >= 200 && when === count && (what & 1) === Number(name === 'client'),
    );
    if (found === undefined) return undefined;
    const { what, a, b } = found;
    const body = raw.slice(4);
    switch ((what >> 1) % 8) {
      case 0:
        return [];
      case 1:
        return [raw, raw];
      case 2:
        return [raw, this.message(a, b)];
      case 3:
        return [this.message(a, b)];
      case 4:
        return [handshake(raw[0] ?? 0, body.subarray(0, body.length - 1 - (a % (body.length + 1))))];
      case 5:
        return [handshake(raw[0] ?? 0, concat(body, new Uint8Array(1 + (a & 3)).fill(b)))];
      default:
        flip(body, (a << 8) | b, a ^ b);
        return [handshake(raw[0] ?? 0, body)];
    }
  }

  private say(name: Name, a: number): void {
    if (!this.pair[name].engine.writable) return;
    const data = new Uint8Array(1 + (a & 15)).fill(a);
    // Kept even if it is refused: what was never sent is never received either.
    this.written[name].push(data);
    this.call(name, (side) => side.engine.write(data));
  }

  private release(name: Name, a: number): void {
    const side = this.pair[name];
    const event = side.held.shift();
    if (event === undefined) return;
    const { kind } = event.need;
    const bytes = kind === 'signature' || kind === 'decrypt';
    const mayRefuse = bytes || kind === 'psk' || kind === 'session';
    const honest = side.reply(event.need)?.answer;
    const answer = mayRefuse && a > 200 ? undefined : bytes && a > 150 ? new Uint8Array(a).fill(a) : honest;
    this.call(name, () => side.engine.answer(event.id, answer as never));
  }

  /** What a host may ask for at any time. */
  private read(name: Name, a: number): void {
    this.call(name, (side) => {
      if ((a & 1) === 0) side.engine.exportKeyingMaterial('EXPORTER-test', a, undefined, (a & 2) === 2);
      else side.engine.channelBinding((a & 2) === 2 ? 'tls-unique' : 'tls-exporter');
      return [];
    });
  }

  /** One call of the engine. It may be refused, and then it has changed nothing. */
  private call(name: Name, work: (side: Side) => readonly TlsEvent[]): void {
    const side = this.pair[name];
    try {
      side.handle(work(side));
    } catch (error) {
      if (!(error instanceof TlsError) || error.code !== 'ERR_TLS_USAGE') throw error;
      this.history.push(`${name} refused`);
    }
  }

  private listen(name: Name, side: Side): void {
    const { handle } = side;
    Object.assign(side, {
      handle: (events: readonly TlsEvent[]) => {
        for (const event of events) this.history.push(`${name} ${described(event)}`);
        handle.call(side, events);
      },
    });
  }

  private check(name: Name): void {
    const side = this.pair[name];
    const { error, engine, history, received, early } = side;
    hold(
      error?.code !== 'ERR_TLS_INTERNAL',
      `${name} internal: ${error?.cause instanceof Error ? error.cause.stack : error?.message}`,
    );
    hold(error === undefined || error instanceof TlsError, `${name}: not a TlsError`);
    hold(engine.stateName === 'closed' || error === undefined, `${name} failed and goes on`);
    hold(!engine.writable, `${name} can write after the end`);
    const [data, connected] = ['data', 'connected'].map((type) => history.indexOf(type));
    hold(data === -1 || (connected !== -1 && Number(connected) < Number(data)), `${name}: data before it is connected`);
    if (this.lied.has(name)) return;
    const sent = concat(...this.written[name === 'client' ? 'server' : 'client']);
    const got = concat(...received);
    hold(
      isWithin(got, sent) && isWithin(concat(...early), sent),
      `${name} was given ${toHex(got)}, where ${toHex(sent)} was written`,
    );
  }
}

/** Whether `part` is what is left of `whole` when pieces in front, behind and between are missing: early data may be refused. */
function isWithin(part: Uint8Array, whole: Uint8Array): boolean {
  let at = 0;
  for (const byte of whole) if (at < part.length && part[at] === byte) at++;
  return at === part.length || equal(part, whole);
}

function flip(bytes: Uint8Array, at: number, bits: number): void {
  if (bytes.length === 0) return;
  const place = at % bytes.length;
  bytes[place] = (bytes[place] ?? 0) ^ (bits === 0 ? 1 : bits);
}

function described(event: TlsEvent): string {
  switch (event.type) {
    case 'send':
      return `send ${toHex(concat(...event.pieces))}`;
    case 'data':
    case 'early_data':
      return `${event.type} ${toHex(event.data)}`;
    case 'need':
      return `need ${event.need.kind}`;
    case 'error':
      return `error ${event.error.code} ${event.error.alert} ${event.error.message}`;
    case 'warning':
      return `warning ${event.alert}`;
    default:
      return event.type;
  }
}

function endOf({ error, agreement, engine }: Side): string {
  if (error !== undefined) return error.code.replace('ERR_TLS_', '');
  return agreement === undefined ? `open in ${engine.stateName}` : 'connected';
}
