// Records of the legacy CBC suites of TLS 1.2 (RFC 5246 6.2.3.2): an explicit IV, content, MAC and padding, MAC first; or, once
// encrypt_then_mac is agreed on (RFC 7366), the MAC over the ciphertext. Without it the padding is examined after decryption,
// which is where Lucky Thirteen listens: whatever is wrong, the same steps run over the same number of bytes, and one error
// comes of it. Bytes are compared without branches; the number of hash blocks is made the same by hashing a filler.

import { concat, equalConstantTime } from '../bytes/bytes.ts';
import { HASH_LENGTH } from '../crypto/hkdf.ts';
import type { HashName } from '../crypto/keys.ts';
import type { Cbc, CryptoProvider } from '../crypto/provider.ts';
import type { TrafficKeys } from '../crypto/schedule12.ts';
import { CBC_BLOCK_LENGTH, type CbcSuite12 } from '../crypto/suites.ts';
import { VERSION } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { makeHeader, type Opener, type Sealer } from './protection.ts';

/** seq_num, type, version, length: what the MAC covers before the content. */
const PSEUDO_HEADER_LENGTH = 13;
/** RFC 5246 6.2.3.2: "padding ... may be any length up to 255 bytes", and its length byte. */
const MAX_PADDING = 256;
/** CBC is not AES-GCM, but no key protects more than 2^32 blocks here either; a connection ends long before. */
const RECORD_LIMIT = 2 ** 22;

class CbcProtection {
  protected readonly provider: CryptoProvider;
  protected readonly cbc: Cbc;
  protected readonly hash: HashName;
  protected readonly macKey: Uint8Array;
  protected readonly macLength: number;
  protected readonly encryptThenMac: boolean;
  protected sequence = 0;
  private readonly pseudoHeader = new Uint8Array(PSEUDO_HEADER_LENGTH);

  constructor(provider: CryptoProvider, suite: CbcSuite12, keys: TrafficKeys, encryptThenMac: boolean) {
    if (keys.mac === undefined) throw new RangeError('a CBC suite needs a MAC key');
    this.provider = provider;
    this.cbc = provider.cbc(suite.cbc, keys.key);
    this.hash = suite.mac;
    this.macKey = keys.mac;
    this.macLength = HASH_LENGTH[suite.mac];
    this.encryptThenMac = encryptThenMac;
  }

  get left(): number {
    return RECORD_LIMIT - this.sequence;
  }

  get opened(): number {
    return this.sequence;
  }

  /** The MAC over the pseudo-header with this length, and `parts`. */
  protected mac(type: number, length: number, ...parts: readonly Uint8Array[]): Uint8Array {
    const header = this.pseudoHeader;
    new DataView(header.buffer).setBigUint64(0, BigInt(this.sequence));
    header[8] = type;
    header[9] = VERSION.tls12 >> 8;
    header[10] = VERSION.tls12 & 0xff;
    header[11] = length >> 8;
    header[12] = length;
    return this.provider.hmac(this.hash, this.macKey, header, ...parts);
  }
}

export class CbcSealer extends CbcProtection implements Sealer {
  seal(type: number, content: Uint8Array, out: Uint8Array[]): void {
    const { encryptThenMac, provider } = this;
    const iv = provider.random(CBC_BLOCK_LENGTH);
    const inner = encryptThenMac ? [content] : [content, this.mac(type, content.length, content)];
    const length = inner.reduce((sum, part) => sum + part.length, 0);
    const padding = CBC_BLOCK_LENGTH - (length % CBC_BLOCK_LENGTH);
    const encrypted = this.cbc.encrypt(iv, concat(...inner, new Uint8Array(padding).fill(padding - 1)));
    const total = iv.length + encrypted.length + (encryptThenMac ? this.macLength : 0);
    out.push(makeHeader(type, VERSION.tls12, total), iv, encrypted);
    // RFC 7366 3: the length in the MAC is that of IV and ciphertext.
    if (encryptThenMac) out.push(this.mac(type, iv.length + encrypted.length, iv, encrypted));
    this.sequence++;
  }
}

export class CbcOpener extends CbcProtection implements Opener {
  readonly protects = true;
  readonly is13 = false;
  readonly padding = 0;
  innerType = 0;

