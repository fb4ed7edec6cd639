// From BoGo's settings to the options of our engine. BoringSSL's defaults that matter on the wire are named here, since the
// runner counts on them; ours are tested elsewhere.

import { fromHex } from '../../../src/bytes/bytes.ts';
import type { GroupName } from '../../../src/crypto/keys.ts';
import { isKem } from '../../../src/crypto/mlkem.ts';
import type { CryptoProvider } from '../../../src/crypto/provider.ts';
import { ALL_SCHEMES } from '../../../src/crypto/schemes.ts';
import { SUITES } from '../../../src/crypto/suites.ts';
import type { Observer } from '../../../src/engine/observe.ts';
import type { ClientOptions, CommonOptions, ServerOptions, VersionOption } from '../../../src/engine/options.ts';
import type { HelloNeed } from '../../../src/handshake/shared/needs.ts';
import { DEFAULT_LIMITS } from '../../../src/record/limits.ts';
import { suiteByName, suiteName } from '../../../src/wire/registry/cipher_suites.ts';
import { GROUP, SIGNATURE_SCHEME } from '../../../src/wire/registry/names.ts';
import { compressions } from './compression.ts';
import type { OwnCredential } from './credentials.ts';
import { type Settings, Unimplemented } from './flags.ts';

/** What belongs to the process, not to one connection. */
export interface Surroundings {
  readonly provider: CryptoProvider;
  readonly now: () => number;
  readonly observe: Observer;
  readonly keyLog: (line: string) => void;
}

/** BoringSSL's. */
const DEFAULT_GROUPS: readonly GroupName[] = ['X25519MLKEM768', 'x25519', 'secp256r1', 'secp384r1'];

export function clientOptions(
  settings: Settings,
  around: Surroundings,
  own: readonly OwnCredential[],
  session: Uint8Array | undefined,
): ClientOptions {
  const groups = groupsOf(settings, undefined);
  const host = settings['host-name'];
  return {
    ...commonOptions(settings, around, undefined),
    cipherSuites: namedSuites(settings, undefined),
    ...(versionsOf(settings)[1] === 'TLSv1.3' && { keyShares: keySharesOf(settings, groups) }),
    ...(host !== undefined && { serverName: host }),
    alpn: listOf(settings['advertise-alpn']),
    credentials: own.map(({ option }) => option),
    requireCredential: true,
    renegotiation: settings['renegotiate-ignore'] ? 'decline' : 'refuse',
    permuteExtensions: settings['permute-extensions'] === true,
    ...(session !== undefined && { session }),
    tickets: settings['no-ticket'] !== true,
    earlyData: settings['enable-early-data'] === true,
    statusRequest: settings['enable-ocsp-stapling'] === true,
    timestamps: settings['enable-signed-cert-timestamps'] === true,
    falseStart: settings['false-start'] === true,
    grease: settings['enable-grease'] === true,
    fallback: settings['fallback-scsv'] === true,
    // BoringSSL goes on without RFC 5746 unless it is told not to.
    allowLegacyRenegotiation: settings['no-legacy-server-connect'] !== true,
  };
}

/** `hello`: what the client offers, once it is known; without the server's preference its order decides. */
export function serverOptions(
  settings: Settings,
  around: Surroundings,
  own: readonly OwnCredential[],
  hello: HelloNeed | undefined,
): ServerOptions {
  const tickets = settings['no-ticket'] !== true;
  const authorities = settings['use-client-ca-list'];
  const asks = settings['verify-peer'] ? 'request' : settings['require-any-client-certificate'] ? 'require' : 'none';
  const hint = settings['psk-identity'];
  return {
    ...commonOptions(settings, around, hello),
    cipherSuites: namedSuites(settings, hello),
    askHello: true,
    // BoringSSL's servers always do.
    grease: true,
    // BoringSSL takes its best group, whether the client brought a share for it or not.
    retryForGroup: true,
    credentials: own.map(({ option }) => option),
    alpn: hello === undefined ? [] : selectedAlpn(settings),
    ticketKeys: tickets ? [TICKET_KEY] : [],
    sessionCache: true,
    ticketCount: tickets ? 2 : 0,
    maxEarlyData: settings['enable-early-data'] ? EARLY_DATA_BYTES : 0,
    clientCertificate: asks,
    clientAuthorities:
      authorities === undefined || authorities.startsWith('<') ? [] : authorities.split(',').map(fromHex),
    ...(hint !== undefined && { pskIdentityHint: new TextEncoder().encode(hint) }),
  };
}

