// A TLS socket whose first bytes were handed to it beforehand, as early data: node:http writes the same request once more, and
// what was already given is taken out of what it writes. Everything else passes through both ways.

import { Duplex } from 'node:stream';
import { equal } from '../bytes/bytes.ts';
import type { EngineSocket as TLSSocket } from '../node/engine_socket.ts';

type Done = (error?: Error | null) => void;

export class RequestSent extends Duplex {
  private readonly tls: TLSSocket;
  /** What must come before anything is passed on. */
  private rest: Uint8Array;

  constructor(tls: TLSSocket, given: Uint8Array) {
    super({ allowHalfOpen: true, autoDestroy: true });
    this.tls = tls;
    this.rest = given;
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
    const known = Math.min(chunk.length, this.rest.length);
    if (!equal(chunk.subarray(0, known), this.rest.subarray(0, known))) {
      return done(new Error('another request than the one that was sent early'));
    }
    this.rest = this.rest.subarray(known);
    if (known === chunk.length) return done();
    this.tls.write(chunk.subarray(known), done);
  }

  override _final(done: Done): void {
    this.tls.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    this.tls.destroy();
    done(error);
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
