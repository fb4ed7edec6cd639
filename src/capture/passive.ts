// A TLS connection as it is read by who only watches: two halves, one handshake after the other, keys put in where both ends put
// them in. It decides nothing and refuses nothing; what cannot be opened stays sealed, with the reason. Messages are handed
// to the checks, which say whether what was proved holds.

import { toHex } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import { messageName } from '../inspect/forms.ts';
import type { Side } from '../inspect/trace.ts';
import { keyUpdate, newSessionTicket12 } from '../wire/messages.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { Half, type Seen } from './half.ts';
import { Handshake, tryRead } from './handshake.ts';
import { Keys12 } from './install12.ts';
import { Keys13 } from './install13.ts';
import type { Epoch, KeyChange } from './key_change.ts';
import { knownPsks } from './psk13.ts';
import type { Observation, Recorder } from './recorder.ts';
import type { SealedReason, Secrets } from './secrets.ts';
import type { Attempts } from './seeking.ts';
import type { Place } from './tcp.ts';

type Name = Extract<Observation, { kind: 'message' }>['name'];

export interface PassiveOptions {
  readonly provider: CryptoProvider;
  readonly secrets: Secrets;
  readonly decompressors: readonly Decompressor[];
  /** What may be tried in all connections together where records are missing. */
  readonly attempts: Attempts;
  /** Bytes that are kept of each piece of application data. */
  readonly contentLength: number;
  /** Whether secrets are told among the observations. */
  readonly showSecrets: boolean;
}

/** RFC 8879: what unpacks CompressedCertificate; undefined for bytes that do not unpack to `length`. */
export interface Decompressor {
  readonly algorithm: number;
  readonly decompress?: (compressed: Uint8Array, length: number) => Uint8Array | undefined;
}

/** Told of every message after it was taken into the handshake. */
export interface MessageWatcher {
  message(handshake: Handshake, from: Side, name: Name, raw: Uint8Array, place: Place): void;
}

export interface Sealed {
  readonly from: Side;
  readonly reason: SealedReason;
}

export interface BrokenRecord {
  readonly from: Side;
  readonly code: string;
  readonly problem: string;
  readonly frame: number;
}

/** Records that cannot be read and are told one by one. */
const MAX_FAULTS = 64;

export class PassiveConnection {
  readonly halves: Readonly<Record<Side, Half>>;
  readonly faults: BrokenRecord[] = [];
  /** Beyond those that are kept. */
  moreFaults = 0;
  readonly gaps: Record<Side, number> = { client: 0, server: 0 };
  /** Records that were opened, and that were not, under keys. */
  readonly opened: Record<Side, number> = { client: 0, server: 0 };
  readonly sealed: Record<Side, number> = { client: 0, server: 0 };
  handshake: Handshake;
  private readonly recorder: Recorder;
  private readonly options: PassiveOptions;
  private readonly watcher: MessageWatcher | undefined;
  private keys: Keys12 | Keys13 | undefined;
  private readonly reasons = new Map<Side, SealedReason>();
  private readonly whole: boolean;
  /** Who has sent a ChangeCipherSpec. */
  private readonly changed = new Set<Side>();
  private place: Place = { frame: 0, time: 0 };

  /** `whole`: it is seen from its first byte. */
  constructor(options: PassiveOptions, recorder: Recorder, whole: boolean, watcher?: MessageWatcher) {
    this.options = options;
    this.halves = { client: new Half(options.attempts), server: new Half(options.attempts) };
    this.recorder = recorder;
    this.whole = whole;
    this.watcher = watcher;
    this.handshake = new Handshake(options.provider);
    this.handshake.whole = whole;
    if (!whole) for (const half of Object.values(this.halves)) half.broken = true;
  }

  bytes(from: Side, bytes: Uint8Array, place: Place): void {
    this.place = place;
    for (const seen of this.halves[from].push(bytes)) this.accept(from, seen);
  }

  /** A whole record, and who likely sent it: the keys that open it tell who did. */
  record(likely: Side, record: Uint8Array, place: Place): void {
    this.bytes(this.senderOf(likely, record), record, place);
  }

  private senderOf(likely: Side, record: Uint8Array): Side {
    const other: Side = likely === 'client' ? 'server' : 'client';
    // RFC 5246 7.1, RFC 8446 D.4: each side says it once.
    if (record[0] === CONTENT_TYPE.change_cipher_spec) return this.changed.has(likely) ? other : likely;
    return !this.halves[likely].fits(record) && this.halves[other].fits(record) ? other : likely;
  }

  /** A whole message that came opened already, out of a log. */
  message(from: Side, type: number, raw: Uint8Array, place: Place): void {
    this.place = place;
    this.accept(from, { kind: 'message', type, raw });
  }

  gap(from: Side, length: number, place: Place): void {
    this.place = place;
    this.gaps[from] += length;
    this.handshake.whole = false;
    this.halves[from].lose();
    if (this.halves[from].opener.protects) this.reasons.set(from, { code: 'bytes_missing' });
  }

