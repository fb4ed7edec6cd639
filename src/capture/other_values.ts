// What the registries of extensions that the stack does not speak call their values: for those who show messages of others.
// IANA: "TLS Certificate Types", "DTLS-SRTP Protection Profiles", "HPKE", "QUIC Transport Parameters", "Token Binding Parameters".

export const CERTIFICATE_TYPE = { X509: 0, OpenPGP: 1, RawPublicKey: 2, '1609Dot2': 3 } as const;

/** RFC 6520 2. */
export const HEARTBEAT_MODE = { peer_allowed_to_send: 1, peer_not_allowed_to_send: 2 } as const;

/** RFC 5764 4.1.2, RFC 7714 14.2. */
export const SRTP_PROFILE = {
  SRTP_AES128_CM_HMAC_SHA1_80: 1,
  SRTP_AES128_CM_HMAC_SHA1_32: 2,
  SRTP_NULL_HMAC_SHA1_80: 5,
  SRTP_NULL_HMAC_SHA1_32: 6,
  SRTP_AEAD_AES_128_GCM: 7,
  SRTP_AEAD_AES_256_GCM: 8,
} as const;

/** RFC 8472 2. */
export const TOKEN_BINDING_PARAMETERS = { 'rsa2048_pkcs1.5': 0, rsa2048_pss: 1, ecdsap256: 2 } as const;

/** RFC 7924 3. */
export const CACHED_INFORMATION_TYPE = { cert: 1, cert_req: 2 } as const;

/** RFC 9849 5. */
export const ECH_CLIENT_HELLO_TYPE = { outer: 0, inner: 1 } as const;

/** RFC 9180 7.1. */
export const HPKE_KEM = {
  DHKEM_P256_HKDF_SHA256: 0x0010,
  DHKEM_P384_HKDF_SHA384: 0x0011,
  DHKEM_P521_HKDF_SHA512: 0x0012,
  DHKEM_X25519_HKDF_SHA256: 0x0020,
  DHKEM_X448_HKDF_SHA512: 0x0021,
} as const;

/** RFC 9180 7.2. */
export const HPKE_KDF = { HKDF_SHA256: 1, HKDF_SHA384: 2, HKDF_SHA512: 3 } as const;

/** RFC 9180 7.3. */
export const HPKE_AEAD = { AES_128_GCM: 1, AES_256_GCM: 2, ChaCha20Poly1305: 3, export_only: 0xffff } as const;

/** RFC 9000 18.2, RFC 9221 3, RFC 9287 3, RFC 9368 5. */
export const QUIC_PARAMETER = {
  original_destination_connection_id: 0x00,
  max_idle_timeout: 0x01,
  stateless_reset_token: 0x02,
  max_udp_payload_size: 0x03,
  initial_max_data: 0x04,
  initial_max_stream_data_bidi_local: 0x05,
  initial_max_stream_data_bidi_remote: 0x06,
  initial_max_stream_data_uni: 0x07,
  initial_max_streams_bidi: 0x08,
  initial_max_streams_uni: 0x09,
  ack_delay_exponent: 0x0a,
  max_ack_delay: 0x0b,
  disable_active_migration: 0x0c,
  preferred_address: 0x0d,
  active_connection_id_limit: 0x0e,
  initial_source_connection_id: 0x0f,
  retry_source_connection_id: 0x10,
  version_information: 0x11,
  max_datagram_frame_size: 0x20,
  grease_quic_bit: 0x2ab2,
} as const;
