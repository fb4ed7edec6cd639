// Engines to attack: connected ones with a forge that seals under their live keys, servers that wait for a ClientHello, and clients
// whose server lies in one message. Nothing is observed or kept of what comes out, so that what is held is the engine's.

import { concat } from '../../../src/bytes/bytes.ts';
import { decode, encode } from '../../../src/codec/run.ts';
import type { Connection } from '../../../src/engine/connection.ts';
import type { TlsEvent } from '../../../src/engine/events.ts';
import type { MessageName } from '../../../src/handshake/machine.ts';
import { makeHeader } from '../../../src/record/protection.ts';
import { type ClientHello, clientHello } from '../../../src/wire/messages.ts';
import { Forge, handshake, puppet, recordsOf } from '../../support/forge.ts';
import { makePair, type PairOptions, type Side, shakeHands } from '../../support/pair.ts';
import type { Siege } from './siege.ts';

export type Input = (forge: Forge) => Iterable<Uint8Array>;

/** Hands pieces to an engine whose needs nobody answers, and counts what it sends. */
export function against(engine: Connection, input: Iterable<Uint8Array>): Siege {
  let end: string | undefined;
  const take = (events: readonly TlsEvent[]): number => {
    let sent = 0;
    for (const event of events) {
      if (event.type === 'send') for (const { length } of event.pieces) sent += length;
      if (event.type === 'error') end = event.error.code;
    }
    return sent;
  };
  return { input, receive: (piece) => take(engine.receive(piece)), end: () => end };
}

/** A connected side, and what its peer sends it under the right keys. */
export function connected(
  role: 'client' | 'server',
  version: 'TLSv1.2' | 'TLSv1.3',
  input: Input,
  more: PairOptions = {},
): Siege {
  const versions = { minVersion: version, maxVersion: version } as const;
  const pair = makePair({ ...more, client: { ...versions, ...more.client }, server: { ...versions, ...more.server } });
  const forge = new Forge(pair[role].engine);
  shakeHands(pair);
  if (pair[role].agreement === undefined) throw new Error(`not connected: ${pair[role].error?.message}`);
  return against(pair[role].engine, input(forge));
}

/** A client in the middle of a handshake with a server that says something else in one message. */
export function deceived(
  on: MessageName,
  change: (raw: Uint8Array) => readonly Uint8Array[],
  options: PairOptions = {},
): Siege {
  const pair = makePair(options);
  const { client, server } = pair;
  puppet(server.engine, (name, raw) => (name === on ? change(raw) : undefined));
  server.handle(server.engine.start());
  client.handle(client.engine.start());
  return {
    input: dialogue(client, server),
    receive: (piece) => {
      client.handle(client.engine.receive(piece));
      return client.outbox.reduce((sum, { length }) => sum + length, 0);
    },
    end: () => client.error?.code,
  };
}

/** What the other side answers, as long as it does. */
function* dialogue(target: Side, peer: Side): Iterable<Uint8Array> {
  while (target.outbox.length > 0) {
    peer.handle(peer.engine.receive(target.drain()));
    const answer = peer.drain();
    if (answer.length === 0) return;
    yield answer;
  }
}

/** Connections one after another, each of which is sent the same, and is kept. */
export function again(count: number, make: () => Connection, pieces: readonly Uint8Array[]): Siege {
  const engines: Connection[] = [];
  const whole = concat(...pieces);
  return {
    input: Array.from({ length: count }, () => whole),
    receive: (piece) => {
      const engine = make();
      engines.push(engine);
      return against(engine, []).receive(piece);
    },
    end: () => undefined,
  };
}

/** A server that has said nothing yet. */
export function freshServer(options: PairOptions = {}): Connection {
  const { server } = makePair(options);
  server.handle(server.engine.start());
  return server.engine;
}

let honest: Uint8Array | undefined;

/** The ClientHello of our own client, changed, in records. */
export function helloRecords(change: (hello: ClientHello) => ClientHello): Uint8Array[] {
  if (honest === undefined) {
    const { client } = makePair();
    client.handle(client.engine.start());
    honest = recordsOf(client.drain())[0]?.slice(9) ?? new Uint8Array(0);
  }
  return inRecords(handshake('client_hello', encode(clientHello, change(decode(clientHello, honest)))));
}

/** Cut into unprotected records of this length. */
export function inRecords(message: Uint8Array, length = 2 ** 14): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < message.length; at += length) {
    const content = message.subarray(at, at + length);
    records.push(concat(makeHeader(22, 0x0301, content.length), content));
  }
  return records;
}
