// A handshake in the words of `curl -v`, message by message: people know them and scripts look for them. Odd names are curl's
// own: "Server finished" is ServerHelloDone, "CERT verify" CertificateVerify, and a HelloRetryRequest is a "Server hello". Formats
// move between releases of curl; the vocabulary here is that of 7.x and 8.x, with ALPN lines that do not claim to be curl.

import { decode } from '../codec/run.ts';
import type { MessageObservation } from '../engine/observe.ts';
import { clientHello, HANDSHAKE_HEADER_LENGTH } from '../wire/messages.ts';
import { alertName, CONTENT_TYPE, groupName, signatureSchemeName, versionName } from '../wire/registry/names.ts';
import type { CertificateSummary } from './certificate_summary.ts';
import { escapeText, quoteWireText } from './escape.ts';
import type { MessageName } from './forms.ts';
import { type Line, type Segment, type Style, segment } from './lines.ts';
import { suiteNames } from './negotiated.ts';
import { codePoint } from './summary.ts';
import type { Timeline } from './timeline.ts';

/** The part of a message observation that a line is made of. */
export type CurlMessage = Pick<MessageObservation, 'direction' | 'type' | 'name' | 'raw' | 'version'>;

/** `* TLSv1.2 (OUT), TLS handshake, Client hello (1):` */
export function curlMessageLine(message: CurlMessage): Line {
  const way = message.direction === 'out' ? 'OUT' : 'IN';
  const [record, name, number] = wordsOf(message);
  const side: Style = message.direction === 'out' ? 'client' : 'server';
  return info([
    segment(`${versionOf(message)} (${way}), ${record}, `, 'dim'),
    segment(name, message.type === CONTENT_TYPE.alert && number !== CLOSE_NOTIFY ? 'error' : side),
    segment(` (${number}):`, 'dim'),
  ]);
}

/** `* ALPN: offers http/1.1`; undefined when nothing was offered. */
export function curlAlpnOffer(protocols: readonly string[]): Line | undefined {
  return protocols.length === 0 ? undefined : info([segment(`ALPN: offers ${protocols.map(protocol).join(',')}`)]);
}

/** What was negotiated; the fields of a `connected` observation will do. */
export interface CurlConnection {
  readonly version?: number | undefined;
  readonly suite?: number | undefined;
  readonly group?: number | undefined;
  readonly scheme?: number | undefined;
  readonly alpn?: string | undefined;
}

/** `* SSL connection using TLSv1.2 / ECDHE-RSA-AES128-GCM-SHA256 / x25519 / RSASSA-PSS`, and what became of ALPN. */
export function curlConnectionLines(connection: CurlConnection, alpnOffered: boolean): readonly Line[] {
  const { version, suite, group, scheme, alpn } = connection;
  const parts = [
    version === undefined ? '?' : codePoint(version, versionName),
    suite === undefined ? '?' : suiteNames(suite).openssl,
    group === undefined ? '[blank]' : codePoint(group, groupName),
    scheme === undefined ? 'UNDEF' : signatureType(scheme),
  ];
  const lines: Line[] = [info([segment('SSL connection using '), segment(parts.join(' / '), 'good')])];
  if (alpn !== undefined) lines.push(info([segment(`ALPN: server accepted ${protocol(alpn)}`)]));
  else if (alpnOffered) lines.push(info([segment('ALPN: server did not agree on a protocol. Uses default.')]));
  return lines;
}

/** The block from `* Server certificate:` to the verify result. */
export function curlCertificateLines(certificate: CertificateSummary): readonly Line[] {
  const { subject, issuer, notBefore, notAfter, name, verify } = certificate;
  const lines: Line[] = [info([segment('Server certificate:')])];
  const say = (text: string, style?: Style): void => {
    lines.push(info([segment(` ${escapeText(text)}`, style)]));
  };
  say(`subject: ${subject}`);
  say(`start date: ${opensslDate(notBefore)}`);
  say(`expire date: ${opensslDate(notAfter)}`);
  if (name?.matched !== undefined) say(`subjectAltName: host "${name.host}" matched cert's "${name.matched}"`);
  else if (name !== undefined) say(`subjectAltName does not match host name "${name.host}"`, 'warning');
  say(`issuer: ${issuer}`);
  if (verify.kind === 'ok') say('SSL certificate verify ok.', 'good');
  else if (verify.kind === 'skipped') say('SSL certificate verify SKIPPED: nobody checked who this is.', 'warning');
  else if (verify.ignored) say(`SSL certificate verify result: ${verify.problem}, continuing anyway.`, 'warning');
  else say(`SSL certificate problem: ${verify.problem}`, 'error');
  certificate.chain?.forEach(({ keyType, keyBits, signedUsing }, i) => {
    say(` Certificate level ${i}: Public key type ${keyType} (${keyBits} Bits), signed using ${signedUsing}`);
  });
  return lines;
}

