// What is fuzzed: something that takes bytes and either ends in one of the ways it is allowed to, or fails. An input says
// everything, so that its bytes replay it.

import { DecodeError } from '../../../src/bytes/decode_error.ts';
import { ERROR_CODES } from '../../../src/wire/error_codes.ts';
import { TlsError } from '../../../src/wire/tls_error.ts';
import type { Random } from './random.ts';

export interface Target {
  readonly name: string;
  readonly kind: 'parser' | 'machine';
  /** It reaches native code, which can end the process: its inputs are written down before they are run. */
  readonly native?: true;
  /** Inputs to begin with. */
  readonly seeds: () => readonly Uint8Array[];
  /** How it ended, in a word. @throws anything, which is a failure */
  readonly run: (input: Uint8Array) => string;
  /** A neighbour of `input` that keeps to the structure; undefined where there is none. */
  readonly vary?: (input: Uint8Array, random: Random, corpus: readonly Uint8Array[]) => Uint8Array | undefined;
  /** Inputs in a batch, where one takes much longer than others of its kind. */
  readonly batch?: number;
  /** Drops what it keeps from one input to the next. */
  readonly forget?: () => void;
  /** Blocks that may be run for an input, and for each of its bytes. */
  readonly work: { readonly base: number; readonly each: number };
}

/** An oracle that was broken. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

export function hold(condition: boolean, problem: string): asserts condition {
  if (!condition) throw new Broken(problem);
}

/** What bytes of a peer may cause; anything else goes on as what it is, a failure. */
export function refusal(error: unknown): string {
  if (error instanceof DecodeError) {
    hold(error.problem.length > 0, 'a DecodeError that says nothing');
    return error.alert;
  }
  if (error instanceof TlsError) {
    hold(error.code in ERROR_CODES, `no such code: ${error.code}`);
    hold(error.code !== 'ERR_TLS_INTERNAL', `internal: ${error.message}`);
    return error.code;
  }
  throw error;
}

/** Whether it throws one of the errors that bytes may cause, and what it gives otherwise. */
export function attempt<T>(work: () => T): { readonly value: T } | { readonly refused: string } {
  try {
    return { value: work() };
  } catch (error) {
    return { refused: refusal(error) };
  }
}
