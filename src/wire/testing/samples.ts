// For the tests of the wire: what each codec of extension_bodies.ts and messages.ts may carry, as generators, and which
// prefixes of an encoding are encodings themselves. A codec without a row here makes wire.test.ts fail.

import fc from 'fast-check';
import type { Codec } from '../../codec/codec.ts';
import { empty } from '../../codec/codec.ts';
import { encode } from '../../codec/run.ts';
import * as bodies from '../extension_bodies.ts';
import {
  buildExtensions,
  EXTENSIONS,
  type ExtensionBlock,
  type ExtensionMessage,
  type ExtensionName,
  type KnownExtensions,
  noExtensions,
} from '../extensions.ts';
import * as exchanges from '../key_exchange.ts';
import * as messages from '../messages.ts';

export interface Sample<T> {
  readonly codec: Codec<T>;
  readonly values: fc.Arbitrary<T>;
  /** Why a strict prefix of `length` bytes of the encoding of `value` may decode; undefined when it must not. */
  readonly shorter?: (value: T, length: number) => string | undefined;
}

export type AnySample = Sample<unknown>;
const sample = <T>(codec: Codec<T>, values: fc.Arbitrary<T>, shorter?: Sample<T>['shorter']): AnySample =>
  ({ codec, values, ...(shorter && { shorter }) }) as AnySample;

const u8 = fc.nat({ max: 0xff });
const u16 = fc.nat({ max: 0xffff });
const u32 = fc.nat({ max: 0xffffffff });
const some = (minLength: number, maxLength = minLength + 12): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });
const listOf = <T>(item: fc.Arbitrary<T>, minLength = 0): fc.Arbitrary<readonly T[]> =>
  fc.array(item, { minLength, maxLength: minLength + 3 });
/** Any bytes at all, as the codecs hand out text. */
const text = some(1).map((bytes) => String.fromCharCode(...bytes));
const opaqueToTheEnd = (least: number) => (_value: unknown, length: number) =>
  length >= least ? 'the rest of the body is opaque, and may be shorter' : undefined;

type CodecsOf<M> = { readonly [K in keyof M as M[K] extends { read: unknown; write: unknown } ? K : never]: AnySample };

/** One row for each codec that extension_bodies.ts exports. */
export const BODIES: CodecsOf<typeof bodies> = {
  serverNameList: sample(bodies.serverNameList, listOf(fc.record({ name_type: u8, host_name: text }), 1)),
  namedGroupList: sample(bodies.namedGroupList, listOf(u16, 1)),
  ecPointFormatList: sample(bodies.ecPointFormatList, listOf(u8, 1)),
  signatureSchemeList: sample(bodies.signatureSchemeList, listOf(u16, 1)),
  protocolNameList: sample(bodies.protocolNameList, listOf(text, 1)),
  certificateStatusRequest: sample(
    bodies.certificateStatusRequest,
    fc.record({ status_type: u8, request: some(0) }),
    opaqueToTheEnd(1),
  ),
  ocspStatus: sample(bodies.ocspStatus, fc.record({ status_type: u8, response: some(1) })),
  signedCertificateTimestampList: sample(bodies.signedCertificateTimestampList, listOf(some(1), 1)),
  renegotiatedConnection: sample(bodies.renegotiatedConnection, some(0)),
  supportedVersions: sample(bodies.supportedVersions, listOf(u16, 1)),
  selectedVersion: sample(bodies.selectedVersion, u16),
  keyShareEntry: sample(bodies.keyShareEntry, fc.record({ group: u16, key_exchange: some(1) })),
  keyShareList: sample(bodies.keyShareList, listOf(fc.record({ group: u16, key_exchange: some(1) }))),
  selectedGroup: sample(bodies.selectedGroup, u16),
  cookie: sample(bodies.cookie, some(1)),
  pskKeyExchangeModes: sample(bodies.pskKeyExchangeModes, listOf(u8, 1)),
  offeredPsks: sample(
    bodies.offeredPsks,
    fc.record({
      identities: listOf(fc.record({ identity: some(1), obfuscated_ticket_age: u32 }), 1),
      binders: listOf(some(32, 48), 1),
    }),
  ),
  selectedIdentity: sample(bodies.selectedIdentity, u16),
  maxEarlyDataSize: sample(bodies.maxEarlyDataSize, u32),
  distinguishedNames: sample(bodies.distinguishedNames, listOf(some(1), 1)),
  recordSizeLimit: sample(bodies.recordSizeLimit, u16),
  maxFragmentLength: sample(bodies.maxFragmentLength, u8),
  certificateCompressionAlgorithms: sample(
    bodies.certificateCompressionAlgorithms,
    listOf(u16, 1).filter((list) => new Set(list).size === list.length),
  ),
  tlsFlags: sample(
    bodies.tlsFlags,
    some(1).filter((flags) => flags.at(-1) !== 0),
  ),
  oidFilters: sample(
    bodies.oidFilters,
    listOf(fc.record({ certificate_extension_oid: some(1), certificate_extension_values: some(0) })),
  ),
  padding: sample(bodies.padding, some(0), opaqueToTheEnd(0)),
  sessionTicket: sample(bodies.sessionTicket, some(0), opaqueToTheEnd(0)),
};

