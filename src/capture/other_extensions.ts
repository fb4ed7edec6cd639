// The bodies of extensions that the stack neither sends nor reads, so that they can be shown field by field: Encrypted ClientHello, QUIC,
// DTLS, raw public keys, what browsers send. For display alone: a body that does not fit its codec stays bytes, and is no fault.

import { fromLatin1, latin1 } from '../bytes/bytes.ts';
import type { Reader } from '../bytes/reader.ts';
import {
  type Codec,
  coded,
  empty,
  fixed,
  mapped,
  opaque,
  prefixed,
  readField,
  rest,
  struct,
  u8,
  u16,
  u32,
  vector,
} from '../codec/codec.ts';
import { decodeSpans, type Span } from '../codec/run.ts';
import type { OtherExtensions } from '../inspect/annotate.ts';
import { protocolNameList, signatureSchemeList } from '../wire/extension_bodies.ts';
import type { ExtensionMessage } from '../wire/extensions.ts';
import { labelOf } from '../wire/registry/labels.ts';
import { namer } from '../wire/registry/names.ts';
import { otherExtensionName } from '../wire/registry/other_extensions.ts';
import * as values from './other_values.ts';
import { OTHER_EXTENSION_FIELDS, OTHER_EXTENSION_TEXTS } from './texts/other_extensions.ts';

const { QUIC_PARAMETER } = values;

/** For the context of annotateMessage. */
export const otherExtensions: OtherExtensions = {
  read: readOther,
  texts: OTHER_EXTENSION_TEXTS,
  fields: OTHER_EXTENSION_FIELDS,
};

function readOther(id: number, message: ExtensionMessage, body: Uint8Array): Span | undefined {
  const codec = OTHERS[id]?.[message];
  const name = otherExtensionName(id);
  if (codec === undefined || name === undefined) return undefined;
  const read = decodeSpans({ read: (reader) => readField(reader, name, codec), write: () => {} }, body, nameOf);
  return read.error === undefined ? read.spans[0] : undefined;
}

/** Which codec reads what where; for tests that go through all of them. */
export function otherExtensionCells(): readonly (readonly [id: number, message: ExtensionMessage])[] {
  return Object.entries(OTHERS).flatMap(([id, row]) =>
    Object.keys(row).map((message) => [Number(id), message as ExtensionMessage] as const),
  );
}

const NAMES: Readonly<Record<string, (value: number) => string | undefined>> = {
  cached_information_type: namer(values.CACHED_INFORMATION_TYPE),
  certificate_type: namer(values.CERTIFICATE_TYPE),
  ech_client_hello_type: namer(values.ECH_CLIENT_HELLO_TYPE),
  heartbeat_mode: namer(values.HEARTBEAT_MODE),
  hpke_aead: namer(values.HPKE_AEAD),
  hpke_kdf: namer(values.HPKE_KDF),
  hpke_kem: namer(values.HPKE_KEM),
  quic_parameter: namer(values.QUIC_PARAMETER),
  srtp_profile: namer(values.SRTP_PROFILE),
  token_binding_parameters: namer(values.TOKEN_BINDING_PARAMETERS),
};

function nameOf(registry: string, value: unknown): string | undefined {
  const name = NAMES[registry];
  if (name === undefined || typeof value !== 'number') return labelOf(registry, value);
  // RFC 9000 18.1: 31 * N + 27 is reserved.
  return name(value) ?? (registry === 'quic_parameter' && value % 31 === 27 ? 'GREASE' : undefined);
}

type Row = { readonly [M in ExtensionMessage]?: Codec<unknown> };
/** Codec<T> is invariant in T; here only its reading half is used. */
const reads = <T>(codec: Codec<T>): Codec<unknown> => codec as Codec<unknown>;

const text = (codec: Codec<Uint8Array>): Codec<string> => ({ ...mapped(codec, latin1, fromLatin1), registry: 'text' });

