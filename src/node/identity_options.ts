// Certificates and private keys as node:tls takes them (cert, key, passphrase, pfx), put together to identities: a chain and
// the key that belongs to its first certificate, whatever the order in which both were given.

import { KeyObject } from 'node:crypto';
import type { PublicKey, SignatureAlgorithm } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import type { Identity } from '../host/credential.ts';
import { equalKeys } from '../host/trust.ts';
import { importPrivateKey } from '../providers/node.ts';
import { TlsError } from '../wire/tls_error.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { readPem } from '../x509/pem.ts';
import { readPkcs12 } from './pkcs12.ts';

export type Pem = string | Uint8Array;

/** A private key that answers later: one in a KMS, an HSM behind a network, another process. */
export interface RemoteKey {
  readonly publicKey: PublicKey;
  sign(algorithm: SignatureAlgorithm, data: Uint8Array): Promise<Uint8Array>;
  /** See PrivateKey; only RSA key exchange asks for it. */
  decryptRaw(ciphertext: Uint8Array): Promise<Uint8Array | undefined>;
}

export type KeyOption =
  | Pem
  | KeyObject
  | PrivateKey
  | RemoteKey
  | { readonly pem: Pem; readonly passphrase?: string | undefined };

export interface IdentityOptions {
  /** PEM: own certificate first, then the rest of its chain. Several for keys of several kinds. */
  readonly cert?: Pem | readonly Pem[] | undefined;
  /** PEM or DER private key, a KeyObject, or a key that is elsewhere; as many as there are in `cert`. */
  readonly key?: KeyOption | readonly KeyOption[] | undefined;
  readonly passphrase?: string | undefined;
  /** PKCS#12: certificates and key in one file. */
  readonly pfx?: Pem | readonly (Pem | { readonly buf: Pem; readonly passphrase?: string | undefined })[] | undefined;
  /** DER OCSPResponses to staple, in the order of `cert` (RFC 6066 8). */
  readonly ocspResponse?: Uint8Array | readonly (Uint8Array | undefined)[] | undefined;
}

export interface Identities {
  readonly identities: readonly Identity[];
  /** Certificates of CAs that came with a pfx, which node:tls trusts too. */
  readonly authorities: readonly Uint8Array[];
}

/** @throws TlsError ERR_TLS_CONFIG, and what reading certificates and keys throws */
export function identitiesOf(options: IdentityOptions): Identities {
  const { cert, key, passphrase, ocspResponse } = options;
  const certs = listOf(cert).map(chainOf);
  const keys = listOf(key).map((one) => privateKeyOf(one, passphrase));
  if (certs.length !== keys.length) {
    throw new TlsError('ERR_TLS_CONFIG', `${certs.length} certificates and ${keys.length} private keys were given`);
  }
  const responses = listOf(ocspResponse);
  const bags = listOf(options.pfx).map((one) => bagOf(one, passphrase));
  const given = certs.map((chain, index) => ({
    chain,
    privateKey: keyFor(chain, keys, index),
    ocspResponse: responses[index],
  }));
  const packed = bags.map(({ chain, keyDer }) => ({ chain, privateKey: importPrivateKey(keyDer) }));
  return { identities: [...given, ...packed], authorities: bags.flatMap(({ chain }) => chain.slice(1)) };
}

export function listOf<T>(value: T | readonly T[] | undefined | null): readonly T[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value as T];
}

/** Bytes that hold PEM are text. */
export function pemOrDer(source: Pem): string | Uint8Array {
  if (typeof source === 'string') return source;
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString('latin1');
  return text.includes('-----BEGIN ') ? text : source;
}

function bagOf(one: Pem | { readonly buf: Pem; readonly passphrase?: string | undefined }, passphrase?: string) {
  const wrapped = typeof one === 'object' && 'buf' in one;
  const source = wrapped ? one.buf : one;
  const bytes = typeof source === 'string' ? Buffer.from(source, 'latin1') : source;
  return readPkcs12(bytes, (wrapped ? one.passphrase : undefined) ?? passphrase ?? '');
}

/** The key that belongs to the chain; the one in its place when none does, so that the fault is named later. */
function keyFor(chain: readonly Uint8Array[], keys: readonly PrivateKey[], index: number): PrivateKey {
  const own = keys[index] as PrivateKey;
  const [leaf] = chain;
  if (leaf === undefined || keys.length < 2) return own;
  const { key } = parseCertificate(leaf).spki;
  return keys.find(({ publicKey }) => key !== undefined && equalKeys(key, publicKey)) ?? own;
}

function chainOf(cert: Pem): readonly Uint8Array[] {
  const source = pemOrDer(cert);
  if (typeof source !== 'string') return [source];
  const chain = readPem(source, 'CERTIFICATE').map((block) => block.der);
  if (chain.length === 0) throw new TlsError('ERR_TLS_CONFIG', 'cert holds no PEM certificate');
  return chain;
}

function privateKeyOf(key: KeyOption, passphrase: string | undefined): PrivateKey {
  if (key instanceof KeyObject) return importPrivateKey(key);
  // One that answers later has the same form; signing.ts tells promises from answers.
  if (typeof key === 'object' && 'sign' in key) return key as PrivateKey;
  if (typeof key === 'object' && 'pem' in key) return importPrivateKey(pemOrDer(key.pem), key.passphrase ?? passphrase);
  return importPrivateKey(pemOrDer(key), passphrase);
}
