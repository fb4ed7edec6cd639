// The public index of `glasstls`: the engine. No I/O, no Node, no DOM; bring a provider, a transport and a trust policy.

export type {
  AeadName,
  CurveName,
  GroupName,
  HashName,
  PublicKey,
  SignatureAlgorithm,
} from './crypto/keys.ts';
export type { Aead, CryptoProvider, DhShare, HashContext, KeyShare, PrivateKey } from './crypto/provider.ts';
export type { SecretStep } from './crypto/secrets.ts';
export { TlsClient } from './engine/client.ts';
export type {
  ClientCertificateEvent,
  ClosedEvent,
  ConnectedEvent,
  DataEvent,
  EarlyDataEvent,
  EarlyDataOutcomeEvent,
  EndEvent,
  ErrorEvent,
  NeedEvent,
  SendEvent,
  SessionEvent,
  TlsEvent,
  WarningEvent,
  WritableEvent,
} from './engine/events.ts';
export { type Modern, ModernTlsClient, ModernTlsServer, resolveModernServerOptions } from './engine/modern.ts';
export type * from './engine/observe.ts';
export type {
  ClientOptions,
  CommonOptions,
  CredentialOption,
  ServerOptions,
  VersionOption,
} from './engine/options.ts';
export { resolveServerOptions, TlsServer } from './engine/server.ts';
export { CLIENT_TABLE } from './handshake/client/table.ts';
export type { Agreement, CertificateRequestInfo } from './handshake/context.ts';
export { SERVER_TABLE } from './handshake/server/table.ts';
export type { CertificateCompression } from './handshake/shared/compression.ts';
export type {
  Answers,
  DecryptNeed,
  EarlyDataAnswer,
  EarlyDataNeed,
  HelloNeed,
  KeyUsage,
  Need,
  Psk,
  PskNeed,
  SessionNeed,
  SignatureNeed,
  Verdict,
  VerdictNeed,
} from './handshake/shared/needs.ts';
export type { TicketKey } from './handshake/shared/tickets.ts';
export { DEFAULT_LIMITS, type Limits } from './record/limits.ts';
export { ERROR_CODES, type ErrorCode } from './wire/error_codes.ts';
export type { AlertName } from './wire/registry/names.ts';
export { type Fault, TlsError, type Where } from './wire/tls_error.ts';
