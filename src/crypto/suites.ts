// The cipher suites that glasstls can run: what each is made of. Numbers and parameters follow RFC 8446 B.4 (1.3), RFC 5289
// (ECDHE with GCM), RFC 7905 (ChaCha20-Poly1305), RFC 5288 (RSA and DHE with GCM), RFC 6655 and 7251 (CCM), RFC 4279, 5487,
// 5489 and 8442 (PSK), and for the CBC suites RFC 5246 A.5, RFC 5289 and RFC 8422 6. Names stand in the wire registry.

import type { AeadName, CbcName, HashName } from './keys.ts';

/** How a TLS 1.2 suite agrees on the pre-master secret. */
export type KeyExchange = 'rsa' | 'ecdhe' | 'dhe' | 'psk' | 'dhe_psk' | 'ecdhe_psk';
/** What a TLS 1.2 server proves itself with: an RSA key, an EC or EdDSA key (RFC 8422 5.10), or the shared key. */
export type Authentication = 'rsa' | 'ecdsa' | 'psk';
/** When a suite is offered or accepted. */
interface Standing {
  /** Only under the legacy policy: no forward secrecy, or a padding oracle away from disaster. */
  readonly legacy: boolean;
  /** Only when it is named: finite field groups, which cannot be negotiated well, and CCM, for those who have reason. */
  readonly named: boolean;
}

export interface Suite13 extends Standing {
  readonly id: number;
  readonly version: 'tls13';
  readonly aead: AeadName;
  readonly hash: HashName;
}

