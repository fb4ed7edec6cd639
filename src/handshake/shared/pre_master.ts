// What pre-master secrets are made of, brought into its form first (RFC 5246 8.1.2, RFC 4279 2 - 3, RFC 5489 2).

import { EMPTY } from '../../bytes/bytes.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { Psk } from './needs.ts';

const MAX_PSK_FIELD = 0xffff;

/** The host's answer to a `psk` need. @throws TlsError for what is no key, or longer than its length can say */
export function checkedPsk({ identity = EMPTY, key }: Psk): {
  readonly identity: Uint8Array;
  readonly key: Uint8Array;
} {
  const fits = (bytes: unknown): bytes is Uint8Array => bytes instanceof Uint8Array && bytes.length <= MAX_PSK_FIELD;
  if (fits(key) && key.length > 0 && fits(identity)) return { identity, key };
  throw new TlsError('ERR_TLS_ANSWER', 'a shared key has 1 to 65,535 bytes, and its identity at most 65,535');
}

/**
 * RFC 5246 8.1.2: "Leading bytes of Z that contain all zero bits are stripped before it is used as the pre_master_secret."
 * How many there are can be seen in the time that the PRF takes (the Raccoon attack); it helps nobody here, since our
 * private value is used for one connection only.
 */
export function withoutLeadingZeros(secret: Uint8Array): Uint8Array {
  let start = 0;
  while (start < secret.length - 1 && secret[start] === 0) start++;
  return secret.subarray(start);
}
