// The form of the handshake tables: a state is a value with a name and just the data valid in it; a row says what the state
// may read and write and which inputs it takes; a cell is a handler and the states it may lead to. `on` compares the
// handler's return type with the declared targets, so that a wrong wiring does not compile. The driver stands in engine/.

import type { Codec } from '../codec/codec.ts';
import type { HandshakeTypeName } from '../wire/registry/names.ts';
import type { HandshakeContext } from './context.ts';
import type { Exporter } from './shared/exporter.ts';
import type { Answers, Need } from './shared/needs.ts';

export type MessageName = HandshakeTypeName | 'hello_retry_request';

/** What can happen to a state: a message, ChangeCipherSpec, an answer, a key near its limit, a wish of the host. */
export type InputName =
  | MessageName
  | 'change_cipher_spec'
  | 'start'
  | 'answer'
  /** RFC 8446 5.5. */
  | 'key_limit'
  /** RFC 8446 4.6.3, with or without a request to the peer. */
  | 'update_keys'
  | 'update_both_keys'
  /** RFC 8446 4.6.2. */
  | 'ask_certificate';

/** Every state of both tables. A state with a `need` waits for its answer and reads nothing. */
export interface AnyState {
  readonly name: string;
  readonly need?: Need;
  /** Whether the application may write already, where the row leaves it to the state (False Start, early data). */
  readonly mayWrite?: boolean;
  /** What keying material is exported from, once the connection is open. */
  readonly exporter?: Exporter;
}

interface Targets {
  readonly targets: readonly string[];
}

/** Parses with `codec` what arrived, then handles it. `raw` is the whole message, its header included. */
export interface MessageCell<S> extends Targets {
  readonly kind: 'message';
  readonly codec: Codec<unknown>;
  handle(context: HandshakeContext, state: S, message: unknown, raw: Uint8Array): AnyState;
}

export interface SignalCell<S> extends Targets {
  readonly kind: 'signal';
  handle(context: HandshakeContext, state: S): AnyState;
}

export interface AnswerCell<S> extends Targets {
  readonly kind: 'answer';
  readonly need: keyof Answers;
  handle(context: HandshakeContext, state: S, answer: unknown): AnyState;
}

/** An input that is dropped, and counted: ChangeCipherSpec for middleboxes (RFC 8446 5), an early HelloRequest. */
export interface IgnoreCell extends Targets {
  readonly kind: 'ignore';
}

export type Cell<S> = MessageCell<S> | SignalCell<S> | AnswerCell<S> | IgnoreCell;

export interface Row<S> {
  /** Whether application data may arrive; `early`: what came before the client has proved itself (RFC 8446 2.3). */
  readonly reads: 'nothing' | 'early' | 'data';
  /** Whether the application may write; `early`: when the state says so. */
  readonly writes: 'nothing' | 'data' | 'early';
  readonly on: { readonly [I in InputName]?: Cell<S> };
  /** Where an optional message that did not come leads: the driver moves there and looks the input up again. */
  readonly otherwise?: SignalCell<S>;
}

/** One row for each state of `S`, typed by that state. */
export type Table<S extends AnyState> = { readonly [N in S['name']]: Row<Extract<S, { name: N }>> };

/** All of `R`'s names must be declared, and nothing else: otherwise the parameter's type is never. */
type Declared<R extends AnyState, N extends readonly string[]> = [R['name']] extends [N[number]]
  ? [N[number]] extends [R['name']]
    ? N
    : never
  : never;

export function on<S, T, R extends AnyState, const N extends readonly string[]>(
  codec: Codec<T>,
  handle: (context: HandshakeContext, state: S, message: T, raw: Uint8Array) => R,
  ...targets: Declared<R, N> & N
): MessageCell<S> {
  return {
    kind: 'message',
    codec: codec as Codec<unknown>,
    handle: handle as MessageCell<S>['handle'],
    targets,
  };
}

export function onSignal<S, R extends AnyState, const N extends readonly string[]>(
  handle: (context: HandshakeContext, state: S) => R,
  ...targets: Declared<R, N> & N
): SignalCell<S> {
  return { kind: 'signal', handle, targets };
}

export function onAnswer<S, K extends keyof Answers, R extends AnyState, const N extends readonly string[]>(
  need: K,
  handle: (context: HandshakeContext, state: S, answer: Answers[K]) => R,
  ...targets: Declared<R, N> & N
): AnswerCell<S> {
  return { kind: 'answer', need, handle: handle as AnswerCell<S>['handle'], targets };
}

/** Stays where it is. */
export const ignore: IgnoreCell = { kind: 'ignore', targets: [] };
