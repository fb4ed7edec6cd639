// How one direction protects its records: not at all, with a TLS 1.2 AEAD (RFC 5246 6.2.3.3, RFC 5288, RFC 7905), or as TLS 1.3
// does (RFC 8446 5.2); the legacy CBC suites have a file of their own, cbc12.ts. Each object owns its key, nonce and sequence number, and lives as long as that key. Scratch arrays
// are reused for every record; what is handed out is new memory.

import type { Aead, CryptoProvider } from '../crypto/provider.ts';
import type { TrafficKeys } from '../crypto/schedule12.ts';
import { AEAD_SHAPE, type AeadSuite12, type Suite13 } from '../crypto/suites.ts';
import { CONTENT_TYPE, VERSION } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';

export const RECORD_HEADER_LENGTH = 5;

type AeadSuite = AeadSuite12 | Suite13;

export interface Sealer {
  /** Appends one whole record, header first, in pieces. `padding`: zeros behind the content, which TLS 1.3 alone has. */
  seal(type: number, content: Uint8Array, out: Uint8Array[], padding?: number): void;
  /** Records that may still be sealed under this key (RFC 8446 5.5). */
  readonly left: number;
}

export interface Opener {
  /** Whether records are protected: then an outer type may hide an inner one. */
  readonly protects: boolean;
  readonly is13: boolean;
  /** The content type inside the record that was opened last. */
  innerType: number;
  /** Bytes of padding in the record that was opened last (RFC 8446 5.4). */
  readonly padding: number;
  /** Records opened under this key. */
  readonly opened: number;
  /** `header` is the record's five bytes. @throws TlsError bad_record_mac */
  open(header: Uint8Array, fragment: Uint8Array): Uint8Array;
}

export function makeHeader(type: number, version: number, length: number): Uint8Array {
  // Uint8Array.of is several times slower.
  const header = new Uint8Array(RECORD_HEADER_LENGTH);
  header[0] = type;
  header[1] = version >> 8;
  header[2] = version;
  header[3] = length >> 8;
  header[4] = length;
  return header;
}

/** No protection, before any key is installed. `version` is what the header says. */
export class PlainSealer implements Sealer {
  readonly left = Number.MAX_SAFE_INTEGER;
  version: number;

  constructor(version: number) {
    this.version = version;
  }

  seal(type: number, content: Uint8Array, out: Uint8Array[]): void {
    out.push(makeHeader(type, this.version, content.length), content);
  }
}

export class PlainOpener implements Opener {
  readonly protects = false;
  readonly is13 = false;
  readonly padding = 0;
  readonly opened = 0;
  innerType = 0;

  open(header: Uint8Array, fragment: Uint8Array): Uint8Array {
    this.innerType = header[0] as number;
    return fragment;
  }
}

/** What both directions and versions share: the AEAD, and the nonce made of IV and sequence number. */
class AeadProtection {
  protected readonly aead: Aead;
  protected readonly iv: Uint8Array;
  protected readonly nonce = new Uint8Array(12);
  protected sequence = 0;
  private readonly recordLimit: number;

  constructor(provider: CryptoProvider, suite: AeadSuite, keys: TrafficKeys) {
    this.aead = provider.aead(suite.aead, keys.key);
    this.iv = keys.iv;
    this.recordLimit = AEAD_SHAPE[suite.aead].recordLimit;
    this.nonce.set(keys.iv);
  }

  get left(): number {
    return this.recordLimit - this.sequence;
  }

  get opened(): number {
    return this.sequence;
  }

  /** RFC 8446 5.3, RFC 7905 2: the IV with the sequence number XORed into its last eight bytes. */
  protected xorNonce(): void {
    const { nonce, iv } = this;
    for (let i = 4; i < 12; i++) nonce[i] = (iv[i] as number) ^ this.sequenceByte(i - 4);
  }

  /** RFC 5246 6.2.3.3: seq_num + type + version + length, for the plaintext. */
  protected fillAad12(aad: Uint8Array, type: number, length: number): void {
    for (let i = 0; i < 8; i++) aad[i] = this.sequenceByte(i);
    aad[8] = type;
    aad[9] = VERSION.tls12 >> 8;
    aad[10] = VERSION.tls12 & 0xff;
    aad[11] = length >> 8;
    aad[12] = length;
  }

  /** Byte `i` of the 64-bit sequence number; numbers above 2^53 are never reached (see `left`). */
  protected sequenceByte(i: number): number {
    return i < 4
      ? (Math.floor(this.sequence / 0x1_0000_0000) >>> (24 - 8 * i)) & 0xff
      : (this.sequence >>> (56 - 8 * i)) & 0xff;
  }
}

