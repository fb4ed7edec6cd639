// What BoGo wants to find: each -expect-* flag against what the engine told. A flag that cannot be checked is in no table of
// flags.ts; one that is found wrong ends the shim with a line on stderr.

import { concat, equal, fromHex, fromLatin1, u16Bytes } from '../../../src/bytes/bytes.ts';
import { decode } from '../../../src/codec/run.ts';
import type { Agreement } from '../../../src/handshake/context.ts';
import type { HelloNeed } from '../../../src/handshake/shared/needs.ts';
import { decodeSession } from '../../../src/handshake/shared/session.ts';
import { newSessionTicket13 } from '../../../src/wire/messages.ts';
import { VERSION } from '../../../src/wire/registry/names.ts';
import { type OwnCredential, readChain } from './credentials.ts';
import { type Settings, Unimplemented } from './flags.ts';
import { listOf } from './options.ts';

/** An expectation that was not met. */
export class Mismatch extends Error {}

/** What a connection has shown so far. */
export interface Seen {
  readonly isResume: boolean;
  readonly sessions: Uint8Array[];
  readonly offered?: Uint8Array;
  helloRetry: boolean;
  version?: number;
  agreement?: Agreement;
  hello?: HelloNeed;
  writable?: string;
  earlyData?: boolean;
  earlyDataDecision?: string;
  peerScheme?: number;
  wasAsked?: boolean;
  serverHello?: Uint8Array;
  ticket?: Uint8Array;
  ocspResponse?: Uint8Array | undefined;
  timestamps?: readonly Uint8Array[] | undefined;
}

function must(condition: boolean, problem: string): void {
  if (!condition) throw new Mismatch(problem);
}

function same(name: string, actual: unknown, expected: unknown): void {
  must(actual === expected, `${name} is ${String(actual)}, not ${String(expected)}`);
}

/** A server, before it has answered anything. */
export function checkHello(settings: Settings, hello: HelloNeed): void {
  const { 'expect-server-name': name, 'expect-advertised-alpn': alpn, 'expect-peer-verify-pref': prefs } = settings;
  if (name !== undefined) same('server name', hello.serverName, name);
  if (settings['expect-no-server-name']) same('server name', hello.serverName, undefined);
  if (alpn !== undefined) same('ALPN offer', hello.alpn.join(), listOf(alpn).join());
  if (prefs !== undefined) same('verify preferences', hello.signatureSchemes.join(), prefs.join());
}

/** Once, when the handshake is done. */
export function checkConnected(settings: Settings, seen: Seen, own: readonly OwnCredential[]): void {
  const { agreement, isResume } = seen;
  if (agreement === undefined) throw new Mismatch('no handshake');
  checkNegotiated(settings, agreement, seen);
  checkPeer(settings, agreement, seen);
  if (!settings.server) checkRequest(settings, agreement);
  same('resumption', agreement.resumed, isResume && settings['expect-session-miss'] !== true);
  if (settings['false-start'] && !isResume) same('False Start', seen.writable, 'false_start');
  checkSessions(settings, agreement, seen);
  checkEarlyData(settings, agreement, seen);
  const skew = settings['expect-ticket-age-skew'];
  if (skew !== undefined && isResume)
    same('ticket age skew', Math.round((agreement.ticketAgeSkew ?? Number.NaN) / 1000), skew);
  const wanted = settings['expect-selected-credential'];
  if (wanted !== undefined) same('credential', own[agreement.credential ?? -1]?.number ?? -1, wanted);
}