/** The tests that say where the limit is (TLS13-Server-EarlyData-TooMuch) were written for this one. */
const EARLY_DATA_BYTES = 14336;

const TICKET_KEY = { name: new Uint8Array(16).fill(1), key: new Uint8Array(32).fill(2) };

function commonOptions(
  settings: Settings,
  { provider, now, observe, keyLog }: Surroundings,
  hello: HelloNeed | undefined,
): CommonOptions {
  const [minVersion, maxVersion] = versionsOf(settings);
  const schemes = settings['verify-prefs'] ?? DEFAULT_SCHEMES;
  return {
    provider,
    now,
    observe,
    keyLog,
    minVersion,
    maxVersion,
    legacy: true,
    psk: settings.psk !== undefined,
    groups: groupsOf(settings, hello),
    signatureSchemes: schemeNames(settings, schemes),
    certificateCompression: compressions(settings),
    ...(settings['max-send-fragment'] !== undefined && { maxSendFragment: settings['max-send-fragment'] }),
    limits: {
      handshakeMessage: settings['max-cert-list'] ?? DEFAULT_LIMITS.handshakeMessage,
      keyUpdates: KEY_UPDATES,
      skippedEarlyData: EARLY_DATA_BYTES,
      ticketAge: TICKET_AGE,
    },
  };
}

/** What BoringSSL accepts by default: neither P-521 nor EdDSA, and of SHA-1 that of RSA. */
const DEFAULT_SCHEMES = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201];

/** Milliseconds by which BoringSSL lets a ticket's age differ. */
const TICKET_AGE = 60_000;

/** As many as BoringSSL allows in a row; we count them over the whole connection. */
const KEY_UPDATES = 32;

const VERSIONS: readonly (readonly [number, VersionOption, 'no-tls12' | 'no-tls13'])[] = [
  [0x0303, 'TLSv1.2', 'no-tls12'],
  [0x0304, 'TLSv1.3', 'no-tls13'],
];

function versionsOf(settings: Settings): readonly [VersionOption, VersionOption] {
  const { 'min-version': least = 0x0301, 'max-version': most = 0x0304 } = settings;
  const enabled = VERSIONS.filter(([id, , off]) => id >= least && id <= most && settings[off] !== true);
  // What cannot be is refused by the engine, not here.
  if (settings['no-tls1'] && settings['no-tls11'] && enabled.length === 0) return ['TLSv1.3', 'TLSv1.2'];
  const [first, last] = [enabled[0]?.[1], enabled.at(-1)?.[1]];
  if (first === undefined || last === undefined) throw new Unimplemented('no version that we speak is enabled');
  return [first, last];
}

/** Among groups that BoringSSL's flags call equal, the client's order decides. */
function groupsOf(
  { curves, 'curves-flags': flags = [] }: Settings,
  hello: HelloNeed | undefined,
): readonly GroupName[] {
  if (curves === undefined) return DEFAULT_GROUPS;
  let rank = 0;
  const ranks = curves.map((_, place) => {
    if (((flags[place - 1] ?? 0) & EQUAL_TO_NEXT) === 0) rank++;
    return rank;
  });
  const wished = (id: number): number => (hello === undefined ? 0 : hello.groups.indexOf(id));
  const order = curves.map((id, place) => ({ id, rank: ranks[place] ?? 0 }));
  return order.sort((a, b) => a.rank - b.rank || wished(a.id) - wished(b.id)).map(({ id }) => groupOf(id));
}

const EQUAL_TO_NEXT = 1;

function groupOf(id: number): GroupName {
  const name = Object.entries(GROUP).find(([, code]) => code === id)?.[0];
  const known = KNOWN_GROUPS.find((group) => group === name);
  if (known === undefined) throw new Unimplemented(`the group ${id}`);
  return known;
}

