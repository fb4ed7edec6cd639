// From public options to the resolved configuration of the handshake: names become code points, defaults are filled
// in, and what cannot work is refused here with ERR_TLS_CONFIG rather than in the middle of a handshake.

import { EMPTY } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import { isFiniteField } from '../crypto/ffdhe.ts';
import type { GroupName } from '../crypto/keys.ts';
import { isKem } from '../crypto/mlkem.ts';
import { ALL_SCHEMES, SCHEMES, type Scheme } from '../crypto/schemes.ts';
import type { ClientConfig, CommonConfig, ServerConfig, Version } from '../handshake/shared/config.ts';
import { decodeSession, type Session } from '../handshake/shared/session.ts';
import type { TicketKey } from '../handshake/shared/tickets.ts';
import { DEFAULT_LIMITS, type Limits } from '../record/limits.ts';
import { EXTENSIONS } from '../wire/extensions.ts';
import { SIGNATURE_SCHEME, signatureSchemeName, VERSION } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import type { ClientOptions, CommonOptions, CredentialOption, ServerOptions, VersionOption } from './options.ts';
import { namedSuites } from './suite_names.ts';
import { resolveSuites, type SuiteChoice } from './suites.ts';

const VERSIONS: Readonly<Record<VersionOption, Version>> = { 'TLSv1.2': VERSION.tls12, 'TLSv1.3': VERSION.tls13 };
const DEFAULT_GROUPS: readonly GroupName[] = ['X25519MLKEM768', 'x25519', 'secp256r1', 'secp384r1', 'secp521r1'];

/** @throws TlsError ERR_TLS_CONFIG */
export function resolveClient(options: ClientOptions): ClientConfig {
  return resolveClientWith(namedSuites(options), options);
}

/** {@link resolveClient} for suites that somebody else has named. */
export function resolveClientWith(choice: SuiteChoice, options: ClientOptions): ClientConfig {
  const common = resolveCommon(choice, options);
  const keyShares = options.keyShares ?? defaultShares(common);
  const strange = keyShares.find((group) => !common.groups.includes(group));
  if (strange !== undefined) throw config(`keyShares names ${strange}, which is not among the groups`);
  const clients = common.schemes.find(({ tls13 }) => tls13 === 'client');
  if (clients !== undefined) throw config(`${signatureSchemeName(clients.id)} is for a credential's schemes`);
  // Not a spread with more behind it, which V8 makes a hundred times slower once there are a dozen.
  return Object.assign(common, peerOf(options), {
    role: 'client' as const,
    credentials: checkedCredentials(options.credentials ?? [], options.legacy),
    // RFC 8446 4.2.8: one for a group, in the order of supported_groups.
    keyShares: common.maxVersion === VERSION.tls13 ? inOrder(keyShares, common.groups) : [],
    allowLegacyRenegotiation: options.allowLegacyRenegotiation ?? false,
    tickets: options.tickets ?? true,
    authorities: options.authorities ?? [],
    postHandshakeAuth: options.postHandshakeAuth ?? false,
    earlyData: options.earlyData ?? false,
    statusRequest: options.statusRequest ?? true,
    timestamps: options.timestamps ?? false,
    maxFragmentLength: fragmentCode(options.maxFragmentLength),
    padding: checkedNumber('padding', options.padding ?? 0, 0, 2 ** 14),
    grease: options.grease ?? false,
    permuteExtensions: options.permuteExtensions ?? false,
    extensionOrder: orderOf(options.extensionOrder ?? []),
    requireCredential: options.requireCredential ?? false,
    renegotiation: options.renegotiation ?? 'decline',
    falseStart: options.falseStart ?? false,
    fallback: options.fallback ?? false,
    minDhBits: checkedNumber('minDhBits', options.minDhBits ?? 2048, 1024, 8192),
    hooks: {},
  });
}

/** What a client's options say of one connection alone. */
type Peer = Pick<ClientOptions, 'serverName' | 'sendServerName' | 'session'>;

/** A configuration that is resolved already, for another connection: everything but the peer is as it was. */
export function configFor(resolved: ClientConfig, peer: Peer): ClientConfig {
  // A spread alone is a copy of memory, and what is assigned is there already. Any other copy of so many properties costs a
  // hundred times as much, and makes an object that is slow to read.
  const config: { -readonly [N in keyof ClientConfig]: ClientConfig[N] } = { ...resolved };
  const { serverName, sniName, session } = peerOf(peer);
  config.serverName = serverName;
  config.sniName = sniName;
  config.session = session;
  return config;
}

function peerOf({
  serverName,
  sendServerName,
  session,
}: Peer): Pick<ClientConfig, 'serverName' | 'sniName' | 'session'> {
  const sends = sendServerName !== false && serverName !== undefined && isHostName(serverName);
  return {
    serverName,
    sniName: sends ? serverName.replace(/\.$/, '') : undefined,
    session: readSession(session),
  };
}

