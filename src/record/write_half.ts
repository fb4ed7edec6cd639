// Everything we send, in order: handshake messages are coalesced into records, data is cut into records, and one call to
// `take` hands out all that has gathered since the last, so that a flight is one write (RFC 8446 5.1, RFC 5246 6.2.1).

import { concat, EMPTY } from '../bytes/bytes.ts';
import { CONTENT_TYPE, VERSION } from '../wire/registry/names.ts';
import type { Limits } from './limits.ts';
import { PlainSealer, RECORD_HEADER_LENGTH, type Sealer } from './protection.ts';

/** Told of each record that leaves: content type and bytes within, bytes behind the header, type and version in it. */
export type RecordListener = (
  innerType: number,
  contentLength: number,
  length: number,
  outerType: number,
  version: number,
) => void;

/** Content that fits into one TCP segment of Ethernet, headers, tag and options taken off. */
const SMALL_RECORD = 1350;
/** Bytes after which records are full ones: about the window that a TCP connection reaches in a few round trips. */
const SMALL_UNTIL = 65_536;
/** Milliseconds of silence after which TCP starts slowly again. */
const SMALL_AFTER_PAUSE = 1000;

/** Up to here a flight is joined to one piece; above it, copying costs more than a vectored write (measured). */
const JOIN_BELOW = 8192;

export class WriteHalf {
  private sealer: Sealer;
  private readonly plain = new PlainSealer(VERSION.tls12);
  private readonly onRecord: RecordListener | undefined;
  private readonly onDisguise: (() => void) | undefined;
  private handshake: Uint8Array[] = [];
  private handshakeLength = 0;
  /** Protected records of TLS 1.3 are padded to a multiple of so many bytes, the content type counted in; 0 for none. */
  padTo = 0;
  /** The clock, when data is to begin with small records: at the start and after a pause. */
  smallFirst: (() => number) | undefined;
  private burst = 0;
  private lastData = Number.NEGATIVE_INFINITY;
  private pieces: Uint8Array[] = [];
  private total = 0;
  private disguise = false;
  /** Bytes of content in a record: in any, and in a protected one. */
  private plaintext: number;
  private protectedPlaintext: number;

  constructor(limits: Limits, onRecord?: RecordListener, onDisguise?: () => void) {
    this.onRecord = onRecord;
    this.onDisguise = onDisguise;
    this.sealer = this.plain;
    this.plaintext = limits.plaintext;
    this.protectedPlaintext = limits.plaintext;
  }

  /** What headers of unprotected records say until the next `take`; 0x0303 otherwise (RFC 8446 5.1). */
  set plainVersion(version: number) {
    this.plain.version = version;
  }

  /** Records left under the present key. */
  get left(): number {
    return this.sealer.left;
  }

  /** RFC 6066 4: every record from now on holds `length` bytes of content at most. */
  limitFragments(length: number): void {
    this.plaintext = Math.min(this.plaintext, length);
    this.protectedPlaintext = Math.min(this.protectedPlaintext, length);
  }

  /** RFC 8449: every protected record from now on holds `length` bytes of content at most. */
  limitProtected(length: number): void {
    this.protectedPlaintext = Math.min(this.protectedPlaintext, length);
  }

  /** Bytes of content that fit into the next record. */
  get room(): number {
    return this.sealer === this.plain ? this.plaintext : this.protectedPlaintext;
  }

  /** Queues a whole handshake message; it shares records with its neighbours under the same key. */
  message(raw: Uint8Array): void {
    this.wearDisguise();
    this.handshake.push(raw);
    this.handshakeLength += raw.length;
  }

  /** RFC 5246 7.1: under the keys in force, and the last record under them. */
  changeCipherSpec(): void {
    this.flushHandshake();
    this.record(this.sealer, CONTENT_TYPE.change_cipher_spec, Uint8Array.of(1));
  }

  alert(level: number, description: number): void {
    this.flushHandshake();
    this.record(this.sealer, CONTENT_TYPE.alert, Uint8Array.of(level, description));
  }

