// The connection that a host holds: it carries bytes and calls to the handshake table (table_driver.ts) and effects to the host, and
// knows no message by its meaning. Each public call returns the events that it caused. Errors are thrown anywhere below, and caught in `guarded` alone, where the
// alert is sent.

import { decode } from '../codec/run.ts';
import type { AnyState, InputName, MessageName } from '../handshake/machine.ts';
import { channelBinding, type Exporter, exportKeyingMaterial } from '../handshake/shared/exporter.ts';
import type { Answers } from '../handshake/shared/needs.ts';
import type { Incoming } from '../record/read_half.ts';
import { HANDSHAKE_HEADER_LENGTH } from '../wire/messages.ts';
import { ALERT_LEVEL, type AlertName, CONTENT_TYPE } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { readAlert } from './alerts.ts';
import { Counters } from './counters.ts';
import type { TlsEvent } from './events.ts';
import { endedByHost, endedEarly, internal, messageName, outcomeOf, parse } from './inputs.ts';
import type { Setup } from './setup.ts';
import { TableDriver } from './table_driver.ts';

/** Records to keep in reserve under a key, for the KeyUpdate or alert that ends its use. */
const KEY_RESERVE = 64;

const FINAL: AnyState = { name: 'closed' };

export class Connection extends TableDriver {
  private readonly counters: Counters;
  /** A message that came where an optional one was missing, and waits for the need that this led to. */
  private deferred: { readonly name: MessageName; readonly raw: Uint8Array } | undefined;
  private over = false;
  private weClosed = false;
  private peerClosed = false;

  constructor(setup: Setup) {
    super(setup);
    this.counters = new Counters(setup.limits);
  }

  /** The name of the handshake state: a key of the role's table, or `closed`. */
  get stateName(): string {
    return this.state.name;
  }

  /** Whether application data may be written now. */
  get writable(): boolean {
    if (this.over || this.weClosed) return false;
    const writes = this.table[this.state.name]?.writes;
    return writes === 'data' || (writes === 'early' && this.state.mayWrite === true);
  }

  /**
   * Keying material for the application, bound to this connection (RFC 5705, RFC 8446 7.5). `early`: for early data, which
   * anybody may repeat, and this with it.
   * @throws TlsError ERR_TLS_USAGE before the handshake is done (or without early data), after an error, and for what cannot
   * be exported
   */
  exportKeyingMaterial(label: string, length: number, context?: Uint8Array, early = false): Uint8Array {
    return exportKeyingMaterial(this.exporter(early), label, length, context);
  }

  /**
   * What this connection is known by to a protocol above it (RFC 5929 3, RFC 9266).
   * @throws TlsError ERR_TLS_USAGE before the handshake is done, and where the binding would bind nothing
   */
  channelBinding(type: 'tls-unique' | 'tls-exporter'): Uint8Array {
    return channelBinding(this.exporter(), type);
  }

  /** verify_data of both Finished (RFC 5246 7.4.9, RFC 8446 4.4.4), and the signature schemes that both sides have. */
  get proofs(): { out: Uint8Array | undefined; in: Uint8Array | undefined; schemes: readonly (number | string)[] } {
    return this.context.proofs();
  }

  /**
   * Records that we send hold `length` bytes of content at most from now on, as the option `maxSendFragment` says from the
   * start; less where less was said before, by us or the peer. @throws TlsError ERR_TLS_USAGE for what is not 512 to 16,384
   */
  setMaxSendFragment(length: number): void {
    if (!Number.isInteger(length) || length < 512 || length > 16_384) {
      throw new TlsError('ERR_TLS_USAGE', `records hold 512 to 16384 bytes, not ${length}`);
    }
    this.context.write.limitFragments(length);
  }

  /** Opens the connection. A client sends its ClientHello; a server has nothing to say yet. */
  start(): TlsEvent[] {
    return this.guarded(() => void this.signal('start'));
  }

  /**
   * Takes bytes from the transport, cut anyhow. They are not kept: the caller may reuse the array afterwards.
   */
  receive(bytes: Uint8Array): TlsEvent[] {
    if (this.peerClosed) return [];
    return this.guarded(() => {
      this.context.read.push(bytes);
      this.pump();
    });
  }

  /**
   * Encrypts application data. The bytes are not kept.
   * @throws TlsError ERR_TLS_USAGE before the connection is open for writing, for more early data than the server takes, and
   * after `close`
   */
  write(data: Uint8Array): TlsEvent[] {
    if (!this.writable) throw new TlsError('ERR_TLS_USAGE', `nothing can be written in state ${this.state.name}`);
    if (!this.connected) this.context.early.charge(data.length);
    return this.guarded(() => {
      const { context } = this;
      const short = context.write.left < KEY_RESERVE + data.length / context.write.room;
      if (short && !this.signal('key_limit')) {
        throw new TlsError('ERR_TLS_KEY_EXHAUSTED', `the record limit of a key is reached in state ${this.state.name}`);
      }
      context.observe?.({ kind: 'data', direction: 'out', length: data.length });
      context.write.data(data);
    });
  }

