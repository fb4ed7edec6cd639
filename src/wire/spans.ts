// Reading a message of TLS with its fields kept and its numbers named: what annotates bytes.

import type { Codec } from '../codec/codec.ts';
import * as run from '../codec/run.ts';
import { labelOf } from './registry/labels.ts';

/** Reads like `decode`, and returns the tree of fields; on a format error, as far as it got. */
export function decodeSpans<T>(codec: Codec<T>, bytes: Uint8Array): run.Spanned<T> {
  return run.decodeSpans(codec, bytes, labelOf);
}
