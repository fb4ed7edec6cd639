// Which codec reads a message. One message type can have several forms: Certificate differs between 1.2 and 1.3, both key
// exchanges of 1.2 between the kinds of suites, HelloRetryRequest is a ServerHello with a special random (RFC 8446 4.1.3).
// Where the context does not tell, the form that reads without an error is taken; their lengths settle it, but for one
// case: a ClientKeyExchange of nothing but bytes behind their length, which is then marked as a guess.

import { type Codec, coded, rest, struct, u8, u16 } from '../codec/codec.ts';
import type { Spanned } from '../codec/run.ts';
import type { KeyExchange } from '../crypto/suites.ts';
import * as exchanges from '../wire/key_exchange.ts';
import * as messages from '../wire/messages.ts';
import { EC_CURVE_TYPE, type HandshakeTypeName, handshakeTypeName } from '../wire/registry/names.ts';
import { decodeSpans } from '../wire/spans.ts';
import { readableUtf8 } from './readable.ts';

export type MessageForm =
  | 'client_hello'
  | 'server_hello_12'
  | 'server_hello_13'
  | 'hello_retry_request'
  | 'encrypted_extensions'
  | 'certificate_12'
  | 'certificate_13'
  | 'certificate_request_12'
  | 'certificate_request_13'
  | 'compressed_certificate'
  | ServerKeyExchangeForm
  | ClientKeyExchangeForm
  | 'certificate_verify'
  | 'finished'
  | 'certificate_status'
  | 'new_session_ticket_12'
  | 'new_session_ticket_13'
  | 'key_update'
  | 'hello_request'
  | 'server_hello_done'
  | 'end_of_early_data'
  | 'change_cipher_spec'
  | 'alert'
  | 'opaque';

type ServerKeyExchangeForm = `server_key_exchange_${Exclude<KeyExchange, 'rsa'>}`;
type ClientKeyExchangeForm = `client_key_exchange_${KeyExchange}`;

export type MessageName = HandshakeTypeName | 'hello_retry_request' | 'change_cipher_spec' | 'alert' | 'unknown';

export interface FormContext {
  readonly version?: 0x0303 | 0x0304 | undefined;
  readonly keyExchange?: KeyExchange | undefined;
}

export interface ReadForm {
  readonly form: MessageForm;
  readonly read: Spanned<unknown>;
  /** The bytes fit other forms as well, and nothing told which it is. */
  readonly guessed?: true;
}

/** Reads the body of a handshake message of type `type` in the form that the context, or else the bytes, tell. */
export function readForm(name: MessageName, body: Uint8Array, context: FormContext): ReadForm {
  if (name === 'server_hello') return readServerHello(body);
  const [first = 'opaque', ...others] = candidates(name, context);
  const read = decodeSpans<unknown>(FORM_CODECS[first], body);
  if (others.length === 0 || fits(first, read)) return { form: first, read };
  for (const form of others) {
    const other = decodeSpans<unknown>(FORM_CODECS[form], body);
    if (!fits(form, other)) continue;
    return form === BARE ? readBare(body, other) : { form, read: other };
  }
  return { form: first, read };
}

/** RFC 8422 5.4: only named curves are left, so that bytes of another curve_type are not of this form. */
function fits(form: MessageForm, { error, spans }: Spanned<unknown>): boolean {
  if (error !== undefined) return false;
  if (form !== 'server_key_exchange_ecdhe' && form !== 'server_key_exchange_ecdhe_psk') return true;
  const params = spans.find((span) => span.name === 'params');
  return (
    params?.children.some((span) => span.name === 'curve_type' && span.value === EC_CURVE_TYPE.named_curve) === true
  );
}

/** What RSA, DHE and PSK have in common on the wire. */
const BARE = 'client_key_exchange_rsa';

/** Bytes that are text are the name of a key; of the other two RSA is the one that is still met. */
function readBare(body: Uint8Array, read: Spanned<unknown>): ReadForm {
  const psk = decodeSpans<unknown>(FORM_CODECS.client_key_exchange_psk, body);
  const identity = psk.spans[0]?.value;
  const isText = identity instanceof Uint8Array && (identity.length === 0 || readableUtf8(identity) !== undefined);
  if (psk.error === undefined && isText) return { form: 'client_key_exchange_psk', read: psk, guessed: true };
  return { form: BARE, read, guessed: true };
}

/** The name of a handshake message, told from its type and, for HelloRetryRequest, its body. */
export function messageName(type: number, body: Uint8Array): MessageName {
  const name = handshakeTypeName(type) as HandshakeTypeName | undefined;
  if (name === 'server_hello' && messages.isHelloRetryRequest(body)) return 'hello_retry_request';
  return name ?? 'unknown';
}