  /**
   * Writes under new keys from now on, and asks the peer to do so too (RFC 8446 4.6.3). Keys near their limit are replaced
   * without being asked.
   * @throws TlsError ERR_TLS_USAGE when the connection is not an open one of TLS 1.3
   */
  updateKeys(peerToo = false): TlsEvent[] {
    return this.wish(peerToo ? 'update_both_keys' : 'update_keys');
  }

  /**
   * Asks the client for its certificate; a `need` for the verdict and a `client_certificate` event follow (RFC 8446 4.6.2).
   * @throws TlsError ERR_TLS_USAGE on a client, when the client cannot be asked, and while it has not answered
   */
  requestCertificate(): TlsEvent[] {
    return this.wish('ask_certificate');
  }

  private wish(input: InputName): TlsEvent[] {
    const refusal = new TlsError('ERR_TLS_USAGE', `no ${input} in state ${this.state.name}`);
    if (!this.writable) throw refusal;
    return this.guarded(() => {
      if (!this.signal(input)) throw refusal;
    });
  }

  /**
   * Answers the need with this id.
   * @throws TlsError ERR_TLS_USAGE when no such need is open: it was answered, or the connection ended
   */
  answer<K extends keyof Answers>(id: number, answer: Answers[K]): TlsEvent[] {
    if (!this.waiting || id !== this.needId) {
      throw new TlsError('ERR_TLS_USAGE', `no need with id ${id} is open`);
    }
    return this.guarded(() => {
      const { need } = this.state;
      const cell = this.cellFor('answer');
      if (cell?.kind !== 'answer' || need === undefined)
        throw new TlsError('ERR_TLS_INTERNAL', 'no cell for the answer');
      this.waiting = false;
      this.context.observe?.({ kind: 'answer', id, need: need.kind, outcome: outcomeOf(need.kind, answer) });
      this.run('answer', () => cell.handle(this.context, this.state as never, answer));
      this.pump();
    });
  }

  /**
   * Ends the connection with a fatal alert of the host's choosing, while a need is open too: for what only the host can refuse.
   * @throws TlsError ERR_TLS_USAGE for close_notify and user_canceled, which are no errors (RFC 8446 6.1)
   */
  abort(alert: AlertName, reason: string): TlsEvent[] {
    return this.guarded(() => this.fail(endedByHost(alert, reason)));
  }

  /** Says close_notify: we write no more. What the peer still sends keeps arriving until it closes too. */
  close(): TlsEvent[] {
    if (this.over || this.weClosed) return [];
    return this.guarded(() => {
      this.sayGoodbye();
      if (this.peerClosed || !this.connected) this.finish();
    });
  }

  /**
   * Tells that the transport ended on the peer's side. Without a close_notify before it, data may have been cut off
   * (RFC 8446 6.1), which is an error.
   */
  end(): TlsEvent[] {
    if (this.over || this.peerClosed) return [];
    return this.guarded(() => {
      throw endedEarly(this.connected, this.state.name, 'the stream ended');
    });
  }

  private exporter(early = false): Exporter {
    const exporter = early ? this.context.early.exporter : this.connected ? this.state.exporter : undefined;
    if (exporter !== undefined && !this.over) return exporter;
    throw new TlsError('ERR_TLS_USAGE', `nothing can be exported in state ${this.state.name}`);
  }

  /** Reads what there is, as far as it may be read now. */
  private pump(): void {
    this.readOn();
    const { read } = this.context;
    // What comes after the peer's close_notify is ignored (RFC 8446 6.1).
    if (this.peerClosed) read.discard();
    else read.retain();
  }

  private readOn(): void {
    const { read } = this.context;
    while (!this.waiting && !this.over && !this.peerClosed) {
      const { deferred } = this;
      if (deferred !== undefined) {
        this.deferred = undefined;
        this.handleMessage(deferred.name, deferred.raw);
        continue;
      }
      const incoming = read.next();
      if (incoming === undefined) return;
      this.accept(incoming);
    }
  }

  private accept(incoming: Incoming): void {
    switch (incoming.kind) {
      case 'data':
        return this.acceptData(incoming.content);
      case 'handshake':
        return this.acceptMessage(incoming.type, incoming.raw);
      case 'change_cipher_spec':
        this.context.observeChangeCipherSpec('in', incoming.content.slice());
        return this.acceptChangeCipherSpec();
      case 'alert':
        return this.acceptAlert(incoming.content);
    }
  }

