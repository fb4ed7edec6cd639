// A TLS socket as another Duplex: for who has to see its bytes in another way, and for who closes streams harder than TLS likes.

import { Duplex } from 'node:stream';
import type { EngineSocket } from '../node/engine_socket.ts';

export type Done = (error?: Error | null) => void;

/** Passes everything through both ways. Its end is the socket's end; to destroy it leaves the socket alone. */
export class TlsView extends Duplex {
  protected readonly tls: EngineSocket;

  constructor(tls: EngineSocket) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.tls = tls;
    tls.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) tls.pause();
    });
    tls.on('end', () => this.push(null));
    tls.on('error', (error) => this.destroy(error));
    tls.on('close', () => this.destroy());
  }

  override _read(): void {
    this.tls.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.tls.write(chunk, done);
  }

  override _final(done: Done): void {
    this.tls.end(() => done());
  }

  // What node:http asks of a net.Socket.

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    this.end(() => this.destroy());
  }
}
