// Everything we receive, in order: bytes are framed into records, opened, and handed out as whole handshake messages,
// ChangeCipherSpecs, alerts and data (RFC 8446 5.1, RFC 5246 6.2.1). It knows no handshake: which of them may come now is not
// its business. Two rules are kept here and nowhere else: a handshake message is not interleaved with other records, and
// read keys never change while handshake bytes wait.

import { concat, EMPTY, latin1 } from '../bytes/bytes.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import type { Limits } from './limits.ts';
import { type Opener, PlainOpener, RECORD_HEADER_LENGTH } from './protection.ts';

export type Incoming =
  | { readonly kind: 'handshake'; readonly type: number; readonly raw: Uint8Array }
  | { readonly kind: 'change_cipher_spec' | 'alert' | 'data'; readonly content: Uint8Array };

/** Told of each record that arrives. */
export type RecordListener = (
  outerType: number,
  innerType: number,
  version: number,
  length: number,
  contentLength: number,
) => void;

export class ReadHalf {
  private readonly limits: Limits;
  private readonly onRecord: RecordListener | undefined;
  private opener: Opener = new PlainOpener();
  /** TLS 1.2 lets records expand more than 1.3; until the version is known, the larger bound holds. */
  private expansion: number;
  /** Bytes of content in a record: in any, and in a protected one. */
  private plaintext: number;
  private protectedPlaintext: number;

  private chunk: Uint8Array = EMPTY;
  private at = 0;
  /** Our own memory, when `chunk` is a view of it. */
  private store: Uint8Array = EMPTY;
  private partial: Uint8Array = EMPTY;
  private partialLength = 0;

  /** Handshake bytes that were opened and not yet handed out. */
  private pending: Uint8Array = EMPTY;
  /** A message that began and is not whole: `filled` bytes of `due` are there. */
  private assembly: Uint8Array | undefined;
  private filled = 0;
  private due = 0;

  /** Bytes of content that may still be dropped, and one more; 0 when nothing is. */
  private skipping = 0;
  private emptyRecords = 0;
  private records = 0;
  /** Records that were opened under any key. */
  private opened = 0;

  constructor(limits: Limits, onRecord?: RecordListener) {
    this.limits = limits;
    this.onRecord = onRecord;
    this.expansion = limits.expansion12;
    this.plaintext = limits.plaintext;
    this.protectedPlaintext = limits.plaintext;
  }

  /** Drops records of refused early data, fewer than `length` bytes of content. */
  skipUndecryptable(length: number): void {
    this.skipping = length;
  }

  /** RFC 6066 4: from now on a record with more than `length` bytes of content is refused. */
  limitFragments(length: number): void {
    this.plaintext = Math.min(this.plaintext, length);
    this.protectedPlaintext = Math.min(this.protectedPlaintext, length);
  }

  /** RFC 8449: from now on a protected record with more than `length` bytes of content is refused. */
  limitProtected(length: number): void {
    this.protectedPlaintext = Math.min(this.protectedPlaintext, length);
  }

  /**
   * Adds bytes from the transport. They are read in place: call `retain` before the caller may reuse them.
   * @throws TlsError when more input waits than the limit allows
   */
  push(input: Uint8Array): void {
    // A plain view: of a Node Buffer, `slice` would give no copy.
    const bytes = new Uint8Array(input.buffer, input.byteOffset, input.length);
    const waiting = this.chunk.length - this.at;
    if (waiting === 0) {
      this.chunk = bytes;
      this.at = 0;
      return;
    }
    if (waiting + bytes.length > this.limits.pendingInput) {
      const problem = `${waiting + bytes.length} bytes of input wait for an answer of the host`;
      throw new TlsError('ERR_TLS_INPUT_BUFFER_FULL', problem);
    }
    const { store, chunk } = this;
    // Doubling the memory keeps the copying proportional to the input, however small its pieces are.
    if (chunk.buffer !== store.buffer || chunk.length + bytes.length > store.length) {
      const larger = new Uint8Array(Math.min(2 * (waiting + bytes.length), this.limits.pendingInput));
      larger.set(chunk.subarray(this.at));
      this.store = larger;
      this.chunk = larger.subarray(0, waiting);
      this.at = 0;
    }
    const { length } = this.chunk;
    this.store.set(bytes, length);
    this.chunk = this.store.subarray(0, length + bytes.length);
  }