  /** Why the records of each side stayed sealed, for those that did. */
  get sealedReasons(): readonly Sealed[] {
    return (['client', 'server'] as const).flatMap((from) =>
      this.sealed[from] === 0 ? [] : [{ from, reason: this.reasonOf(from) }],
    );
  }

  private reasonOf(from: Side): SealedReason {
    if (this.gaps[from] > 0) return { code: 'bytes_missing' };
    // What is sealed among records that were opened is early data, refused or without its secret.
    if (
      from === 'client' &&
      this.opened.client > 0 &&
      this.handshake.clientHello?.extensions.known.early_data === true
    ) {
      return { code: 'early_data' };
    }
    const told = this.reasons.get(from);
    if (told !== undefined) return told;
    if (!this.whole) return { code: 'beginning_missing' };
    return { code: this.opened[from] === 0 ? 'secret_does_not_fit' : 'bytes_missing' };
  }

  private accept(from: Side, seen: Seen): void {
    switch (seen.kind) {
      case 'record':
        return this.acceptRecord(from, seen);
      case 'data':
        // A sealed record has no content; neither has a record of nothing, which is not worth a line either.
        if (seen.content.length > 0) {
          const length = seen.content.length;
          this.recorder.add({ kind: 'data', direction: way(from), length }, this.place, false, seen.content);
        }
        return;
      case 'message':
        return seen.type === CONTENT_TYPE.handshake
          ? this.acceptHandshake(from, seen.raw)
          : this.acceptOther(from, seen);
      case 'error': {
        const { code, message } = seen.error;
        // The first of each kind is always told: verdicts go by it.
        const isNew = !this.faults.some((one) => one.from === from && one.code === code);
        if (this.faults.length >= MAX_FAULTS && !isNew) this.moreFaults++;
        else this.faults.push({ from, code, problem: message, frame: this.place.frame });
        if (this.halves[from].opener.protects) this.reasons.set(from, { code: 'bytes_missing' });
      }
    }
  }

  private acceptRecord(from: Side, { kind, sealed, ...record }: Extract<Seen, { kind: 'record' }>): void {
    const epoch = this.epochOf(from, record.innerType);
    if (epoch !== 'plaintext') (sealed ? this.sealed : this.opened)[from]++;
    this.tell({ kind, direction: way(from), ...record, epoch }, sealed);
  }

  private acceptOther(from: Side, { type, raw }: Extract<Seen, { kind: 'message' }>): void {
    const name: Name = type === CONTENT_TYPE.alert ? 'alert' : 'change_cipher_spec';
    this.tellMessage(from, type, name, raw);
    if (name === 'change_cipher_spec') this.changed.add(from);
    // RFC 8446 D.4: one that comes before the ServerHello is there for middleboxes, and belongs to early data.
    const { is13, version, whole } = this.handshake;
    if (name === 'change_cipher_spec' && !is13 && !(version === undefined && whole)) this.changeCipherSpec(from);
    this.watcher?.message(this.handshake, from, name, raw, this.place);
  }

  /** RFC 5246 7.1: what follows is under the new keys. */
  private changeCipherSpec(from: Side): void {
    const keys = this.keys12();
    this.install(from, keys.install(from), keys.reason);
  }

  private keys12(): Keys12 {
    if (!(this.keys instanceof Keys12)) this.keys = new Keys12(this.handshake, this.options, this.observeSecret);
    return this.keys;
  }

  private acceptHandshake(from: Side, raw: Uint8Array): void {
    const name: Name = messageName(raw[0] ?? 0, raw.subarray(4));
    this.tellMessage(from, CONTENT_TYPE.handshake, name, raw);
    // Logs of opened messages may have no ChangeCipherSpec.
    if (name === 'finished' && this.handshake.version === 0x0303) this.keys12().settle(this.halves[from].opener);
    this.take(from, name, raw);
    this.watcher?.message(this.handshake, from, name, raw, this.place);
    this.afterMessage(from, name, raw);
  }

  /** Puts the message into the handshake. */
  private take(from: Side, name: Name, raw: Uint8Array): void {
    const { handshake } = this;
    // RFC 5246 7.4.1.1: HelloRequest is in no hash. What comes after both Finished is none of this handshake's.
    if (name === 'hello_request') return;
    // RFC 8446 4.4.1: what follows the handshake is in no hash, even where a server sends it before the client's Finished.
    if (handshake.is13 && (name === 'new_session_ticket' || name === 'key_update')) return;
    if (name === 'client_hello' && from === 'client') return this.takeClientHello(raw);
    if (name === 'hello_retry_request') return handshake.acceptRetry(raw);
    if (name === 'server_hello') return handshake.acceptServerHello(raw);
    if (handshake.finished.size === 2) return;
    // What the transcript keeps is bounded like all else: beyond that no hash over all messages can be had.
    if (!this.recorder.reserve(raw.length)) {
      handshake.whole = false;
      return;
    }
    handshake.transcript.add(raw);
    if (name !== 'client_key_exchange') return;
    handshake.clientKeyExchange = raw;
    if (handshake.hasStarted && handshake.suite !== undefined && handshake.whole) {
      handshake.sessionHash = handshake.transcript.hash();
    }
  }

