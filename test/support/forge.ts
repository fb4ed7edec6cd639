// Tools of a peer that does not keep to the rules. A Forge seals any record under the very keys that an engine reads
// with; `puppet` makes an engine send other messages than it would, into its own transcript too, so that Finished still
// fits; `singly` makes it send one message in a record, so that the other side can be stopped between any two.

import { concat } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/codec/codec.ts';
import { decode, encode } from '../../src/codec/run.ts';
import type { Connection } from '../../src/engine/connection.ts';
import type { EngineContext } from '../../src/engine/context.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { KeyChange } from '../../src/handshake/context.ts';
import type { MessageName } from '../../src/handshake/machine.ts';
import { makeSealer } from '../../src/record/protect.ts';
import { makeHeader, type Opener, RECORD_HEADER_LENGTH, type Sealer } from '../../src/record/protection.ts';
import type { RawExtension } from '../../src/wire/extensions.ts';
import { encodeHandshake } from '../../src/wire/messages.ts';
import { ALERT, alertName, HANDSHAKE_TYPE } from '../../src/wire/registry/names.ts';

/** What an engine keeps to itself, for tests that look inside or reach in. */
interface Internals {
  readonly context: EngineContext;
  /** Messages that were ignored so far. */
  readonly counters: { readonly ignored: number };
}

export const internals = (engine: Connection): Internals => engine as unknown as Internals;
/** What an engine reads with now. */
export const openerOf = (engine: Connection): Opener =>
  (internals(engine).context.read as unknown as { readonly opener: Opener }).opener;
/** What an engine writes with now. */
export const sealerOf = (engine: Connection): Sealer =>
  (internals(engine).context.write as unknown as { readonly sealer: Sealer }).sealer;

/** Cuts a byte stream into whole records. */
export function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = RECORD_HEADER_LENGTH + (((bytes[at + 3] ?? 0) << 8) | (bytes[at + 4] ?? 0));
    records.push(bytes.slice(at, at + length));
    at += length;
  }
  return records;
}

/** A handshake message: type, length and body. */
export function handshake(type: number | keyof typeof HANDSHAKE_TYPE, body: Uint8Array): Uint8Array {
  const code = typeof type === 'number' ? type : HANDSHAKE_TYPE[type];
  return concat(Uint8Array.of(code, body.length >> 16, body.length >> 8, body.length), body);
}

/** The raw message with its decoded body changed. */
export function edited<T>(codec: Codec<T>, raw: Uint8Array, change: (body: T) => T): Uint8Array {
  return handshake(raw[0] ?? 0, encode(codec, change(decode(codec, raw.subarray(4)))));
}

/** A block of extensions of any message. */
export interface Block {
  readonly list: readonly RawExtension[];
  readonly known: object;
}

/** The block with extension `id` set to `data`, or taken out. */
export function withExtension<B extends Block>(block: B, id: number, data: Uint8Array | undefined): B {
  const others = block.list.filter((one) => one.extension_type !== id);
  const one: RawExtension[] = data === undefined ? [] : [{ extension_type: id, extension_data: data }];
  return { ...block, list: [...others, ...one] };
}

/** Seals records that `engine` will accept as its peer's. Make it before the handshake begins. */
export class Forge {
  private readonly engine: Connection;
  private change: KeyChange | undefined;

  constructor(engine: Connection) {
    this.engine = engine;
    const { context } = this;
    const setReadKeys = context.setReadKeys.bind(context);
    context.setReadKeys = (change) => {
      setReadKeys(change);
      this.change = change;
    };
  }

  private get context(): Internals['context'] {
    return internals(this.engine).context;
  }

  /** Records of the same type, one for each of `contents`, under the keys that the engine reads with now. */
  records(type: number, ...contents: readonly Uint8Array[]): Uint8Array {
    const sealer = this.sealer();
    const out: Uint8Array[] = [];
    for (const content of contents) {
      if (sealer === undefined) out.push(makeHeader(type, 0x0303, content.length), content);
      else sealer.seal(type, content, out);
    }
    return concat(...out);
  }

  /** What the engine's own sealer under the present read keys would be, at the right sequence number. */
  sealer(): Sealer | undefined {
    if (this.change === undefined) return undefined;
    const sealer = makeSealer(this.context.provider, this.change.suite, this.change.keys);
    setSequence(sealer, openerOf(this.engine).opened);
    return sealer;
  }

  handshake(type: number | keyof typeof HANDSHAKE_TYPE, body: Uint8Array): Uint8Array {
    return this.records(22, handshake(type, body));
  }

  alert(level: number, alert: keyof typeof ALERT): Uint8Array {
    return this.records(21, Uint8Array.of(level, ALERT[alert]));
  }
}

/** Sets how many records a sealer or opener believes to have behind it. */
export function setSequence(half: object, sequence: number): void {
  if (!('sequence' in half)) throw new Error('no sequence number here');
  half.sequence = sequence;
}

/** What a puppet sends instead of a message: other messages, none, or (undefined) the message itself. */
export type Tamper = (name: MessageName, raw: Uint8Array) => readonly Uint8Array[] | undefined;

/** Makes `engine` send what `tamper` says instead of its own messages of the handshake. */
export function puppet(engine: Connection, tamper: Tamper): void {
  const { context } = internals(engine);
  const send = context.send.bind(context);
  const sendOutside = context.sendOutside.bind(context);
  const instead = <T>(name: MessageName, codec: Codec<T>, message: T): Uint8Array => {
    const raw = encodeHandshake(name === 'hello_retry_request' ? 'server_hello' : name, codec, message);
    const sent = tamper(name, raw) ?? [raw];
    for (const one of sent) context.write.message(one);
    return concat(...sent);
  };
  // Only what `send` sends through it: what leaves after the handshake stays as it is.
  context.send = (name, codec, message) => {
    context.sendOutside = instead;
    send(name, codec, message);
    context.sendOutside = sendOutside;
  };
}

/** Makes `engine` put each handshake message into a record of its own. */
export function singly(engine: Connection): void {
  const { write } = internals(engine).context;
  const message = write.message.bind(write);
  write.message = (raw) => {
    message(raw);
    (write as unknown as { flushHandshake(): void }).flushHandshake();
  };
}

/** The alerts that were sent, by name, from what an engine observed. */
export function alertsOf(observations: readonly Observation[], direction: 'in' | 'out' = 'out'): string[] {
  return observations.flatMap((one) =>
    one.kind === 'message' && one.name === 'alert' && one.direction === direction
      ? [alertName(one.raw[1] ?? 255) ?? String(one.raw[1])]
      : [],
  );
}