/** RFC 8446 5.1: the five bytes in front of every record. */
export const recordHeader = struct<{ type: number; legacy_record_version: number; length: number }>({
  type: coded(u8, 'content_type'),
  legacy_record_version: coded(u16, 'version'),
  length: u16,
});

const FORM_CODECS = {
  client_hello: messages.clientHello,
  server_hello_12: messages.serverHello,
  server_hello_13: messages.serverHello,
  hello_retry_request: messages.helloRetryRequest,
  encrypted_extensions: messages.encryptedExtensions,
  certificate_12: messages.certificate12,
  certificate_13: messages.certificate13,
  certificate_request_12: messages.certificateRequest12,
  certificate_request_13: messages.certificateRequest13,
  compressed_certificate: messages.compressedCertificate,
  server_key_exchange_ecdhe: exchanges.serverKeyExchangeEcdhe,
  server_key_exchange_dhe: exchanges.serverKeyExchangeDhe,
  server_key_exchange_psk: exchanges.serverKeyExchangePsk,
  server_key_exchange_dhe_psk: exchanges.serverKeyExchangeDhePsk,
  server_key_exchange_ecdhe_psk: exchanges.serverKeyExchangeEcdhePsk,
  client_key_exchange_rsa: exchanges.clientKeyExchangeRsa,
  client_key_exchange_ecdhe: exchanges.clientKeyExchangeEcdhe,
  client_key_exchange_dhe: exchanges.clientKeyExchangeDhe,
  client_key_exchange_psk: exchanges.clientKeyExchangePsk,
  client_key_exchange_dhe_psk: exchanges.clientKeyExchangeDhePsk,
  client_key_exchange_ecdhe_psk: exchanges.clientKeyExchangeEcdhePsk,
  certificate_verify: messages.certificateVerify,
  finished: messages.finished,
  certificate_status: messages.certificateStatus,
  new_session_ticket_12: messages.newSessionTicket12,
  new_session_ticket_13: messages.newSessionTicket13,
  key_update: messages.keyUpdate,
  hello_request: messages.emptyMessage,
  server_hello_done: messages.emptyMessage,
  end_of_early_data: messages.emptyMessage,
  change_cipher_spec: struct<{ type: number }>({
    type: coded(u8, 'change_cipher_spec'),
  }),
  alert: struct<{ level: number; description: number }>({
    level: coded(u8, 'alert_level'),
    description: coded(u8, 'alert'),
  }),
  opaque: struct<{ body: Uint8Array }>({ body: rest }),
  // Codec<T> is invariant in T; here only its reading half is used.
} satisfies Readonly<Record<MessageForm, unknown>> as unknown as Readonly<Record<MessageForm, Codec<unknown>>>;

const VERSIONED = {
  certificate: ['certificate_13', 'certificate_12'],
  certificate_request: ['certificate_request_13', 'certificate_request_12'],
  new_session_ticket: ['new_session_ticket_13', 'new_session_ticket_12'],
} as const;

/** In the order in which they are tried; lengths that have to come out exactly tell them apart. */
const SERVER_EXCHANGES: readonly MessageForm[] = [
  'server_key_exchange_ecdhe',
  'server_key_exchange_dhe',
  'server_key_exchange_ecdhe_psk',
  'server_key_exchange_dhe_psk',
  'server_key_exchange_psk',
];
const CLIENT_EXCHANGES: readonly MessageForm[] = [
  'client_key_exchange_ecdhe',
  'client_key_exchange_ecdhe_psk',
  'client_key_exchange_dhe_psk',
  BARE,
];

function candidates(name: MessageName, context: FormContext): readonly MessageForm[] {
  switch (name) {
    case 'certificate':
    case 'certificate_request':
    case 'new_session_ticket': {
      const [tls13, tls12] = VERSIONED[name];
      return context.version === undefined ? [tls13, tls12] : [context.version === 0x0304 ? tls13 : tls12];
    }
    case 'client_key_exchange':
      return context.keyExchange === undefined ? CLIENT_EXCHANGES : [`client_key_exchange_${context.keyExchange}`];
    case 'server_key_exchange':
      // RSA has no such message: one that comes all the same is read as what it looks like.
      return context.keyExchange === undefined || context.keyExchange === 'rsa'
        ? SERVER_EXCHANGES
        : [`server_key_exchange_${context.keyExchange}`];
    default:
      return name in FORM_CODECS ? [name as MessageForm] : ['opaque'];
  }
}

/** One codec for both versions: which form it was shows in the extensions that were read. */
function readServerHello(body: Uint8Array): ReadForm {
  const read = decodeSpans(messages.serverHello, body);
  const extensions = read.spans.find((span) => span.name === 'extensions');
  const is13 = extensions?.children.some((item) => item.children.some((child) => child.name === 'supported_versions'));
  return { form: is13 ? 'server_hello_13' : 'server_hello_12', read };
}