/** Items up to the end of the body, without a length in front. */
const listToEnd = <T>(item: Codec<T>): Codec<readonly T[]> => ({
  read: (reader) => {
    const items: T[] = [];
    while (reader.remaining > 0) items.push(readField(reader, `[${items.length}]`, item));
    return items;
  },
  write: (writer, items) => {
    for (const one of items) item.write(writer, one);
  },
});

const hpkeSuite = struct({ kdf_id: coded(u16, 'hpke_kdf'), aead_id: coded(u16, 'hpke_aead') });

const echOuter = struct({
  type: coded(u8, 'ech_client_hello_type'),
  cipher_suite: hpkeSuite,
  config_id: u8,
  enc: opaque(2),
  payload: opaque(2, 1),
});
const echInner = struct({ type: coded(u8, 'ech_client_hello_type') });

/** RFC 9849 5: the inner one says nothing more. */
const echClientHello: Codec<unknown> = {
  read: (reader) => ((reader.bytes[reader.pos] ?? 0) === 0 ? echOuter : echInner).read(reader),
  write: () => {},
};

/** RFC 9849 4. A configuration of another version keeps its bytes. */
const echConfigContents = struct({
  config_id: u8,
  kem_id: coded(u16, 'hpke_kem'),
  public_key: opaque(2, 1),
  cipher_suites: vector(2, hpkeSuite, 4),
  maximum_name_length: u8,
  public_name: text(opaque(1, 1)),
  extensions: opaque(2),
});
const ECH_VERSION = 0xfe0d;
const echConfig: Codec<unknown> = {
  read: (reader) => {
    const version = readField(reader, 'version', u16);
    const contents = version === ECH_VERSION ? prefixed(2, reads(echConfigContents)) : reads(opaque(2));
    return { version, contents: readField(reader, 'contents', contents) };
  },
  write: () => {},
};

/** RFC 9000 16: one, two, four or eight bytes, as the two bits at the top say. Beyond 2^53 it is not exact. */
const quicNumber: Codec<number> = {
  read: (reader) => {
    const first = reader.u8();
    const more = (1 << (first >> 6)) - 1;
    let value = first & 0x3f;
    for (let i = 0; i < more; i++) value = value * 256 + reader.u8();
    return value;
  },
  write: () => {},
};

/** RFC 9000 18.2: those whose value is a number. */
const QUIC_NUMBERS: ReadonlySet<number> = new Set([
  ...[QUIC_PARAMETER.max_idle_timeout, QUIC_PARAMETER.max_udp_payload_size, QUIC_PARAMETER.initial_max_data],
  ...[QUIC_PARAMETER.initial_max_stream_data_bidi_local, QUIC_PARAMETER.initial_max_stream_data_bidi_remote],
  ...[QUIC_PARAMETER.initial_max_stream_data_uni, QUIC_PARAMETER.initial_max_streams_bidi],
  ...[QUIC_PARAMETER.initial_max_streams_uni, QUIC_PARAMETER.ack_delay_exponent, QUIC_PARAMETER.max_ack_delay],
  ...[QUIC_PARAMETER.active_connection_id_limit, QUIC_PARAMETER.max_datagram_frame_size],
]);

/** RFC 9000 18. */
const quicParameter: Codec<unknown> = {
  read: (reader: Reader) => {
    const id = readField(reader, 'id', coded(quicNumber, 'quic_parameter'));
    const length = readField(reader, 'length', quicNumber);
    const codec = QUIC_NUMBERS.has(id) && length > 0 ? reads(quicNumber) : reads(rest);
    return { id, length, value: reader.sub(length, () => readField(reader, 'value', codec)) };
  },
  write: () => {},
};

