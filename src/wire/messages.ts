// The handshake messages of TLS 1.2 and 1.3 as codecs (RFC 8446 4, RFC 5246 7.4); the key
// exchanges of TLS 1.2 stand in key_exchange.ts. Each reads a message's body; the four bytes of type and length in front of it are `handshakeHeader`. What a value may be is policy and is checked
// by the handshake; here only the format is.

import { equal, fromHex } from '../bytes/bytes.ts';
import { Writer } from '../bytes/writer.ts';
import {
  type Codec,
  coded,
  empty,
  fixed,
  opaque,
  optionalTail,
  rest,
  struct,
  u8,
  u16,
  u24,
  u32,
  vector,
} from '../codec/codec.ts';
import { type CertificateStatusRequest, ocspStatus, signatureSchemeList } from './extension_bodies.ts';
import {
  EXTENSIONS,
  type ExtensionBlock,
  extensionBlock,
  extensionBlockBy,
  noExtensions,
  type RawExtension,
} from './extensions.ts';
import { HANDSHAKE_TYPE, type HandshakeTypeName } from './registry/names.ts';

const version = coded(u16, 'version');
const suite = coded(u16, 'cipher_suite');
const compression = coded(u8, 'compression_method');
const scheme = coded(u16, 'signature_scheme');

/** RFC 8446 4: in front of every handshake message. */
export interface HandshakeHeader {
  readonly msg_type: number;
  readonly length: number;
}
export const HANDSHAKE_HEADER_LENGTH = 4;
export const handshakeHeader: Codec<HandshakeHeader> = struct<HandshakeHeader>({
  msg_type: coded(u8, 'handshake_type'),
  length: u24,
});

/** A whole message: type, length and body. */
export function encodeHandshake<T>(name: HandshakeTypeName, codec: Codec<T>, message: T): Uint8Array {
  const writer = new Writer(512);
  writer.u8(HANDSHAKE_TYPE[name]);
  writer.prefixed(3, () => codec.write(writer, message));
  return writer.finish();
}

/** RFC 8446 4.1.2, RFC 5246 7.4.1.2. */
export interface ClientHello {
  readonly legacy_version: number;
  readonly random: Uint8Array;
  readonly legacy_session_id: Uint8Array;
  readonly cipher_suites: readonly number[];
  readonly legacy_compression_methods: readonly number[];
  readonly extensions: ExtensionBlock<'client_hello'>;
}
export const clientHello: Codec<ClientHello> = struct<ClientHello>({
  legacy_version: version,
  random: fixed(32),
  legacy_session_id: opaque(1, 0, 32),
  cipher_suites: vector(2, suite, 2, 2 ** 16 - 2),
  legacy_compression_methods: vector(1, compression, 1),
  extensions: optionalTail(extensionBlock('client_hello'), noExtensions()),
});

/** RFC 8446 4.2.11.2: a ClientHello without its list of binders, which is at its end. */
export function withoutBinders(raw: Uint8Array, binders: readonly Uint8Array[]): Uint8Array {
  const length = binders.reduce((sum, binder) => sum + 1 + binder.length, 2);
  return raw.subarray(0, raw.length - length);
}

export type ServerHelloColumn = 'server_hello_12' | 'server_hello_13' | 'hello_retry_request';

/** RFC 8446 4.1.3, RFC 5246 7.4.1.3; HelloRetryRequest has the same form (RFC 8446 4.1.4). */
export interface ServerHelloOf<M extends ServerHelloColumn> {
  readonly legacy_version: number;
  readonly random: Uint8Array;
  readonly legacy_session_id_echo: Uint8Array;
  readonly cipher_suite: number;
  readonly legacy_compression_method: number;
  readonly extensions: ExtensionBlock<M>;
}
export type ServerHello = ServerHelloOf<'server_hello_12'> | ServerHelloOf<'server_hello_13'>;
export type HelloRetryRequest = ServerHelloOf<'hello_retry_request'>;

function serverHelloOf<M extends ServerHelloColumn>(extensions: Codec<ExtensionBlock<M>>): Codec<ServerHelloOf<M>> {
  return struct<ServerHelloOf<M>>({
    legacy_version: version,
    random: fixed(32),
    legacy_session_id_echo: opaque(1, 0, 32),
    cipher_suite: suite,
    legacy_compression_method: compression,
    extensions: optionalTail(extensions, noExtensions<M>()),
  });
}

/** RFC 8446 4.1.3: the SHA-256 of "HelloRetryRequest", which stands where a ServerHello has its random. */
export const HELLO_RETRY_RANDOM: Uint8Array = fromHex(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
);
/** RFC 8446 4.1.3: the end of the random of a server that could speak more than it negotiated. */
export const DOWNGRADE_TO_TLS12: Uint8Array = fromHex('444f574e47524401');
export const DOWNGRADE_TO_TLS11: Uint8Array = fromHex('444f574e47524400');

/** True for the body of a ServerHello that is a HelloRetryRequest: its random stands behind two bytes of version. */
export function isHelloRetryRequest(body: Uint8Array): boolean {
  return body.length >= 34 && equal(body.subarray(2, 34), HELLO_RETRY_RANDOM);
}

/** The 1.3 column is the one with supported_versions; without it the message is a TLS 1.2 ServerHello. */
export const serverHello: Codec<ServerHello> = serverHelloOf(
  extensionBlockBy<'server_hello_12' | 'server_hello_13'>(serverHelloColumn) as Codec<
    ExtensionBlock<'server_hello_12'>
  >,
) as Codec<ServerHello>;
export const helloRetryRequest: Codec<HelloRetryRequest> = serverHelloOf(extensionBlock('hello_retry_request'));

