// Which codec reads a message. One message type can have several forms: Certificate differs between 1.2 and 1.3,
// ClientKeyExchange between RSA and ECDHE, HelloRetryRequest is a ServerHello with a special random (RFC 8446 4.1.3). Where
// the context does not tell, the form that reads without an error is taken: their lengths make the choice unambiguous.

import { type Codec, coded, rest, struct, u8, u16 } from '../codec/codec.ts';
import { decodeSpans, type Spanned } from '../codec/run.ts';
import type { KeyExchange } from '../crypto/suites.ts';
import * as exchanges from '../wire/key_exchange.ts';
import * as messages from '../wire/messages.ts';
import {
  ALERT,
  ALERT_LEVEL,
  contentTypeName,
  type HandshakeTypeName,
  handshakeTypeName,
  namer,
  versionName,
} from '../wire/registry/names.ts';

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
  | 'server_key_exchange_ecdhe'
  | 'client_key_exchange_rsa'
  | 'client_key_exchange_ecdhe'
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

export type MessageName = HandshakeTypeName | 'hello_retry_request' | 'change_cipher_spec' | 'alert' | 'unknown';

export interface FormContext {
  readonly version?: 0x0303 | 0x0304 | undefined;
  readonly keyExchange?: KeyExchange | undefined;
}

export interface ReadForm {
  readonly form: MessageForm;
  readonly read: Spanned<unknown>;
}

/** Reads the body of a handshake message of type `type` in the form that the context, or else the bytes, tell. */
export function readForm(name: MessageName, body: Uint8Array, context: FormContext): ReadForm {
  if (name === 'server_hello') return readServerHello(body);
  const forms = candidates(name, context);
  const [first = 'opaque', ...others] = forms;
  const read = decodeSpans<unknown>(FORM_CODECS[first], body);
  if (read.error === undefined) return { form: first, read };
  for (const form of others) {
    const other = decodeSpans<unknown>(FORM_CODECS[form], body);
    if (other.error === undefined) return { form, read: other };
  }
  return { form: first, read };
}

/** The name of a handshake message, told from its type and, for HelloRetryRequest, its body. */
export function messageName(type: number, body: Uint8Array): MessageName {
  const name = handshakeTypeName(type) as HandshakeTypeName | undefined;
  if (name === 'server_hello' && messages.isHelloRetryRequest(body)) return 'hello_retry_request';
  return name ?? 'unknown';
}

/** RFC 8446 5.1: the five bytes in front of every record. */
export const recordHeader = struct<{ type: number; legacy_record_version: number; length: number }>({
  type: coded(u8, contentTypeName),
  legacy_record_version: coded(u16, versionName),
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
  server_key_exchange_ecdhe: exchanges.serverKeyExchangeEcdhe,
  client_key_exchange_rsa: exchanges.clientKeyExchangeRsa,
  client_key_exchange_ecdhe: exchanges.clientKeyExchangeEcdhe,
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
    type: coded(u8, (value) => (value === 1 ? 'change_cipher_spec' : undefined)),
  }),
  alert: struct<{ level: number; description: number }>({
    level: coded(u8, namer(ALERT_LEVEL)),
    description: coded(u8, namer(ALERT)),
  }),
  opaque: struct<{ body: Uint8Array }>({ body: rest }),
  // Codec<T> is invariant in T; here only its reading half is used.
} as Readonly<Record<MessageForm, unknown>> as Readonly<Record<MessageForm, Codec<unknown>>>;

const VERSIONED = {
  certificate: ['certificate_13', 'certificate_12'],
  certificate_request: ['certificate_request_13', 'certificate_request_12'],
  new_session_ticket: ['new_session_ticket_13', 'new_session_ticket_12'],
} as const;

function candidates(name: MessageName, context: FormContext): readonly MessageForm[] {
  switch (name) {
    case 'certificate':
    case 'certificate_request':
    case 'new_session_ticket': {
      const [tls13, tls12] = VERSIONED[name];
      return context.version === undefined ? [tls13, tls12] : [context.version === 0x0304 ? tls13 : tls12];
    }
    case 'client_key_exchange': {
      if (context.keyExchange === 'rsa') return ['client_key_exchange_rsa'];
      if (context.keyExchange === 'ecdhe') return ['client_key_exchange_ecdhe'];
      return ['client_key_exchange_ecdhe', 'client_key_exchange_rsa'];
    }
    case 'server_key_exchange':
      return ['server_key_exchange_ecdhe'];
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