  private takeClientHello(raw: Uint8Array): void {
    if (this.handshake.hasStarted) {
      // RFC 5246 7.4.1.2: a renegotiation.
      this.handshake = new Handshake(this.options.provider);
      this.keys = undefined;
      this.changed.clear();
    }
    const { handshake, options } = this;
    handshake.acceptClientHello(raw);
    handshake.psks = knownPsks(handshake, raw, options.provider, options.secrets.psks);
  }

  /** Keys that follow from a message. */
  private afterMessage(from: Side, name: Name, raw: Uint8Array): void {
    const { handshake } = this;
    if (name === 'client_hello' && handshake.clientHello?.extensions.known.early_data === true && !handshake.retried) {
      this.keys = new Keys13(handshake, this.options, this.observeSecret);
      this.installAll13(this.keys.onEarlyData());
    } else if (name === 'hello_retry_request') {
      if (this.keys instanceof Keys13) this.halves.client.install(this.keys.plain());
      // RFC 8446 4.2.10: early data that was under way is passed over.
      this.halves.client.skipUndecryptable(2 ** 31);
    } else if (name === 'server_hello' && handshake.is13) {
      if (!(this.keys instanceof Keys13)) this.keys = new Keys13(handshake, this.options, this.observeSecret);
      this.installAll13(this.keys.onServerHello());
    } else if (this.keys instanceof Keys13) {
      // RFC 8446 4.6.2: a Finished in open traffic changes no keys.
      const isLate = name === 'finished' && handshake.finished.has(from);
      if (name === 'finished') handshake.finished.add(from);
      if (isLate) return;
      if (name === 'key_update') this.installAll13(this.keys.onKeyUpdate(from, tryRead(keyUpdate, raw) !== undefined));
      else this.installAll13(this.keys.onMessage(from, name, raw));
    } else if (name === 'finished') handshake.finished.add(from);
    this.rememberSession(name, raw);
  }

  private installAll13(changes: ReturnType<Keys13['onServerHello']>): void {
    if (!(this.keys instanceof Keys13)) return;
    for (const [side, opener] of changes) this.install(side, opener, this.keys.reasonOf(side));
  }

  private install(from: Side, change: KeyChange, reason: SealedReason | undefined): void {
    const half = this.halves[from];
    half.install(change.opener);
    this.epochs[from] = change.epochs;
    if (reason !== undefined) this.reasons.set(from, reason);
    const { suite } = this.handshake;
    if (change.usable && suite !== undefined) {
      const epoch = change.epochs[0] ?? 'application';
      this.tell({ kind: 'keys', direction: way(from), epoch, suite: suite.id, generation: change.generation });
    }
  }

  private readonly epochs: Record<Side, readonly Epoch[]> = { client: [], server: [] };

  private epochOf(from: Side, innerType: number): Epoch {
    const { opener } = this.halves[from];
    if (!opener.protects) return 'plaintext';
    // RFC 8446 5: ChangeCipherSpec is never protected in 1.3.
    if (opener.is13 && innerType === CONTENT_TYPE.change_cipher_spec) return 'plaintext';
    const choice = 'choice' in opener && typeof opener.choice === 'number' ? opener.choice : 0;
    return this.epochs[from][choice] ?? (opener.is13 ? 'handshake' : 'application');
  }

  /** What later connections may resume. */
  private rememberSession(name: Name, raw: Uint8Array): void {
    const { handshake } = this;
    const { master, serverHello } = handshake;
    if (master === undefined || serverHello === undefined || handshake.is13) return;
    if (name === 'new_session_ticket') {
      const ticket = tryRead(newSessionTicket12, raw)?.ticket;
      if (ticket !== undefined) this.options.secrets.remember(ticket, master);
    }
    if (name === 'finished') this.options.secrets.remember(serverHello.legacy_session_id_echo, master);
  }

  private get observeSecret(): SecretObserver | undefined {
    return this.options.showSecrets ? (step) => this.tell({ kind: 'secret', ...step }) : undefined;
  }

  private tellMessage(from: Side, type: number, name: Name, raw: Uint8Array): void {
    const { version } = this.handshake;
    const known = version === 0x0303 || version === 0x0304 ? version : undefined;
    const negotiated = name === 'client_hello' || name === 'server_hello' ? undefined : known;
    this.tell({
      kind: 'message',
      direction: way(from),
      type,
      name,
      raw: raw.slice(),
      epoch: this.epochOf(from, type),
      version: negotiated,
    });
  }

  private tell(observation: Observation, sealed = false): void {
    this.recorder.add(observation, this.place, sealed);
  }

  /** The random of the ClientHello, which key logs go by. */
  get clientRandom(): string | undefined {
    return this.handshake.clientHello === undefined ? undefined : toHex(this.handshake.clientHello.random);
  }
}

/** Captures are told from the client's side. */
function way(from: Side): 'in' | 'out' {
  return from === 'client' ? 'out' : 'in';
}
