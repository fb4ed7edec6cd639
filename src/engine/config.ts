// From public options to the resolved, frozen configuration of the handshake: names become code points, defaults are filled
// in, and what cannot work is refused here with ERR_TLS_CONFIG rather than in the middle of a handshake.

import { EMPTY } from '../bytes/bytes.ts';
import { DecodeError } from '../bytes/decode_error.ts';
import type { GroupName } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { SCHEMES, type Scheme } from '../crypto/schemes.ts';
import { SUITES, type Suite } from '../crypto/suites.ts';
import type { ClientConfig, CommonConfig, ServerConfig, Version } from '../handshake/shared/config.ts';
import { decodeSession, type Session } from '../handshake/shared/session.ts';
import type { TicketKey } from '../handshake/shared/tickets.ts';
import { DEFAULT_LIMITS, type Limits } from '../record/limits.ts';
import { suiteByName } from '../wire/registry/cipher_suites.ts';
import { SIGNATURE_SCHEME, VERSION } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import type { ClientOptions, CommonOptions, ServerOptions, VersionOption } from './options.ts';

const VERSIONS: Readonly<Record<VersionOption, Version>> = { 'TLSv1.2': VERSION.tls12, 'TLSv1.3': VERSION.tls13 };
const DEFAULT_GROUPS: readonly GroupName[] = ['x25519', 'secp256r1', 'secp384r1', 'secp521r1'];

/** @throws TlsError ERR_TLS_CONFIG */
export function resolveClient(options: ClientOptions): ClientConfig {
  const common = resolveCommon(options);
  const keyShares = options.keyShares ?? common.groups.slice(0, 1);
  const strange = keyShares.find((group) => !common.groups.includes(group));
  if (strange !== undefined) throw config(`keyShares names ${strange}, which is not among the groups`);
  const { serverName } = options;
  const sends = options.sendServerName !== false && serverName !== undefined && isHostName(serverName);
  return Object.freeze({
    ...common,
    role: 'client' as const,
    serverName,
    sniName: sends ? serverName.replace(/\.$/, '') : undefined,
    keyShares: common.maxVersion === VERSION.tls13 ? keyShares : [],
    allowLegacyRenegotiation: options.allowLegacyRenegotiation ?? false,
    session: readSession(options.session),
    tickets: options.tickets ?? true,
    hooks: {},
  });
}

/** @throws TlsError ERR_TLS_CONFIG */
export function resolveServer(options: ServerOptions): ServerConfig {
  const asksHello = options.askHello ?? false;
  if (options.credentials.length === 0 && !asksHello) throw config('a server needs at least one credential');
  for (const [index, { chain }] of options.credentials.entries()) {
    if (chain.length === 0) throw config(`credential ${index} has an empty chain`);
  }
  return Object.freeze({
    ...resolveCommon(options),
    role: 'server' as const,
    credentials: options.credentials,
    asksHello,
    usesServerName: false,
    ticketKeys: checkedTicketKeys(options.ticketKeys ?? []),
    sessionCache: options.sessionCache ?? false,
    sessionLifetime: checkedLifetime(options.sessionLifetime ?? 7200),
    hooks: {},
  });
}

export function resolveLimits(options: CommonOptions): Limits {
  return { ...DEFAULT_LIMITS, ...options.limits };
}

