// The real values that stand under each step, read back out of the messages that crossed the wire.

import { toHex } from '../../bytes/bytes.ts';
import type { Codec } from '../../codec/codec.ts';
import { decode } from '../../codec/run.ts';
import { keyBits } from '../../crypto/keys.ts';
import { suiteNames } from '../../inspect/negotiated.ts';
import { codePoint } from '../../inspect/summary.ts';
import { type MessageKey, messageKey } from '../../inspect/texts/messages.ts';
import * as exchanges from '../../wire/key_exchange.ts';
import * as wire from '../../wire/messages.ts';
import { groupName, signatureSchemeName, versionName } from '../../wire/registry/names.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { generalNameText } from '../../x509/general_name.ts';
import { nameTextInOrder } from '../../x509/names.ts';
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
  return timeline.messages.find(({ name, from, raw }) => messageKey(name, from, raw) === key)?.raw;
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
  }
}

type Reader = (body: Uint8Array, lesson: LessonHandshake) => readonly Value[];

const READERS: Readonly<Partial<Record<MessageKey, Reader>>> = {
  client_hello: (body) => {
    const { random, cipher_suites, legacy_version, extensions } = decode(wire.clientHello, body);
    const { known } = extensions;
    const versions = known.supported_versions ?? [legacy_version];
    const shares = known.key_share ?? [];
    return [
      { label: VALUES.versions, value: versions.map((one) => codePoint(one, versionName)).join(', ') },
      { label: VALUES.suites, value: cipher_suites.map((one) => suiteNames(one).openssl).join(', ') },
      { label: VALUES.sni, value: known.server_name?.[0]?.host_name ?? '' },
      ...shares.map(({ group, key_exchange }): Value => keyValue(group, key_exchange)),
      { label: VALUES.random1, value: toHex(random), bytes: true },
    ];
  },
  server_hello: (body) => {
    const hello = decode(wire.serverHello, body);
    const share = wire.isServerHello13(hello) ? hello.extensions.known.key_share : undefined;
    return [
      { label: VALUES.suite, value: suiteNames(hello.cipher_suite).iana },
      ...(share === undefined ? [] : [keyValue(share.group, share.key_exchange)]),
      { label: VALUES.random2, value: toHex(hello.random), bytes: true },
    ];
  },
  encrypted_extensions: (body) => {
    const { known } = decode(wire.encryptedExtensions, body).extensions;
    return [{ label: VALUES.alpn, value: known.application_layer_protocol_negotiation?.[0] ?? '' }];
  },
  certificate: (body, { kind }) => {
    const leaf =
      kind === 'tls13'
        ? decode(wire.certificate13, body).certificate_list[0]?.cert_data
        : decode(wire.certificate12, body).certificate_list[0];
    return leaf === undefined ? [] : certificateValues(leaf);
  },
  server_key_exchange: (body) => {
    const { params, algorithm, signature } = decode(exchanges.serverKeyExchangeEcdhe, body);
    return [keyValue(params.value.named_curve, params.value.public), signatureValue(algorithm, signature)];
  },
  certificate_verify: (body) => {
    const { algorithm, signature } = decode(wire.certificateVerify, body);
    return [signatureValue(algorithm, signature)];
  },
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
    { label: VALUES.names, value: (leaf.subjectAltName ?? []).map(generalNameText).join(', ') },
    { label: VALUES.issuer, value: nameTextInOrder(leaf.issuer) },
    ...(key === undefined ? [] : [{ label: VALUES.publicKey, value: `${key.kind.toUpperCase()} ${keyBits(key)}` }]),
  ];
}
