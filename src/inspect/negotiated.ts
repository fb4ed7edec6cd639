// What two sides agreed on, read from the bytes of their messages rather than from what either says about itself: version
// (RFC 8446 4.2.1), suite, group, the server's signature scheme, ALPN, SNI. Messages that cannot be read add nothing.

import type { Codec } from '../codec/codec.ts';
import { decode } from '../codec/run.ts';
import { type KeyExchange, suiteById } from '../crypto/suites.ts';
import * as exchanges from '../wire/key_exchange.ts';
import * as wire from '../wire/messages.ts';
import { suiteName, suiteOpensslName } from '../wire/registry/cipher_suites.ts';
import type { MessageName } from './forms.ts';
import type { Side } from './trace.ts';

export interface Negotiated {
  readonly version: number | undefined;
  readonly suite: number | undefined;
  /** How the keys were agreed on; in TLS 1.3 always by (EC)DHE here. */
  readonly keyExchange: KeyExchange | undefined;
  readonly group: number | undefined;
  /** The signature scheme of the server: in ServerKeyExchange (1.2) or CertificateVerify (1.3). */
  readonly scheme: number | undefined;
  readonly alpn: string | undefined;
  readonly alpnOffered: readonly string[];
  readonly serverName: string | undefined;
  /** The highest version in the ClientHello. */
  readonly offeredVersion: number | undefined;
  readonly extendedMasterSecret: boolean;
  readonly retried: boolean;
  /** Whether it went on from a TLS 1.2 session: the server finished without showing a certificate (RFC 5246 7.3). */
  readonly resumed: boolean;
  /** Whether the server asked for a certificate, and whether the client proved to hold the key of one. */
  readonly clientCertificateRequested: boolean;
  readonly clientProved: boolean;
}

export interface SeenMessage {
  readonly from: Side;
  readonly name: MessageName;
  readonly raw: Uint8Array;
}

type Mutable = { -readonly [K in keyof Negotiated]: Negotiated[K] };

/** Reads the messages of one handshake in order. Never throws. */
export function negotiatedIn(messages: readonly SeenMessage[]): Negotiated {
  const found: Mutable = {
    version: undefined,
    suite: undefined,
    keyExchange: undefined,
    group: undefined,
    scheme: undefined,
    alpn: undefined,
    alpnOffered: [],
    serverName: undefined,
    offeredVersion: undefined,
    extendedMasterSecret: false,
    retried: false,
    resumed: false,
    clientCertificateRequested: false,
    clientProved: false,
  };
  for (const message of messages) {
    const body = message.raw.subarray(wire.HANDSHAKE_HEADER_LENGTH);
    READERS[message.name]?.(found, body, message.from);
  }
  found.resumed = found.version === 0x0303 && isAbbreviated(messages);
  return found;
}

/** After ServerHello the server begins to finish at once. */
function isAbbreviated(messages: readonly SeenMessage[]): boolean {
  const said = messages.filter(({ from, name }) => from === 'server' && name !== 'hello_request');
  const next = said[said.findIndex(({ name }) => name === 'server_hello') + 1];
  return next !== undefined && ENDINGS.has(next.name);
}

const ENDINGS: ReadonlySet<MessageName> = new Set<MessageName>([
  'new_session_ticket',
  'change_cipher_spec',
  'finished',
]);

/** The names that people know a suite by: IANA's, and OpenSSL's where it has one of its own. */
export function suiteNames(suite: number): { readonly iana: string; readonly openssl: string } {
  const unknown = `0x${suite.toString(16).padStart(4, '0')}`;
  return { iana: suiteName(suite) ?? unknown, openssl: suiteOpensslName(suite) ?? unknown };
}

/** How a suite exchanges keys; undefined when it is none of the ways that glasstls runs. */
export function keyExchangeOf(suite: number): KeyExchange | undefined {
  const known = suiteById(suite);
  if (known !== undefined) return known.version === 'tls13' ? 'ecdhe' : known.keyExchange;
  if (suite >> 8 === 0x13) return 'ecdhe';
  const exchange = /^TLS_(\w+?)_WITH_/.exec(suiteName(suite) ?? '')?.[1];
  return EXCHANGES.find(([pattern]) => pattern.test(exchange ?? ''))?.[1];
}

/** By what stands in IANA's name before `_WITH_`. RFC 6655 calls two suites of DHE_PSK PSK_DHE. */
const EXCHANGES: readonly (readonly [RegExp, KeyExchange])[] = [
  [/^RSA$/, 'rsa'],
  [/^ECDHE_(RSA|ECDSA)$/, 'ecdhe'],
  [/^DHE_(RSA|DSS)$/, 'dhe'],
  [/^PSK$/, 'psk'],
  [/^(DHE_PSK|PSK_DHE)$/, 'dhe_psk'],
  [/^ECDHE_PSK$/, 'ecdhe_psk'],
];

type Reader = (found: Mutable, body: Uint8Array, from: Side) => void;

const READERS: Readonly<Partial<Record<MessageName, Reader>>> = {
  client_hello: (found, body) => {
    const hello = tryDecode(wire.clientHello, body);
    if (hello === undefined) return;
    const { known } = hello.extensions;
    found.alpnOffered = known.application_layer_protocol_negotiation ?? [];
    found.serverName = known.server_name?.[0]?.host_name;
    const versions = (known.supported_versions ?? []).filter((version) => version <= 0x0304);
    found.offeredVersion = versions.length > 0 ? Math.max(...versions) : hello.legacy_version;
  },
  hello_retry_request: (found) => {
    found.retried = true;
  },
  server_hello: (found, body) => {
    const hello = tryDecode(wire.serverHello, body);
    if (hello === undefined) return;
    found.suite = hello.cipher_suite;
    found.keyExchange = keyExchangeOf(hello.cipher_suite);
    found.version = hello.legacy_version;
    if (wire.isServerHello13(hello)) {
      found.version = hello.extensions.known.supported_versions ?? hello.legacy_version;
      found.group = hello.extensions.known.key_share?.group;
      return;
    }
    const { known } = hello.extensions;
    if ('application_layer_protocol_negotiation' in known) {
      found.alpn = known.application_layer_protocol_negotiation?.[0];
    }
    found.extendedMasterSecret = 'extended_master_secret' in known;
  },
  encrypted_extensions: (found, body) => {
    const message = tryDecode(wire.encryptedExtensions, body);
    found.alpn = message?.extensions.known.application_layer_protocol_negotiation?.[0] ?? found.alpn;
  },
  server_key_exchange: (found, body) => {
    const message = tryDecode(exchanges.serverKeyExchangeEcdhe, body);
    found.group = message?.params.value.named_curve ?? found.group;
    found.scheme = message?.algorithm ?? found.scheme;
  },
  certificate_request: (found) => {
    found.clientCertificateRequested = true;
  },
  certificate_verify: (found, body, from) => {
    if (from === 'client') found.clientProved = true;
    else found.scheme = tryDecode(wire.certificateVerify, body)?.algorithm ?? found.scheme;
  },
};

function tryDecode<T>(codec: Codec<T>, body: Uint8Array): T | undefined {
  try {
    return decode(codec, body);
  } catch {
    return undefined;
  }
}
