// getEphemeralKeyInfo: the key agreement in OpenSSL's words.

import type { EphemeralKeyInfo } from 'node:tls';

const INFO: Readonly<Record<string, readonly [type: 'ECDH' | 'DH', name: string, size: number]>> = {
  x25519: ['ECDH', 'X25519', 253],
  x448: ['ECDH', 'X448', 448],
  secp256r1: ['ECDH', 'prime256v1', 256],
  secp384r1: ['ECDH', 'secp384r1', 384],
  secp521r1: ['ECDH', 'secp521r1', 521],
  X25519MLKEM768: ['ECDH', 'X25519MLKEM768', 253],
};

/** `group` by its name in the registry; undefined for RSA key exchange. */
export function ephemeralKeyInfo(group: string | undefined): EphemeralKeyInfo | object {
  const known = group === undefined ? undefined : INFO[group];
  if (known !== undefined) {
    const [type, name, size] = known;
    return { type, name, size };
  }
  const bits = /^ffdhe(\d+)$/.exec(group ?? '')?.[1];
  return bits === undefined ? {} : { type: 'DH', size: Number(bits) };
}
