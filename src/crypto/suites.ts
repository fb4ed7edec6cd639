// The cipher suites that glasstls can run: what each is made of. Numbers and parameters follow RFC 8446 B.4 (1.3), RFC 5289
// (ECDHE with GCM), RFC 7905 (ChaCha20-Poly1305), RFC 5288 (RSA with GCM), and for the CBC suites RFC 5246 A.5, RFC 5289 and
// RFC 8422 6. Names stand in the wire registry.

import type { AeadName, CbcName, HashName } from './keys.ts';

/** How a TLS 1.2 suite agrees on the pre-master secret. */
export type KeyExchange = 'rsa' | 'ecdhe';
/** What a TLS 1.2 server proves itself with: an RSA key, or an EC or EdDSA key (RFC 8422 5.10). */
export type Authentication = 'rsa' | 'ecdsa';

export interface Suite13 {
  readonly id: number;
  readonly version: 'tls13';
  readonly aead: AeadName;
  readonly hash: HashName;
}

interface Suite12Base {
  readonly id: number;
  readonly version: 'tls12';
  readonly keyExchange: KeyExchange;
  readonly authentication: Authentication;
  /** Of the PRF, the transcript and Finished. */
  readonly hash: HashName;
  /** Off unless the `legacy` policy is asked for: no forward secrecy, or a padding oracle away from disaster. */
  readonly legacy: boolean;
}

export interface AeadSuite12 extends Suite12Base {
  readonly aead: AeadName;
}

/** A block cipher and a MAC (RFC 5246 6.2.3.2), always legacy. */
export interface CbcSuite12 extends Suite12Base {
  readonly aead?: undefined;
  readonly cbc: CbcName;
  readonly mac: HashName;
}

export type Suite12 = AeadSuite12 | CbcSuite12;

export type Suite = Suite12 | Suite13;

const tls13 = (id: number, aead: AeadName, hash: HashName): Suite13 => ({ id, version: 'tls13', aead, hash });
const tls12 = (
  id: number,
  keyExchange: KeyExchange,
  authentication: Authentication,
  aead: AeadName,
  hash: HashName,
): AeadSuite12 => ({ id, version: 'tls12', keyExchange, authentication, aead, hash, legacy: keyExchange === 'rsa' });
const cbc12 = (
  id: number,
  keyExchange: KeyExchange,
  authentication: Authentication,
  cbc: CbcName,
  mac: HashName,
): CbcSuite12 => ({
  id,
  version: 'tls12',
  keyExchange,
  authentication,
  cbc,
  mac,
  // RFC 5246 5: SHA-256 unless the suite says more.
  hash: mac === 'sha384' ? 'sha384' : 'sha256',
  legacy: true,
});

/** All suites, best first within a kind; the order on the wire also weighs what the provider is fast at. */
export const SUITES: readonly Suite[] = [
  tls13(0x1301, 'aes-128-gcm', 'sha256'),
  tls13(0x1302, 'aes-256-gcm', 'sha384'),
  tls13(0x1303, 'chacha20-poly1305', 'sha256'),
  tls12(0xc02b, 'ecdhe', 'ecdsa', 'aes-128-gcm', 'sha256'),
  tls12(0xc02f, 'ecdhe', 'rsa', 'aes-128-gcm', 'sha256'),
  tls12(0xc02c, 'ecdhe', 'ecdsa', 'aes-256-gcm', 'sha384'),
  tls12(0xc030, 'ecdhe', 'rsa', 'aes-256-gcm', 'sha384'),
  tls12(0xcca9, 'ecdhe', 'ecdsa', 'chacha20-poly1305', 'sha256'),
  tls12(0xcca8, 'ecdhe', 'rsa', 'chacha20-poly1305', 'sha256'),
  tls12(0x009c, 'rsa', 'rsa', 'aes-128-gcm', 'sha256'),
  tls12(0x009d, 'rsa', 'rsa', 'aes-256-gcm', 'sha384'),
  cbc12(0xc023, 'ecdhe', 'ecdsa', 'aes-128-cbc', 'sha256'),
  cbc12(0xc027, 'ecdhe', 'rsa', 'aes-128-cbc', 'sha256'),
  cbc12(0xc024, 'ecdhe', 'ecdsa', 'aes-256-cbc', 'sha384'),
  cbc12(0xc028, 'ecdhe', 'rsa', 'aes-256-cbc', 'sha384'),
  cbc12(0xc009, 'ecdhe', 'ecdsa', 'aes-128-cbc', 'sha1'),
  cbc12(0xc013, 'ecdhe', 'rsa', 'aes-128-cbc', 'sha1'),
  cbc12(0xc00a, 'ecdhe', 'ecdsa', 'aes-256-cbc', 'sha1'),
  cbc12(0xc014, 'ecdhe', 'rsa', 'aes-256-cbc', 'sha1'),
  cbc12(0x003c, 'rsa', 'rsa', 'aes-128-cbc', 'sha256'),
  cbc12(0x003d, 'rsa', 'rsa', 'aes-256-cbc', 'sha256'),
  cbc12(0x002f, 'rsa', 'rsa', 'aes-128-cbc', 'sha1'),
  cbc12(0x0035, 'rsa', 'rsa', 'aes-256-cbc', 'sha1'),
];

const BY_ID = new Map(SUITES.map((suite) => [suite.id, suite]));

export function suiteById(id: number): Suite | undefined {
  return BY_ID.get(id);
}

/** Key and nonce lengths in bytes. `explicitNonce` is what a TLS 1.2 record carries in front of the ciphertext. */
export interface AeadShape {
  readonly keyLength: number;
  /** TLS 1.2's fixed_iv_length: 4 for GCM and CCM (RFC 5288 3), 12 for ChaCha20 (RFC 7905 2). TLS 1.3 always takes 12. */
  readonly fixedIvLength: number;
  readonly explicitNonce: 0 | 8;
  /** Records under one key before it must be replaced (RFC 8446 5.5: 2^24.5 for GCM; far out of reach for ChaCha20). */
  readonly recordLimit: number;
}

const GCM_RECORD_LIMIT = Math.floor(2 ** 24.5);

export const AEAD_SHAPE: Readonly<Record<AeadName, AeadShape>> = {
  'aes-128-gcm': { keyLength: 16, fixedIvLength: 4, explicitNonce: 8, recordLimit: GCM_RECORD_LIMIT },
  'aes-256-gcm': { keyLength: 32, fixedIvLength: 4, explicitNonce: 8, recordLimit: GCM_RECORD_LIMIT },
  'aes-128-ccm': { keyLength: 16, fixedIvLength: 4, explicitNonce: 8, recordLimit: 2 ** 23 },
  'aes-128-ccm-8': { keyLength: 16, fixedIvLength: 4, explicitNonce: 8, recordLimit: 2 ** 23 },
  'aes-256-ccm': { keyLength: 32, fixedIvLength: 4, explicitNonce: 8, recordLimit: 2 ** 23 },
  'aes-256-ccm-8': { keyLength: 32, fixedIvLength: 4, explicitNonce: 8, recordLimit: 2 ** 23 },
  'chacha20-poly1305': { keyLength: 32, fixedIvLength: 12, explicitNonce: 0, recordLimit: 2 ** 48 },
};

export const CBC_KEY_LENGTH: Readonly<Record<CbcName, number>> = { 'aes-128-cbc': 16, 'aes-256-cbc': 32 };
/** Of AES: block and IV alike. */
export const CBC_BLOCK_LENGTH = 16;