const certificateTypes = reads(vector(1, coded(u8, 'certificate_type'), 1));
const certificateType = reads(coded(u8, 'certificate_type'));
/** RFC 7250 3: a list from the client, one from the server. */
const CERTIFICATE_TYPES: Row = {
  client_hello: certificateTypes,
  server_hello_12: certificateType,
  encrypted_extensions: certificateType,
};
const EVERYWHERE = (codec: Codec<unknown>): Row => ({
  client_hello: codec,
  server_hello_12: codec,
  encrypted_extensions: codec,
});

const scheme = coded(u16, 'signature_scheme');
const delegatedCredential = struct({
  valid_time: u32,
  dc_cert_verify_algorithm: scheme,
  ASN1_subjectPublicKeyInfo: opaque(3, 1),
  algorithm: scheme,
  signature: opaque(2, 1),
});
const APPLICATION_SETTINGS: Row = { client_hello: reads(protocolNameList), encrypted_extensions: reads(rest) };

/** Names of authorities: relative object identifiers, which are shown as their bytes. */
const trustAnchors = reads(vector(2, opaque(1, 1)));

/** By number; the sections stand with the texts (texts/other_extensions.ts). */
const OTHERS: Readonly<Record<number, Row>> = {
  2: { client_hello: empty, server_hello_12: empty },
  4: { client_hello: empty, server_hello_12: empty },
  9: CERTIFICATE_TYPES,
  12: { client_hello: reads(text(opaque(1, 1))) },
  14: EVERYWHERE(reads(struct({ profiles: vector(2, coded(u16, 'srtp_profile'), 2), srtp_mki: opaque(1) }))),
  15: EVERYWHERE(reads(coded(u8, 'heartbeat_mode'))),
  17: {
    client_hello: reads(
      vector(2, struct({ status_type: coded(u8, 'certificate_status_type'), request: opaque(2) }), 1),
    ),
    server_hello_12: empty,
  },
  19: CERTIFICATE_TYPES,
  20: CERTIFICATE_TYPES,
  24: EVERYWHERE(
    reads(struct({ major: u8, minor: u8, key_parameters: vector(1, coded(u8, 'token_binding_parameters'), 1) })),
  ),
  25: {
    client_hello: reads(vector(2, struct({ type: coded(u8, 'cached_information_type'), hash_value: opaque(1, 1) }), 1)),
    encrypted_extensions: reads(vector(2, coded(u8, 'cached_information_type'), 1)),
    server_hello_12: reads(vector(2, coded(u8, 'cached_information_type'), 1)),
  },
  33: { client_hello: empty, server_hello_13: empty },
  34: {
    client_hello: reads(signatureSchemeList),
    certificate_request: reads(signatureSchemeList),
    certificate: reads(delegatedCredential),
  },
  54: { client_hello: reads(opaque(1)), server_hello_12: reads(opaque(1)), server_hello_13: reads(opaque(1)) },
  55: EVERYWHERE(reads(opaque(1))),
  56: EVERYWHERE(reads(opaque(1, 20))),
  57: { client_hello: listToEnd(quicParameter), encrypted_extensions: listToEnd(quicParameter) } as Row,
  58: {
    client_hello: reads(struct({ new_session_count: u8, resumption_count: u8 })),
    encrypted_extensions: reads(u8),
  },
  59: {
    client_hello: reads(u16),
    certificate: reads(struct({ ext_support_lifetime: u16, authentication_chain: rest })),
  },
  61: { client_hello: empty, server_hello_13: empty },
  13172: { client_hello: empty, server_hello_12: reads(listToEnd(text(opaque(1, 1)))) },
  17513: APPLICATION_SETTINGS,
  17613: APPLICATION_SETTINGS,
  51764: {
    client_hello: trustAnchors,
    encrypted_extensions: trustAnchors,
    certificate_request: trustAnchors,
    certificate: empty,
  },
  65037: {
    client_hello: echClientHello,
    encrypted_extensions: reads(vector(2, echConfig, 4)),
    hello_retry_request: reads(fixed(8)),
  },
} as Readonly<Record<number, Row>>;
