// Extensions that the stack neither sends nor reads, by IANA's names ("TLS ExtensionType Values") or, for those that have none there, by
// the names that their makers gave them: for those who show messages of others.

const OTHERS: Readonly<Record<number, string>> = {
  2: 'client_certificate_url',
  3: 'trusted_ca_keys',
  4: 'truncated_hmac',
  6: 'user_mapping',
  7: 'client_authz',
  8: 'server_authz',
  9: 'cert_type',
  12: 'srp',
  14: 'use_srtp',
  15: 'heartbeat',
  17: 'status_request_v2',
  19: 'client_certificate_type',
  20: 'server_certificate_type',
  24: 'token_binding',
  25: 'cached_info',
  26: 'tls_lts',
  29: 'pwd_protect',
  30: 'pwd_clear',
  31: 'password_salt',
  32: 'ticket_pinning',
  33: 'tls_cert_with_extern_psk',
  34: 'delegated_credential',
  36: 'TLMSP',
  37: 'TLMSP_proxying',
  38: 'TLMSP_delegate',
  39: 'supported_ekt_ciphers',
  52: 'transparency_info',
  54: 'connection_id',
  55: 'external_id_hash',
  56: 'external_session_id',
  57: 'quic_transport_parameters',
  58: 'ticket_request',
  59: 'dnssec_chain',
  60: 'sequence_number_encryption_algorithms',
  61: 'rrc',
  62: 'tls_flags',
  // Next protocol negotiation and application settings, which were never registered.
  13172: 'next_protocol_negotiation',
  17513: 'application_settings (old)',
  17613: 'application_settings',
  51764: 'trust_anchors',
  64768: 'ech_outer_extensions',
  65037: 'encrypted_client_hello',
};

export function otherExtensionName(id: number): string | undefined {
  return OTHERS[id];
}
