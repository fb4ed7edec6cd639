// X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem): ML-KEM-768 (FIPS 203) and X25519 side by side, secure while either is. In
// this group everything of ML-KEM comes first: the client's share is encapsulation key (1184 bytes) and public key (32),
// the server's is ciphertext (1088) and public key (32), the secret is that of ML-KEM (32) and that of X25519 (32).
// A provider brings ML-KEM; how the halves go together stands here once.

import { concat } from '../bytes/bytes.ts';
import type { CryptoProvider, KeyShare, KeyShareAnswer } from './provider.ts';

/** ML-KEM with the parameter set 768. Lengths are checked by implementations; nothing throws for what a peer can cause. */
export interface MlKem768 {
  generate(): MlKemKey;
  /**
   * A fresh secret (32 bytes), and what carries it to the owner of the key (1088 bytes). Undefined when the key fails
   * the checks of FIPS 203 7.2: 1184 bytes, and every coefficient below 3329.
   */
  encapsulate(encapsulationKey: Uint8Array): MlKemCapsule | undefined;
}

export interface MlKemKey {
  readonly encapsulationKey: Uint8Array;
  /**
   * The secret in `ciphertext`, undefined unless that has 1088 bytes. A ciphertext that was not made for this key gives a
   * secret that nobody else has (implicit rejection, FIPS 203 6.3): such a handshake fails at Finished.
   */
  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined;
}

export interface MlKemCapsule {
  readonly ciphertext: Uint8Array;
  readonly secret: Uint8Array;
}

/** `provider` with the group X25519MLKEM768 after its others. */
export function withHybrid(provider: CryptoProvider, kem: MlKem768): CryptoProvider {
  return {
    name: provider.name,
    hashes: provider.hashes,
    aeads: provider.aeads,
    cbcs: provider.cbcs,
    groups: [...provider.groups, GROUP],
    random: (length) => provider.random(length),
    hash: (name) => provider.hash(name),
    hmac: (name, key, ...parts) => provider.hmac(name, key, ...parts),
    aead: (name, key) => provider.aead(name, key),
    cbc: (name, key) => provider.cbc(name, key),
    generateKeyShare: (group) =>
      group === GROUP
        ? hybridKeyShare(kem.generate(), provider.generateKeyShare('x25519'))
        : provider.generateKeyShare(group),
    generateDhShare: (prime, generator) => provider.generateDhShare(prime, generator),
    answerKeyShare: (group, peer) =>
      group === GROUP
        ? answerHybrid(kem, (x25519) => provider.answerKeyShare('x25519', x25519), peer)
        : provider.answerKeyShare(group, peer),
    verify: (key, algorithm, data, signature) => provider.verify(key, algorithm, data, signature),
    rsaEncrypt: (key, message) => provider.rsaEncrypt(key, message),
  };
}

const GROUP = 'X25519MLKEM768';
const KEY_LENGTH = 1184;
const CIPHERTEXT_LENGTH = 1088;
const X25519_LENGTH = 32;

/** The client's share. `derive` takes the server's, and is undefined for a wrong length or a bad X25519 key. */
export function hybridKeyShare(key: MlKemKey, x25519: KeyShare): KeyShare {
  return {
    group: GROUP,
    publicKey: concat(key.encapsulationKey, x25519.publicKey),
    derive(peer) {
      if (peer.length !== CIPHERTEXT_LENGTH + X25519_LENGTH) return undefined;
      const classical = x25519.derive(peer.subarray(CIPHERTEXT_LENGTH));
      if (classical === undefined) return undefined;
      const secret = key.decapsulate(peer.subarray(0, CIPHERTEXT_LENGTH));
      return secret && concat(secret, classical);
    },
  };
}

/** The server's answer to a client's share, undefined for a wrong length or when either key is not valid. */
export function answerHybrid(
  kem: MlKem768,
  answerX25519: (peer: Uint8Array) => KeyShareAnswer | undefined,
  peer: Uint8Array,
): KeyShareAnswer | undefined {
  if (peer.length !== KEY_LENGTH + X25519_LENGTH) return undefined;
  const classical = answerX25519(peer.subarray(KEY_LENGTH));
  if (classical === undefined) return undefined;
  const capsule = kem.encapsulate(peer.subarray(0, KEY_LENGTH));
  if (capsule === undefined) return undefined;
  return {
    publicKey: concat(capsule.ciphertext, classical.publicKey),
    secret: concat(capsule.secret, classical.secret),
  };
}