  data(bytes: Uint8Array): void {
    this.flushHandshake();
    const rest = this.smallFirst === undefined ? bytes : this.sendSmall(bytes, this.smallFirst());
    if (rest.length > 0 || bytes.length === 0) this.fragments(CONTENT_TYPE.application_data, rest);
  }

  /**
   * A record can be opened when it is whole: in small ones the first bytes of a page are readable before a TCP window is full.
   * Returns what may go in large ones.
   */
  private sendSmall(bytes: Uint8Array, now: number): Uint8Array {
    if (now - this.lastData > SMALL_AFTER_PAUSE) this.burst = 0;
    this.lastData = now;
    let at = 0;
    while (at < bytes.length && this.burst < SMALL_UNTIL) {
      const piece = bytes.subarray(at, at + Math.min(SMALL_RECORD, this.room));
      this.record(this.sealer, CONTENT_TYPE.application_data, piece);
      this.burst += piece.length;
      at += piece.length;
    }
    return bytes.subarray(at);
  }

  /**
   * From the next record on; what is queued still leaves under the old key. `changeCipherSpecFirst`: the first record
   * under the new key follows a ChangeCipherSpec in the clear, for middleboxes (RFC 8446 D.4). Where no record came under a
   * key, it stands before the first of the next.
   */
  setKeys(sealer: Sealer, changeCipherSpecFirst = false): void {
    this.flushHandshake();
    this.sealer = sealer;
    if (changeCipherSpecFirst) this.disguise = true;
  }

  /** Back to plaintext, from the next record on. */
  clearKeys(): void {
    this.setKeys(this.plain);
  }

  /** All that is ready to leave, in order; empty when nothing is. */
  take(): Uint8Array[] {
    this.flushHandshake();
    this.plain.version = VERSION.tls12;
    const { pieces, total } = this;
    if (pieces.length === 0) return pieces;
    this.pieces = [];
    this.total = 0;
    return pieces.length > 1 && total < JOIN_BELOW ? [concat(...pieces)] : pieces;
  }

  private flushHandshake(): void {
    if (this.handshakeLength === 0) return;
    const joined = this.handshake.length === 1 ? (this.handshake[0] ?? EMPTY) : concat(...this.handshake);
    this.handshake = [];
    this.handshakeLength = 0;
    this.fragments(CONTENT_TYPE.handshake, joined);
  }

  private fragments(type: number, bytes: Uint8Array): void {
    const plaintext = this.room;
    if (bytes.length <= plaintext) return this.record(this.sealer, type, bytes);
    for (let at = 0; at < bytes.length; at += plaintext) {
      this.record(this.sealer, type, bytes.subarray(at, at + plaintext));
    }
  }

  /** The ChangeCipherSpec that middleboxes expect, just before the first record under the new key. */
  private wearDisguise(): void {
    if (!this.disguise) return;
    this.disguise = false;
    this.onDisguise?.();
    this.record(this.plain, CONTENT_TYPE.change_cipher_spec, Uint8Array.of(1));
  }

  private paddingFor(length: number): number {
    const short = (length + 1) % this.padTo;
    return short === 0 ? 0 : Math.max(0, Math.min(this.padTo - short, this.room - length));
  }

  private record(sealer: Sealer, type: number, content: Uint8Array): void {
    this.wearDisguise();
    const { pieces } = this;
    const before = pieces.length;
    sealer.seal(type, content, pieces, this.padTo === 0 ? 0 : this.paddingFor(content.length));
    let length = 0;
    for (let i = before; i < pieces.length; i++) length += (pieces[i] as Uint8Array).length;
    this.total += length;
    if (this.onRecord === undefined) return;
    const head = pieces[before] as Uint8Array;
    const version = ((head[1] as number) << 8) | (head[2] as number);
    this.onRecord(type, content.length, length - RECORD_HEADER_LENGTH, head[0] as number, version);
  }
}