/** A whole connection from its timeline, as seen by the side whose clock it is on. */
export function renderCurl(timeline: Timeline, certificate?: CertificateSummary): readonly Line[] {
  const { negotiated, messages, side } = timeline;
  const lines: Line[] = [];
  const offer = curlAlpnOffer(negotiated.alpnOffered);
  if (offer !== undefined && side === 'client') lines.push(offer);
  if (negotiated.resumed && side === 'client') lines.push(info([segment('SSL re-using session ID')]));
  const version = negotiated.version === 0x0303 || negotiated.version === 0x0304 ? negotiated.version : undefined;
  const say = ({ from, contentType: type, name, raw }: Timeline['messages'][number]): void => {
    const known = name === 'client_hello' ? undefined : version;
    lines.push(curlMessageLine({ direction: from === side ? 'out' : 'in', type, name, raw, version: known }));
  };
  messages.filter((message) => message.inHandshake).forEach(say);
  if (timeline.complete) {
    lines.push(...curlConnectionLines(negotiated, negotiated.alpnOffered.length > 0));
    if (side === 'client') lines.push(...earlyDataLines(timeline));
    if (certificate !== undefined) lines.push(...curlCertificateLines(certificate));
  }
  messages.filter((message) => !message.inHandshake).forEach(say);
  return lines;
}

/** curl 8.11 and later. */
function earlyDataLines({ negotiated, data }: Timeline): readonly Line[] {
  if (negotiated.earlyData === 'rejected') return [info([segment('Server rejected TLS early data.', 'warning')])];
  if (negotiated.earlyData !== 'accepted') return [];
  const bytes = data.reduce((sum, one) => sum + (one.early ? one.length : 0), 0);
  return [info([segment(`Server accepted ${bytes} bytes of TLS early data.`)])];
}

/** `Dec  2 00:00:00 2019 GMT`, as OpenSSL prints times. */
export function opensslDate(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return 'no valid time';
  const two = (value: number): string => String(value).padStart(2, '0');
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock} ${date.getUTCFullYear()} GMT`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** curl's number for it: warning (1) << 8 | close_notify (0). */
const CLOSE_NOTIFY = 256;

/** curl's name for each handshake message (`ossl_trace`, lib/vtls/openssl.c). */
const CURL_NAMES: Readonly<Partial<Record<MessageName, string>>> = {
  hello_request: 'Hello request',
  client_hello: 'Client hello',
  server_hello: 'Server hello',
  hello_retry_request: 'Server hello',
  new_session_ticket: 'Newsession Ticket',
  end_of_early_data: 'End of early data',
  encrypted_extensions: 'Encrypted Extensions',
  certificate: 'Certificate',
  server_key_exchange: 'Server key exchange',
  certificate_request: 'Request CERT',
  server_hello_done: 'Server finished',
  certificate_verify: 'CERT verify',
  client_key_exchange: 'Client key exchange',
  finished: 'Finished',
  certificate_status: 'Certificate Status',
  supplemental_data: 'Supplemental data',
  key_update: 'Key update',
  // curl has no name for it and says "Unknown".
  compressed_certificate: 'Compressed Certificate',
  message_hash: 'Message hash',
};

function wordsOf({ type, name, raw }: CurlMessage): readonly [string, string, number] {
  const [first = 0, second = 0] = raw;
  if (type === CONTENT_TYPE.change_cipher_spec) return ['TLS change cipher', 'Change cipher spec', first];
  if (type === CONTENT_TYPE.alert) return ['TLS alert', alertText(second), (first << 8) | second];
  return ['TLS handshake', CURL_NAMES[name] ?? 'Unknown', first];
}

function alertText(description: number): string {
  return (alertName(description) ?? 'unknown')
    .replaceAll('_', ' ')
    .replace(/\b(?:ca|psk)\b/, (name) => name.toUpperCase());
}

/** Before a version is negotiated curl names the highest one on offer. */
function versionOf({ version, name, raw }: CurlMessage): string {
  if (version !== undefined) return codePoint(version, versionName);
  if (name !== 'client_hello') return 'TLSv1.2';
  try {
    const hello = decode(clientHello, raw.subarray(HANDSHAKE_HEADER_LENGTH));
    const is13 = hello.extensions.known.supported_versions?.includes(0x0304) === true;
    return is13 ? 'TLSv1.3' : codePoint(hello.legacy_version, versionName);
  } catch {
    return 'TLSv1.2';
  }
}

/** OpenSSL's short name of the signature's kind, which is what curl prints. */
function signatureType(scheme: number): string {
  const name = codePoint(scheme, signatureSchemeName);
  if (name.startsWith('rsa_pss')) return 'RSASSA-PSS';
  if (name.startsWith('rsa_pkcs1')) return 'rsaEncryption';
  if (name.startsWith('ecdsa')) return 'id-ecPublicKey';
  return name.startsWith('ed') ? name.toUpperCase() : name;
}

function protocol(name: string): string {
  return quoteWireText(name).slice(1, -1);
}

function info(segments: readonly Segment[]): Line {
  return [segment('* ', 'dim'), ...segments];
}
