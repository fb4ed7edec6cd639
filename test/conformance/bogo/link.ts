// The socket to the runner: TLS bytes both ways, and an end that loses nothing. What we write last must be read by the runner
// before the socket is gone, so that our side is closed first and the other drained.

import { connect, type Socket } from 'node:net';

export interface LinkEvents {
  bytes(chunk: Uint8Array): void;
  /** The runner writes no more, or the connection broke. */
  end(): void;
}

export class Link {
  private readonly socket: Socket;
  private held: Uint8Array[] | undefined;
  private ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Connects and says who we are: eight bytes, little-endian. */
  static async open(port: number, ipv6: boolean, shimId: number): Promise<Link> {
    const socket = connect({ port, host: ipv6 ? '::1' : '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await new Promise<void>((done, fail) => {
      socket.once('connect', done);
      socket.once('error', fail);
    });
    const id = Buffer.alloc(8);
    id.writeBigUInt64LE(BigInt(shimId));
    socket.write(id);
    return new Link(socket);
  }

  listen(events: LinkEvents): void {
    const end = (): void => {
      if (this.ended) return;
      this.ended = true;
      events.end();
    };
    this.socket.on('data', (chunk) => events.bytes(chunk));
    this.socket.on('end', end);
    this.socket.on('error', end);
    this.socket.on('close', end);
  }

  write(pieces: readonly Uint8Array[]): void {
    if (this.held !== undefined) this.held.push(...pieces);
    else if (!this.socket.destroyed) this.socket.write(Buffer.concat(pieces));
  }

  /** Lets one byte of what comes next through and keeps the rest back. */
  hold(pieces: readonly Uint8Array[]): void {
    const all = Buffer.concat(pieces);
    this.write([all.subarray(0, 1)]);
    this.held = [all.subarray(1)];
  }

  release(): void {
    const { held } = this;
    this.held = undefined;
    if (held !== undefined) this.write(held);
  }

  async close(): Promise<void> {
    const { socket } = this;
    this.release();
    socket.removeAllListeners('data');
    socket.resume();
    socket.end();
    if (!this.ended && !socket.destroyed) {
      await new Promise<void>((done) => {
        socket.once('end', done);
        socket.once('error', () => done());
        socket.once('close', () => done());
      });
    }
    socket.destroy();
  }
}
