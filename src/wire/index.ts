// The public index of `glasstls/wire`: what TLS looks like in bytes, with no policy.

export { DecodeError } from '../bytes/decode_error.ts';
export type { Codec } from '../codec/codec.ts';
export { decode, encode, type Span, type Spanned } from '../codec/run.ts';
export * from './extensions.ts';
export * from './key_exchange.ts';
export * from './messages.ts';
export { suiteByName, suiteName, suiteOpensslName } from './registry/cipher_suites.ts';
export * from './registry/names.ts';
export { decodeSpans } from './spans.ts';
