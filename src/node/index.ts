// The public index of `glasstls/node`: TLS over TCP or any stream, with the shape of node:tls.

export { Agent, type AgentOptions } from './agent.ts';
export { type CipherInfo, getCiphers } from './cipher_info.ts';
export type { ClientSideOptions, HelloOptions } from './client_side.ts';
export { certificateCompression } from './compression.ts';
export { type ConnectOptions, connect } from './connect.ts';
export {
  createHttp2SecureServer,
  createHttpsServer,
  type Http2SecureServerOptions,
  type HttpsServerOptions,
} from './http_servers.ts';
export type { IdentityOptions, KeyOption, RemoteKey } from './identity_options.ts';
export {
  checkServerIdentity,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE,
  DEFAULT_MAX_VERSION,
  DEFAULT_MIN_VERSION,
  rootCertificates,
} from './module_values.ts';
export type { NodeTlsError, TlsDetail } from './node_errors.ts';
export {
  type ClientName,
  createSecureContext,
  type EngineOptions,
  SecureContext,
  type SecureOptions,
} from './options.ts';
export { createServer, Server, type ServerSocketOptions } from './server.ts';
export type { ServerSideOptions } from './server_settings.ts';
export { TLSSocket, type TLSSocketOptions } from './tls_socket.ts';
export type { OnRead } from './user_buffer.ts';