  private acceptData(data: Uint8Array): void {
    const { context } = this;
    const reads = this.table[this.state.name]?.reads;
    if (reads === undefined || reads === 'nothing') {
      throw new TlsError('ERR_TLS_UNEXPECTED_DATA', `application data in state ${this.state.name}`);
    }
    if (data.length === 0) return;
    this.counters.data();
    context.observe?.({ kind: 'data', direction: 'in', length: data.length });
    if (reads === 'data') this.events.push({ type: 'data', data });
    else this.events.push(...context.early.take(data));
  }

  private acceptMessage(type: number, raw: Uint8Array): void {
    const { context } = this;
    const body = raw.subarray(HANDSHAKE_HEADER_LENGTH);
    const name = messageName(type, body);
    context.observeMessage('in', CONTENT_TYPE.handshake, name ?? 'unknown', raw);
    if (name === undefined) {
      throw new TlsError('ERR_TLS_UNEXPECTED_MESSAGE', `a handshake message of unknown type ${type}`);
    }
    this.handleMessage(name, raw);
  }

  private handleMessage(name: MessageName, raw: Uint8Array): void {
    const { context } = this;
    const cell = this.cellFor(name);
    if (cell === undefined) {
      this.deferred = { name, raw };
      return;
    }
    if (cell.kind === 'ignore') return this.counters.drop(name);
    if (cell.kind !== 'message') throw new TlsError('ERR_TLS_INTERNAL', `${name} has a cell that reads no message`);
    if (this.connected) this.counters.postHandshake(name);
    // Post-handshake messages are in no transcript.
    if (!this.connected) context.transcript.add(raw);
    if (name === 'finished' && !this.connected) context.finished.in = raw.slice(HANDSHAKE_HEADER_LENGTH);
    const message = parse(name, () => decode(cell.codec, raw.subarray(HANDSHAKE_HEADER_LENGTH)));
    this.run(name, () => cell.handle(context, this.state as never, message, raw));
  }

  private acceptChangeCipherSpec(): void {
    const cell = this.cellFor('change_cipher_spec');
    if (cell?.kind === 'ignore') return this.counters.drop('change_cipher_spec');
    if (cell?.kind === 'signal') this.run('change_cipher_spec', () => cell.handle(this.context, this.state as never));
  }

  private acceptAlert(content: Uint8Array): void {
    const { context } = this;
    context.observeMessage('in', CONTENT_TYPE.alert, 'alert', content.slice());
    const { name, description } = readAlert(content, context.version);
    if (name === 'close_notify') return this.acceptCloseNotify();
    this.counters.warning();
    this.events.push({ type: 'warning', alert: name ?? description });
  }

  private acceptCloseNotify(): void {
    if (!this.connected) throw endedEarly(false, this.state.name, 'the peer closed');
    this.peerClosed = true;
    this.events.push({ type: 'end' });
    // RFC 8446 6.1: closing one direction has no effect on the other. RFC 5246 7.2.1 would have us discard what waits to be
    // written in TLS 1.2; like every stack in use we leave that to the host, which answers with `close`.
    if (this.weClosed) this.finish();
  }

  private sayGoodbye(): void {
    if (this.weClosed) return;
    this.weClosed = true;
    this.context.sendAlert(ALERT_LEVEL.warning, 'close_notify');
    this.context.silent = true;
  }

  private finish(): void {
    this.over = true;
    this.waiting = false;
    this.state = FINAL;
    this.context.observe?.({ kind: 'closed' });
    this.events.push({ type: 'closed' });
  }

  /** Runs one call. Whatever is thrown below ends the connection here, with the alert that the error names. */
  private guarded(work: () => void): TlsEvent[] {
    if (this.over) return [];
    try {
      work();
    } catch (error) {
      if (error instanceof TlsError && error.code === 'ERR_TLS_USAGE') throw error;
      this.fail(error instanceof TlsError ? error : internal(error));
    }
    return this.flush();
  }

  private fail(error: TlsError): void {
    const { context } = this;
    this.over = true;
    this.waiting = false;
    this.state = FINAL;
    const { code, alert, message: problem } = error;
    if (alert !== undefined && code !== 'ERR_TLS_ALERT_RECEIVED' && !this.weClosed) {
      context.sendAlert(alert === 'close_notify' ? ALERT_LEVEL.warning : ALERT_LEVEL.fatal, alert);
    }
    context.observe?.({ kind: 'error', code, alert, problem });
    // A need that this very call opened is open no more: nobody shall answer it.
    this.events = this.events.filter((event) => event.type !== 'need');
    this.events.push({ type: 'error', error });
  }

  /**
   * Hands out the events, what must be sent first: the host may write while it handles the others. While a need of the
   * handshake is open the flight is held back, so that it leaves as one.
   */
  private flush(): TlsEvent[] {
    const { events } = this;
    this.events = [];
    if (this.waiting && !this.connected) return events;
    const pieces = this.context.write.take();
    if (pieces.length > 0) events.unshift({ type: 'send', pieces });
    return events;
  }
}
