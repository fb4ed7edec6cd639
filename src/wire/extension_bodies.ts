// The body of each extension as a codec, one below the other. Which body stands in which message is the table in
// extensions.ts. Names are those of the RFC that defines the extension.

import { fromLatin1, latin1 } from '../bytes/bytes.ts';
import { type Codec, coded, mapped, opaque, rest, struct, u8, u16, u32, vector } from '../codec/codec.ts';

const group = coded(u16, 'group');
const scheme = coded(u16, 'signature_scheme');
const version = coded(u16, 'version');

/** Text on the wire that is one byte a character. Kept as latin1: what is allowed in it is policy. */
function text(codec: Codec<Uint8Array>): Codec<string> {
  return { ...mapped(codec, latin1, fromLatin1), registry: 'text' };
}

export interface ServerName {
  readonly name_type: number;
  readonly host_name: string;
}

/** RFC 6066 3. */
export const serverNameList: Codec<readonly ServerName[]> = vector(
  2,
  struct<ServerName>({ name_type: coded(u8, 'name_type'), host_name: text(opaque(2, 1)) }),
  1,
);

/** RFC 8422 5.1.1, RFC 8446 4.2.7. */
export const namedGroupList: Codec<readonly number[]> = vector(2, group, 2);

/** RFC 8422 5.1.2. */
export const ecPointFormatList: Codec<readonly number[]> = vector(1, coded(u8, 'ec_point_format'), 1);

/** RFC 8446 4.2.3, RFC 5246 7.4.1.4.1. */
export const signatureSchemeList: Codec<readonly number[]> = vector(2, scheme, 2, 2 ** 16 - 2);

/** RFC 7301 3.1. */
export const protocolNameList: Codec<readonly string[]> = vector(2, text(opaque(1, 1)), 2);

export interface CertificateStatusRequest {
  readonly status_type: number;
  readonly request: Uint8Array;
}

/** RFC 6066 8. */
export const certificateStatusRequest: Codec<CertificateStatusRequest> = struct<CertificateStatusRequest>({
  status_type: coded(u8, 'certificate_status_type'),
  request: rest,
});

export interface OcspStatus {
  readonly status_type: number;
  readonly response: Uint8Array;
}

/** RFC 8446 4.4.2.1: the CertificateStatus of RFC 6066 8 as an extension of a certificate entry. */
export const ocspStatus: Codec<OcspStatus> = struct<OcspStatus>({
  status_type: coded(u8, 'certificate_status_type'),
  response: opaque(3, 1),
});

/** RFC 6962 3.3. */
export const signedCertificateTimestampList: Codec<readonly Uint8Array[]> = vector(2, opaque(2, 1), 1);

/** RFC 5746 3.2: the verify_data of the previous handshake, empty in a first one. */
export const renegotiatedConnection: Codec<Uint8Array> = opaque(1);

/** RFC 8446 4.2.1, ClientHello: what the client speaks, best first. */
export const supportedVersions: Codec<readonly number[]> = vector(1, version, 2, 254);
/** RFC 8446 4.2.1, ServerHello and HelloRetryRequest: what was chosen. */
export const selectedVersion: Codec<number> = version;

export interface KeyShareEntry {
  readonly group: number;
  readonly key_exchange: Uint8Array;
}

/** RFC 8446 4.2.8. */
export const keyShareEntry: Codec<KeyShareEntry> = struct<KeyShareEntry>({ group, key_exchange: opaque(2, 1) });
export const keyShareList: Codec<readonly KeyShareEntry[]> = vector(2, keyShareEntry);
export const selectedGroup: Codec<number> = group;

/** RFC 8446 4.2.2. */
export const cookie: Codec<Uint8Array> = opaque(2, 1);

/** RFC 8446 4.2.9. */
export const pskKeyExchangeModes: Codec<readonly number[]> = vector(1, coded(u8, 'psk_key_exchange_mode'), 1);

export interface PskIdentity {
  readonly identity: Uint8Array;
  readonly obfuscated_ticket_age: number;
}

export interface OfferedPsks {
  readonly identities: readonly PskIdentity[];
  readonly binders: readonly Uint8Array[];
}

/** RFC 8446 4.2.11. */
export const offeredPsks: Codec<OfferedPsks> = struct<OfferedPsks>({
  identities: vector(2, struct<PskIdentity>({ identity: opaque(2, 1), obfuscated_ticket_age: u32 }), 7),
  binders: vector(2, opaque(1, 32), 33),
});
export const selectedIdentity: Codec<number> = u16;

/** RFC 8446 4.2.10, NewSessionTicket. */
export const maxEarlyDataSize: Codec<number> = u32;

/** RFC 8446 4.2.4: each a DER Name. */
export const distinguishedNames: Codec<readonly Uint8Array[]> = vector(2, opaque(2, 1), 3);

/** RFC 8449 4. */
export const recordSizeLimit: Codec<number> = u16;

/** RFC 6066 4: 1 to 4 stand for 2^9 to 2^12 bytes. */
export const maxFragmentLength: Codec<number> = coded(u8, 'max_fragment_length');

/** RFC 8879 3. That none is named twice is not said there, and means nothing else here. */
export const certificateCompressionAlgorithms: Codec<readonly number[]> = mapped(
  vector(1, coded(u16, 'certificate_compression'), 2, 254),
  (list, reader) => {
    if (new Set(list).size < list.length) throw reader.fail('an algorithm is named twice', 'illegal_parameter');
    return list;
  },
  (list) => list,
);

/** draft-ietf-tls-tlsflags: a bit for each flag, the lowest first, and no empty bytes at the end. */
export const tlsFlags: Codec<Uint8Array> = mapped(
  opaque(1, 1),
  (flags, reader) => {
    if (flags.at(-1) === 0) throw reader.fail('an empty byte at the end', 'illegal_parameter');
    return flags;
  },
  (flags) => flags,
);

export interface OidFilter {
  readonly certificate_extension_oid: Uint8Array;
  readonly certificate_extension_values: Uint8Array;
}

/** RFC 8446 4.2.5. */
export const oidFilters: Codec<readonly OidFilter[]> = vector(
  2,
  struct<OidFilter>({ certificate_extension_oid: opaque(1, 1), certificate_extension_values: opaque(2) }),
);

/** RFC 7685 3: bytes that mean nothing. */
export const padding: Codec<Uint8Array> = rest;
/** RFC 5077 3.2. */
export const sessionTicket: Codec<Uint8Array> = rest;
