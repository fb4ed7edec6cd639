// What we can prove ourselves with, and which of it fits the peer: the name it asked for, the schemes it can verify, the
// authorities it trusts (RFC 8446 4.4.2.2 - 4.4.2.3, RFC 5246 7.4.2, 7.4.6). The handshake parses no X.509: what must be
// known of a chain stands beside it. Name, authorities and the signatures within a chain are wishes, which order the
// candidates; the scheme of our own signature is a condition.

import { equal } from '../../bytes/bytes.ts';
import type { PublicKey } from '../../crypto/keys.ts';
import { ALL_SCHEMES, type Scheme } from '../../crypto/schemes.ts';
import { noExtensions } from '../../wire/extensions.ts';
import type { Certificate13 } from '../../wire/messages.ts';
import type { KeyUsage, SignatureNeed } from './needs.ts';
import { chooseScheme } from './signatures.ts';

/** A certificate chain and what its key can do. The private key is the host's. */
export interface Credential {
  /** DER, own certificate first. */
  readonly chain: readonly Uint8Array[];
  readonly key: PublicKey;
  /** The DNS names of the certificate in lower case, `*.` in front of a wildcard's. Absent: good for every name. */
  readonly names?: readonly string[] | undefined;
  /** DER names of who issued the certificates of the chain. Absent: not known. */
  readonly issuers?: readonly Uint8Array[] | undefined;
  /** The schemes that the chain's certificates are signed with. Absent: not known. */
  readonly signedWith?: readonly number[] | undefined;
  /** The keyUsage extension, where the certificate has one. */
  readonly usage?: KeyUsage | undefined;
  /** Schemes that the key can sign with, best first: a token may know PKCS#1 v1.5 alone. Absent: those of the options. What is weak takes `legacy`. */
  readonly schemes?: readonly number[] | undefined;
  /** Whether it is used only for peers that name an authority of its chain (RFC 8446 4.2.4). Default: for all. */
  readonly onlyForAuthorities?: boolean | undefined;
  /** A DER OCSPResponse to staple (RFC 6066 8). */
  readonly ocspResponse?: Uint8Array | undefined;
  /** SignedCertificateTimestamps to send along (RFC 6962 3.3). */
  readonly timestamps?: readonly Uint8Array[] | undefined;
}

export interface Chosen {
  /** Its place among our credentials. */
  readonly credential: number;
  readonly scheme: Scheme;
}

/** Asks the host to sign `data` with what was chosen. */
export function signatureNeed({ credential, scheme }: Chosen, data: Uint8Array): SignatureNeed {
  return { kind: 'signature', credential, scheme: scheme.id, algorithm: scheme.algorithm, data };
}

/** A chain as TLS 1.3 sends it (RFC 8446 4.4.2); `extensions` are those of the first, our own certificate. */
export function certificateEntries(
  chain: readonly Uint8Array[],
  extensions = noExtensions<'certificate'>(),
): Certificate13['certificate_list'] {
  return chain.map((cert_data, place) => ({
    cert_data,
    extensions: place === 0 ? extensions : noExtensions<'certificate'>(),
  }));
}

/** What the peer said that it can verify and wants. */
export interface Wishes {
  readonly schemes: readonly number[];
  /** signature_algorithms_cert, where it differs (RFC 8446 4.2.3). */
  readonly certificateSchemes?: readonly number[] | undefined;
  /** DER names; empty for any. */
  readonly authorities: readonly Uint8Array[];
  readonly serverName: string | undefined;
}

/** The places of all credentials, those that fit the wishes best first; our own order decides between equals. */
export function inOrder(credentials: readonly Credential[], wishes: Wishes): number[] {
  const signatures = wishes.certificateSchemes ?? wishes.schemes;
  const misses = credentials.map(
    (one) =>
      4 * Number(!isFor(one, wishes.serverName)) +
      2 * Number(!comesFrom(one, wishes.authorities)) +
      Number(one.signedWith?.some((scheme) => !signatures.includes(scheme)) === true),
  );
  const places = credentials.map((_, place) => place);
  return places.sort((a, b) => (misses[a] ?? 0) - (misses[b] ?? 0) || a - b);
}

/** The best credential that can sign with a scheme of both. `fits` says which keys come into question at all. */
export function chooseCredential(
  credentials: readonly Credential[],
  ours: readonly Scheme[],
  wishes: Wishes,
  version: 'tls12' | 'tls13',
  fits: (credential: Credential) => boolean = () => true,
): Chosen | undefined {
  for (const place of inOrder(credentials, wishes)) {
    const one = credentials[place];
    if (one === undefined || one.usage?.digitalSignature === false || !fits(one)) continue;
    if (one.onlyForAuthorities === true && !isNamed(one, wishes.authorities)) continue;
    const scheme = schemeOf(one, ours, wishes.schemes, version);
    if (scheme !== undefined) return { credential: place, scheme };
  }
  return undefined;
}

/** Whether the credential's key can sign with one of these schemes in this version. */
export function canSign(
  one: Credential,
  ours: readonly Scheme[],
  theirs: readonly number[],
  version: 'tls12' | 'tls13',
): boolean {
  return one.usage?.digitalSignature !== false && schemeOf(one, ours, theirs, version) !== undefined;
}

function schemeOf(
  one: Credential,
  ours: readonly Scheme[],
  theirs: readonly number[],
  version: 'tls12' | 'tls13',
): Scheme | undefined {
  return chooseScheme(schemesOf(one) ?? ours, theirs, one.key, version);
}

function isNamed(one: Credential, authorities: readonly Uint8Array[]): boolean {
  return authorities.length > 0 && comesFrom(one, authorities);
}

function schemesOf({ schemes }: Credential): readonly Scheme[] | undefined {
  return schemes?.flatMap((id) => ALL_SCHEMES.filter((scheme) => scheme.id === id));
}

/** Whether the certificate was made for this name; without a name, or without knowing its names, it was. */
function isFor({ names }: Credential, serverName: string | undefined): boolean {
  if (names === undefined || serverName === undefined) return true;
  const dot = serverName.indexOf('.');
  return names.includes(serverName) || (dot > 0 && names.includes(`*${serverName.slice(dot)}`));
}

/** Whether one of the authorities issued a certificate of the chain. */
export function comesFrom({ issuers }: Credential, authorities: readonly Uint8Array[]): boolean {
  if (issuers === undefined || authorities.length === 0) return true;
  return issuers.some((issuer) => authorities.some((authority) => equal(authority, issuer)));
}