const VALUES = new Map<unknown, fc.Arbitrary<unknown>>([
  [empty, fc.constant(true)],
  ...Object.values(BODIES).map((row): [unknown, fc.Arbitrary<unknown>] => [row.codec, row.values]),
]);

/** Blocks of any extensions that may stand in `message`, in any order, with unknown and GREASE ones between them. */
export function extensionBlocks<M extends ExtensionMessage>(
  message: M,
  always: readonly ExtensionName[] = [],
  never: readonly ExtensionName[] = [],
): fc.Arbitrary<ExtensionBlock<M>> {
  const names = (Object.keys(EXTENSIONS) as ExtensionName[]).filter(
    (name) => message in EXTENSIONS[name].in && !never.includes(name),
  );
  const valuesOf = (name: ExtensionName): fc.Arbitrary<unknown> => {
    const values = VALUES.get((EXTENSIONS[name].in as Record<string, unknown>)[message]);
    if (values === undefined) throw new Error(`no generator for ${name} in ${message}`);
    return values;
  };
  return fc.subarray(names, { maxLength: Math.min(8, names.length) }).chain((chosen) => {
    const all = [...new Set([...always, ...chosen])];
    return fc
      .tuple(fc.tuple(...all.map(valuesOf)), fc.constantFrom(undefined, 0x1a1a, 0xfff0), some(0))
      .map(([values, strange, data]): ExtensionBlock<M> => {
        const known = Object.fromEntries(all.map((name, i) => [name, values[i]])) as KnownExtensions<M>;
        const block = buildExtensions(message, known);
        if (strange === undefined) return block;
        const list = [
          ...block.list.slice(0, 1),
          { extension_type: strange, extension_data: data },
          ...block.list.slice(1),
        ];
        return { list, known };
      });
  });
}

/** Or none at all, which older clients and servers send (RFC 5246 7.4.1.2). */
const perhapsBlocks = <M extends ExtensionMessage>(blocks: fc.Arbitrary<ExtensionBlock<M>>, message: M) =>
  fc.oneof({ arbitrary: blocks, weight: 9 }, { arbitrary: fc.constant(noExtensions<typeof message>()), weight: 1 });

const withoutExtensions =
  (codec: Codec<never>) =>
  (value: unknown, length: number): string | undefined => {
    const bare = encode(codec as unknown as Codec<object>, { ...(value as object), extensions: noExtensions() });
    return length === bare.length ? 'a hello may end before its extensions' : undefined;
  };