function serverHelloColumn(list: readonly RawExtension[]): 'server_hello_12' | 'server_hello_13' {
  const is13 = list.some((extension) => extension.extension_type === EXTENSIONS.supported_versions.id);
  return is13 ? 'server_hello_13' : 'server_hello_12';
}

/** Narrows a ServerHello to the version that it speaks. */
export function isServerHello13(hello: ServerHello): hello is ServerHelloOf<'server_hello_13'> {
  return serverHelloColumn(hello.extensions.list) === 'server_hello_13';
}

/** RFC 8446 4.3.1. */
export interface EncryptedExtensions {
  readonly extensions: ExtensionBlock<'encrypted_extensions'>;
}
export const encryptedExtensions: Codec<EncryptedExtensions> = struct<EncryptedExtensions>({
  extensions: extensionBlock('encrypted_extensions'),
});

/** RFC 5246 7.4.2: DER certificates, the sender's own first. */
export interface Certificate12 {
  readonly certificate_list: readonly Uint8Array[];
}
export const certificate12: Codec<Certificate12> = struct<Certificate12>({
  certificate_list: vector(3, opaque(3, 1)),
});

/** RFC 8446 4.4.2. */
export interface CertificateEntry {
  readonly cert_data: Uint8Array;
  readonly extensions: ExtensionBlock<'certificate'>;
}
export interface Certificate13 {
  readonly certificate_request_context: Uint8Array;
  readonly certificate_list: readonly CertificateEntry[];
}
export const certificate13: Codec<Certificate13> = struct<Certificate13>({
  certificate_request_context: opaque(1),
  certificate_list: vector(
    3,
    struct<CertificateEntry>({ cert_data: opaque(3, 1), extensions: extensionBlock('certificate') }),
  ),
});

/** RFC 5246 7.4.4. */
export interface CertificateRequest12 {
  readonly certificate_types: readonly number[];
  readonly supported_signature_algorithms: readonly number[];
  readonly certificate_authorities: readonly Uint8Array[];
}
export const certificateRequest12: Codec<CertificateRequest12> = struct<CertificateRequest12>({
  certificate_types: vector(1, coded(u8, 'client_certificate_type'), 1),
  supported_signature_algorithms: signatureSchemeList,
  certificate_authorities: vector(2, opaque(2, 1)),
});

/** RFC 8879 4: a Certificate message, compressed. */
export interface CompressedCertificate {
  readonly algorithm: number;
  readonly uncompressed_length: number;
  readonly compressed_certificate_message: Uint8Array;
}
export const compressedCertificate: Codec<CompressedCertificate> = struct<CompressedCertificate>({
  algorithm: coded(u16, 'certificate_compression'),
  uncompressed_length: u24,
  compressed_certificate_message: opaque(3, 1),
});

/** RFC 8446 4.3.2. */
export interface CertificateRequest13 {
  readonly certificate_request_context: Uint8Array;
  readonly extensions: ExtensionBlock<'certificate_request'>;
}
export const certificateRequest13: Codec<CertificateRequest13> = struct<CertificateRequest13>({
  certificate_request_context: opaque(1),
  extensions: extensionBlock('certificate_request'),
});

/** RFC 8446 4.4.3, RFC 5246 7.4.8. */
export interface CertificateVerify {
  readonly algorithm: number;
  readonly signature: Uint8Array;
}
export const certificateVerify: Codec<CertificateVerify> = struct<CertificateVerify>({
  algorithm: scheme,
  signature: opaque(2),
});

/** RFC 8446 4.4.4 (as long as the hash), RFC 5246 7.4.9 (12 bytes). */
export interface Finished {
  readonly verify_data: Uint8Array;
}
export const finished: Codec<Finished> = struct<Finished>({ verify_data: rest });

/** RFC 6066 8. */
export type CertificateStatus = { readonly status_type: number; readonly response: Uint8Array };
export const certificateStatus: Codec<CertificateStatus> = ocspStatus;
export type { CertificateStatusRequest };

/** RFC 5077 3.3. */
export interface NewSessionTicket12 {
  readonly ticket_lifetime_hint: number;
  readonly ticket: Uint8Array;
}
export const newSessionTicket12: Codec<NewSessionTicket12> = struct<NewSessionTicket12>({
  ticket_lifetime_hint: u32,
  ticket: opaque(2),
});

/** RFC 8446 4.6.1. */
export interface NewSessionTicket13 {
  readonly ticket_lifetime: number;
  readonly ticket_age_add: number;
  readonly ticket_nonce: Uint8Array;
  readonly ticket: Uint8Array;
  readonly extensions: ExtensionBlock<'new_session_ticket'>;
}
export const newSessionTicket13: Codec<NewSessionTicket13> = struct<NewSessionTicket13>({
  ticket_lifetime: u32,
  ticket_age_add: u32,
  ticket_nonce: opaque(1),
  ticket: opaque(2, 1),
  extensions: extensionBlock('new_session_ticket'),
});

/** RFC 8446 4.6.3. */
export interface KeyUpdate {
  readonly request_update: number;
}
export const keyUpdate: Codec<KeyUpdate> = struct<KeyUpdate>({
  request_update: coded(u8, 'key_update_request'),
});

/** HelloRequest, ServerHelloDone (RFC 5246 7.4.1.1, 7.4.5) and EndOfEarlyData (RFC 8446 4.5) have no body. */
export const emptyMessage: Codec<true> = empty;
