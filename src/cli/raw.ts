// --raw: standard input goes to the server and what it says to standard output, both as fast as the other side takes it. The end of
// the input closes our direction alone (RFC 8446 6.1): the answer may still come.

import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { EngineSocket } from '../node/engine_socket.ts';
import type { Sink } from './sink.ts';

/** Resolves when the server has closed; rejects with the error of the connection, or of the sink. */
export async function pump(socket: EngineSocket, input: Readable, sink: Sink): Promise<{ up: number; down: number }> {
  const moved = { up: 0, down: 0 };
  const sending = (async (): Promise<void> => {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      if (socket.destroyed || !socket.writable) return;
      moved.up += chunk.length;
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
    if (socket.writable) socket.end();
  })();
  // What breaks the connection is told by the reading side.
  sending.catch((error: Error) => socket.destroy(error));
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      moved.down += chunk.length;
      await sink.write(chunk);
    }
  } catch (error) {
    // Who has read our close_notify may close without one of its own.
    const closed = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!closed || !socket.writableEnded) throw error;
  } finally {
    input.destroy();
  }
  return moved;
}
