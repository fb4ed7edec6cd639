// The table of extensions: number, name, and the body's codec for each message where it may appear. Parsing,
// writing, and the checks for duplicate and misplaced extensions are all read from it; unsolicited ones are found by the
// handshake, which knows what it offered. Unknown extensions keep their bytes and their place.

import { DecodeError } from '../bytes/decode_error.ts';
import { Reader } from '../bytes/reader.ts';
import type { Codec } from '../codec/codec.ts';
import { coded, empty, opaque, readField, struct, u16, vector } from '../codec/codec.ts';
import { decode, encode } from '../codec/run.ts';
import * as body from './extension_bodies.ts';
import { isGrease } from './registry/names.ts';
import { TlsError } from './tls_error.ts';

/** The messages that carry extensions. A ServerHello is two: what 1.2 and what 1.3 allow in it differ (RFC 8446 4.2). */
export type ExtensionMessage =
  | 'client_hello'
  | 'server_hello_12'
  | 'server_hello_13'
  | 'hello_retry_request'
  | 'encrypted_extensions'
  | 'certificate'
  | 'certificate_request'
  | 'new_session_ticket';

interface ExtensionRow {
  readonly id: number;
  readonly in: { readonly [M in ExtensionMessage]?: Codec<unknown> };
}

const table = <T extends Record<string, ExtensionRowLike>>(rows: T): T => rows;
// Codec<T> is invariant in T; a row only has to hold codecs, whatever their type.
interface ExtensionRowLike extends Omit<ExtensionRow, 'in'> {
  readonly in: { readonly [M in ExtensionMessage]?: Codec<never> | Codec<unknown> | object };
}

export const EXTENSIONS = table({
  server_name: {
    id: 0,
    in: { client_hello: body.serverNameList, server_hello_12: empty, encrypted_extensions: empty },
  },
  max_fragment_length: {
    id: 1,
    in: {
      client_hello: body.maxFragmentLength,
      server_hello_12: body.maxFragmentLength,
      encrypted_extensions: body.maxFragmentLength,
    },
  },
  status_request: {
    id: 5,
    in: {
      client_hello: body.certificateStatusRequest,
      server_hello_12: empty,
      // RFC 8446 4.4.2.1: 'by sending an empty "status_request" extension in its CertificateRequest message'.
      certificate_request: empty,
      certificate: body.ocspStatus,
    },
  },
  supported_groups: {
    id: 10,
    // Some 1.2 servers send it back although RFC 8422 gives it no meaning there; its content is not used.
    in: {
      client_hello: body.namedGroupList,
      server_hello_12: body.namedGroupList,
      encrypted_extensions: body.namedGroupList,
    },
  },
  ec_point_formats: {
    id: 11,
    in: { client_hello: body.ecPointFormatList, server_hello_12: body.ecPointFormatList },
  },
  signature_algorithms: {
    id: 13,
    in: { client_hello: body.signatureSchemeList, certificate_request: body.signatureSchemeList },
  },
  application_layer_protocol_negotiation: {
    id: 16,
    in: {
      client_hello: body.protocolNameList,
      server_hello_12: body.protocolNameList,
      encrypted_extensions: body.protocolNameList,
    },
  },
  signed_certificate_timestamp: {
    id: 18,
    in: {
      client_hello: empty,
      server_hello_12: body.signedCertificateTimestampList,
      certificate_request: empty,
      certificate: body.signedCertificateTimestampList,
    },
  },
  padding: { id: 21, in: { client_hello: body.padding } },
  encrypt_then_mac: { id: 22, in: { client_hello: empty, server_hello_12: empty } },
  extended_master_secret: { id: 23, in: { client_hello: empty, server_hello_12: empty } },
  compress_certificate: {
    id: 27,
    in: {
      client_hello: body.certificateCompressionAlgorithms,
      certificate_request: body.certificateCompressionAlgorithms,
    },
  },
  record_size_limit: {
    id: 28,
    in: {
      client_hello: body.recordSizeLimit,
      server_hello_12: body.recordSizeLimit,
      encrypted_extensions: body.recordSizeLimit,
    },
  },
  session_ticket: { id: 35, in: { client_hello: body.sessionTicket, server_hello_12: empty } },
  pre_shared_key: {
    id: 41,
    in: { client_hello: body.offeredPsks, server_hello_13: body.selectedIdentity },
  },
  early_data: {
    id: 42,
    in: { client_hello: empty, encrypted_extensions: empty, new_session_ticket: body.maxEarlyDataSize },
  },
  supported_versions: {
    id: 43,
    in: {
      client_hello: body.supportedVersions,
      server_hello_13: body.selectedVersion,
      hello_retry_request: body.selectedVersion,
    },
  },
  cookie: { id: 44, in: { client_hello: body.cookie, hello_retry_request: body.cookie } },
  psk_key_exchange_modes: { id: 45, in: { client_hello: body.pskKeyExchangeModes } },
  certificate_authorities: {
    id: 47,
    in: { client_hello: body.distinguishedNames, certificate_request: body.distinguishedNames },
  },
  oid_filters: { id: 48, in: { certificate_request: body.oidFilters } },
  post_handshake_auth: { id: 49, in: { client_hello: empty } },
  signature_algorithms_cert: {
    id: 50,
    in: { client_hello: body.signatureSchemeList, certificate_request: body.signatureSchemeList },
  },
  key_share: {
    id: 51,
    in: {
      client_hello: body.keyShareList,
      server_hello_13: body.keyShareEntry,
      hello_retry_request: body.selectedGroup,
    },
  },
  // draft-ietf-tls-tlsflags: it may stand nearly everywhere; what its flags mean is told by other documents.
  tls_flags: {
    id: 62,
    in: {
      client_hello: body.tlsFlags,
      server_hello_13: body.tlsFlags,
      hello_retry_request: body.tlsFlags,
      encrypted_extensions: body.tlsFlags,
      certificate: body.tlsFlags,
      certificate_request: body.tlsFlags,
      new_session_ticket: body.tlsFlags,
    },
  },
  renegotiation_info: {
    id: 0xff01,
    in: { client_hello: body.renegotiatedConnection, server_hello_12: body.renegotiatedConnection },
  },
});