  /** Copies what is left of the caller's bytes into our own memory: one piece, however long the transport made it. */
  retain(): void {
    const { chunk, at, store } = this;
    const left = chunk.length - at;
    if (left === 0) return this.discard();
    if (chunk.buffer === store.buffer) return;
    this.chunk = this.store = chunk.slice(at);
    this.at = 0;
  }

  /** Forgets what is left: nothing more will be read. */
  discard(): void {
    this.chunk = this.store = EMPTY;
    this.at = 0;
  }

  /** The next message, ChangeCipherSpec, alert or piece of data; undefined when more bytes are needed. */
  next(): Incoming | undefined {
    for (;;) {
      const message = this.nextMessage();
      if (message !== undefined) return message;
      const record = this.nextRecord();
      if (record === undefined) return undefined;
      const incoming = this.accept(record);
      if (incoming !== undefined) return incoming;
    }
  }

  /** Whether a record or a handshake message has begun and not ended, or input has not been looked at. */
  get hasPartial(): boolean {
    return this.partialLength > 0 || this.hasHandshakeBytes || this.at < this.chunk.length;
  }

  /** Whether handshake bytes wait, of a whole or of a partial message. */
  get hasHandshakeBytes(): boolean {
    return this.pending.length > 0 || this.assembly !== undefined;
  }

  get protects(): boolean {
    return this.opener.protects;
  }

  /**
   * RFC 8446 5.1: "Handshake messages MUST NOT span key changes." Also refuses a whole message that waits behind the one
   * that changed the keys, in the same record.
   * @throws TlsError unexpected_message
   */
  setKeys(opener: Opener): void {
    if (this.hasHandshakeBytes) {
      throw new TlsError(
        'ERR_TLS_KEY_CHANGE_MID_MESSAGE',
        'handshake bytes follow the last message under the old keys',
      );
    }
    this.opener = opener;
    this.expansion = opener.is13 ? this.limits.expansion13 : this.limits.expansion12;
  }

  /** One whole record: its header and fragment as one view, or undefined. */
  private nextRecord(): Uint8Array | undefined {
    if (this.partialLength > 0) return this.completePartial();
    const { chunk, at } = this;
    const there = chunk.length - at;
    if (there === 0) return undefined;
    if (there >= RECORD_HEADER_LENGTH) {
      const length = RECORD_HEADER_LENGTH + this.checkHeader(chunk, at);
      if (there >= length) {
        this.at = at + length;
        return chunk.subarray(at, at + length);
      }
    } else if (this.records === 0) this.checkFirstByte(chunk, at);
    if (this.partial.length === 0) this.partial = new Uint8Array(PARTIAL_START);
    this.fillPartial(there);
    return undefined;
  }

  private completePartial(): Uint8Array | undefined {
    if (this.partialLength < RECORD_HEADER_LENGTH && !this.fillPartial(RECORD_HEADER_LENGTH)) return undefined;
    const length = RECORD_HEADER_LENGTH + this.checkHeader(this.partial, 0);
    if (!this.fillPartial(length)) return undefined;
    this.partialLength = 0;
    return this.partial.subarray(0, length);
  }

  /** Moves bytes from the chunk until `length` are there; false when the chunk ends first. */
  private fillPartial(length: number): boolean {
    if (length > this.partial.length) {
      const larger = new Uint8Array(Math.max(length, RECORD_HEADER_LENGTH + this.limits.plaintext + this.expansion));
      larger.set(this.partial.subarray(0, this.partialLength));
      this.partial = larger;
    }
    const count = Math.min(length - this.partialLength, this.chunk.length - this.at);
    this.partial.set(this.chunk.subarray(this.at, this.at + count), this.partialLength);
    this.partialLength += count;
    this.at += count;
    return this.partialLength === length;
  }

