// The RSA-encrypted pre-master secret (RFC 5246 7.4.7.1). The block after the bare RSA operation is 00 02, non-zero padding,
// 00, then 48 bytes: the version that the client offered and 46 random ones. Whatever is wrong with it, wrong length and
// wrong version and a failed operation included, the result is 48 random bytes chosen beforehand, by the same work; the
// handshake then fails at Finished, as it would for wrong bytes. This is the countermeasure of RFC 5246 7.4.7.1 against
// Bleichenbacher's and Klima's attacks.

export const PRE_MASTER_LENGTH = 48;

/**
 * Unpads in time that depends on `block.length` alone, which is public. `fallback` is 48 fresh random bytes.
 * @param block the padded block as long as the modulus, at least 59 bytes; any block of that length for a failed operation
 * @param failed 1 when the RSA operation itself failed
 */
export function unpadPreMaster(block: Uint8Array, failed: 0 | 1, version: number, fallback: Uint8Array): Uint8Array {
  const start = block.length - PRE_MASTER_LENGTH;
  let bad: number = failed;
  bad |= byte(block, 0);
  bad |= byte(block, 1) ^ 2;
  // Eight or more bytes of padding, none of them zero, up to the separator just before the 48 bytes.
  for (let i = 2; i < start - 1; i++) bad |= isZero(byte(block, i));
  bad |= byte(block, start - 1);
  bad |= byte(block, start) ^ (version >> 8);
  bad |= byte(block, start + 1) ^ (version & 0xff);
  // All ones when anything was wrong, zero otherwise.
  const mask = -((bad | -bad) >>> 31);
  const out = new Uint8Array(PRE_MASTER_LENGTH);
  for (let i = 0; i < PRE_MASTER_LENGTH; i++) {
    out[i] = (byte(fallback, i) & mask) | (byte(block, start + i) & ~mask);
  }
  return out;
}

function byte(bytes: Uint8Array, i: number): number {
  return bytes[i] as number;
}

/** 1 for 0, else 0, without a branch. */
function isZero(value: number): number {
  return (value - 1) >>> 31;
}
