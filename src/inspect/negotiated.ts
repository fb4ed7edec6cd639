// What two sides agreed on, read from the bytes of their messages rather than from what either says about itself: version
// (RFC 8446 4.2.1), suite, group, signature schemes, ALPN, SNI, resumption, early data, client certificate, stapled status.
// Messages that cannot be read add nothing.

import type { Codec } from '../codec/codec.ts';
import { decode } from '../codec/run.ts';
import { type KeyExchange, suiteById } from '../crypto/suites.ts';
import * as exchanges from '../wire/key_exchange.ts';
import * as wire from '../wire/messages.ts';
import { suiteName, suiteOpensslName } from '../wire/registry/cipher_suites.ts';
import { GROUP } from '../wire/registry/names.ts';
import { dhPrime } from './dh_primes.ts';
import type { MessageName } from './forms.ts';
import type { Side } from './trace.ts';

export interface Negotiated {
  readonly version: number | undefined;
  readonly suite: number | undefined;
  /** How the keys were agreed on. TLS 1.3: `psk` when the server took a pre-shared key without (EC)DHE, else `ecdhe`. */
  readonly keyExchange: KeyExchange | undefined;
  readonly group: number | undefined;
  /** Length of the prime of a DHE key exchange in TLS 1.2, whose group has no number unless it is one of RFC 7919. */
  readonly dhBits: number | undefined;
  /** The signature scheme of the server: in ServerKeyExchange (1.2) or CertificateVerify (1.3). */
  readonly scheme: number | undefined;
  readonly alpn: string | undefined;
  readonly alpnOffered: readonly string[];
  readonly serverName: string | undefined;
  /** The highest version in the ClientHello. */
  readonly offeredVersion: number | undefined;
  readonly extendedMasterSecret: boolean;
  readonly retried: boolean;
  /**
   * Whether it went on from something earlier: the server finished without showing a certificate (TLS 1.2, RFC 5246 7.3), or
   * took a pre-shared key (TLS 1.3; the wire does not tell a ticket from a key that was agreed on outside TLS).
   */
  readonly resumed: boolean;
  readonly resumption: 'session_id' | 'ticket' | 'psk' | undefined;
  /** What became of 0-RTT; undefined when the client did not offer it. */
  readonly earlyData: 'offered' | 'accepted' | 'rejected' | undefined;
  /** Whether the server brought an OCSP response for its own certificate. */
  readonly ocspStapled: boolean;
  /** Whether the server asked for a certificate, whether one came, and whether the client proved to hold its key. */
  readonly clientCertificateRequested: boolean;
  readonly clientCertificateSent: boolean;
  readonly clientProved: boolean;
  /** The signature scheme of the client's proof. */
  readonly clientScheme: number | undefined;
}

export interface SeenMessage {
  readonly from: Side;
  readonly name: MessageName;
  readonly raw: Uint8Array;
}

