// The handshakes that the interop tests prove, as one table for both roles, and the reasons why a peer cannot take one.

import type { KeyKind } from '../peers/pki.ts';
import type { Group, Suite, Version } from '../peers/vocabulary.ts';

export interface Feature {
  readonly feature: string;
  readonly leaf: KeyKind;
  readonly version: Version;
  readonly suite: Suite;
  /** Absent: RSA key exchange, which uses none. */
  readonly group?: Group;
  readonly legacy?: true;
}

const KEY_CURVES: Readonly<Partial<Record<KeyKind, Group>>> = {
  p256: 'secp256r1',
  p384: 'secp384r1',
  p521: 'secp521r1',
};

const GROUPS: readonly Group[] = ['x25519', 'secp256r1', 'secp384r1', 'secp521r1'];

export const FEATURES: readonly Feature[] = [
  rsa('TLS_RSA_WITH_AES_128_GCM_SHA256'),
  rsa('TLS_RSA_WITH_AES_256_GCM_SHA384'),
  ...GROUPS.map((group) => tls12('rsa', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', group)),
  tls12('rsa', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'),
  tls12('rsa', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'),
  tls12('rsa-pss', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'),
  tls12('p256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'secp256r1'),
  tls12('p256', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'),
  tls12('p256', 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256'),
  tls12('p384', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'secp384r1'),
  tls12('p521', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384', 'secp521r1'),
  tls12('ed25519', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'),
  ...GROUPS.map((group) => tls13('rsa', 'TLS_AES_128_GCM_SHA256', group)),
  tls13('rsa', 'TLS_AES_256_GCM_SHA384'),
  tls13('rsa', 'TLS_CHACHA20_POLY1305_SHA256'),
  ...(['rsa-pss', 'p256', 'p384', 'p521', 'ed25519'] as const).map((leaf) => tls13(leaf, 'TLS_AES_128_GCM_SHA256')),
];

/**
 * The groups that a client offers for this row: the one to be used, and under TLS 1.2 the curve of an ECDSA key beside
 * it, because there supported_groups also limits the curves of certificates (RFC 8422 5.1).
 */
export function offeredGroups(row: Feature): Group[] {
  const curve = row.version === 'TLSv1.2' ? KEY_CURVES[row.leaf] : undefined;
  return [...new Set([row.group, curve].filter((group) => group !== undefined))];
}

/** Why `peer` cannot be asked for this handshake; undefined when it can. */
export function whyNot(peer: string, row: Feature): string | undefined {
  if (peer !== 'chromium') return undefined;
  if (row.leaf === 'ed25519') return 'Chromium does not accept Ed25519 certificates';
  if (row.leaf === 'rsa-pss') return 'Chromium does not accept RSASSA-PSS keys in certificates';
  if (row.leaf === 'p521') return 'Chromium does not accept ECDSA signatures with P-521';
  if (row.group === 'secp521r1') return 'Chromium does not offer secp521r1';
  if (row.version === 'TLSv1.3' && row.group !== 'x25519') {
    return 'Chromium sends key shares for X25519MLKEM768 and X25519 only; another group takes a HelloRetryRequest';
  }
  return undefined;
}

function rsa(suite: Suite): Feature {
  return { feature: `1.2 ${short(suite)}`, leaf: 'rsa', version: 'TLSv1.2', suite, legacy: true };
}

function tls12(leaf: KeyKind, suite: Suite, group: Group = 'x25519'): Feature {
  return { feature: `1.2 ${short(suite)} ${group}, ${leaf} key`, leaf, version: 'TLSv1.2', suite, group };
}

function tls13(leaf: KeyKind, suite: Suite, group: Group = 'x25519'): Feature {
  return { feature: `1.3 ${short(suite)} ${group}, ${leaf} key`, leaf, version: 'TLSv1.3', suite, group };
}

function short(suite: Suite): string {
  return suite
    .replace(/^TLS_/, '')
    .replace('_WITH_', ' ')
    .replace(/_SHA\d+$/, '');
}
