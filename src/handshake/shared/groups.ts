// Groups of the key agreement by number and by name, and the agreement itself, the same for both versions and both roles.

import { ffdheBits, isFiniteField } from '../../crypto/ffdhe.ts';
import type { GroupName } from '../../crypto/keys.ts';
import type { CryptoProvider, DhShare } from '../../crypto/provider.ts';
import { GROUP } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';

export function groupId(name: GroupName): number {
  return GROUP[name];
}

/** The group of ours that has this number. */
export function groupById(groups: readonly GroupName[], id: number): GroupName | undefined {
  return groups.find((name) => GROUP[name] === id);
}

/**
 * Whether a curve of TLS 1.2's ECDHE: supported_groups names finite fields and hybrids too (RFC 7919 2, RFC 8446 4.2.7), which
 * have no place in ECParameters.
 */
export function isCurve12(name: GroupName): boolean {
  return CURVES_OF_12.has(name);
}

const CURVES_OF_12: ReadonlySet<GroupName> = new Set(['x25519', 'x448', 'secp256r1', 'secp384r1', 'secp521r1']);

/** @throws TlsError illegal_parameter for a share that is no valid public key of the group */
export function agree(share: DhShare, peer: Uint8Array, message: string, field: string): Uint8Array {
  const secret = share.derive(peer);
  if (secret === undefined) {
    throw new TlsError('ERR_TLS_BAD_KEY_SHARE', 'the public key of the peer is not valid in its group', {
      where: { message, field },
    });
  }
  return secret;
}

/**
 * The answering side of TLS 1.3: our public value for the client's share, and the secret of both.
 * @throws TlsError illegal_parameter for a share that is none of the group
 */
export function answerShare(
  provider: CryptoProvider,
  group: GroupName,
  peer: Uint8Array,
): { readonly publicKey: Uint8Array; readonly secret: Uint8Array } {
  const answer = hasFieldLength(group, peer) ? provider.answerKeyShare(group, peer) : undefined;
  if (answer !== undefined) return answer;
  throw new TlsError('ERR_TLS_BAD_KEY_SHARE', `the ${group} share of the client is not valid`, {
    where: { message: 'client_hello', field: 'extensions.key_share' },
  });
}

/** RFC 8446 4.2.8.1: a finite field value is "padded to the left with zeros to the size of p in bytes". */
export function hasFieldLength(group: GroupName, peer: Uint8Array): boolean {
  return !isFiniteField(group) || 8 * peer.length === ffdheBits(group);
}
