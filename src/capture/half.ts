// One direction of TLS as it is read by who only watches: the record layer's own read half, and what that does not have to do:
// go on behind bytes that were lost, behind records that cannot be opened, and behind what an endpoint would have refused.

import { concat, EMPTY } from '../bytes/bytes.ts';
import { DEFAULT_LIMITS, type Limits } from '../record/limits.ts';
import { type Opener, PlainOpener, RECORD_HEADER_LENGTH } from '../record/protection.ts';
import { ReadHalf } from '../record/read_half.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { Attempts, MAX_ATTEMPTS } from './seeking.ts';
import { findRecord, MAX_FRAGMENT } from './tls_start.ts';
import { TrialOpener } from './trial_opener.ts';

interface SeenRecord {
  readonly kind: 'record';
  readonly type: number;
  /** As `type` for a record that stayed sealed. */
  readonly innerType: number;
  readonly version: number;
  readonly length: number;
  readonly contentLength: number;
  readonly sealed: boolean;
}

export type Seen =
  | SeenRecord
  | { readonly kind: 'message'; readonly type: number; readonly raw: Uint8Array }
  | { readonly kind: 'data'; readonly content: Uint8Array }
  | { readonly kind: 'error'; readonly error: TlsError };

/** Who watches refuses nothing that the wire can carry; what is kept stays bounded by the length of a record and a message. */
const LIMITS: Limits = {
  ...DEFAULT_LIMITS,
  expansion13: DEFAULT_LIMITS.expansion12,
  emptyRecords: Number.POSITIVE_INFINITY,
  pendingInput: Number.POSITIVE_INFINITY,
};

/** Two of the longest records: among so many bytes a record begins. */
const MAX_UNSYNCED = 2 * (RECORD_HEADER_LENGTH + MAX_FRAGMENT);
/** Bytes that are looked through for the next record behind a gap. */
const MAX_SEARCH = 2 ** 18;
/** Records that cannot be read, one after the other: then nothing behind them is looked at. */
const MAX_ERRORS = 16;

export class Half {
  /** Bytes were lost or refused: the number of the next record is not known. */
  broken = false;
  opener: Opener = new PlainOpener();
  private read: ReadHalf;
  private records: SeenRecord[] = [];
  private unsynced: Uint8Array | undefined;
  private searched = 0;
  private errors = 0;
  private readonly attempts: Attempts;

  /** `attempts`: those of the whole file. */
  constructor(attempts: Attempts) {
    this.attempts = new Attempts(MAX_ATTEMPTS, attempts);
    this.read = this.makeRead();
  }

  /** Lazily: keys may be changed between one item and the next. */
  *push(bytes: Uint8Array): Iterable<Seen> {
    if (this.errors > MAX_ERRORS) return;
    const input = this.synced(bytes);
    if (input === undefined) return;
    this.read.push(input);
    for (;;) {
      const next = this.tryNext();
      yield* this.records.splice(0);
      if (next === undefined) break;
      yield next;
      if (next.kind === 'error' && !this.goOn(next.error)) return;
    }
    this.read.retain();
  }

  /** Whether a whole record is one that its keys open next. */
  fits(record: Uint8Array): boolean {
    const header = record.subarray(0, RECORD_HEADER_LENGTH);
    return this.opener instanceof TrialOpener && this.opener.fits(header, record.subarray(RECORD_HEADER_LENGTH));
  }

  /** Bytes are missing before those that come next. */
  lose(): void {
    this.broken = true;
    this.read = this.makeRead();
    this.unsynced = EMPTY;
    this.seek();
  }

  /** Keys from now on; when bytes were lost, the number of the record that they begin with is looked for. */
  install(given: Opener): void {
    const opener = this.broken && given instanceof TrialOpener ? given.seeking(this.attempts) : given;
    this.opener = opener;
    try {
      this.read.setKeys(opener);
    } catch (error) {
      if (!(error instanceof TlsError)) throw error;
      // Bytes of a message stand where there can be none: they are dropped with the half that held them.
      this.broken = true;
      this.read = this.makeRead();
      this.unsynced = EMPTY;
    }
  }

  /** The number of the next record is not known. */
  private seek(): void {
    if (this.opener.protects) this.install(this.opener);
  }

  /** Records of early data that no key opens are passed over. */
  skipUndecryptable(length: number): void {
    this.read.skipUndecryptable(length);
  }

  private tryNext(): Seen | undefined {
    try {
      const next = this.read.next();
      if (next === undefined) return undefined;
      this.errors = 0;
      if (next.kind === 'handshake') return { kind: 'message', type: CONTENT_TYPE.handshake, raw: next.raw };
      if (next.kind !== 'data') return { kind: 'message', type: CONTENT_TYPE[next.kind], raw: next.content };
      return { kind: 'data', content: next.content };
    } catch (error) {
      if (error instanceof TlsError) return { kind: 'error', error };
      throw error;
    }
  }

  /** False when nothing behind the error can be read from these bytes. */
  private goOn(error: TlsError): boolean {
    if (++this.errors > MAX_ERRORS) return false;
    // The record was taken whole: what follows it is read, sealed.
    if (error.code === 'ERR_TLS_BAD_RECORD_MAC' && this.opener.protects) {
      this.broken = true;
      this.seek();
      return true;
    }
    this.lose();
    return false;
  }

  private synced(bytes: Uint8Array): Uint8Array | undefined {
    if (this.unsynced === undefined) return bytes;
    this.searched += bytes.length;
    if (this.searched > MAX_SEARCH) {
      this.errors = MAX_ERRORS + 1;
      this.unsynced = EMPTY;
      return undefined;
    }
    const all = concat(this.unsynced, bytes);
    const at = findRecord(all);
    if (at < 0) {
      this.unsynced = all.slice(Math.max(0, all.length - MAX_UNSYNCED));
      return undefined;
    }
    this.unsynced = undefined;
    this.searched = 0;
    return all.subarray(at);
  }

  private makeRead(): ReadHalf {
    const half = new ReadHalf(LIMITS, (type, innerType, version, length, contentLength) => {
      const { opener } = this;
      // RFC 8446 5: what is not application_data is in the clear.
      const sealed =
        opener instanceof TrialOpener && opener.sealed && (!opener.is13 || type === CONTENT_TYPE.application_data);
      const inner = sealed ? type : innerType;
      this.records.push({ kind: 'record', type, innerType: inner, version, length, contentLength, sealed });
    });
    if (this.opener.protects) half.setKeys(this.opener);
    return half;
  }
}