function resolveCommon(options: CommonOptions): CommonConfig {
  const { provider } = options;
  const minVersion = VERSIONS[options.minVersion ?? 'TLSv1.2'];
  const maxVersion = VERSIONS[options.maxVersion ?? 'TLSv1.3'];
  if (minVersion === undefined || maxVersion === undefined) throw config('versions are TLSv1.2 and TLSv1.3');
  if (minVersion > maxVersion)
    throw config(`minVersion ${options.minVersion} is above maxVersion ${options.maxVersion}`);
  const groups = (options.groups ?? DEFAULT_GROUPS).filter((group) => provider.groups.includes(group));
  if (groups.length === 0) throw config(`the provider ${provider.name} has none of the groups asked for`);
  return {
    provider,
    random: options.random ?? ((length) => provider.random(length)),
    now: options.now ?? Date.now,
    minVersion,
    maxVersion,
    suites: resolveSuites(options, minVersion, maxVersion),
    groups,
    schemes: resolveSchemes(options.signatureSchemes),
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

function checkedLifetime(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_LIFETIME) return seconds;
  throw config(`sessionLifetime is a whole number of seconds from 1 to ${MAX_LIFETIME}, not ${seconds}`);
}

/** RFC 5246 F.1.4: "An upper limit of 24 hours is suggested for session ID lifetimes". */
const MAX_LIFETIME = 86_400;

function checkedTicketKeys(keys: readonly TicketKey[]): readonly TicketKey[] {
  for (const { name, key } of keys) {
    if (name.length !== 16 || key.length !== 32) throw config('a ticket key is a name of 16 bytes and a key of 32');
  }
  return keys;
}

function resolveSuites(options: CommonOptions, minVersion: Version, maxVersion: Version): readonly Suite[] {
  const { provider, cipherSuites, legacy = false } = options;
  const runs = (suite: Suite): boolean => provider.hashes.includes(suite.hash) && canProtect(provider, suite);
  // CBC suites come after all others of their kind.
  const speed = (suite: Suite): number =>
    suite.aead === undefined ? provider.aeads.length : provider.aeads.indexOf(suite.aead);
  const defaults = SUITES.filter(
    (suite) => runs(suite) && (suite.standing === 'default' || (suite.standing === 'legacy' && legacy)),
  );
  const bySpeed = defaults
    .map((suite, order) => ({ suite, order }))
    .sort((a, b) => rank(a.suite) - rank(b.suite) || speed(a.suite) - speed(b.suite) || a.order - b.order)
    .map(({ suite }) => suite);
  const named = cipherSuites?.map((name) => namedSuite(name, legacy, provider.name, runs));
  const chosen = (version: 'tls12' | 'tls13'): readonly Suite[] => {
    const listed = named?.filter((suite) => suite.version === version) ?? [];
    return listed.length > 0 ? listed : bySpeed.filter((suite) => suite.version === version);
  };
  const suites = [
    ...(maxVersion === VERSION.tls13 ? chosen('tls13') : []),
    ...(minVersion === VERSION.tls12 ? chosen('tls12') : []),
  ];
  if (suites.length === 0) throw config(`no cipher suite is left for the provider ${provider.name}`);
  return suites;
}

/** What is not legacy first, then forward secrecy. */
function rank(suite: Suite): number {
  if (suite.version === 'tls13' || suite.standing !== 'legacy') return 0;
  return suite.keyExchange === 'rsa' ? 2 : 1;
}

function canProtect(provider: CryptoProvider, suite: Suite): boolean {
  if (suite.aead !== undefined) return provider.aeads.includes(suite.aead);
  return provider.cbcs.includes(suite.cbc) && provider.hashes.includes(suite.mac);
}

function namedSuite(name: string, legacy: boolean, provider: string, runs: (suite: Suite) => boolean): Suite {
  const id = suiteByName(name);
  const suite = SUITES.find((one) => one.id === id);
  if (suite === undefined) {
    throw config(
      id === undefined ? `there is no cipher suite named ${JSON.stringify(name)}` : `${name} is not supported`,
    );
  }
  if (suite.standing === 'legacy' && !legacy) {
    throw config(`${name} is a legacy suite (no forward secrecy, or CBC); set legacy to use it`);
  }
  if (!runs(suite)) throw config(`the provider ${provider} cannot run ${name}`);
  return suite;
}

function resolveSchemes(names: readonly string[] | undefined): readonly Scheme[] {
  if (names === undefined) return SCHEMES;
  return names.map((name) => {
    const id = Object.entries(SIGNATURE_SCHEME).find(([known]) => known === name)?.[1];
    const scheme = SCHEMES.find((one) => one.id === id);
    if (scheme === undefined) throw config(`there is no signature scheme named ${JSON.stringify(name)}`);
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
