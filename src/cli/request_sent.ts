// A TLS socket whose first bytes were handed to it beforehand, as early data: node:http writes the same request once more, and
// what was already given is taken out of what it writes. Everything else passes through both ways.

import { equal } from '../bytes/bytes.ts';
import type { EngineSocket } from '../node/engine_socket.ts';
import { type Done, TlsView } from './tls_view.ts';

export class RequestSent extends TlsView {
  /** What must come before anything is passed on. */
  private rest: Uint8Array;

  constructor(tls: EngineSocket, given: Uint8Array) {
    super(tls);
    this.rest = given;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: Done): void {
    const known = Math.min(chunk.length, this.rest.length);
    if (!equal(chunk.subarray(0, known), this.rest.subarray(0, known))) {
      return done(new Error('another request than the one that was sent early'));
    }
    this.rest = this.rest.subarray(known);
    if (known === chunk.length) return done();
    super._write(chunk.subarray(known), encoding, done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.tls.destroy();
    done(error);
  }
}