const serverHelloOf = (extensions: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.record({
    legacy_version: u16,
    random: some(32, 32),
    legacy_session_id_echo: some(0, 32),
    cipher_suite: u16,
    legacy_compression_method: u8,
    extensions,
  });

const ecdh = fc.record({ curve_type: u8, named_curve: u16, public: some(1) });
const dh = fc.record({ dh_p: some(1), dh_g: some(1), dh_Ys: some(1) });
const signed = { algorithm: u16, signature: some(0) };

/** One row for each codec that messages.ts exports. */
export const MESSAGES: CodecsOf<typeof messages> = {
  handshakeHeader: sample(messages.handshakeHeader, fc.record({ msg_type: u8, length: fc.nat({ max: 0xffffff }) })),
  clientHello: sample(
    messages.clientHello,
    fc.record({
      legacy_version: u16,
      random: some(32, 32),
      legacy_session_id: some(0, 32),
      cipher_suites: listOf(u16, 1),
      legacy_compression_methods: listOf(u8, 1),
      extensions: perhapsBlocks(extensionBlocks('client_hello'), 'client_hello'),
    }),
    withoutExtensions(messages.clientHello as unknown as Codec<never>),
  ),
  serverHello: sample(
    messages.serverHello,
    serverHelloOf(
      fc.oneof(
        perhapsBlocks(extensionBlocks('server_hello_12'), 'server_hello_12'),
        extensionBlocks('server_hello_13', ['supported_versions']),
      ),
    ) as never,
    withoutExtensions(messages.serverHello as unknown as Codec<never>),
  ),
  helloRetryRequest: sample(
    messages.helloRetryRequest,
    serverHelloOf(perhapsBlocks(extensionBlocks('hello_retry_request'), 'hello_retry_request')) as never,
    withoutExtensions(messages.helloRetryRequest as unknown as Codec<never>),
  ),
  encryptedExtensions: sample(
    messages.encryptedExtensions,
    fc.record({ extensions: extensionBlocks('encrypted_extensions') }),
  ),
  certificate12: sample(messages.certificate12, fc.record({ certificate_list: listOf(some(1)) })),
  certificate13: sample(
    messages.certificate13,
    fc.record({
      certificate_request_context: some(0),
      certificate_list: listOf(fc.record({ cert_data: some(1), extensions: extensionBlocks('certificate') })),
    }),
  ),
  compressedCertificate: sample(
    messages.compressedCertificate,
    fc.record({
      algorithm: u16,
      uncompressed_length: fc.nat({ max: 0xffffff }),
      compressed_certificate_message: some(1),
    }),
  ),
  certificateRequest12: sample(
    messages.certificateRequest12,
    fc.record({
      certificate_types: listOf(u8, 1),
      supported_signature_algorithms: listOf(u16, 1),
      certificate_authorities: listOf(some(1)),
    }),
  ),
  certificateRequest13: sample(
    messages.certificateRequest13,
    fc.record({ certificate_request_context: some(0), extensions: extensionBlocks('certificate_request') }),
  ),
  certificateVerify: sample(messages.certificateVerify, fc.record(signed)),
  finished: sample(messages.finished, fc.record({ verify_data: some(12, 48) }), opaqueToTheEnd(0)),
  certificateStatus: sample(messages.certificateStatus, fc.record({ status_type: u8, response: some(1) })),
  newSessionTicket12: sample(messages.newSessionTicket12, fc.record({ ticket_lifetime_hint: u32, ticket: some(0) })),
  newSessionTicket13: sample(
    messages.newSessionTicket13,
    fc.record({
      ticket_lifetime: u32,
      ticket_age_add: u32,
      ticket_nonce: some(0),
      ticket: some(1),
      extensions: extensionBlocks('new_session_ticket'),
    }),
  ),
  keyUpdate: sample(messages.keyUpdate, fc.record({ request_update: u8 })),
  emptyMessage: sample(messages.emptyMessage, fc.constant(true as const)),
};

/** One row for each codec that key_exchange.ts exports. */
export const KEY_EXCHANGES: CodecsOf<typeof exchanges> = {
  ecdhParams: sample(exchanges.ecdhParams, ecdh),
  dhParams: sample(exchanges.dhParams, dh),
  serverKeyExchangeEcdhe: sample(
    exchanges.serverKeyExchangeEcdhe,
    fc.record({ params: ecdh.map((value) => ({ value, raw: encode(exchanges.ecdhParams, value) })), ...signed }),
  ),
  serverKeyExchangeDhe: sample(
    exchanges.serverKeyExchangeDhe,
    fc.record({ params: dh.map((value) => ({ value, raw: encode(exchanges.dhParams, value) })), ...signed }),
  ),
  serverKeyExchangePsk: sample(exchanges.serverKeyExchangePsk, fc.record({ psk_identity_hint: some(0) })),
  serverKeyExchangeDhePsk: sample(
    exchanges.serverKeyExchangeDhePsk,
    fc.record({ psk_identity_hint: some(0), params: dh }),
  ),
  serverKeyExchangeEcdhePsk: sample(
    exchanges.serverKeyExchangeEcdhePsk,
    fc.record({ psk_identity_hint: some(0), params: ecdh }),
  ),
  clientKeyExchangeRsa: sample(exchanges.clientKeyExchangeRsa, fc.record({ encrypted_pre_master_secret: some(0) })),
  clientKeyExchangeEcdhe: sample(exchanges.clientKeyExchangeEcdhe, fc.record({ ecdh_Yc: some(1) })),
  clientKeyExchangeDhe: sample(exchanges.clientKeyExchangeDhe, fc.record({ dh_Yc: some(1) })),
  clientKeyExchangePsk: sample(exchanges.clientKeyExchangePsk, fc.record({ psk_identity: some(0) })),
  clientKeyExchangeDhePsk: sample(
    exchanges.clientKeyExchangeDhePsk,
    fc.record({ psk_identity: some(0), dh_Yc: some(1) }),
  ),
  clientKeyExchangeEcdhePsk: sample(
    exchanges.clientKeyExchangeEcdhePsk,
    fc.record({ psk_identity: some(0), ecdh_Yc: some(1) }),
  ),
};
