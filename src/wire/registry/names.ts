// Small registries of TLS: versions, content types, handshake types, alerts, groups, signature schemes, and the lesser
// code points that messages carry. Values and names are IANA's ("Transport Layer Security (TLS) Parameters").

type Registry = Readonly<Record<string, number>>;

export const VERSION = { ssl30: 0x0300, tls10: 0x0301, tls11: 0x0302, tls12: 0x0303, tls13: 0x0304 } as const;

export const CONTENT_TYPE = {
  change_cipher_spec: 20,
  alert: 21,
  handshake: 22,
  application_data: 23,
} as const;

export const HANDSHAKE_TYPE = {
  hello_request: 0,
  client_hello: 1,
  server_hello: 2,
  new_session_ticket: 4,
  end_of_early_data: 5,
  encrypted_extensions: 8,
  certificate: 11,
  server_key_exchange: 12,
  certificate_request: 13,
  server_hello_done: 14,
  certificate_verify: 15,
  client_key_exchange: 16,
  finished: 20,
  certificate_url: 21,
  certificate_status: 22,
  supplemental_data: 23,
  key_update: 24,
  compressed_certificate: 25,
  message_hash: 254,
} as const;
export type HandshakeTypeName = keyof typeof HANDSHAKE_TYPE;

export const ALERT_LEVEL = { warning: 1, fatal: 2 } as const;

export const ALERT = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  decryption_failed: 21,
  record_overflow: 22,
  decompression_failure: 30,
  handshake_failure: 40,
  no_certificate: 41,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  export_restriction: 60,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  no_renegotiation: 100,
  missing_extension: 109,
  unsupported_extension: 110,
  certificate_unobtainable: 111,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  bad_certificate_hash_value: 114,
  unknown_psk_identity: 115,
  certificate_required: 116,
  general_error: 117,
  no_application_protocol: 120,
  ech_required: 121,
} as const;
export type AlertName = keyof typeof ALERT;

export const GROUP = {
  secp256r1: 0x0017,
  secp384r1: 0x0018,
  secp521r1: 0x0019,
  brainpoolP256r1: 0x001a,
  brainpoolP384r1: 0x001b,
  brainpoolP512r1: 0x001c,
  x25519: 0x001d,
  x448: 0x001e,
  ffdhe2048: 0x0100,
  ffdhe3072: 0x0101,
  ffdhe4096: 0x0102,
  ffdhe6144: 0x0103,
  ffdhe8192: 0x0104,
  MLKEM512: 0x0200,
  MLKEM768: 0x0201,
  MLKEM1024: 0x0202,
  SecP256r1MLKEM768: 0x11eb,
  X25519MLKEM768: 0x11ec,
  SecP384r1MLKEM1024: 0x11ed,
} as const;

export const SIGNATURE_SCHEME = {
  rsa_pkcs1_md5: 0x0101,
  rsa_pkcs1_sha1: 0x0201,
  dsa_sha1: 0x0202,
  ecdsa_sha1: 0x0203,
  rsa_pkcs1_sha224: 0x0301,
  dsa_sha224: 0x0302,
  ecdsa_sha224: 0x0303,
  rsa_pkcs1_sha256: 0x0401,
  dsa_sha256: 0x0402,
  ecdsa_secp256r1_sha256: 0x0403,
  rsa_pkcs1_sha256_legacy: 0x0420,
  rsa_pkcs1_sha384: 0x0501,
  dsa_sha384: 0x0502,
  ecdsa_secp384r1_sha384: 0x0503,
  rsa_pkcs1_sha512: 0x0601,
  dsa_sha512: 0x0602,
  ecdsa_secp521r1_sha512: 0x0603,
  rsa_pss_rsae_sha256: 0x0804,
  rsa_pss_rsae_sha384: 0x0805,
  rsa_pss_rsae_sha512: 0x0806,
  ed25519: 0x0807,
  ed448: 0x0808,
  rsa_pss_pss_sha256: 0x0809,
  rsa_pss_pss_sha384: 0x080a,
  rsa_pss_pss_sha512: 0x080b,
  ecdsa_brainpoolP256r1tls13_sha256: 0x081a,
  ecdsa_brainpoolP384r1tls13_sha384: 0x081b,
  ecdsa_brainpoolP512r1tls13_sha512: 0x081c,
  mldsa44: 0x0904,
  mldsa65: 0x0905,
  mldsa87: 0x0906,
} as const;

export const COMPRESSION_METHOD = { null: 0, deflate: 1 } as const;
export const NAME_TYPE = { host_name: 0 } as const;
export const EC_POINT_FORMAT = { uncompressed: 0, ansiX962_compressed_prime: 1, ansiX962_compressed_char2: 2 } as const;
export const EC_CURVE_TYPE = { explicit_prime: 1, explicit_char2: 2, named_curve: 3 } as const;
export const CLIENT_CERTIFICATE_TYPE = {
  rsa_sign: 1,
  dss_sign: 2,
  rsa_fixed_dh: 3,
  dss_fixed_dh: 4,
  ecdsa_sign: 64,
  rsa_fixed_ecdh: 65,
  ecdsa_fixed_ecdh: 66,
} as const;
export const PSK_KEY_EXCHANGE_MODE = { psk_ke: 0, psk_dhe_ke: 1 } as const;
export const CERTIFICATE_STATUS_TYPE = { ocsp: 1 } as const;
export const KEY_UPDATE_REQUEST = { update_not_requested: 0, update_requested: 1 } as const;
export const CERTIFICATE_COMPRESSION = { zlib: 1, brotli: 2, zstd: 3 } as const;

/** The inverse of a registry: number to name, undefined where nothing is registered. */
export function namer(registry: Registry): (value: number) => string | undefined {
  const names = new Map(Object.entries(registry).map(([name, value]) => [value, name]));
  return (value) => names.get(value) ?? (isGrease(value) ? 'GREASE' : undefined);
}

/** RFC 8701: 0x0a0a, 0x1a1a ... 0xfafa are reserved to be ignored. */
export function isGrease(value: number): boolean {
  return value > 0xff && (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff);
}

export const contentTypeName = namer(CONTENT_TYPE);
export const handshakeTypeName = namer(HANDSHAKE_TYPE);
export const alertName = namer(ALERT) as (value: number) => AlertName | undefined;
export const groupName = namer(GROUP);
export const signatureSchemeName = namer(SIGNATURE_SCHEME);

const VERSION_TEXT: Readonly<Record<number, string>> = {
  [VERSION.ssl30]: 'SSLv3',
  [VERSION.tls10]: 'TLSv1.0',
  [VERSION.tls11]: 'TLSv1.1',
  [VERSION.tls12]: 'TLSv1.2',
  [VERSION.tls13]: 'TLSv1.3',
};

/** `TLSv1.2`: the spelling of curl, OpenSSL and Node. */
export function versionName(value: number): string | undefined {
  return VERSION_TEXT[value] ?? (isGrease(value) ? 'GREASE' : undefined);
}