  open(header: Uint8Array, fragment: Uint8Array): Uint8Array {
    const type = header.at(0) ?? 0;
    const content = this.encryptThenMac
      ? this.openEncryptThenMac(type, fragment)
      : this.openMacThenEncrypt(type, fragment);
    this.sequence++;
    this.innerType = type;
    return content;
  }

  /** RFC 7366 3: the MAC first; only what it vouches for is decrypted. */
  private openEncryptThenMac(type: number, fragment: Uint8Array): Uint8Array {
    const covered = fragment.length - this.macLength;
    if (covered < 2 * CBC_BLOCK_LENGTH || covered % CBC_BLOCK_LENGTH !== 0) throw badRecord();
    const body = fragment.subarray(0, covered);
    if (!equalConstantTime(fragment.subarray(covered), this.mac(type, covered, body))) throw badRecord();
    const plain = this.cbc.decrypt(body.subarray(0, CBC_BLOCK_LENGTH), body.subarray(CBC_BLOCK_LENGTH));
    const padding = plain.at(-1) ?? 0;
    const end = plain.length - 1 - padding;
    if (end < 0 || !plain.subarray(end, -1).every((byte) => byte === padding)) throw badRecord();
    return plain.subarray(0, end);
  }

  private openMacThenEncrypt(type: number, fragment: Uint8Array): Uint8Array {
    const { macLength } = this;
    const least = CBC_BLOCK_LENGTH + Math.ceil((macLength + 1) / CBC_BLOCK_LENGTH) * CBC_BLOCK_LENGTH;
    // The length is public: nothing is learnt from refusing it at once.
    if (fragment.length < least || fragment.length % CBC_BLOCK_LENGTH !== 0) throw badRecord();
    const plain = this.cbc.decrypt(fragment.subarray(0, CBC_BLOCK_LENGTH), fragment.subarray(CBC_BLOCK_LENGTH));
    const { good, padding } = examinePadding(plain, macLength);
    const length = plain.length - macLength - padding;
    const content = plain.subarray(0, length);
    const expected = this.mac(type, length, content);
    this.evenOut(plain.length - macLength - 1, length);
    const sameMac = equalConstantTime(plain.subarray(length, length + macLength), expected);
    if (!sameMac || good !== 1) throw badRecord();
    return content;
  }

  /**
   * Hashes as many blocks as the MAC of the longest possible content would have taken more than this one took (RFC 5246
   * 6.2.3.2: "implementations MUST ensure that record processing time is essentially the same").
   */
  private evenOut(longest: number, length: number): void {
    const missing = blocksOf(this.hash, longest) - blocksOf(this.hash, length);
    const filler = this.provider.hash(this.hash);
    filler.update(FILLER.subarray(0, missing * BLOCK_LENGTH[this.hash]));
  }
}

const BLOCK_LENGTH: Readonly<Record<HashName, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };
const FILLER = new Uint8Array(4 * 128 + MAX_PADDING);

/** Blocks that the inner hash takes for a content: pseudo-header, content, and the hash's own padding and length. */
function blocksOf(hash: HashName, length: number): number {
  const block = BLOCK_LENGTH[hash];
  const trailer = block === 64 ? 9 : 17;
  return Math.ceil((PSEUDO_HEADER_LENGTH + length + trailer) / block);
}

/**
 * Looks at all bytes that could be padding, whatever the last one says. `padding` counts the length byte; where something is
 * wrong it is 1 and `good` 0, so that a MAC is computed all the same (RFC 5246 6.2.3.2).
 */
export function examinePadding(plain: Uint8Array, macLength: number): { good: 0 | 1; padding: number } {
  const said = plain.at(-1) ?? 0;
  const room = plain.length - macLength;
  // 0 when there is room for said + 1 bytes, all ones otherwise.
  let bad = (room - said - 1) >> 31;
  const look = Math.min(MAX_PADDING, plain.length);
  for (let i = 0; i < look; i++) {
    // All ones for the bytes that belong to the padding.
    const within = ~((said - i) >> 31);
    bad |= within & ((plain.at(plain.length - 1 - i) ?? 0) ^ said);
  }
  const good = ((bad | -bad) >>> 31) ^ 1;
  const mask = -good;
  return { good: good as 0 | 1, padding: ((said + 1) & mask) | (1 & ~mask) };
}

function badRecord(): TlsError {
  return new TlsError('ERR_TLS_BAD_RECORD_MAC', 'the record cannot be decrypted: its MAC or padding is wrong');
}
