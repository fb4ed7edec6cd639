// Where an answer of HTTP/1.1 ends (RFC 9112 6.3), and what may be missing of one that was cut off: only an answer that tells its own
// length is whole without a close_notify.

import type { AnswerHead } from './http.ts';
import { filled, type Text } from './text.ts';
import { TRUNCATED } from './texts/truncated.ts';

/** `close`: the end of the connection ends it, which only close_notify proves (RFC 9112 9.8, RFC 8446 6.1). */
export type AnswerEnd = 'none' | 'length' | 'chunks' | 'close';

export function answerEnd(method: string, { status, headers }: Pick<AnswerHead, 'status' | 'headers'>): AnswerEnd {
  if (method === 'HEAD' || status === 204 || status === 304) return 'none';
  const of = (name: string): string | undefined => headers.find(([one]) => one.toLowerCase() === name)?.[1];
  if (/(?:^|,)\s*chunked\s*$/i.test(of('transfer-encoding') ?? '')) return 'chunks';
  return of('content-length') === undefined ? 'close' : 'length';
}

/** What had come of an answer when the connection broke. */
export interface AnswerSoFar extends Pick<AnswerHead, 'status' | 'headers'> {
  readonly method: string;
  /** Bytes of body. */
  readonly received: number;
}

/** What came and what may be missing, in a sentence. */
export function missingText({ method, status, headers, received }: AnswerSoFar): Text {
  if (status === 0) return TRUNCATED.head;
  switch (answerEnd(method, { status, headers })) {
    case 'length': {
      const length = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1] ?? '';
      return filled(TRUNCATED.length, { received, length: /^\d+$/.test(length) ? length : '?' });
    }
    case 'chunks':
      return filled(TRUNCATED.chunks, { received });
    default:
      return filled(TRUNCATED.close, { received });
  }
}
