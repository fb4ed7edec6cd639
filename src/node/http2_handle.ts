// A handle for node:http2, which reads the socket's bytes below JavaScript: for a stream without one it makes a wrapper of its
// own, and then takes the session for an unencrypted one. The same wrapper, made by us and behind our socket, leaves our
// `encrypted` and `alpnProtocol` in sight. It is put around a stream beside the socket, since http2 also reads what it finds
// buffered in the socket itself, and would have it twice.

import { Duplex } from 'node:stream';
import { TLSSocket as NativeSocket } from 'node:tls';

/** node's net.Socket over a Duplex. It has no public name. */
type StreamSocket = Duplex & { readonly _handle: object | null };

type Maker = (new (stream: Duplex) => StreamSocket) | null;

let maker: Maker | undefined;

/** What was decrypted, for the handle alone; what is written goes to the socket. */
export class HandleStream extends Duplex {
  readonly handle: object | null;
  private readonly socket: Duplex;
  private readonly wanted: () => void;

  /** `wanted`: more may be pushed. */
  constructor(socket: Duplex, wanted: () => void) {
    super({ allowHalfOpen: true });
    this.socket = socket;
    this.wanted = wanted;
    for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) this.push(chunk);
    socket.once('close', () => this.destroy());
    this.handle = handleOver(this);
  }

  override _read(): void {
    this.wanted();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.socket.end(done);
  }
}

/** Null where node has none to offer: then http2 makes its own. */
function handleOver(stream: Duplex): object | null {
  if (maker === undefined) maker = findMaker();
  if (maker === null) return null;
  const wrapper = new maker(stream);
  // It says again what the stream says, to nobody.
  wrapper.on('error', () => {});
  return wrapper._handle;
}

/** node:tls puts the same wrapper around a Duplex. */
function findMaker(): Maker {
  const probe = new NativeSocket(new Duplex({ read() {}, write() {} }) as never) as unknown as {
    readonly _handle?: { readonly _parentWrap?: StreamSocket };
    destroy(): void;
  };
  const made = probe._handle?._parentWrap?.constructor as (new (stream: Duplex) => StreamSocket) | undefined;
  probe.destroy();
  return made ?? null;
}