const inOrder = (chosen: readonly GroupName[], all: readonly GroupName[]): GroupName[] =>
  [...new Set(all)].filter((group) => chosen.includes(group));

/** One of the old kind, and one of the new where the provider makes it quickly; other servers ask for what they want. */
function defaultShares({ groups, provider }: Pick<CommonConfig, 'groups' | 'provider'>): readonly GroupName[] {
  const hybrid = groups.filter((group) => provider.eagerGroups?.includes(group));
  const [classical] = groups.filter((group) => !isKem(group));
  return classical === undefined ? groups.slice(0, 1) : [...hybrid, classical];
}

/** @throws TlsError ERR_TLS_CONFIG */
export function resolveServer(options: ServerOptions): ServerConfig {
  return resolveServerWith(namedSuites(options), options);
}

/** {@link resolveServer} for suites that somebody else has named. */
export function resolveServerWith(choice: SuiteChoice, options: ServerOptions): ServerConfig {
  const asksHello = options.askHello ?? false;
  const limits = resolveLimits(options);
  if (options.credentials.length === 0 && !asksHello && options.psk !== true) {
    throw config('a server needs at least one credential, or shared keys');
  }
  return Object.assign(resolveCommon(choice, options), {
    role: 'server' as const,
    credentials: checkedCredentials(options.credentials, options.legacy),
    asksHello,
    usesServerName: false,
    ticketKeys: checkedTicketKeys(options.ticketKeys ?? []),
    sessionCache: options.sessionCache ?? false,
    sessionLifetime: checkedNumber('sessionLifetime', options.sessionLifetime ?? 7200, 1, MAX_LIFETIME),
    postHandshakeAuth: options.postHandshakeAuth ?? false,
    ticketCount: checkedNumber('ticketCount', options.ticketCount ?? 2, 0, 16),
    maxEarlyData: checkedNumber('maxEarlyData', options.maxEarlyData ?? 0, 0, 2 ** 32 - 1),
    // Handlers apply these two, and know nothing of record/, where the limits stand.
    skippedEarlyData: limits.skippedEarlyData,
    ticketAge: limits.ticketAge,
    retryForGroup: options.retryForGroup ?? false,
    grease: options.grease ?? false,
    clientCertificate: options.clientCertificate ?? 'none',
    clientAuthorities: options.clientAuthorities ?? [],
    pskIdentityHint: options.pskIdentityHint,
    hooks: {},
  });
}

export function resolveLimits(options: CommonOptions): Limits {
  return options.limits === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...options.limits };
}

function resolveCommon({ named, nameOf }: SuiteChoice, options: CommonOptions): Omit<CommonConfig, 'credentials'> {
  const { provider } = options;
  const minVersion = VERSIONS[options.minVersion ?? 'TLSv1.2'];
  const maxVersion = VERSIONS[options.maxVersion ?? 'TLSv1.3'];
  if (minVersion === undefined || maxVersion === undefined) throw config('versions are TLSv1.2 and TLSv1.3');
  if (minVersion > maxVersion)
    throw config(`minVersion ${options.minVersion} is above maxVersion ${options.maxVersion}`);
  // Groups of ML-KEM are for TLS 1.3 alone.
  const groups = (options.groups ?? DEFAULT_GROUPS).filter(
    (group) => provider.groups.includes(group) && (maxVersion === VERSION.tls13 || !isKem(group)),
  );
  const fields = groups.filter(isFiniteField);
  const { recordSizeLimit, certificateSignatureSchemes, maxSendFragment } = options;
  if (groups.length === 0) throw config(`the provider ${provider.name} has none of the groups asked for`);
  return {
    provider,
    random: options.random ?? ((length) => provider.random(length)),
    now: options.now ?? Date.now,
    minVersion,
    maxVersion,
    suites: resolveSuites(options, named, minVersion, maxVersion),
    suiteName: nameOf,
    groups,
    dhGroups: fields.length > 0 ? fields : provider.groups.filter(isFiniteField),
    schemes: resolveSchemes(options.signatureSchemes, options.legacy),
    certificateSchemes: certificateSignatureSchemes && resolveSchemes(certificateSignatureSchemes, options.legacy),
    psk: options.psk ?? false,
    certificateCompression: options.certificateCompression ?? [],
    recordPadding: checkedNumber('recordPadding', options.recordPadding ?? 0, 0, 2 ** 14),
    smallFirstRecords: options.smallFirstRecords ?? false,
    pskWithoutDhe: options.pskWithoutDhe ?? false,
    extendedMasterSecret: options.extendedMasterSecret ?? 'offer',
    maxSendFragment:
      maxSendFragment === undefined ? undefined : checkedNumber('maxSendFragment', maxSendFragment, 512, 16_384),
    recordSizeLimit:
      recordSizeLimit === undefined
        ? undefined
        : checkedNumber('recordSizeLimit', recordSizeLimit, 64, maxVersion === VERSION.tls13 ? 16_385 : 16_384),
    alpn: checkedAlpn(options.alpn ?? []),
    sessionBinding: checkedBinding(options.sessionBinding ?? EMPTY),
    middleboxCompatibility: options.middleboxCompatibility ?? true,
  };
}

