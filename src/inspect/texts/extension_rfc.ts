// Where each extension of the table (wire/extensions.ts) is described.

import type { ExtensionName } from '../../wire/extensions.ts';

export const EXTENSION_RFC: Readonly<Record<ExtensionName, string>> = {
  server_name: 'RFC 6066 3',
  max_fragment_length: 'RFC 6066 4',
  status_request: 'RFC 6066 8; RFC 8446 4.4.2.1',
  supported_groups: 'RFC 8446 4.2.7; RFC 8422 5.1.1',
  ec_point_formats: 'RFC 8422 5.1.2',
  signature_algorithms: 'RFC 8446 4.2.3; RFC 5246 7.4.1.4.1',
  application_layer_protocol_negotiation: 'RFC 7301',
  signed_certificate_timestamp: 'RFC 6962 3.3',
  padding: 'RFC 7685',
  encrypt_then_mac: 'RFC 7366',
  extended_master_secret: 'RFC 7627',
  compress_certificate: 'RFC 8879',
  record_size_limit: 'RFC 8449',
  session_ticket: 'RFC 5077 3.2',
  pre_shared_key: 'RFC 8446 4.2.11',
  early_data: 'RFC 8446 4.2.10',
  supported_versions: 'RFC 8446 4.2.1',
  cookie: 'RFC 8446 4.2.2',
  psk_key_exchange_modes: 'RFC 8446 4.2.9',
  certificate_authorities: 'RFC 8446 4.2.4',
  oid_filters: 'RFC 8446 4.2.5',
  post_handshake_auth: 'RFC 8446 4.2.6',
  signature_algorithms_cert: 'RFC 8446 4.2.3',
  key_share: 'RFC 8446 4.2.8',
  tls_flags: 'draft-ietf-tls-tlsflags',
  renegotiation_info: 'RFC 5746 3.2',
};