export class Sealer12 extends AeadProtection implements Sealer {
  private readonly aad = new Uint8Array(13);
  private readonly explicit: number;

  constructor(provider: CryptoProvider, suite: AeadSuite, keys: TrafficKeys) {
    super(provider, suite, keys);
    this.explicit = AEAD_SHAPE[suite.aead].explicitNonce;
  }

  seal(type: number, content: Uint8Array, out: Uint8Array[]): void {
    const { explicit, nonce } = this;
    const head = new Uint8Array(RECORD_HEADER_LENGTH + explicit);
    const length = explicit + content.length + this.aead.tagLength;
    head[0] = type;
    head[1] = VERSION.tls12 >> 8;
    head[2] = VERSION.tls12 & 0xff;
    head[3] = length >> 8;
    head[4] = length;
    if (explicit === 0) this.xorNonce();
    else {
      // RFC 5288 3: the explicit part must never repeat under a key; the sequence number does not.
      for (let i = 0; i < 8; i++) nonce[4 + i] = head[RECORD_HEADER_LENGTH + i] = this.sequenceByte(i);
    }
    this.fillAad12(this.aad, type, content.length);
    out.push(head);
    this.aead.seal(nonce, this.aad, [content], out);
    this.sequence++;
  }
}

export class Opener12 extends AeadProtection implements Opener {
  readonly protects = true;
  readonly is13 = false;
  readonly padding = 0;
  innerType = 0;
  private readonly aad = new Uint8Array(13);
  private readonly explicit: number;

  constructor(provider: CryptoProvider, suite: AeadSuite, keys: TrafficKeys) {
    super(provider, suite, keys);
    this.explicit = AEAD_SHAPE[suite.aead].explicitNonce;
  }

  open(header: Uint8Array, fragment: Uint8Array): Uint8Array {
    const { explicit, nonce } = this;
    const type = header[0] as number;
    const length = fragment.length - explicit - this.aead.tagLength;
    if (length < 0) throw badMac('the record is shorter than its nonce and tag');
    if (explicit === 0) this.xorNonce();
    else for (let i = 0; i < 8; i++) nonce[4 + i] = fragment[i] as number;
    this.fillAad12(this.aad, type, length);
    const content = this.aead.open(nonce, this.aad, explicit === 0 ? fragment : fragment.subarray(explicit));
    if (content === undefined) throw badMac('the authentication tag is wrong');
    this.sequence++;
    this.innerType = type;
    return content;
  }
}

export class Sealer13 extends AeadProtection implements Sealer {
  private inner = new Uint8Array(1);
  private readonly parts: Uint8Array[] = [this.inner, this.inner];

  seal(type: number, content: Uint8Array, out: Uint8Array[], padding = 0): void {
    // RFC 8446 5.2: TLSInnerPlaintext is the content, its type, and padding; the header is what is authenticated.
    if (this.inner.length !== 1 + padding) this.parts[1] = this.inner = new Uint8Array(1 + padding);
    const length = content.length + this.inner.length + this.aead.tagLength;
    const header = makeHeader(CONTENT_TYPE.application_data, VERSION.tls12, length);
    this.inner[0] = type;
    this.parts[0] = content;
    this.xorNonce();
    out.push(header);
    this.aead.seal(this.nonce, header, this.parts, out);
    // An idle connection holds nothing of what it wrote last.
    this.parts[0] = this.inner;
    this.sequence++;
  }
}

export class Opener13 extends AeadProtection implements Opener {
  readonly protects = true;
  readonly is13 = true;
  innerType = 0;
  padding = 0;

  open(header: Uint8Array, fragment: Uint8Array): Uint8Array {
    this.xorNonce();
    const inner = this.aead.open(this.nonce, header, fragment);
    if (inner === undefined) throw badMac('the authentication tag is wrong');
    this.sequence++;
    let end = inner.length - 1;
    while (end >= 0 && inner[end] === 0) end--;
    // RFC 8446 5.4: "If a receiving implementation does not find a non-zero octet in the cleartext, it MUST terminate the
    // connection with an unexpected_message alert."
    if (end < 0) throw new TlsError('ERR_TLS_BAD_INNER_PLAINTEXT', 'the decrypted record has no content type');
    this.innerType = inner[end] as number;
    this.padding = inner.length - 1 - end;
    return inner.subarray(0, end);
  }
}

function badMac(problem: string): TlsError {
  return new TlsError('ERR_TLS_BAD_RECORD_MAC', `the record cannot be decrypted: ${problem}`);
}
