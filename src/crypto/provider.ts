// The boundary to mathematics. A provider is synchronous, holds no protocol knowledge and no state between calls, and
// does not throw for what a peer can cause: a bad point, tag or signature gives undefined or false. HKDF labels, the
// TLS 1.2 PRF, nonces, additional data, transcripts and point-format checks are ours, written once in crypto/ and
// record/. What a provider does not have it leaves out of its lists; the engine never offers it.
//
// Private keys are not here: signing and RSA decryption are needs that the host answers (`signature`, `decrypt`).

import type { AeadName, CbcName, GroupName, HashName, PublicKey, SignatureAlgorithm } from './keys.ts';

export interface CryptoProvider {
  readonly name: string;
  readonly hashes: readonly HashName[];
  readonly aeads: readonly AeadName[];
  /** Ciphers of the legacy suites. */
  readonly cbcs: readonly CbcName[];
  readonly groups: readonly GroupName[];

  /** `length` bytes from the platform's cryptographic generator. */
  random(length: number): Uint8Array;

  hash(name: HashName): HashContext;

  /** HMAC (RFC 2104) of the joined `parts`. */
  hmac(name: HashName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;

  /** An AEAD under one key. Made once for each traffic key and used for every record under it. */
  aead(name: AeadName, key: Uint8Array): Aead;

  /** A block cipher in CBC mode under one key, for the legacy suites of TLS 1.2. */
  cbc(name: CbcName, key: Uint8Array): Cbc;

  /** A fresh ephemeral key pair. @throws RangeError for a group that is not in `groups` */
  generateKeyShare(group: GroupName): KeyShare;

  /**
   * A fresh ephemeral key pair in a finite field that the peer of a TLS 1.2 handshake chose (RFC 5246 7.4.3): unsigned
   * big-endian numbers. Undefined for an even prime, one of less than 512 or more than 8192 bits, and a generator
   * outside of 2..p-2. Whether `prime` is prime, and long enough to be worth anything, is not looked at here.
   */
  generateDhShare(prime: Uint8Array, generator: Uint8Array): DhShare | undefined;

  /**
   * The answer to the key share of a peer: a fresh public key of ours and the secret that both ends then have. Undefined
   * when `peer` is not a valid public key. @throws RangeError for a group that is not in `groups`
   */
  answerKeyShare(group: GroupName, peer: Uint8Array): KeyShareAnswer | undefined;

  /**
   * Verifies `signature` over `data` (the message, not its hash; Ed25519 and Ed448 are the pure forms of RFC 8032).
   * False for a wrong signature, a malformed one, and a key that does not go with the algorithm. ECDSA signatures must be
   * DER with minimal integers; RSA signatures must have the length of the modulus.
   */
  verify(key: PublicKey, algorithm: SignatureAlgorithm, data: Uint8Array, signature: Uint8Array): boolean;

  /**
   * RSAES-PKCS1-v1_5 encryption (RFC 8017 7.2.1): the result has the length of the modulus.
   * Undefined when the key cannot carry the message.
   */
  rsaEncrypt(key: PublicKey, message: Uint8Array): Uint8Array | undefined;
}

/** A running hash. `digest` does not end it: more may be added afterwards, as transcripts need. */
export interface HashContext {
  update(data: Uint8Array): void;
  digest(): Uint8Array;
}

export interface Aead {
  /** Bytes of authentication tag at the end of what `seal` returns. */
  readonly tagLength: number;
  /**
   * Encrypts the joined `plaintext` parts and appends the pieces of ciphertext and tag to `out`, in order. The pieces
   * are new memory. `nonce` (12 bytes) and `aad` are only read during the call, and may be reused after it.
   */
  seal(nonce: Uint8Array, aad: Uint8Array, plaintext: readonly Uint8Array[], out: Uint8Array[]): void;
  /** The plaintext as new memory, or undefined when the tag is wrong or `sealed` is shorter than a tag. */
  open(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array | undefined;
}

/** CBC without padding: `iv` is 16 bytes, `blocks` a multiple of 16, and so is the result, in new memory. */
export interface Cbc {
  encrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
  decrypt(iv: Uint8Array, blocks: Uint8Array): Uint8Array;
}

/** One side of an ephemeral Diffie-Hellman exchange in a finite field, which need not have a name. */
export interface DhShare {
  /** What goes on the wire, as long as the prime. */
  readonly publicKey: Uint8Array;
  /**
   * The shared secret, as long as the prime: TLS 1.3 takes it so (RFC 8446 7.4.1), TLS 1.2 without leading zeros (RFC
   * 5246 8.1.2). `peer` may have leading zeros or lack them. Undefined unless 1 < peer < p-1, and when the result is 0, 1
   * or p-1 (RFC 7919 5.1, SP 800-56A 5.7.1.1).
   */
  derive(peer: Uint8Array): Uint8Array | undefined;
}

/**
 * The offering side of an ephemeral key agreement. `publicKey` is what goes on the wire: 32 bytes for X25519, 56 for
 * X448, an uncompressed point for the NIST curves, a number as long as the prime for the groups of RFC 7919.
 */
export interface KeyShare extends DhShare {
  readonly group: GroupName;
  /**
   * The shared secret (RFC 7748 6; the X coordinate of RFC 8446 7.4.2, padded to the field's length; see
   * {@link DhShare} for finite fields). Undefined when `peer` is not a valid public key, compressed points included, or
   * the result is all zero (RFC 7748 6.1).
   */
  derive(peer: Uint8Array): Uint8Array | undefined;
}

/** What {@link CryptoProvider.answerKeyShare} gives: our share for the wire, and the secret. */
export interface KeyShareAnswer {
  readonly publicKey: Uint8Array;
  readonly secret: Uint8Array;
}

/** A private key that the host keeps. The engine never sees one; adapters answer `signature` and `decrypt` with it. */
export interface PrivateKey {
  readonly publicKey: PublicKey;
  /** Signs `data` (the message, not its hash). @throws when the key does not go with `algorithm` */
  sign(algorithm: SignatureAlgorithm, data: Uint8Array): Uint8Array;
  /**
   * The bare RSA operation: `ciphertext` to the padded block, as long as the modulus (RFC 8017 5.1.2). Undefined when it
   * cannot be done (ciphertext >= modulus, wrong length, not an RSA key). Unpadding is the engine's, in constant time.
   */
  decryptRaw(ciphertext: Uint8Array): Uint8Array | undefined;
}