function checkNegotiated(settings: Settings, agreement: Agreement, seen: Seen): void {
  const version = settings['expect-version'];
  if (version !== undefined) same('version', agreement.version, version);
  // This machine has AES in hardware, or is treated as if it had: of two answers that for such machines is the right one.
  if (settings['expect-cipher-no-aes'] !== undefined && settings['expect-cipher-aes'] === undefined) {
    throw new Unimplemented('what is expected of machines without AES alone');
  }
  const suite = settings['expect-cipher'] ?? settings['expect-cipher-aes'];
  if (suite !== undefined) same('cipher suite', agreement.suite.id, suite);
  const group = settings['expect-curve-id'];
  if (group !== undefined) same('group', agreement.group, group);
  if (settings['expect-hrr'] || settings['expect-no-hrr']) {
    same('HelloRetryRequest', seen.helloRetry, settings['expect-hrr'] === true);
  }
  const alpn = settings.server ? settings['select-alpn'] : settings['expect-alpn'];
  same('ALPN', agreement.alpn ?? '', alpn ?? '');
  if (settings['expect-extended-master-secret']) same('EMS', agreement.extendedMasterSecret, true);
  if (settings['expect-secure-renegotiation'] || settings['expect-no-secure-renegotiation']) {
    same('RFC 5746', saysRenegotiationInfo(seen), settings['expect-secure-renegotiation'] === true);
  }
}

/** Whether the ServerHello, whoever sent it, holds renegotiation_info (0xff01). TLS 1.3 needs none. */
function saysRenegotiationInfo({ serverHello, agreement }: Seen): boolean {
  if (agreement?.version === VERSION.tls13) return true;
  return Buffer.from(serverHello ?? []).includes(Buffer.of(0xff, 0x01, 0x00, 0x01, 0x00));
}

function checkPeer(settings: Settings, agreement: Agreement, seen: Seen): void {
  const { peerChain } = agreement;
  const file = settings['expect-peer-cert-file'];
  if (file !== undefined) {
    const expected = readChain(file);
    must(expected.length === peerChain.length, `a chain of ${peerChain.length}, not ${expected.length}`);
    must(
      expected.every((der, place) => equal(der, peerChain[place] ?? der.subarray(1))),
      'another chain',
    );
  }
  if (settings['expect-no-peer-cert'] || settings.psk !== undefined) must(peerChain.length === 0, 'a certificate came');
  else if (!settings.server || settings['require-any-client-certificate']) {
    must(peerChain.length > 0, 'no certificate came');
  }
  if (settings['expect-verify-result'] && peerChain.length > 0)
    same('verdict', agreement.authorized, settings['verify-fail'] !== true);
  // Who resumes signs nothing; BoringSSL remembers what was signed with before.
  const scheme = agreement.resumed ? undefined : settings['expect-peer-signature-algorithm'];
  if (scheme !== undefined) same('signature scheme', settings.server ? seen.peerScheme : agreement.scheme, scheme);
  const staple = settings['expect-ocsp-response'];
  if (staple !== undefined) must(equal(staple, seen.ocspResponse ?? new Uint8Array()), 'another OCSP response');
  const timestamps = settings['expect-signed-cert-timestamps'];
  if (timestamps !== undefined) must(equal(timestamps, prefixed(seen.timestamps ?? [])), 'other timestamps');
}

/** RFC 6962 3.3: SignedCertificateTimestampList. */
function prefixed(items: readonly Uint8Array[]): Uint8Array {
  const list = concat(...items.flatMap((item) => [u16Bytes(item.length), item]));
  return concat(u16Bytes(list.length), list);
}

export function checkRequest(settings: Settings, { certificateRequest: request }: Agreement): void {
  const { 'expect-certificate-types': types, 'expect-client-ca-list': names } = settings;
  const prefs = settings['expect-peer-verify-pref'];
  if (prefs !== undefined) same('verify preferences', request?.schemes.join(), prefs.join());
  if (types !== undefined) same('certificate types', request?.types?.join(), types.join());
  if (names === undefined) return;
  const wanted = names.startsWith('<') ? [] : names.split(',').map(fromHex);
  const asked = request?.authorities ?? [];
  must(wanted.length === asked.length, `${asked.length} authorities, not ${wanted.length}`);
  must(
    wanted.every((name, place) => equal(name, asked[place] ?? fromLatin1(''))),
    'other authorities',
  );
}

