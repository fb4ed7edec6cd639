// X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem): ML-KEM-768 (FIPS 203) and X25519 side by side, secure while either is. In
// this group everything of ML-KEM comes first: the client's share is encapsulation key (1184 bytes) and public key (32),
// the server's is ciphertext (1088) and public key (32), the secret is that of ML-KEM (32) and that of X25519 (32).
// A provider brings ML-KEM; how the halves go together stands here once. MLKEM1024 (draft-ietf-tls-mlkem) is ML-KEM alone, for
// those whose rules ask for its largest parameters and nothing beside them.

import { concat } from '../bytes/bytes.ts';
import type { GroupName, KemGroupName } from './keys.ts';
import type { CryptoProvider, KeyShare, KeyShareAnswer } from './provider.ts';

/**
 * ML-KEM with one of its parameter sets, 768 or 1024. Lengths are checked by implementations; nothing throws for what a peer
 * can cause.
 */
export interface MlKem {
  generate(): MlKemKey;
  /**
   * A fresh secret (32 bytes), and what carries it to the owner of the key (1088 or 1568 bytes). Undefined when the key
   * fails the checks of FIPS 203 7.2: 1184 or 1568 bytes, and every coefficient below 3329.
   */
  encapsulate(encapsulationKey: Uint8Array): MlKemCapsule | undefined;
}

export interface MlKemKey {
  readonly encapsulationKey: Uint8Array;
  /**
   * The secret in `ciphertext`, undefined unless that has its length. A ciphertext that was not made for this key gives a
   * secret that nobody else has (implicit rejection, FIPS 203 6.3): such a handshake fails at Finished.
   */
  decapsulate(ciphertext: Uint8Array): Uint8Array | undefined;
}

export interface MlKemCapsule {
  readonly ciphertext: Uint8Array;
  readonly secret: Uint8Array;
}

/** Whether a group of ML-KEM, alone or in a hybrid: TLS 1.2 has none. */
export function isKem(group: GroupName): group is KemGroupName {
  return group === HYBRID || group === PURE;
}

/** `provider` with the group X25519MLKEM768 after its others; `kem` has the parameter set 768. */
export function withHybrid(provider: CryptoProvider, kem: MlKem): CryptoProvider {
  return withGroup(
    provider,
    HYBRID,
    () => hybridKeyShare(kem.generate(), provider.generateKeyShare('x25519')),
    (peer) => answerHybrid(kem, (x25519) => provider.answerKeyShare('x25519', x25519), peer),
  );
}

/**
 * `provider` with the group MLKEM1024 after its others; `kem` has the parameter set 1024. The client's share is the
 * encapsulation key (1568 bytes), the server's the ciphertext (1568).
 */
export function withMlKem1024(provider: CryptoProvider, kem: MlKem): CryptoProvider {
  return withGroup(
    provider,
    PURE,
    () => {
      const key = kem.generate();
      return { group: PURE, publicKey: key.encapsulationKey, derive: (peer) => key.decapsulate(peer) };
    },
    (peer) => {
      const capsule = kem.encapsulate(peer);
      return capsule && { publicKey: capsule.ciphertext, secret: capsule.secret };
    },
  );
}

function withGroup(
  provider: CryptoProvider,
  name: KemGroupName,
  generate: () => KeyShare,
  answer: (peer: Uint8Array) => KeyShareAnswer | undefined,
): CryptoProvider {
  const { eagerGroups } = provider;
  return {
    name: provider.name,
    hashes: provider.hashes,
    aeads: provider.aeads,
    cbcs: provider.cbcs,
    groups: [...provider.groups, name],
    ...(eagerGroups && { eagerGroups }),
    random: (length) => provider.random(length),
    hash: (hash) => provider.hash(hash),
    hmac: (hash, key, ...parts) => provider.hmac(hash, key, ...parts),
    aead: (aead, key) => provider.aead(aead, key),
    cbc: (cbc, key) => provider.cbc(cbc, key),
    generateKeyShare: (group) => (group === name ? generate() : provider.generateKeyShare(group)),
    generateDhShare: (prime, generator) => provider.generateDhShare(prime, generator),
    answerKeyShare: (group, peer) => (group === name ? answer(peer) : provider.answerKeyShare(group, peer)),
    verify: (key, algorithm, data, signature) => provider.verify(key, algorithm, data, signature),
    rsaEncrypt: (key, message) => provider.rsaEncrypt(key, message),
  };
}

const HYBRID = 'X25519MLKEM768';
const PURE = 'MLKEM1024';
const KEY_LENGTH = 1184;
const CIPHERTEXT_LENGTH = 1088;
const X25519_LENGTH = 32;

/** The client's share. `derive` takes the server's, and is undefined for a wrong length or a bad X25519 key. */
export function hybridKeyShare(key: MlKemKey, x25519: KeyShare): KeyShare {
  return {
    group: HYBRID,
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
  kem: MlKem,
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