export type ExtensionName = keyof typeof EXTENSIONS;

type Row<N extends ExtensionName> = (typeof EXTENSIONS)[N]['in'];
/** The type of extension `N` in message `M`; never where it may not appear. */
export type ExtensionBody<M extends ExtensionMessage, N extends ExtensionName> =
  Row<N> extends { readonly [K in M]: Codec<infer T> } ? T : never;

/** The extensions of message `M` that glasstls knows, by name. */
export type KnownExtensions<M extends ExtensionMessage> = {
  readonly [N in ExtensionName as ExtensionBody<M, N> extends never ? never : N]?: ExtensionBody<M, N> | undefined;
};

export interface RawExtension {
  readonly extension_type: number;
  readonly extension_data: Uint8Array;
}

/** An extension block: `list` is what stands on the wire, in order; `known` is what of it we understand. */
export interface ExtensionBlock<M extends ExtensionMessage> {
  readonly list: readonly RawExtension[];
  readonly known: KnownExtensions<M>;
}

const ROWS: Readonly<Record<string, ExtensionRow>> = EXTENSIONS as Readonly<Record<string, ExtensionRow>>;
const NAME_BY_ID = new Map(Object.entries(ROWS).map(([name, row]) => [row.id, name as ExtensionName]));

/** IANA's name for the extensions of the table; `GREASE` for RFC 8701's values. */
export function extensionName(id: number): string | undefined {
  return NAME_BY_ID.get(id) ?? (isGrease(id) ? 'GREASE' : undefined);
}

const rawExtension = struct<RawExtension>({
  extension_type: coded(u16, 'extension'),
  extension_data: opaque(2),
});
const rawList = vector(2, rawExtension);

/** The codec of the extension block of message `M`, its two-byte length included. */
export function extensionBlock<M extends ExtensionMessage>(message: M): Codec<ExtensionBlock<M>> {
  return {
    read: (r) => parseBlock(message, r.spans === undefined ? rawList.read(r) : readAnnotated(r, message)),
    write: (w, block) => rawList.write(w, block.list),
  };
}

/** Like {@link extensionBlock}, for a message whose column depends on the extensions that are there. */
export function extensionBlockBy<M extends ExtensionMessage>(
  choose: (list: readonly RawExtension[]) => M,
): Codec<ExtensionBlock<M>> {
  return {
    read: (r) => {
      const list = rawList.read(new Reader(r.bytes, undefined, r.pos, r.end));
      const message = choose(list);
      return parseBlock(message, r.spans === undefined ? rawList.read(r) : readAnnotated(r, message));
    },
    write: (w, block) => rawList.write(w, block.list),
  };
}

/** Builds a block from values, in the order given; undefined values are left out. */
export function buildExtensions<M extends ExtensionMessage>(
  message: M,
  known: KnownExtensions<M>,
  order: readonly ExtensionName[] = Object.keys(known) as ExtensionName[],
): ExtensionBlock<M> {
  const values = known as Readonly<Record<string, unknown>>;
  const list: RawExtension[] = [];
  for (const name of order) {
    const row = ROWS[name];
    const codec = row?.in[message];
    if (row === undefined || codec === undefined) throw new RangeError(`${name} has no place in ${message}`);
    if (values[name] === undefined) continue;
    list.push({ extension_type: row.id, extension_data: encode(codec, values[name], 64) });
  }
  return { list, known };
}

