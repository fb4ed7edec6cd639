// Connections out of a text (texts_in.ts): each piece goes where the bytes or messages of packets go.

import { CONTENT_TYPE, HANDSHAKE_TYPE } from '../wire/registry/names.ts';
import { NOWHERE } from './addresses.ts';
import type { CapturedConnection } from './connection.ts';
import type { PassiveOptions } from './passive.ts';
import { TlsReading } from './reading.ts';
import type { Budget } from './recorder.ts';
import type { TextPiece } from './texts_in.ts';

interface Open {
  readonly reading: TlsReading;
  readonly first: TextPiece;
  readonly whole: boolean;
  readonly number: number;
  last: TextPiece;
}

export function* connectionsOf(
  pieces: readonly TextPiece[],
  options: PassiveOptions,
  budget: Budget,
): Iterable<CapturedConnection> {
  const open = new Map<string, Open>();
  let number = 0;
  for (const piece of pieces) {
    const { connection, from, contentType, bytes, guessed, place, time } = piece;
    let one = open.get(connection);
    if (one !== undefined && beginsAnew(piece, one)) {
      yield finished(one);
      one = undefined;
    }
    if (one === undefined) {
      const whole = isHello(piece) || (contentType === undefined && from === 'client');
      one = { reading: new TlsReading(options, budget, whole), first: piece, whole, number: ++number, last: piece };
      open.set(connection, one);
    }
    one.last = piece;
    const where = { frame: place, time };
    if (guessed) one.reading.tls.record(from, bytes, where);
    else if (contentType === undefined) one.reading.tls.bytes(from, bytes, where);
    else one.reading.tls.message(from, contentType, bytes, where);
  }
  for (const one of open.values()) yield finished(one);
}

function isHello({ contentType, bytes }: TextPiece): boolean {
  return contentType === CONTENT_TYPE.handshake && bytes[0] === HANDSHAKE_TYPE.client_hello;
}

/** A ClientHello behind a finished handshake, or behind an alert, is that of the next connection. */
function beginsAnew(piece: TextPiece, { reading, last }: Open): boolean {
  if (!isHello(piece)) return false;
  return reading.tls.handshake.finished.size > 0 || last.contentType === CONTENT_TYPE.alert;
}

function finished({ reading, first, last, whole, number }: Open): CapturedConnection {
  return reading.result({
    number,
    client: NOWHERE,
    server: NOWHERE,
    started: first.time,
    origin: first.time,
    firstFrame: first.place,
    lastFrame: last.place,
    before: 0,
    guessed: first.guessed,
    whole,
    repeated: 0,
    reordered: 0,
  });
}
