// ServerKeyExchange and ClientKeyExchange of TLS 1.2: one form for each way of agreeing on the pre-master secret (RFC 5246 7.4.3
// and 7.4.7, RFC 8422 5.4 and 5.7, RFC 4279 2 - 3, RFC 5489 2). The bytes do not say which form they have: the suite does.

import { type Codec, coded, opaque, struct, u8, u16, type WithRaw, withRaw } from '../codec/codec.ts';

const scheme = coded(u16, 'signature_scheme');

/** RFC 8422 5.4: the ephemeral key and what the signature covers besides the two randoms. */
export interface EcdhParams {
  readonly curve_type: number;
  readonly named_curve: number;
  readonly public: Uint8Array;
}
export const ecdhParams: Codec<EcdhParams> = struct<EcdhParams>({
  curve_type: coded(u8, 'ec_curve_type'),
  named_curve: coded(u16, 'group'),
  public: opaque(1, 1),
});

/** RFC 5246 7.4.3: prime, generator and the server's public value, big-endian. */
export interface DhParams {
  readonly dh_p: Uint8Array;
  readonly dh_g: Uint8Array;
  readonly dh_Ys: Uint8Array;
}
export const dhParams: Codec<DhParams> = struct<DhParams>({
  dh_p: opaque(2, 1),
  dh_g: opaque(2, 1),
  dh_Ys: opaque(2, 1),
});

/** Parameters as they stood on the wire, and the server's signature over them. */
interface Signed<T> {
  readonly params: WithRaw<T>;
  readonly algorithm: number;
  readonly signature: Uint8Array;
}

export type ServerKeyExchangeEcdhe = Signed<EcdhParams>;
export const serverKeyExchangeEcdhe: Codec<ServerKeyExchangeEcdhe> = struct<ServerKeyExchangeEcdhe>({
  params: withRaw(ecdhParams),
  algorithm: scheme,
  signature: opaque(2),
});

export type ServerKeyExchangeDhe = Signed<DhParams>;
export const serverKeyExchangeDhe: Codec<ServerKeyExchangeDhe> = struct<ServerKeyExchangeDhe>({
  params: withRaw(dhParams),
  algorithm: scheme,
  signature: opaque(2),
});

/** RFC 4279 2: a hint which key to use; the message is left out when there is none. */
export interface ServerKeyExchangePsk {
  readonly psk_identity_hint: Uint8Array;
}
export const serverKeyExchangePsk: Codec<ServerKeyExchangePsk> = struct<ServerKeyExchangePsk>({
  psk_identity_hint: opaque(2),
});

/** RFC 4279 3: nothing signs the parameters, the shared key does. */
export interface ServerKeyExchangeDhePsk extends ServerKeyExchangePsk {
  readonly params: DhParams;
}
export const serverKeyExchangeDhePsk: Codec<ServerKeyExchangeDhePsk> = struct<ServerKeyExchangeDhePsk>({
  psk_identity_hint: opaque(2),
  params: dhParams,
});

/** RFC 5489 2. */
export interface ServerKeyExchangeEcdhePsk extends ServerKeyExchangePsk {
  readonly params: EcdhParams;
}
export const serverKeyExchangeEcdhePsk: Codec<ServerKeyExchangeEcdhePsk> = struct<ServerKeyExchangeEcdhePsk>({
  psk_identity_hint: opaque(2),
  params: ecdhParams,
});

/** RFC 5246 7.4.7.1. */
export interface ClientKeyExchangeRsa {
  readonly encrypted_pre_master_secret: Uint8Array;
}
export const clientKeyExchangeRsa: Codec<ClientKeyExchangeRsa> = struct<ClientKeyExchangeRsa>({
  encrypted_pre_master_secret: opaque(2),
});

/** RFC 8422 5.7. */
export interface ClientKeyExchangeEcdhe {
  readonly ecdh_Yc: Uint8Array;
}
export const clientKeyExchangeEcdhe: Codec<ClientKeyExchangeEcdhe> = struct<ClientKeyExchangeEcdhe>({
  ecdh_Yc: opaque(1, 1),
});

/** RFC 5246 7.4.7.2, always explicit: there are no fixed Diffie-Hellman certificates here. */
export interface ClientKeyExchangeDhe {
  readonly dh_Yc: Uint8Array;
}
export const clientKeyExchangeDhe: Codec<ClientKeyExchangeDhe> = struct<ClientKeyExchangeDhe>({
  dh_Yc: opaque(2, 1),
});

/** RFC 4279 2. */
export interface ClientKeyExchangePsk {
  readonly psk_identity: Uint8Array;
}
export const clientKeyExchangePsk: Codec<ClientKeyExchangePsk> = struct<ClientKeyExchangePsk>({
  psk_identity: opaque(2),
});

/** RFC 4279 3. */
export interface ClientKeyExchangeDhePsk extends ClientKeyExchangePsk, ClientKeyExchangeDhe {}
export const clientKeyExchangeDhePsk: Codec<ClientKeyExchangeDhePsk> = struct<ClientKeyExchangeDhePsk>({
  psk_identity: opaque(2),
  dh_Yc: opaque(2, 1),
});

/** RFC 5489 2. */
export interface ClientKeyExchangeEcdhePsk extends ClientKeyExchangePsk, ClientKeyExchangeEcdhe {}
export const clientKeyExchangeEcdhePsk: Codec<ClientKeyExchangeEcdhePsk> = struct<ClientKeyExchangeEcdhePsk>({
  psk_identity: opaque(2),
  ecdh_Yc: opaque(1, 1),
});