interface Suite12Base extends Standing {
  readonly id: number;
  readonly version: 'tls12';
  readonly keyExchange: KeyExchange;
  readonly authentication: Authentication;
  /** Of the PRF, the transcript and Finished. */
  readonly hash: HashName;
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

type Kind = readonly [KeyExchange, Authentication];
const ECDHE_ECDSA: Kind = ['ecdhe', 'ecdsa'];
const ECDHE_RSA: Kind = ['ecdhe', 'rsa'];
const DHE_RSA: Kind = ['dhe', 'rsa'];
const RSA: Kind = ['rsa', 'rsa'];
const PSK: Kind = ['psk', 'psk'];
const DHE_PSK: Kind = ['dhe_psk', 'psk'];
const ECDHE_PSK: Kind = ['ecdhe_psk', 'psk'];

const tls13 = (id: number, aead: AeadName, hash: HashName): Suite13 => ({
  id,
  version: 'tls13',
  legacy: false,
  named: aead.includes('ccm'),
  aead,
  hash,
});

const tls12 = (id: number, [keyExchange, authentication]: Kind, aead: AeadName, hash: HashName): AeadSuite12 => ({
  id,
  version: 'tls12',
  keyExchange,
  authentication,
  aead,
  hash,
  legacy: keyExchange === 'rsa',
  named: keyExchange.startsWith('dhe') || aead.includes('ccm'),
});

const cbc12 = (id: number, [keyExchange, authentication]: Kind, cbc: CbcName, mac: HashName): CbcSuite12 => ({
  id,
  version: 'tls12',
  keyExchange,
  authentication,
  cbc,
  mac,
  // RFC 5246 5: SHA-256 unless the suite says more.
  hash: mac === 'sha384' ? 'sha384' : 'sha256',
  legacy: true,
  named: keyExchange.startsWith('dhe'),
});

/** All suites, best first within a kind; the order on the wire also weighs what the provider is fast at. */
export const SUITES: readonly Suite[] = [
  tls13(0x1301, 'aes-128-gcm', 'sha256'),
  tls13(0x1302, 'aes-256-gcm', 'sha384'),
  tls13(0x1303, 'chacha20-poly1305', 'sha256'),
  tls13(0x1304, 'aes-128-ccm', 'sha256'),
  tls13(0x1305, 'aes-128-ccm-8', 'sha256'),
  tls12(0xc02b, ECDHE_ECDSA, 'aes-128-gcm', 'sha256'),
  tls12(0xc02f, ECDHE_RSA, 'aes-128-gcm', 'sha256'),
  tls12(0xc02c, ECDHE_ECDSA, 'aes-256-gcm', 'sha384'),
  tls12(0xc030, ECDHE_RSA, 'aes-256-gcm', 'sha384'),
  tls12(0xcca9, ECDHE_ECDSA, 'chacha20-poly1305', 'sha256'),
  tls12(0xcca8, ECDHE_RSA, 'chacha20-poly1305', 'sha256'),
  tls12(0xc0ac, ECDHE_ECDSA, 'aes-128-ccm', 'sha256'),
  tls12(0xc0ad, ECDHE_ECDSA, 'aes-256-ccm', 'sha256'),
  tls12(0xc0ae, ECDHE_ECDSA, 'aes-128-ccm-8', 'sha256'),
  tls12(0xc0af, ECDHE_ECDSA, 'aes-256-ccm-8', 'sha256'),
  tls12(0x009e, DHE_RSA, 'aes-128-gcm', 'sha256'),
  tls12(0x009f, DHE_RSA, 'aes-256-gcm', 'sha384'),
  tls12(0xccaa, DHE_RSA, 'chacha20-poly1305', 'sha256'),
  tls12(0xc09e, DHE_RSA, 'aes-128-ccm', 'sha256'),
  tls12(0xc09f, DHE_RSA, 'aes-256-ccm', 'sha256'),
  tls12(0xd001, ECDHE_PSK, 'aes-128-gcm', 'sha256'),
  tls12(0xd002, ECDHE_PSK, 'aes-256-gcm', 'sha384'),
  tls12(0xccac, ECDHE_PSK, 'chacha20-poly1305', 'sha256'),
  tls12(0xd005, ECDHE_PSK, 'aes-128-ccm', 'sha256'),
  tls12(0x00aa, DHE_PSK, 'aes-128-gcm', 'sha256'),
  tls12(0x00ab, DHE_PSK, 'aes-256-gcm', 'sha384'),
  tls12(0xccad, DHE_PSK, 'chacha20-poly1305', 'sha256'),
  tls12(0xc0a6, DHE_PSK, 'aes-128-ccm', 'sha256'),
  tls12(0xc0a7, DHE_PSK, 'aes-256-ccm', 'sha256'),
  tls12(0x00a8, PSK, 'aes-128-gcm', 'sha256'),
  tls12(0x00a9, PSK, 'aes-256-gcm', 'sha384'),
  tls12(0xccab, PSK, 'chacha20-poly1305', 'sha256'),
  tls12(0xc0a4, PSK, 'aes-128-ccm', 'sha256'),
  tls12(0xc0a5, PSK, 'aes-256-ccm', 'sha256'),
  tls12(0xc0a8, PSK, 'aes-128-ccm-8', 'sha256'),
  tls12(0xc0a9, PSK, 'aes-256-ccm-8', 'sha256'),
  tls12(0x009c, RSA, 'aes-128-gcm', 'sha256'),
  tls12(0x009d, RSA, 'aes-256-gcm', 'sha384'),
  tls12(0xc09c, RSA, 'aes-128-ccm', 'sha256'),
  tls12(0xc09d, RSA, 'aes-256-ccm', 'sha256'),
  tls12(0xc0a0, RSA, 'aes-128-ccm-8', 'sha256'),
  tls12(0xc0a1, RSA, 'aes-256-ccm-8', 'sha256'),
  cbc12(0xc023, ECDHE_ECDSA, 'aes-128-cbc', 'sha256'),
  cbc12(0xc027, ECDHE_RSA, 'aes-128-cbc', 'sha256'),
  cbc12(0xc024, ECDHE_ECDSA, 'aes-256-cbc', 'sha384'),
  cbc12(0xc028, ECDHE_RSA, 'aes-256-cbc', 'sha384'),
  cbc12(0xc009, ECDHE_ECDSA, 'aes-128-cbc', 'sha1'),
  cbc12(0xc013, ECDHE_RSA, 'aes-128-cbc', 'sha1'),
  cbc12(0xc00a, ECDHE_ECDSA, 'aes-256-cbc', 'sha1'),
  cbc12(0xc014, ECDHE_RSA, 'aes-256-cbc', 'sha1'),
  cbc12(0x0067, DHE_RSA, 'aes-128-cbc', 'sha256'),
  cbc12(0x006b, DHE_RSA, 'aes-256-cbc', 'sha256'),
  cbc12(0x0033, DHE_RSA, 'aes-128-cbc', 'sha1'),
  cbc12(0x0039, DHE_RSA, 'aes-256-cbc', 'sha1'),
  cbc12(0xc037, ECDHE_PSK, 'aes-128-cbc', 'sha256'),
  cbc12(0xc038, ECDHE_PSK, 'aes-256-cbc', 'sha384'),
  cbc12(0xc035, ECDHE_PSK, 'aes-128-cbc', 'sha1'),
  cbc12(0xc036, ECDHE_PSK, 'aes-256-cbc', 'sha1'),
  cbc12(0x00b2, DHE_PSK, 'aes-128-cbc', 'sha256'),
  cbc12(0x00b3, DHE_PSK, 'aes-256-cbc', 'sha384'),
  cbc12(0x0090, DHE_PSK, 'aes-128-cbc', 'sha1'),
  cbc12(0x0091, DHE_PSK, 'aes-256-cbc', 'sha1'),
  cbc12(0x00ae, PSK, 'aes-128-cbc', 'sha256'),
  cbc12(0x00af, PSK, 'aes-256-cbc', 'sha384'),
  cbc12(0x008c, PSK, 'aes-128-cbc', 'sha1'),
  cbc12(0x008d, PSK, 'aes-256-cbc', 'sha1'),
  cbc12(0x003c, RSA, 'aes-128-cbc', 'sha256'),
  cbc12(0x003d, RSA, 'aes-256-cbc', 'sha256'),
  cbc12(0x002f, RSA, 'aes-128-cbc', 'sha1'),
  cbc12(0x0035, RSA, 'aes-256-cbc', 'sha1'),
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