function checkSessions(settings: Settings, agreement: Agreement, { sessions, isResume }: Seen): void {
  const has = sessions.length > 0;
  if (!settings.server && agreement.version === VERSION.tls12) {
    const fresh = !agreement.resumed || settings['expect-ticket-renewal'] === true;
    if (!settings['false-start']) same('a session', has, settings['expect-no-session'] !== true && fresh);
  }
  if (isResume) return;
  if (settings['expect-session-id']) must(has, 'no session was kept');
  if (settings['expect-no-session-id']) must(!has, 'a session was kept');
}

function checkEarlyData(settings: Settings, agreement: Agreement, seen: Seen): void {
  const accepted = settings.server ? seen.earlyDataDecision?.startsWith('accepted') === true : seen.earlyData === true;
  if (settings['expect-accept-early-data'] && seen.isResume) same('early data', accepted, true);
  if (settings['expect-reject-early-data']) same('early data', accepted, false);
  const reason = settings['expect-early-data-reason'];
  if (reason !== undefined) same('early data', reasonOf(settings, agreement, seen, accepted), reason);
}

/** BoringSSL's word for what became of early data. */
function reasonOf(settings: Settings, agreement: Agreement, seen: Seen, accepted: boolean): string {
  if (accepted) return 'accept';
  if (!settings['enable-early-data']) return 'disabled';
  if (agreement.version !== VERSION.tls13) return 'protocol_version';
  if (!seen.isResume) return 'no_session_offered';
  const said = seen.earlyDataDecision ?? '';
  for (const [part, word] of REASONS) if (agreement.resumed && said.includes(part)) return word;
  if (seen.helloRetry && (agreement.resumed || !settings.server)) return 'hello_retry_request';
  if (!agreement.resumed) return 'session_not_resumed';
  if (settings.server || seen.writable === 'early_data') return 'peer_declined';
  const { alpn = '' } = seen.offered === undefined ? {} : decodeSession(seen.offered);
  const known = alpn === '' || listOf(settings['advertise-alpn']).includes(alpn);
  return known ? 'unsupported_for_session' : 'alpn_mismatch';
}

/** What our server says, and BoringSSL's word for it. */
const REASONS: readonly (readonly [string, string])[] = [
  ['another application protocol', 'alpn_mismatch'],
  ['the ticket does not allow it', 'unsupported_for_session'],
  ["the ticket's age", 'ticket_age_skew'],
];

/** When the connection is over: tickets of TLS 1.3 come at any time. */
export function checkEnd(settings: Settings, seen: Seen): void {
  const { agreement, sessions } = seen;
  // There is no renegotiation: where one is asked for, the connection has ended before.
  same('renegotiations', 0, settings['expect-total-renegotiations'] ?? 0);
  if (settings.server || agreement?.version !== VERSION.tls13) return;
  const wanted = settings['expect-no-session'] !== true && settings['shim-shuts-down'] !== true;
  same('a session', sessions.length > 0, wanted);
  const newest = sessions.at(-1);
  if (!wanted || newest === undefined) return;
  checkTicketFlags(settings, seen.ticket);
  const early = decodeSession(newest).maxEarlyData > 0;
  same('early data of the session', early, settings['expect-ticket-supports-early-data'] === true);
}

/** draft-ietf-tls-cross-sni-resumption: flag 8 of the ticket's tls_flags. */
function checkTicketFlags(settings: Settings, ticket: Uint8Array | undefined): void {
  const { 'expect-resumable-across-names': across, 'expect-not-resumable-across-names': never } = settings;
  if (!across && !never) return;
  const flags = ticket && decode(newSessionTicket13, ticket.subarray(4)).extensions.known.tls_flags;
  same('resumption across names', ((flags?.[1] ?? 0) & 1) === 1, across === true);
}
