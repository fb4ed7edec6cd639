// What every socket of ours is made of: a stream.Duplex that is a net.Socket and a tls.TLSSocket as `instanceof` tells, which
// is what node:http2 and many packages ask. Only the prototypes of the two are in the chain, never their constructors (which
// cost eight times as much and want a handle); test/node/surface.test.ts proves that every one of their methods and properties
// is overridden, so that none of them ever runs on a socket of ours.

import type { Socket } from 'node:net';
import { Duplex, type DuplexOptions } from 'node:stream';
import { TLSSocket as NativeSocket } from 'node:tls';

class Plain extends Duplex {}
Object.setPrototypeOf(Plain.prototype, NativeSocket.prototype);

/** The stream's own methods stand before those that net.Socket has put in their place. */
const OF_STREAMS = ['end', 'pause', 'resume', 'read', 'destroy'] as const;
for (const name of OF_STREAMS) Object.defineProperty(Plain.prototype, name, { value: Duplex.prototype[name] });

/** For the type checker a Duplex: what net.Socket has besides is declared, with ours, in transport_socket.ts. */
export const SocketBase = Plain as new (options?: DuplexOptions) => Duplex;

/** What is asked of a transport that may be a net.Socket, and may be any other Duplex. */
export type Transport = Duplex & Partial<Omit<Socket, keyof Duplex>>;