interface Mutable extends Writable<Negotiated> {
  /** Whether the ClientHello brought a ticket of TLS 1.2. */
  ticketOffered: boolean;
}
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads the messages of one handshake in order. Never throws. */
export function negotiatedIn(messages: readonly SeenMessage[]): Negotiated {
  const found: Mutable = {
    version: undefined,
    suite: undefined,
    keyExchange: undefined,
    group: undefined,
    dhBits: undefined,
    scheme: undefined,
    alpn: undefined,
    alpnOffered: [],
    serverName: undefined,
    offeredVersion: undefined,
    extendedMasterSecret: false,
    retried: false,
    resumed: false,
    resumption: undefined,
    earlyData: undefined,
    ocspStapled: false,
    clientCertificateRequested: false,
    clientCertificateSent: false,
    clientProved: false,
    clientScheme: undefined,
    ticketOffered: false,
  };
  for (const message of messages) {
    const body = message.raw.subarray(wire.HANDSHAKE_HEADER_LENGTH);
    READERS[message.name]?.(found, body, message.from);
  }
  const { ticketOffered, ...negotiated } = found;
  if (found.version !== 0x0303 || !isAbbreviated(messages)) return negotiated;
  return { ...negotiated, resumed: true, resumption: ticketOffered ? 'ticket' : 'session_id' };
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
    found.ticketOffered = (known.session_ticket?.length ?? 0) > 0;
    if (known.early_data === true) found.earlyData = 'offered';
  },
  hello_retry_request: (found) => {
    found.retried = true;
    // RFC 8446 4.2.10: a HelloRetryRequest refuses the early data.
    if (found.earlyData !== undefined) found.earlyData = 'rejected';
  },
  server_hello: (found, body) => {
    const hello = tryDecode(wire.serverHello, body);
    if (hello === undefined) return;
    found.suite = hello.cipher_suite;
    found.keyExchange = keyExchangeOf(hello.cipher_suite);
    found.version = hello.legacy_version;
    if (wire.isServerHello13(hello)) {
      found.version = hello.extensions.known.supported_versions ?? hello.legacy_version;
      const { key_share, pre_shared_key } = hello.extensions.known;
      found.group = key_share?.group;
      if (pre_shared_key === undefined) return;
      found.resumed = true;
      found.resumption = 'psk';
      if (key_share === undefined) found.keyExchange = 'psk';
      return;
    }
    if (found.earlyData !== undefined) found.earlyData = 'rejected';
    const { known } = hello.extensions;
    if ('application_layer_protocol_negotiation' in known) {
      found.alpn = known.application_layer_protocol_negotiation?.[0];
    }
    found.extendedMasterSecret = 'extended_master_secret' in known;
  },
  encrypted_extensions: (found, body) => {
    const message = tryDecode(wire.encryptedExtensions, body);
    found.alpn = message?.extensions.known.application_layer_protocol_negotiation?.[0] ?? found.alpn;
    if (found.earlyData === 'offered' && message !== undefined) {
      found.earlyData = message.extensions.known.early_data === true ? 'accepted' : 'rejected';
    }
  },
  server_key_exchange: (found, body) => {
    Object.assign(found, readServerKeyExchange(found.keyExchange, body));
  },
  certificate_status: (found) => {
    found.ocspStapled = true;
  },
  certificate_request: (found) => {
    found.clientCertificateRequested = true;
  },
  certificate: (found, body, from) => {
    const entries =
      found.version === 0x0304
        ? tryDecode(wire.certificate13, body)?.certificate_list
        : tryDecode(wire.certificate12, body)?.certificate_list;
    const [first] = entries ?? [];
    if (from === 'client') found.clientCertificateSent = first !== undefined;
    else if (first !== undefined && 'extensions' in first) {
      found.ocspStapled = first.extensions.known.status_request !== undefined;
    }
  },
  certificate_verify: (found, body, from) => {
    const scheme = tryDecode(wire.certificateVerify, body)?.algorithm;
    if (from === 'server') {
      found.scheme = scheme ?? found.scheme;
      return;
    }
    found.clientProved = true;
    found.clientScheme = scheme;
  },
};

/** Group, length of the prime and scheme, as far as this key exchange has them. */
function readServerKeyExchange(keyExchange: KeyExchange | undefined, body: Uint8Array): Partial<Mutable> {
  switch (keyExchange) {
    case 'ecdhe': {
      const message = tryDecode(exchanges.serverKeyExchangeEcdhe, body);
      return message === undefined ? {} : { group: message.params.value.named_curve, scheme: message.algorithm };
    }
    case 'dhe': {
      const message = tryDecode(exchanges.serverKeyExchangeDhe, body);
      return message === undefined ? {} : { ...dhGroup(message.params.value.dh_p), scheme: message.algorithm };
    }
    case 'dhe_psk': {
      const message = tryDecode(exchanges.serverKeyExchangeDhePsk, body);
      return message === undefined ? {} : dhGroup(message.params.dh_p);
    }
    case 'ecdhe_psk': {
      const message = tryDecode(exchanges.serverKeyExchangeEcdhePsk, body);
      return message === undefined ? {} : { group: message.params.named_curve };
    }
    default:
      return {};
  }
}

function dhGroup(p: Uint8Array): Pick<Mutable, 'group' | 'dhBits'> {
  const { bits, group } = dhPrime(p);
  const known: Readonly<Record<string, number>> = GROUP;
  return { dhBits: bits, group: group === undefined ? undefined : known[group] };
}

function tryDecode<T>(codec: Codec<T>, body: Uint8Array): T | undefined {
  try {
    return decode(codec, body);
  } catch {
    return undefined;
  }
}