  /** The fragment's length, after the checks that the header allows. */
  private checkHeader(bytes: Uint8Array, at: number): number {
    const type = bytes[at] as number;
    const length = ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number);
    if (type < CONTENT_TYPE.change_cipher_spec || type > CONTENT_TYPE.application_data) this.refuseType(bytes, at);
    if (bytes[at + 1] !== 3) {
      if (this.records === 0) this.refuseType(bytes, at);
      throw new TlsError('ERR_TLS_RECORD_VERSION', `a record header says version ${bytes[at + 1]}.${bytes[at + 2]}`);
    }
    // Early data that came before there were keys is protected all the same.
    const skipped = this.skipping > 0 && type === CONTENT_TYPE.application_data;
    const bound = this.limits.plaintext + (this.opener.protects || skipped ? this.expansion : 0);
    if (length > bound) {
      throw new TlsError('ERR_TLS_RECORD_OVERFLOW', `a record of ${length} bytes, where at most ${bound} are allowed`);
    }
    return length;
  }

  private checkFirstByte(bytes: Uint8Array, at: number): void {
    const type = bytes[at] as number;
    if (type < CONTENT_TYPE.change_cipher_spec || type > CONTENT_TYPE.application_data) this.refuseType(bytes, at);
  }

  private refuseType(bytes: Uint8Array, at: number): never {
    if (this.records > 0) {
      throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `a record header has content type ${bytes[at]}`, {
        alert: 'unexpected_message',
      });
    }
    const start = latin1(bytes.subarray(at, at + 16));
    throw new TlsError('ERR_TLS_NOT_TLS', `the peer does not speak TLS: it sent ${JSON.stringify(start)}`, {
      expected: 'a TLS record',
      actual: start,
    });
  }

  /** Opens one record; returns what it brought, or undefined when it only added handshake bytes or nothing. */
  private accept(record: Uint8Array): Incoming | undefined {
    const header = record.subarray(0, RECORD_HEADER_LENGTH);
    const fragment = record.subarray(RECORD_HEADER_LENGTH);
    const outer = header[0] as number;
    this.records++;
    const { opener } = this;
    const bypass = opener.is13 && outer !== CONTENT_TYPE.application_data;
    if (bypass) this.checkBypass(outer, fragment);
    const content = bypass ? fragment.slice() : this.open(header, fragment);
    if (content === undefined) return undefined;
    if (opener.protects && !bypass) this.opened++;
    const type = bypass ? outer : opener.innerType;
    const version = ((header[1] as number) << 8) | (header[2] as number);
    this.onRecord?.(outer, type, version, fragment.length, content.length);
    // RFC 8446 5.4: padding counts against the limit.
    const bound = opener.protects && !bypass ? this.protectedPlaintext : this.plaintext;
    if (content.length + (bypass ? 0 : opener.padding) > bound) {
      throw new TlsError(
        'ERR_TLS_RECORD_OVERFLOW',
        `a record with ${content.length} bytes of content, where at most ${bound} are allowed`,
      );
    }
    if (this.hasHandshakeBytes && type !== CONTENT_TYPE.handshake) {
      throw new TlsError('ERR_TLS_INTERLEAVED', 'another record stands between the parts of a handshake message');
    }
    if (content.length === 0) return this.acceptEmpty(type, content);
    // Alerts in between do not make empty records better.
    if (type !== CONTENT_TYPE.alert) this.emptyRecords = 0;
    return this.sort(type, content, bypass);
  }

  /**
   * Opens one record; undefined for one of refused early data, which is dropped: under handshake keys what cannot be
   * decrypted, up to the first that can, and before a second ClientHello all application data (RFC 8446 4.2.10).
   */
  private open(header: Uint8Array, fragment: Uint8Array): Uint8Array | undefined {
    const { opener, skipping } = this;
    if (skipping === 0) return opener.open(header, fragment);
    const isData = header[0] === CONTENT_TYPE.application_data;
    if (!opener.protects) {
      if (header[0] === CONTENT_TYPE.handshake) this.skipping = 0;
      return isData ? this.skip(fragment.length) : opener.open(header, fragment);
    }
    try {
      const content = opener.open(header, fragment);
      this.skipping = 0;
      return content;
    } catch (error) {
      if (!(error instanceof TlsError) || error.code !== 'ERR_TLS_BAD_RECORD_MAC') throw error;
      return this.skip(fragment.length);
    }
  }

  /** What the peer counts is content (RFC 8446 4.2.10); so much of a record is no less than tag and content type. */
  private skip(length: number): undefined {
    const content = Math.max(1, length - RECORD_OVERHEAD);
    if (content >= this.skipping) {
      throw new TlsError('ERR_TLS_BAD_RECORD_MAC', 'records that cannot be decrypted go on beyond any early data');
    }
    this.skipping -= content;
  }

  /**
   * RFC 8446 5: under 1.3 keys only application_data records come, but for the ChangeCipherSpec of middlebox compatibility.
   * A peer that failed before it had keys sends its alert in the clear; until the first protected record of the connection
   * that is let through, since it can only end the handshake. Later it could pretend an end of the data.
   */
  private checkBypass(outer: number, fragment: Uint8Array): void {
    if (outer === CONTENT_TYPE.change_cipher_spec && fragment.length === 1 && fragment[0] === 1) return;
    if (outer === CONTENT_TYPE.alert && this.opened === 0 && fragment.length === 2) return;
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `an unprotected record of type ${outer} where records are protected`, {
      alert: 'unexpected_message',
    });
  }

  private acceptEmpty(type: number, content: Uint8Array): Incoming | undefined {
    // RFC 8446 5.1: zero-length fragments of handshake and alert are forbidden; empty data is allowed where data is, but not
    // for ever.
    if (type !== CONTENT_TYPE.application_data) {
      throw new TlsError('ERR_TLS_EMPTY_RECORD', `an empty record of type ${type}`);
    }
    if (++this.emptyRecords > this.limits.emptyRecords) {
      throw new TlsError('ERR_TLS_TOO_MANY_EMPTY_RECORDS', `${this.emptyRecords} empty records in a row`);
    }
    return this.sort(type, content, false);
  }

  private sort(type: number, content: Uint8Array, unprotected: boolean): Incoming | undefined {
    switch (type) {
      case CONTENT_TYPE.handshake:
        // Unprotected content is a view of the caller's bytes; messages outlive the call.
        this.pending = this.opener.protects && this.pending.length === 0 ? content : concat(this.pending, content);
        return undefined;
      case CONTENT_TYPE.application_data:
        if (!this.opener.protects) throw new TlsError('ERR_TLS_UNEXPECTED_DATA', 'application data before any key');
        return { kind: 'data', content };
      case CONTENT_TYPE.alert:
        return { kind: 'alert', content };
      case CONTENT_TYPE.change_cipher_spec:
        if (content.length !== 1 || content[0] !== 1 || (this.opener.is13 && !unprotected)) {
          throw new TlsError(
            'ERR_TLS_BAD_CHANGE_CIPHER_SPEC',
            'a ChangeCipherSpec that is not the single byte 1 in the clear',
          );
        }
        return { kind: 'change_cipher_spec', content };
      default:
        throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `a record with content type ${type}`, {
          alert: 'unexpected_message',
        });
    }
  }

  private nextMessage(): Incoming | undefined {
    if (this.assembly !== undefined) return this.continueMessage(this.assembly);
    const { pending } = this;
    if (pending.length < 4) return undefined;
    const length = ((pending[1] as number) << 16) | ((pending[2] as number) << 8) | (pending[3] as number);
    if (length > this.limits.handshakeMessage) {
      throw new TlsError(
        'ERR_TLS_MESSAGE_TOO_LARGE',
        `a handshake message of type ${pending[0]} with ${length} bytes, where ${this.limits.handshakeMessage} are allowed`,
      );
    }
    const total = 4 + length;
    if (pending.length < total) {
      [this.due, this.filled] = [total, 0];
      return this.continueMessage(EMPTY);
    }
    this.pending = pending.length === total ? EMPTY : pending.subarray(total);
    return { kind: 'handshake', type: pending[0] as number, raw: pending.subarray(0, total) };
  }

  /** Memory grows with what is there, and not with what was announced. */
  private continueMessage(begun: Uint8Array): Incoming | undefined {
    const { pending, due } = this;
    const count = Math.min(pending.length, due - this.filled);
    const end = this.filled + count;
    const grown = end > begun.length ? new Uint8Array(Math.min(due, Math.max(2 * end, PARTIAL_START))) : begun;
    if (grown !== begun) grown.set(begun.subarray(0, this.filled));
    grown.set(pending.subarray(0, count), this.filled);
    this.filled = end;
    this.pending = count === pending.length ? EMPTY : pending.subarray(count);
    this.assembly = end < due ? grown : undefined;
    return end < due ? undefined : { kind: 'handshake', type: grown[0] as number, raw: grown };
  }
}

/** Bytes of memory that a record or message begins with. */
const PARTIAL_START = 2048;
/** Tag and content type of a TLS 1.3 record under the suites of RFC 8446. */
const RECORD_OVERHEAD = 17;
