// What a session belongs to, as a fingerprint for the engine's `sessionBinding`: a client's trust (anchors, policy, whether
// it insists, the name it compares, its own certificates), a server's configuration (certificates, application protocols).
// A session made under another one is not resumed, so that resuming never gives more trust than a full handshake would.

import { fromLatin1 } from '../bytes/bytes.ts';
import type { CryptoProvider, HashContext } from '../crypto/provider.ts';
import type { ServerOptions } from '../engine/options.ts';
import type { TrustAnchors } from '../x509/anchors.ts';
import { type Policy, WEB } from '../x509/policy.ts';
import type { Trust } from './trust.ts';

/** 32 bytes. `parts`: what else the trust of a client depends on, its own certificates for one. */
export function clientBinding(trust: Trust, parts: readonly Uint8Array[] = []): Uint8Array {
  const { anchors, provider, policy = WEB, rejectUnauthorized = true, serverName, pins } = trust;
  return fingerprint(provider, [
    fromLatin1('client'),
    anchorsFingerprint(provider, anchors),
    policyText(policy),
    Uint8Array.of(rejectUnauthorized ? 1 : 0),
    fromLatin1(serverName ?? ''),
    pins === undefined ? fromLatin1('any key') : fingerprint(provider, pins),
    ...parts,
  ]);
}

/** 32 bytes. `parts`: what else the configuration of a server consists of. */
export function serverBinding(
  { provider, credentials, alpn = [] }: Pick<ServerOptions, 'provider' | 'credentials' | 'alpn'>,
  parts: readonly Uint8Array[] = [],
): Uint8Array {
  const chains = credentials.map(({ chain }) => fingerprint(provider, chain));
  return fingerprint(provider, [
    fromLatin1('server'),
    fingerprint(provider, chains),
    fingerprint(provider, alpn.map(fromLatin1)),
    ...parts,
  ]);
}

const known = new WeakMap<TrustAnchors, Uint8Array>();

/** A store may hold hundreds of certificates and does not change: it is hashed once. */
function anchorsFingerprint(provider: CryptoProvider, anchors: TrustAnchors): Uint8Array {
  const before = known.get(anchors);
  if (before !== undefined) return before;
  const parts = anchors.all.flatMap(({ certificate, name, spki, vetted }) => [
    Uint8Array.of(vetted ? 1 : 0, certificate === undefined ? 0 : 1),
    ...(certificate === undefined ? [name.raw, spki.raw] : [certificate.der]),
  ]);
  for (const { der } of anchors.held) parts.push(Uint8Array.of(2), der);
  const made = fingerprint(provider, parts);
  known.set(anchors, made);
  return made;
}

/** A policy's rules; what it is called is none of them. */
function policyText(policy: Policy): Uint8Array {
  const rows = Object.entries(policy).filter(([row]) => row !== 'name');
  return fromLatin1(JSON.stringify(rows.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** SHA-256 of the parts, each behind its length: no other list of parts gives the same. */
function fingerprint(provider: CryptoProvider, parts: readonly Uint8Array[]): Uint8Array {
  const hash = provider.hash('sha256');
  for (const part of parts) addPart(hash, part);
  return hash.digest();
}

function addPart(hash: HashContext, part: Uint8Array): void {
  const { length } = part;
  hash.update(Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length));
  hash.update(part);
}
