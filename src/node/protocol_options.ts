// What node:tls says of the protocol (versions, ciphers, curves, signature algorithms, ALPN), in the words of the engine.

import { constants } from 'node:crypto';
import type { GroupName } from '../crypto/keys.ts';
import type { CommonOptions, VersionOption } from '../engine/options.ts';
import { nodeProvider } from '../providers/node.ts';
import { TlsError } from '../wire/tls_error.ts';
import { groupByName } from './group_names.ts';
import type { SecureOptions } from './options.ts';

/** What node:tls calls versions. Those below 1.2 are understood, and never spoken. */
export type NodeVersion = VersionOption | 'TLSv1' | 'TLSv1.1';

/** @throws TlsError ERR_TLS_CONFIG */
export function commonOptions(options: SecureOptions): CommonOptions {
  const { provider = nodeProvider, legacy, observe, observeSecrets, keyLog, ciphers, sigalgs } = options;
  const { ecdhCurve, ALPNProtocols } = options;
  refuseUnknown(options);
  return {
    provider,
    ...versionsOf(options),
    ...(given(ciphers) && { cipherSuites: ciphers }),
    ...(given(ecdhCurve) && ecdhCurve !== 'auto' && { groups: ecdhCurve.split(':').map(groupOf) }),
    ...(given(sigalgs) && { signatureSchemes: sigalgs.split(':').flatMap(schemesNamed) }),
    ...(given(ALPNProtocols) && { alpn: protocolsOf(ALPNProtocols) }),
    ...options.engine,
    ...(given(legacy) && { legacy }),
    ...(given(observe) && { observe }),
    ...(given(observeSecrets) && { observeSecrets }),
    ...(given(keyLog) && { keyLog }),
  };
}

/** Names in the order of preference; as node:tls also takes them, one buffer of names behind their lengths. */
export type Protocols = readonly (string | Uint8Array)[] | Uint8Array;

/** Each protocol as the bytes of its name in Latin-1, which is how the engine writes it. */
export function protocolsOf(protocols: Protocols): readonly string[] {
  if (!(protocols instanceof Uint8Array)) {
    return protocols.map((one) => Buffer.from(one as string).toString('latin1'));
  }
  const names: string[] = [];
  for (let at = 0; at < protocols.length; at += 1 + (protocols[at] ?? 0)) {
    names.push(Buffer.from(protocols.subarray(at + 1, at + 1 + (protocols[at] ?? 0))).toString('latin1'));
  }
  return names;
}

function given<T>(value: T | undefined | null): value is T {
  return value !== undefined && value !== null;
}

/** What would change the cryptography and cannot be had is an error, never passed over. */
function refuseUnknown({ dhparam, ...engines }: SecureOptions): void {
  if (given(dhparam) && dhparam !== 'auto') {
    throw new TlsError('ERR_TLS_CONFIG', 'dhparam: only the named groups of RFC 7919 are used, with "auto" or nothing');
  }
  if (given(engines.clientCertEngine) || given(engines.privateKeyEngine) || given(engines.privateKeyIdentifier)) {
    throw new TlsError(
      'ERR_TLS_CONFIG',
      "OpenSSL's engines cannot be used; a key that is elsewhere is an object as `key`",
    );
  }
}

const ORDER = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

interface Range {
  readonly minVersion?: VersionOption;
  readonly maxVersion?: VersionOption;
}

function versionsOf(options: SecureOptions): Range {
  const { secureProtocol, secureOptions = 0 } = options;
  if (given(secureProtocol) && (given(options.minVersion) || given(options.maxVersion))) {
    throw new TlsError('ERR_TLS_CONFIG', 'secureProtocol contradicts minVersion and maxVersion: give one of them');
  }
  const [lowest, highest] = given(secureProtocol)
    ? versionsOfMethod(secureProtocol)
    : [options.minVersion ?? undefined, options.maxVersion ?? undefined];
  for (const version of [lowest, highest]) {
    if (version !== undefined && !ORDER.includes(version)) {
      throw new TlsError('ERR_TLS_CONFIG', `${JSON.stringify(version)} is not a version of TLS`);
    }
  }
  if (highest === 'TLSv1' || highest === 'TLSv1.1') {
    throw new TlsError('ERR_TLS_CONFIG', `${highest} is not spoken: the lowest version is TLSv1.2`);
  }
  const min = secureOptions & constants.SSL_OP_NO_TLSv1_2 ? 'TLSv1.3' : lowest;
  const max = secureOptions & constants.SSL_OP_NO_TLSv1_3 ? 'TLSv1.2' : highest;
  return {
    ...(min !== undefined && { minVersion: min === 'TLSv1.3' ? min : ('TLSv1.2' as const) }),
    ...(max !== undefined && { maxVersion: max }),
  };
}

/** OpenSSL's methods: `TLS_method`, `TLSv1_2_client_method` ... */
function versionsOfMethod(method: string): [NodeVersion | undefined, NodeVersion | undefined] {
  const found = /^(TLS|SSLv23|TLSv1|TLSv1_1|TLSv1_2)(_client|_server)?_method$/.exec(method);
  if (found?.[1] === 'TLS' || found?.[1] === 'SSLv23') return [undefined, undefined];
  if (found?.[1] === 'TLSv1_2') return ['TLSv1.2', 'TLSv1.2'];
  const old = found === null ? 'is not known' : 'is for versions below TLS 1.2, which are not spoken';
  throw new TlsError('ERR_TLS_CONFIG', `secureProtocol ${JSON.stringify(method)} ${old}`);
}

function groupOf(name: string): GroupName {
  const group = groupByName(name);
  if (group === undefined) throw new TlsError('ERR_TLS_CONFIG', `there is no group named ${JSON.stringify(name)}`);
  return group;
}

/** OpenSSL's `RSA-PSS+SHA256` for IANA's names, which may stand too. */
const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  'ECDSA+SHA256': ['ecdsa_secp256r1_sha256'],
  'ECDSA+SHA384': ['ecdsa_secp384r1_sha384'],
  'ECDSA+SHA512': ['ecdsa_secp521r1_sha512'],
  'RSA-PSS+SHA256': ['rsa_pss_rsae_sha256', 'rsa_pss_pss_sha256'],
  'RSA-PSS+SHA384': ['rsa_pss_rsae_sha384', 'rsa_pss_pss_sha384'],
  'RSA-PSS+SHA512': ['rsa_pss_rsae_sha512', 'rsa_pss_pss_sha512'],
  'RSA+SHA256': ['rsa_pkcs1_sha256'],
  'RSA+SHA384': ['rsa_pkcs1_sha384'],
  'RSA+SHA512': ['rsa_pkcs1_sha512'],
  ED25519: ['ed25519'],
  ED448: ['ed448'],
};

function schemesNamed(name: string): readonly string[] {
  return SCHEMES[name.toUpperCase().replace(/^PSS\+/, 'RSA-PSS+')] ?? [name];
}

/** OpenSSL's name, as getSharedSigalgs gives it. */
export function opensslScheme(scheme: string): string {
  if (scheme === 'ed25519') return 'Ed25519';
  if (scheme === 'ed448') return 'Ed448';
  return Object.entries(SCHEMES).find(([, names]) => names.includes(scheme))?.[0] ?? scheme;
}
