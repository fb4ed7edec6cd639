// What each registry that codecs name calls its values, for those who show messages. Only they load it.

import { extensionName } from '../extensions.ts';
import { suiteName } from './cipher_suites.ts';
import * as names from './names.ts';
import { otherExtensionName } from './other_extensions.ts';

const LABELS: Readonly<Record<string, (value: number) => string | undefined>> = {
  alert: names.alertName,
  alert_level: names.namer(names.ALERT_LEVEL),
  certificate_compression: names.namer(names.CERTIFICATE_COMPRESSION),
  certificate_status_type: names.namer(names.CERTIFICATE_STATUS_TYPE),
  change_cipher_spec: names.namer({ change_cipher_spec: 1 }),
  cipher_suite: suiteName,
  client_certificate_type: names.namer(names.CLIENT_CERTIFICATE_TYPE),
  compression_method: names.namer(names.COMPRESSION_METHOD),
  content_type: names.contentTypeName,
  ec_curve_type: names.namer(names.EC_CURVE_TYPE),
  ec_point_format: names.namer(names.EC_POINT_FORMAT),
  extension: (id) => extensionName(id) ?? otherExtensionName(id),
  group: names.groupName,
  handshake_type: names.handshakeTypeName,
  key_update_request: names.namer(names.KEY_UPDATE_REQUEST),
  // RFC 6066 4: 1 to 4 stand for 2^9 to 2^12 bytes.
  max_fragment_length: (code) => (code >= 1 && code <= 4 ? `${2 ** (8 + code)} bytes` : undefined),
  name_type: names.namer(names.NAME_TYPE),
  psk_key_exchange_mode: names.namer(names.PSK_KEY_EXCHANGE_MODE),
  signature_scheme: names.signatureSchemeName,
  version: names.versionName,
};

/** @throws RangeError for a registry that is not here: a codec names one that nobody can show */
export function labelOf(registry: string, value: unknown): string | undefined {
  // Latin-1 that a peer chose: in quotes, so that its ends show.
  if (registry === 'text') return JSON.stringify(value);
  const name = LABELS[registry];
  if (name === undefined) throw new RangeError(`there is no registry ${registry}`);
  return typeof value === 'number' ? name(value) : undefined;
}