const KNOWN_GROUPS: readonly GroupName[] = [
  ...(['X25519MLKEM768', 'MLKEM1024'] as const),
  ...(['x25519', 'secp256r1', 'secp384r1', 'secp521r1'] as const),
];

/** BoringSSL's: the best group, and the best one of the other kind beside a hybrid or before one. */
function keySharesOf(settings: Settings, groups: readonly GroupName[]): readonly GroupName[] {
  const hint = settings['server-supported-groups-hint'];
  const likely = hint && groups.find((group) => hint.includes(GROUP[group]));
  if (likely !== undefined) return [likely];
  if (settings['no-key-shares']) return [];
  const named = settings['key-shares'];
  if (named !== undefined) return named.map(groupOf);
  const [first] = groups;
  const second = groups.find((group) => first !== undefined && isKem(group) !== isKem(first));
  return groups.filter((group) => group === first || group === second);
}

function schemeNames(settings: Settings, ids: readonly number[]): readonly string[] {
  const names = ids.flatMap((id) => {
    const known = ALL_SCHEMES.some((scheme) => scheme.id === id && (settings.server || scheme.tls13 !== 'client'));
    return known ? Object.entries(SIGNATURE_SCHEME).flatMap(([name, code]) => (code === id ? [name] : [])) : [];
  });
  // What is for clients' signatures alone a client cannot ask for; that it does not take it either is seen with any list.
  const ownOnly = ids.every((id) => ALL_SCHEMES.some((scheme) => scheme.id === id && scheme.tls13 === 'client'));
  if (names.length === 0 && ownOnly) return schemeNames(settings, DEFAULT_SCHEMES);
  if (names.length === 0) throw new Unimplemented('none of the signature schemes asked for');
  return names;
}

const AES_128 = 0x1301;
const AES_256 = 0x1302;
const CHACHA20 = 0x1303;

/** `-cipher` makes the server's order count, as `-server-preference` does. */
function namedSuites(settings: Settings, hello: HelloNeed | undefined): readonly string[] | string {
  const { cipher } = settings;
  if (cipher !== undefined) return cipher.includes('[') ? equalGroups(cipher, hello) : cipher;
  if (hello === undefined || settings['server-preference']) return [];
  // Who puts ChaCha20 first has no AES in hardware.
  const [first] = hello.cipherSuites.filter((id) => id === AES_128 || id === AES_256 || id === CHACHA20);
  const suites13 = first === CHACHA20 ? [CHACHA20, AES_128, AES_256] : [AES_128, AES_256, CHACHA20];
  const enabled = SUITES.filter(
    ({ id, version, named, ...suite }) =>
      version === 'tls12' &&
      !named &&
      hello.cipherSuites.includes(id) &&
      (settings.psk !== undefined || !('authentication' in suite) || suite.authentication !== 'psk'),
  );
  const place = (id: number): number => hello.cipherSuites.indexOf(id);
  const suites12 = enabled.sort((a, b) => place(a.id) - place(b.id)).map(({ id }) => id);
  return [...suites13, ...suites12].map((id) => suiteName(id) ?? '');
}

/** BoringSSL's `A:[B|C]:D`: the client decides between B and C. */
function equalGroups(cipher: string, hello: HelloNeed | undefined): readonly string[] {
  const place = (name: string): number => {
    const at = hello?.cipherSuites.indexOf(suiteByName(name) ?? 0) ?? 0;
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return cipher.split(':').flatMap((part) => {
    const names = part.replace(/^\[|\]$/g, '').split('|');
    return names.sort((a, b) => place(a) - place(b));
  });
}

/** RFC 7301 3.1's list as the flag writes it: each name behind its length. */
export function listOf(text: string | undefined): readonly string[] {
  const names: string[] = [];
  for (let at = 0; text !== undefined && at < text.length; ) {
    const length = text.charCodeAt(at);
    names.push(text.slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return names;
}

function selectedAlpn(settings: Settings): readonly string[] {
  if (settings['select-empty-alpn']) return [''];
  if (settings['reject-alpn']) return ['(none of the names that are offered)'];
  const selected = settings['select-alpn'];
  return selected === undefined || selected === '' || settings['decline-alpn'] ? [] : [selected];
}
