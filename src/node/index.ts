// The public index of `glasstls/node`: TLS over TCP, with the shape of node:tls.

export { certificateCompression } from './compression.ts';
export { type ConnectOptions, connect } from './connect.ts';
export { type ClientName, createSecureContext, type SecureContext, type SecureOptions } from './options.ts';
export { createServer, Server, type ServerSocketOptions } from './server.ts';
export { type CipherInfo, TLSSocket, type TLSSocketSetup } from './tls_socket.ts';
