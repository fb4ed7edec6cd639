// Private keys on node:crypto: reading them from files, making them, and using them (PrivateKey of crypto/provider.ts).
// Importing costs up to 410 us, so it is done once a process and never in a handshake. The key stays inside OpenSSL's
// KeyObject; what this file keeps beside it is the public key as data. Errors never quote the key's text.

import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  KeyObject,
  privateDecrypt,
  sign,
} from 'node:crypto';
import { latin1 } from '../bytes/bytes.ts';
import type { CurveName, SignatureAlgorithm } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { keyGoesWith } from './checks.ts';
import { plain } from './node_aead.ts';
import { OPENSSL_CURVE } from './node_groups.ts';
import { publicKeyOf } from './node_spki.ts';

/**
 * Reads a private key: PEM as text or bytes (PKCS#8, PKCS#1, SEC 1; encrypted with `passphrase` or not), DER (PKCS#8,
 * encrypted or not), or a KeyObject that is already there. RSA, RSA-PSS, EC on the three NIST curves, Ed25519, Ed448.
 * @throws TypeError when `source` is no such key, is encrypted and `passphrase` is missing or wrong, or is of another kind
 */
export function importPrivateKey(source: string | Uint8Array | KeyObject, passphrase?: string): PrivateKey {
  return new NodePrivateKey(source instanceof KeyObject ? source : readPrivateKey(source, passphrase));
}

export interface GeneratedKey {
  readonly privateKey: PrivateKey;
  /** The same key as unencrypted PEM (PKCS#8), for files and for other software. */
  readonly pkcs8Pem: string;
}

/**
 * Makes a private key: `bits` of RSA (2048 unless given, public exponent 65537), EC on `curve` (secp256r1 unless given),
 * Ed25519 or Ed448. An RSA key takes tens to hundreds of milliseconds.
 */
export function generatePrivateKey(kind: 'rsa', bits?: number): GeneratedKey;
export function generatePrivateKey(kind: 'ec', curve?: CurveName): GeneratedKey;
export function generatePrivateKey(kind: 'ed25519' | 'ed448'): GeneratedKey;
export function generatePrivateKey(kind: 'rsa' | 'ec' | 'ed25519' | 'ed448', size?: number | CurveName): GeneratedKey {
  const key = generateKeyObject(kind, size);
  const pkcs8Pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { privateKey: new NodePrivateKey(key), pkcs8Pem };
}

class NodePrivateKey implements PrivateKey {
  readonly publicKey: PrivateKey['publicKey'];
  readonly #key: KeyObject;

  constructor(key: KeyObject) {
    if (key.type !== 'private') throw new TypeError(`a private key is needed, not a ${key.type} one`);
    if (key.asymmetricKeyType === 'ec') requireWhole(key);
    this.#key = key;
    this.publicKey = publicKeyOf(createPublicKey(key));
  }

  sign(algorithm: SignatureAlgorithm, data: Uint8Array): Uint8Array {
    if (!keyGoesWith(this.publicKey, algorithm)) {
      throw new TypeError(`this ${this.publicKey.kind} key does not make ${algorithm.kind} signatures of this form`);
    }
    const key = this.#key;
    switch (algorithm.kind) {
      case 'rsa-pkcs1':
        return plain(sign(algorithm.hash, data, { key, padding: constants.RSA_PKCS1_PADDING }));
      case 'rsa-pss': {
        const { hash, saltLength } = algorithm;
        return plain(sign(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }));
      }
      case 'ecdsa':
        return plain(sign(algorithm.hash, data, { key, dsaEncoding: 'der' }));
      case 'ed25519':
      case 'ed448':
        return plain(sign(null, data, key));
    }
  }

  decryptRaw(ciphertext: Uint8Array): Uint8Array | undefined {
    const { publicKey } = this;
    if (publicKey.kind !== 'rsa' || ciphertext.length !== publicKey.modulus.length) return undefined;
    try {
      return plain(privateDecrypt({ key: this.#key, padding: constants.RSA_NO_PADDING }, ciphertext));
    } catch {
      return undefined; // OpenSSL throws for a ciphertext that is not below the modulus
    }
  }
}

/**
 * OpenSSL takes an EC key whose private number is longer than its curve allows, and cannot use it afterwards; asked for its
 * details, Node ends the process over it. Such a key cannot be written again either, and that is an error like any other.
 * @throws TypeError
 */
function requireWhole(key: KeyObject): void {
  try {
    key.export({ type: 'pkcs8', format: 'der' });
  } catch (cause) {
    throw new TypeError('the private key cannot be read: its private number does not go with its curve', { cause });
  }
}

function readPrivateKey(source: string | Uint8Array, passphrase: string | undefined): KeyObject {
  const text = typeof source === 'string' ? source : latin1(source);
  const secret = passphrase === undefined ? {} : { passphrase };
  const read = (): KeyObject =>
    typeof source === 'string' || text.includes('-----BEGIN ')
      ? createPrivateKey({ key: text, format: 'pem', ...secret })
      : createPrivateKey({ key: Buffer.from(source), format: 'der', type: 'pkcs8', ...secret });
  try {
    return unlessStale(read);
  } catch (cause) {
    // OpenSSL's own words ("interrupted or cancelled") do not say what is the matter; they are kept as the cause.
    const encrypted = text.includes('ENCRYPTED') || (cause as { code?: unknown }).code === 'ERR_MISSING_PASSPHRASE';
    const reason =
      passphrase !== undefined
        ? 'the passphrase is wrong or the format unknown'
        : encrypted
          ? 'it is encrypted and no passphrase was given'
          : 'it is neither PEM nor PKCS#8 DER of a kind that can be read';
    throw new TypeError(`the private key cannot be read: ${reason}`, { cause });
  }
}

/**
 * Node 24 takes an error that a connection of node:tls has left in OpenSSL's queue for one of the key's. Throwing it empties the
 * queue, so that the second attempt tells the truth.
 */
function unlessStale(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (error) {
    if ((error as { library?: unknown }).library !== 'SSL routines') throw error;
    return read();
  }
}

function generateKeyObject(kind: 'rsa' | 'ec' | 'ed25519' | 'ed448', size: number | CurveName | undefined): KeyObject {
  if (kind === 'rsa') {
    return generateKeyPairSync('rsa', { modulusLength: typeof size === 'number' ? size : 2048 }).privateKey;
  }
  if (kind === 'ec') {
    const curve = typeof size === 'string' ? size : 'secp256r1';
    return generateKeyPairSync('ec', { namedCurve: OPENSSL_CURVE[curve] }).privateKey;
  }
  return (kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448')).privateKey;
}