/** The block with some values changed where they stand, and those that were not there behind the others; a PSK stays last. */
export function changeExtensions<M extends ExtensionMessage>(
  message: M,
  block: ExtensionBlock<M>,
  changes: KnownExtensions<M>,
): ExtensionBlock<M> {
  const changed = new Map(buildExtensions(message, changes).list.map((one) => [one.extension_type, one]));
  const kept = block.list.map((one) => changed.get(one.extension_type) ?? one);
  for (const one of block.list) changed.delete(one.extension_type);
  // RFC 8446 4.2.11: "The "pre_shared_key" extension MUST be the last extension in the ClientHello".
  const list = [...kept, ...changed.values()];
  const isLast = ({ extension_type }: RawExtension): boolean =>
    message === 'client_hello' && extension_type === EXTENSIONS.pre_shared_key.id;
  return {
    list: [...list.filter((one) => !isLast(one)), ...list.filter(isLast)],
    known: { ...block.known, ...changes },
  };
}

/** The block without these. */
export function withoutExtensions<M extends ExtensionMessage>(
  block: ExtensionBlock<M>,
  names: readonly ExtensionName[],
): ExtensionBlock<M> {
  const ids = names.map((name) => EXTENSIONS[name].id as number);
  const known = Object.entries(block.known).filter(([name]) => !names.includes(name as ExtensionName));
  return {
    list: block.list.filter((one) => !ids.includes(one.extension_type)),
    known: Object.fromEntries(known) as KnownExtensions<M>,
  };
}

const NONE = { list: [], known: {} };

/** The block of a message that has none at all, which is not the same on the wire as an empty one. */
export function noExtensions<M extends ExtensionMessage>(): ExtensionBlock<M> {
  return NONE as unknown as ExtensionBlock<M>;
}

/** Extensions in a block. Honest peers send twenty; an empty one of four bytes costs forty times as much to keep. */
export const MAX_EXTENSIONS = 256;

function parseBlock<M extends ExtensionMessage>(message: M, list: readonly RawExtension[]): ExtensionBlock<M> {
  if (list.length > MAX_EXTENSIONS) {
    throw new TlsError('ERR_TLS_DECODE', `${list.length} extensions, where ${MAX_EXTENSIONS} are read`, {
      where: { message, field: 'extensions' },
    });
  }
  const known: Record<string, unknown> = {};
  const seen = new Set<number>();
  for (const { extension_type, extension_data } of list) {
    const name = NAME_BY_ID.get(extension_type);
    // RFC 8446 4.2: "There MUST NOT be more than one extension of the same type in a given extension block."
    if (seen.has(extension_type)) {
      const label = name ?? `extension ${extension_type}`;
      throw new TlsError('ERR_TLS_DUPLICATE_EXTENSION', `${label} appears twice`, {
        where: { message, field: `extensions.${label}` },
      });
    }
    seen.add(extension_type);
    if (name === undefined) continue;
    const codec = ROWS[name]?.in[message];
    if (codec === undefined) {
      throw new TlsError('ERR_TLS_MISPLACED_EXTENSION', `${name} must not appear in ${message}`, {
        where: { message, field: `extensions.${name}` },
      });
    }
    known[name] = decodeBody(name, codec, extension_data);
  }
  return { list, known: known as KnownExtensions<M> };
}

/** Offsets in an extension's body count from the start of that body; the path says which extension it is. */
function decodeBody(name: string, codec: Codec<unknown>, data: Uint8Array): unknown {
  try {
    return decode(codec, data);
  } catch (error) {
    if (error instanceof DecodeError) error.path.unshift('extensions', name);
    throw error;
  }
}

/** For annotation: reads the list again with the body of each known extension opened field by field. */
function readAnnotated(r: Reader, message: ExtensionMessage): readonly RawExtension[] {
  const opened: Codec<RawExtension> = {
    read: (reader) => {
      const extension_type = readField(reader, 'extension_type', coded(u16, 'extension'));
      const length = readField(reader, 'extension_length', u16);
      const start = reader.pos;
      const codec = ROWS[NAME_BY_ID.get(extension_type) ?? '']?.in[message];
      if (codec === undefined) readField(reader, 'extension_data', { read: (x) => x.take(length), write: () => {} });
      else reader.sub(length, () => readField(reader, NAME_BY_ID.get(extension_type) ?? 'extension_data', codec));
      return { extension_type, extension_data: reader.bytes.subarray(start, reader.pos) };
    },
    write: () => {},
  };
  return vector(2, opened).read(r);
}
