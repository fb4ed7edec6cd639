// Somebody between client and server, on loopback: sees whole records of both directions, may change them, or ends the connection.

import { connect, type Socket } from 'node:net';
import { tcpServer } from './http_servers.ts';

export interface Meddling {
  /** May change a record of the client in place; `reset`, `close` and `drop` are what becomes of the connection instead. */
  readonly fromClient?: (record: Buffer) => undefined | 'reset' | 'close' | 'drop';
  readonly fromServer?: (record: Buffer) => void;
}

/** Runs `body` with the port of somebody in front of the server on `port`. */
export async function inBetween(
  port: number,
  { fromClient, fromServer }: Meddling,
  body: (port: number) => Promise<void>,
): Promise<void> {
  const proxy = await tcpServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => {});
    client.on('close', () => upstream.destroy());
    let cut = false;
    eachRecord(client, (record) => {
      const fate = fromClient?.(record);
      cut ||= fate !== undefined;
      if (fate === 'reset') client.resetAndDestroy();
      else if (fate === 'close') client.end();
      else if (!cut) upstream.write(record);
    });
    client.on('end', () => upstream.end());
    eachRecord(upstream, (record) => {
      fromServer?.(record);
      client.write(record);
    });
    upstream.on('end', () => client.end());
  });
  try {
    await body(proxy.port);
  } finally {
    await proxy.stop();
  }
}

function eachRecord(socket: Socket, take: (record: Buffer) => void): void {
  let kept = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]);
    while (kept.length >= 5 && kept.length >= 5 + kept.readUInt16BE(3)) {
      const record = Buffer.from(kept.subarray(0, 5 + kept.readUInt16BE(3)));
      kept = kept.subarray(record.length);
      take(record);
    }
  });
}

/** Where a handshake message of that type begins in a record that holds whole messages; -1 without one. */
export function indexOfMessage(record: Buffer, type: number): number {
  for (let at = 5; at + 4 <= record.length; at += 4 + record.readUIntBE(at + 1, 3)) if (record[at] === type) return at;
  return -1;
}