/** A session of another version of glasstls is as good as none; anything else that is not a session is a mistake. */
function readSession(bytes: Uint8Array | undefined): Session | undefined {
  if (bytes === undefined) return undefined;
  if (!(bytes instanceof Uint8Array)) throw config('a session is the bytes of a `session` event');
  try {
    return decodeSession(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** A copy: it is compared long after it was given. */
function checkedBinding(binding: Uint8Array): Uint8Array {
  if (binding.length > 255) throw config(`a sessionBinding has 255 bytes at most, not ${binding.length}`);
  return binding.slice();
}

function checkedNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw config(`${name} is a whole number from ${least} to ${most}, not ${value}`);
}

function orderOf(extensions: NonNullable<ClientOptions['extensionOrder']>): readonly number[] {
  const ids = extensions.map((one) => {
    const id = typeof one === 'number' ? one : EXTENSIONS[one]?.id;
    if (id === undefined) throw config(`there is no extension named ${JSON.stringify(one)}`);
    return checkedNumber('an extension', id, 0, 0xffff);
  });
  if (new Set(ids).size < ids.length) throw config('extensionOrder names an extension twice');
  const psk = ids.indexOf(EXTENSIONS.pre_shared_key.id);
  if (psk >= 0 && psk < ids.length - 1) throw config('pre_shared_key is the last extension (RFC 8446 4.2.11)');
  return psk < 0 ? ids : ids.slice(0, psk);
}

/** RFC 6066 4: 1 for 512, and so on. */
function fragmentCode(length: number | undefined): number | undefined {
  if (length === undefined) return undefined;
  const code = [512, 1024, 2048, 4096].indexOf(length) + 1;
  if (code === 0) throw config(`maxFragmentLength is 512, 1024, 2048 or 4096, not ${length}`);
  return code;
}

/** What a key can do, and what shall be done with it: weak schemes are struck out unless `legacy` is set. */
function checkedCredentials(credentials: readonly CredentialOption[], legacy = false): readonly CredentialOption[] {
  return credentials.map((one, index) => {
    if (one.chain.length === 0) throw config(`credential ${index} has an empty chain`);
    if (legacy || !one.schemes?.some(isWeak)) return one;
    return { ...one, schemes: one.schemes.filter((id) => !isWeak(id)) };
  });
}

function isWeak(scheme: number): boolean {
  return ALL_SCHEMES.some(({ id, weak }) => id === scheme && weak === true);
}

/** RFC 5246 F.1.4: "An upper limit of 24 hours is suggested for session ID lifetimes". */
const MAX_LIFETIME = 86_400;

function checkedTicketKeys(keys: readonly TicketKey[]): readonly TicketKey[] {
  for (const { name, key } of keys) {
    if (name.length !== 16 || key.length !== 32) throw config('a ticket key is a name of 16 bytes and a key of 32');
  }
  return keys;
}

function resolveSchemes(names: readonly string[] | undefined, legacy = false): readonly Scheme[] {
  if (names === undefined) return SCHEMES;
  return names.map((name) => {
    const id = Object.entries(SIGNATURE_SCHEME).find(([known]) => known === name)?.[1];
    const scheme = ALL_SCHEMES.find((one) => one.id === id);
    if (scheme === undefined) throw config(`there is no signature scheme named ${JSON.stringify(name)}`);
    if (scheme.weak && !legacy) throw config(`${name} takes legacy (RFC 9155)`);
    return scheme;
  });
}

function checkedAlpn(names: readonly string[]): readonly string[] {
  for (const name of names) {
    if (!/^[\x20-\xff]{1,255}$/.test(name)) throw config(`${JSON.stringify(name)} is not an ALPN protocol name`);
  }
  return names;
}

/** RFC 6066 3: "Literal IPv4 and IPv6 addresses are not permitted in HostName". */
function isHostName(name: string): boolean {
  if (!/^[\x21-\x7e]{1,255}$/.test(name)) throw config(`${JSON.stringify(name)} is not a host name in A-label form`);
  return !/^\d+(\.\d+){3}$/.test(name) && !name.includes(':');
}

function config(problem: string): TlsError {
  return new TlsError('ERR_TLS_CONFIG', problem);
}
