// The real values that stand under each step, read back out of the messages that crossed the wire.

import { toHex } from '../../bytes/bytes.ts';
import type { Codec } from '../../codec/codec.ts';
import { decode } from '../../codec/run.ts';
import { keyBits } from '../../crypto/keys.ts';
import { suiteNames } from '../../inspect/negotiated.ts';
import { codePoint } from '../../inspect/summary.ts';
import { type MessageKey, messageKey } from '../../inspect/texts/messages.ts';
import type { Side } from '../../inspect/trace.ts';
import * as exchanges from '../../wire/key_exchange.ts';
import * as wire from '../../wire/messages.ts';
import { CLIENT_CERTIFICATE_TYPE, groupName, signatureSchemeName, versionName } from '../../wire/registry/names.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { generalNameText } from '../../x509/general_name.ts';
import { nameTextInOrder, parseName } from '../../x509/names.ts';
import type { Text } from '../text.ts';
import { VALUES } from '../texts/demo.ts';
import type { LessonHandshake } from './loopback.ts';

export interface Value {
  readonly label: Text;
  readonly value: string;
  /** Bytes, shown as such. */
  readonly bytes?: true;
  /** What nobody on the way could see. */
  readonly secret?: true;
}

/** What is worth showing of the message `key`; nothing for one that was not sent. */
export function valuesOf(lesson: LessonHandshake, key: MessageKey): readonly Value[] {
  const raw = messageOf(lesson, key);
  if (raw === undefined) return [];
  return READERS[key]?.(raw.subarray(wire.HANDSHAKE_HEADER_LENGTH), lesson) ?? [];
}

/** The bytes of the message `key`. */
export function messageOf({ timeline }: LessonHandshake, key: MessageKey): Uint8Array | undefined {
  return timeline.messages.find((one) => messageKey(one.name, one.from, one.raw, one) === key)?.raw;
}

/** What one side derived under that name. */
export function secretOf({ secrets }: LessonHandshake, name: string, side: Side = 'client'): Uint8Array | undefined {
  return secrets[side].find((one) => one.name === name)?.value;
}

/** What goes into the secret and what comes out: randoms where they are used as such, public keys where there are any. */
export function inputsOf(lesson: LessonHandshake): readonly Value[] {
  const pick = (key: MessageKey, label: Text, as = label): readonly Value[] =>
    valuesOf(lesson, key)
      .filter((one) => one.label === label && one.bytes === true)
      .map((one) => ({ ...one, label: as }));
  const secret = lesson.secrets.client.find(
    ({ name }) => name === 'pre_master_secret' || name === 'ecdhe_shared_secret',
  );
  const result: readonly Value[] =
    secret === undefined
      ? []
      : [
          {
            label: lesson.kind === 'tls13' ? VALUES.shared : VALUES.preMaster,
            value: toHex(secret.value),
            bytes: true,
          },
        ];
  const randoms = [...pick('client_hello', VALUES.random1), ...pick('server_hello', VALUES.random2)];
  const { publicKey, clientKey, serverKey } = VALUES;
  switch (lesson.kind) {
    case 'rsa12':
      return [...randoms, ...result];
    case 'ecdhe12':
      return [
        ...randoms,
        ...pick('server_key_exchange', publicKey, serverKey),
        ...pick('client_key_exchange', publicKey, clientKey),
        ...result,
      ];
    case 'tls13':
      return [...pick('client_hello', publicKey, clientKey), ...pick('server_hello', publicKey, serverKey), ...result];
    default:
      return randoms;
  }
}

type Reader = (body: Uint8Array, lesson: LessonHandshake) => readonly Value[];

