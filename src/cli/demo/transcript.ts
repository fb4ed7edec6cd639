// The hash of the handshake so far, computed from the recorded messages alone (RFC 8446 4.4.1), to hold against what went into the
// keys. All lessons of TLS 1.3 run suites with SHA-256.

import { createHash } from 'node:crypto';
import { messageKey } from '../../inspect/texts/messages.ts';
import { CONTENT_TYPE } from '../../wire/registry/names.ts';
import type { LessonHandshake } from './loopback.ts';
import type { messageOf } from './values.ts';

export interface TranscriptHash {
  readonly hash: Uint8Array;
  readonly messages: number;
  readonly bytes: number;
}

/** From the first ClientHello to the message `last`. */
export function transcriptHash({ timeline }: LessonHandshake, last: Parameters<typeof messageOf>[1]): TranscriptHash {
  const all = timeline.messages.filter(({ contentType }) => contentType === CONTENT_TYPE.handshake);
  const end = all.findIndex((one) => messageKey(one.name, one.from, one.raw, one) === last);
  const heard = all.slice(0, end + 1).map(({ raw }) => raw);
  const retried = all.findIndex(({ name }) => name === 'hello_retry_request');
  const [first] = heard;
  // RFC 8446 4.4.1: the first ClientHello is stood for by a message of type message_hash (254) that holds its hash.
  const hashed =
    first !== undefined && retried >= 0 && retried <= end ? [messageHash(first), ...heard.slice(1)] : heard;
  const hash = createHash('sha256');
  for (const raw of hashed) hash.update(raw);
  const bytes = hashed.reduce((sum, { length }) => sum + length, 0);
  return { hash: new Uint8Array(hash.digest()), messages: heard.length, bytes };
}

/** The synthetic message that stands for a first ClientHello. */
export function messageHash(hello: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(hello).digest();
  return Uint8Array.of(254, 0, 0, digest.length, ...digest);
}
