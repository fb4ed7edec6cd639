// How the groups of the key agreement are written: as the RFCs do, as OpenSSL does, as curl does. Case does not matter.

import type { GroupName } from '../crypto/keys.ts';

/** Each spelling with its group, the usual one of each group first. */
export const GROUP_SPELLINGS: readonly (readonly [spelling: string, group: GroupName])[] = [
  ['X25519MLKEM768', 'X25519MLKEM768'],
  ['X25519', 'x25519'],
  ['P-256', 'secp256r1'],
  ['P-384', 'secp384r1'],
  ['P-521', 'secp521r1'],
  ['X448', 'x448'],
  ['ffdhe2048', 'ffdhe2048'],
  ['ffdhe3072', 'ffdhe3072'],
  ['ffdhe4096', 'ffdhe4096'],
  ['ffdhe6144', 'ffdhe6144'],
  ['ffdhe8192', 'ffdhe8192'],
  ['prime256v1', 'secp256r1'],
  ['secp256r1', 'secp256r1'],
  ['secp384r1', 'secp384r1'],
  ['secp521r1', 'secp521r1'],
];

const BY_SPELLING: ReadonlyMap<string, GroupName> = new Map(
  GROUP_SPELLINGS.map(([spelling, group]) => [spelling.toLowerCase(), group]),
);

/** Undefined for a name that no group has. */
export function groupByName(name: string): GroupName | undefined {
  return BY_SPELLING.get(name.toLowerCase());
}