const READERS: Readonly<Partial<Record<MessageKey, Reader>>> = {
  client_hello: (body, { kind }) => {
    const { random, cipher_suites, legacy_version, legacy_session_id, extensions } = decode(wire.clientHello, body);
    const { known } = extensions;
    const versions = known.supported_versions ?? [legacy_version];
    const shares = known.key_share ?? [];
    return [
      { label: VALUES.versions, value: versions.map((one) => codePoint(one, versionName)).join(', ') },
      { label: VALUES.suites, value: cipher_suites.map((one) => suiteNames(one).openssl).join(', ') },
      { label: VALUES.sni, value: known.server_name?.[0]?.host_name ?? '' },
      ...shares.map(({ group, key_exchange }): Value => keyValue(group, key_exchange)),
      ...(kind === 'resumed12' ? [bytesValue(VALUES.sessionId, legacy_session_id)] : []),
      ...(known.session_ticket?.length ? [bytesValue(VALUES.ticket, known.session_ticket)] : []),
      ...(known.pre_shared_key?.identities.map(({ identity }) => bytesValue(VALUES.ticket, identity)) ?? []),
      ...(known.pre_shared_key?.binders.map((binder) => bytesValue(VALUES.binder, binder)) ?? []),
      { label: VALUES.random1, value: toHex(random), bytes: true },
    ];
  },
  hello_retry_request: (body) => {
    const { known } = decode(wire.helloRetryRequest, body).extensions;
    const group = known.key_share;
    return group === undefined ? [] : [{ label: VALUES.group, value: codePoint(group, groupName) }];
  },
  second_client_hello: (body) => {
    const { known } = decode(wire.clientHello, body).extensions;
    return (known.key_share ?? []).map(({ group, key_exchange }) => keyValue(group, key_exchange));
  },
  server_hello: (body, { kind }) => {
    const hello = decode(wire.serverHello, body);
    const share = wire.isServerHello13(hello) ? hello.extensions.known.key_share : undefined;
    return [
      { label: VALUES.suite, value: suiteNames(hello.cipher_suite).iana },
      ...(share === undefined ? [] : [keyValue(share.group, share.key_exchange)]),
      ...(kind === 'resumed12' ? [bytesValue(VALUES.sessionId, hello.legacy_session_id_echo)] : []),
      { label: VALUES.random2, value: toHex(hello.random), bytes: true },
    ];
  },
  encrypted_extensions: (body) => {
    const { known } = decode(wire.encryptedExtensions, body).extensions;
    return [{ label: VALUES.alpn, value: known.application_layer_protocol_negotiation?.[0] ?? '' }];
  },
  certificate: leafValues,
  client_certificate: leafValues,
  certificate_request: (body) => {
    const request = decode(wire.certificateRequest12, body);
    const { certificate_types, supported_signature_algorithms, certificate_authorities } = request;
    const types = certificate_types.map((type) => nameOfType(type));
    const schemes = supported_signature_algorithms.map((scheme) => codePoint(scheme, signatureSchemeName));
    const authorities = certificate_authorities.map((der) => nameTextInOrder(parseName(der)));
    return [
      { label: VALUES.types, value: types.join(', ') },
      { label: VALUES.schemes, value: schemes.join(', ') },
      { label: VALUES.authorities, value: authorities.join(', ') },
    ];
  },
  server_key_exchange: (body) => {
    const { params, algorithm, signature } = decode(exchanges.serverKeyExchangeEcdhe, body);
    return [keyValue(params.value.named_curve, params.value.public), signatureValue(algorithm, signature)];
  },
  certificate_verify: proofValues,
  client_certificate_verify: proofValues,
  client_key_exchange: (body, { kind }) =>
    kind === 'rsa12'
      ? [
          {
            label: VALUES.encrypted,
            value: toHex(decode(exchanges.clientKeyExchangeRsa, body).encrypted_pre_master_secret),
            bytes: true,
          },
        ]
      : [
          {
            label: VALUES.publicKey,
            value: toHex(decode(exchanges.clientKeyExchangeEcdhe, body).ecdh_Yc),
            bytes: true,
          },
        ],
  client_finished: finished,
  server_finished: finished,
};

function finished(body: Uint8Array): readonly Value[] {
  const { verify_data } = decode(wire.finished as Codec<{ verify_data: Uint8Array }>, body);
  return [{ label: VALUES.verifyData, value: toHex(verify_data), bytes: true }];
}

function leafValues(body: Uint8Array, { kind }: LessonHandshake): readonly Value[] {
  const leaf =
    kind === 'tls13'
      ? decode(wire.certificate13, body).certificate_list[0]?.cert_data
      : decode(wire.certificate12, body).certificate_list[0];
  return leaf === undefined ? [] : certificateValues(leaf);
}

function proofValues(body: Uint8Array): readonly Value[] {
  const { algorithm, signature } = decode(wire.certificateVerify, body);
  return [signatureValue(algorithm, signature)];
}

/** `ecdsa_sign` */
function nameOfType(type: number): string {
  return Object.entries(CLIENT_CERTIFICATE_TYPE).find(([, number]) => number === type)?.[0] ?? String(type);
}

function bytesValue(label: Text, value: Uint8Array): Value {
  return { label, value: toHex(value), bytes: true };
}

function keyValue(group: number, key: Uint8Array): Value {
  return { label: VALUES.publicKey, value: `${codePoint(group, groupName)} ${toHex(key)}`, bytes: true };
}

function signatureValue(scheme: number, signature: Uint8Array): Value {
  return {
    label: VALUES.signature,
    value: `${codePoint(scheme, signatureSchemeName)} ${toHex(signature)}`,
    bytes: true,
  };
}

function certificateValues(der: Uint8Array): readonly Value[] {
  const leaf = parseCertificate(der);
  const { key } = leaf.spki;
  return [
    { label: VALUES.subject, value: nameTextInOrder(leaf.subject) },
    ...(leaf.subjectAltName === undefined
      ? []
      : [{ label: VALUES.names, value: leaf.subjectAltName.map(generalNameText).join(', ') }]),
    { label: VALUES.issuer, value: nameTextInOrder(leaf.issuer) },
    ...(key === undefined ? [] : [{ label: VALUES.publicKey, value: `${key.kind.toUpperCase()} ${keyBits(key)}` }]),
  ];
}
