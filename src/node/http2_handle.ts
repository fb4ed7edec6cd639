// A handle for node:http2, which reads the socket's bytes below JavaScript: for a stream without one it makes a wrapper of its
// own, and then takes the session for an unencrypted one. The same wrapper, made by us and behind our socket, leaves our
// `encrypted` and `alpnProtocol` in sight.

import { Duplex } from 'node:stream';
import { TLSSocket as NativeSocket } from 'node:tls';

/** node's net.Socket over a Duplex. It has no public name. */
type StreamSocket = Duplex & { readonly _handle: object | null };

type Maker = (new (stream: Duplex) => StreamSocket) | null;

let maker: Maker | undefined;

/** Null where node has none to offer: then http2 makes its own. */
export function handleOver(stream: Duplex): object | null {
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
