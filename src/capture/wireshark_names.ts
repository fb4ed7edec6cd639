// Messages, alerts and versions in Wireshark's words (its packet-tls-utils.c), for people who have them in their fingers.

import type { MessageName } from '../inspect/forms.ts';
import { alertName, CONTENT_TYPE } from '../wire/registry/names.ts';

const HANDSHAKE: Readonly<Record<MessageName, string>> = {
  hello_request: 'Hello Request',
  client_hello: 'Client Hello',
  server_hello: 'Server Hello',
  hello_retry_request: 'Hello Retry Request',
  new_session_ticket: 'New Session Ticket',
  end_of_early_data: 'End of Early Data',
  encrypted_extensions: 'Encrypted Extensions',
  certificate: 'Certificate',
  server_key_exchange: 'Server Key Exchange',
  certificate_request: 'Certificate Request',
  server_hello_done: 'Server Hello Done',
  certificate_verify: 'Certificate Verify',
  client_key_exchange: 'Client Key Exchange',
  finished: 'Finished',
  certificate_url: 'Client Certificate URL',
  certificate_status: 'Certificate Status',
  supplemental_data: 'Supplemental Data',
  key_update: 'Key Update',
  compressed_certificate: 'Compressed Certificate',
  message_hash: 'Message Hash',
  change_cipher_spec: 'Change Cipher Spec',
  alert: 'Alert',
  unknown: 'Unknown Handshake Type',
};

/** Words of alerts that are not written with a capital letter each. */
const ODD: Readonly<Record<string, string>> = {
  bad_record_mac: 'Bad Record MAC',
  unknown_ca: 'Unknown CA',
  unknown_psk_identity: 'Unknown PSK Identity',
  no_application_protocol: 'No application Protocol',
  ech_required: 'ECH Required',
};

/** `Client Hello`, `Alert (Level: Fatal, Description: Handshake Failure)` */
export function wiresharkName(name: MessageName, raw: Uint8Array): string {
  if (name !== 'alert') return HANDSHAKE[name];
  const [level = 0, description = 0] = raw;
  const levelText = level === 1 ? 'Warning' : level === 2 ? 'Fatal' : `Unknown (${level})`;
  return `Alert (Level: ${levelText}, Description: ${alertText(description)})`;
}

/** What a record is called that nobody has opened. */
export function sealedName(type: number): string {
  if (type === CONTENT_TYPE.handshake) return 'Encrypted Handshake Message';
  return type === CONTENT_TYPE.alert ? 'Encrypted Alert' : 'Application Data';
}

/** `TLSv1.2`; `TLS` before it is known. */
export function protocolName(version: number | undefined): string {
  return version === undefined ? 'TLS' : (VERSIONS[version] ?? `0x${version.toString(16).padStart(4, '0')}`);
}

const VERSIONS: Readonly<Record<number, string>> = {
  768: 'SSLv3',
  769: 'TLSv1',
  770: 'TLSv1.1',
  771: 'TLSv1.2',
  772: 'TLSv1.3',
};

function alertText(description: number): string {
  const name = alertName(description);
  if (name === undefined) return `Unknown (${description})`;
  return (
    ODD[name] ??
    name
      .split('_')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(' ')
  );
}
