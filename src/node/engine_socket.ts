// A TLS connection as a Duplex over any other Duplex, for both roles. It moves bytes between transport and engine and turns
// events into stream events; it takes no decisions about TLS, and errors are the engine's. TLSSocket makes node:tls's of it.
// Order is kept by the streams: what is written before the handshake waits for it, and `end` sends close_notify last.

import type { Duplex } from 'node:stream';
import type { Connection } from '../engine/connection.ts';
import type { TlsEvent, WritableEvent } from '../engine/events.ts';
import type { Agreement } from '../handshake/context.ts';
import type { Need } from '../handshake/shared/needs.ts';
import { type Responder, settle } from '../host/respond.ts';
import { groupName, signatureSchemeName, versionName } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import type { Judgement } from '../x509/verify.ts';
import { type CipherInfo, cipherInfo } from './cipher_info.ts';
import { letGo } from './linger.ts';
import { type TransportSetup, TransportSocket } from './transport_socket.ts';

type Done = (error?: Error | null) => void;

export interface EngineSocketSetup extends TransportSetup {
  /** Undefined when it is made at the start. */
  readonly engine?: Connection;
  readonly respond: Responder;
  /** The session that the engine was given. */
  readonly session?: Uint8Array | undefined;
  /** What to write before the handshake is done, if the session allows it; otherwise first of all after it. */
  readonly earlyData?: Uint8Array | undefined;
}

/**
 * Emits `secureConnect` (client) or `secure` (server) when the handshake is done, then what every Duplex emits. `end` comes
 * only for the peer's close_notify; a cut stream emits `error` (ERR_TLS_TRUNCATED), or just `close` when we had closed before.
 * A client also emits `session` (Buffer) for each session that it may come back with, and `earlyData` (boolean) when the server
 * has taken its early data or has not. A server emits `clientCertificate` (chain, authorized, problem) when a client has
 * answered `requestCertificate`. What a server receives as early data is read like all other data, after the handshake.
 */
export class EngineSocket extends TransportSocket {
  readonly encrypted = true;
  /** Whether the peer's certificate was verified. */
  authorized = false;
  /** Why it is not, when it is not. */
  authorizationError: string | undefined;
  /** As node:tls has it: the protocol, or false without one. */
  alpnProtocol: string | false = false;
  servername: string | undefined;
  /** x509's judgement of the peer's chain, once there is one. */
  judgement: Judgement | undefined;
  protected connection: Connection | undefined;
  protected readonly respond: Responder;
  private facts: Agreement | undefined;
  /** Bytes that came as early data. */
  earlyBytes = 0;
  private readonly offered: Uint8Array | undefined;
  private early: Uint8Array | undefined;
  private earlySent = false;
  private falseStart = false;
  private latest: Buffer | undefined;
  /** A write or close that waits for the handshake or for the transport to drain. */
  private blocked: Done | undefined;
  private peerEnded = false;
  /** Whether no data has come since our close_notify. */
  private quiet = false;
  private received = 0;
  private sent = 0;
  /** Whether an alert of ours may still be on its way when the socket is destroyed. */
  private alerted = false;

  constructor(setup: EngineSocketSetup) {
    super(setup);
    const { transport, engine, respond, session, earlyData } = setup;
    this.connection = engine;
    this.respond = respond;
    this.offered = session;
    this.early = earlyData;
    transport.on('drain', () => this.unblock());
    transport.on('error', (error) => this.destroy(error));
    transport.on('close', () => this.transportClosed());
  }

  /** Begins: a client's first flight leaves. Called once, when the transport is connected. */
  start(): void {
    if (this.destroyed) return;
    const { transport } = this;
    transport.on('data', (chunk: Buffer) => this.handle(this.engine.receive(chunk)));
    transport.on('end', () => this.handle(this.engine.end()));
    if (transport.isPaused()) transport.resume(); // listening for data does not wake a stream that somebody paused
    this.handle(this.engine.start());
    // What came before anybody listened for the end.
    if (transport.readableEnded || transport.destroyed) this.handle(this.engine.end());
  }

  /** @throws TlsError ERR_TLS_USAGE before `start` */
  protected get engine(): Connection {
    if (this.connection === undefined) throw new TlsError('ERR_TLS_USAGE', 'the handshake has not begun');
    return this.connection;
  }

  /** What the handshake agreed on; undefined before it is done. */
  get agreement(): Agreement | undefined {
    return this.facts;
  }

  /** Whether it may come to HTTP/2: a session of node:http2 is made before the handshake is done. */
  protected get offersHttp2(): boolean {
    return false;
  }

  protected get speaksHttp2(): boolean {
    return this.facts === undefined ? this.offersHttp2 : this.alpnProtocol === 'h2';
  }

  /** `TLSv1.2` or `TLSv1.3`; null before the handshake is done. */
  getProtocol(): string | null {
    return this.facts === undefined ? null : (versionName(this.facts.version) ?? null);
  }

  getCipher(): CipherInfo | undefined {
    return this.facts && cipherInfo(this.facts.suite);
  }

  /** IANA's name of the group of the key agreement; undefined for RSA key exchange. */
  getGroup(): string | undefined {
    return this.facts?.group === undefined ? undefined : groupName(this.facts.group);
  }

  /** IANA's name of the scheme that the server signed with; undefined for RSA key exchange. */
  getSignatureScheme(): string | undefined {
    return this.facts?.scheme === undefined ? undefined : signatureSchemeName(this.facts.scheme);
  }

  /** Whether this connection went on from a session. */
  isSessionReused(): boolean {
    return this.facts?.resumed ?? false;
  }

  /** What to give to a later `connect` as `session`; undefined while there is none. A secret: who has it can resume. */
  getSession(): Buffer | undefined {
    if (this.latest !== undefined || this.offered === undefined || !this.isSessionReused()) return this.latest;
    return Buffer.from(this.offered);
  }

  /**
   * Keying material bound to this connection (RFC 5705, RFC 8446 7.5).
   * @throws TlsError ERR_TLS_USAGE before the handshake is done, and in TLS 1.2 without extended_master_secret
   */
  exportKeyingMaterial(length: number, label: string, context?: Uint8Array): Buffer {
    return Buffer.from(this.engine.exportKeyingMaterial(label, length, context));
  }

  /** RFC 5929, RFC 9266. @throws TlsError ERR_TLS_USAGE where the binding would bind nothing */
  getChannelBinding(type: 'tls-unique' | 'tls-exporter'): Buffer {
    return Buffer.from(this.engine.channelBinding(type));
  }

  override _read(): void {
    if (this.transport.isPaused()) this.transport.resume();
  }

  /** Plaintext that was read. */
  get bytesRead(): number {
    return this.received;
  }

  /** Plaintext that was written, what waits counted in. */
  get bytesWritten(): number {
    return this.sent + this.writableLength;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.whenWritable(done, () => this.writeNow(chunk, done));
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'binary', done);
  }

  override _final(done: Done): void {
    this.afterHandshake(done, () => {
      this.quiet = true;
      this.handle(this.engine.close());
      if (this.transport.destroyed) return done();
      // Done only when the transport has taken everything: destroying it before would cut off what it still holds.
      this.transport.end(() => done());
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    this.stopTimer();
    this.giveUpWriting(error, 'the socket was destroyed before this was written');
    if (this.alerted && this.transport.writable) letGo(this.transport);
    else this.transport.destroy();
    done(error);
  }

  private writeNow(data: Buffer, done: Done): void {
    if (!this.engine.writable || !this.transport.writable) {
      return done(new TlsError('ERR_TLS_USAGE', 'the connection is closed for writing'));
    }
    this.sent += data.length;
    this._unrefTimer();
    this.handle(this.engine.write(data));
    if (this.transport.writableNeedDrain && !this.destroyed) this.blocked = done;
    // Not at once: what else is written in this tick then comes as one `_writev`, and shares records.
    else process.nextTick(done);
  }

  /** Like {@link afterHandshake}, or earlier where False Start lets data go early. */
  private whenWritable(done: Done, work: () => void): void {
    if (this.facts !== undefined || (this.falseStart && this.connection?.writable)) return work();
    this.blocked = (error) => (error ? done(error) : this.whenWritable(done, work));
  }

  /** Runs `work` when the handshake is done. When the socket is destroyed before, `done` hears of it. */
  private afterHandshake(done: Done, work: () => void): void {
    if (this.facts !== undefined) return work();
    this.blocked = (error) => (error ? done(error) : this.afterHandshake(done, work));
  }

  /** Whoever waits to write hears why it will not be; an error is only made when somebody does. */
  private giveUpWriting(error: Error | null, problem: string): void {
    if (this.blocked !== undefined) this.unblock(error ?? new TlsError('ERR_TLS_USAGE', problem));
  }

  private unblock(error?: Error): void {
    const { blocked } = this;
    this.blocked = undefined;
    blocked?.(error);
  }

  private handle(events: readonly TlsEvent[]): void {
    // A listener may have destroyed the socket, or may answer a need after that.
    for (const event of settle(this.engine, events, this.respond)) if (!this.destroyed) this.onTlsEvent(event);
  }

  private onTlsEvent(event: TlsEvent): void {
    switch (event.type) {
      case 'send':
        return this.send(event.pieces);
      case 'data':
        this.quiet = false;
        return this.deliver(event.data);
      case 'connected':
        return this.opened(event.agreement);
      case 'writable':
        return this.writeEarly(event);
      case 'early_data_outcome':
        // What was too long to go early has yet to be written, whatever the server would have done with it.
        if (!this.earlySent) return;
        if (event.accepted) this.early = undefined;
        this.emit('earlyData', event.accepted);
        return;
      case 'early_data':
        this.earlyBytes += event.data.length;
        return this.deliver(event.data);
      case 'client_certificate':
        this.authorized = event.authorized;
        this.authorizationError = event.problem;
        this.emit('clientCertificate', event.chain, event.authorized, event.problem);
        return;
      case 'session':
        this.latest = Buffer.from(event.session);
        this.emit('session', this.latest, Buffer.from(event.id));
        return;
      case 'end':
        this.peerEnded = true;
        this.push(null);
        // Nothing more will fill our buffer, however slowly it is read; the end of the transport is to be seen.
        if (this.transport.isPaused()) this.transport.resume();
        if (this.through !== undefined) this.endThrough(this.through);
        return;
      case 'error':
        return this.failed(event.error);
      case 'need':
        return this.needed(event.id, event.need);
      case 'warning':
        this.emit('warning', event.alert);
        return;
      case 'closed':
        // Twice would make an error, stack and all, for nobody.
        if (!this.transport.writableEnded) this.transport.end();
    }
  }

  private deliver(data: Uint8Array): void {
    this.received += data.length;
    this._unrefTimer();
    const into = this.through !== undefined && this.alpnProtocol === 'h2' ? this.through : this;
    if (!into.push(data)) this.transport.pause();
  }

  /** Nobody reads the socket itself then. */
  private endThrough(through: Duplex): void {
    if (this.alpnProtocol !== 'h2') return;
    through.push(null);
    this.resume();
  }

  /** A need that `respond` has left open. */
  protected needed(id: number, need: Need): void {
    this.emit('need', id, need);
  }

  /** What `error` is told with. */
  protected toldAs(error: TlsError): Error {
    return error;
  }

  /** The handshake is done. */
  protected announce(): void {
    this.emit('secure');
    this.emit('secureConnect');
  }

  /** Whether what is above tells itself where data ends: then a stream that is cut just closes, still without `end`. */
  protected get framed(): boolean {
    return false;
  }

  /** Whether something was written that waits. */
  protected get writesWait(): boolean {
    return this.writableLength > 0;
  }

  private writeEarly({ reason, limit }: WritableEvent): void {
    this.falseStart = reason === 'false_start';
    if (this.falseStart) return this.unblock();
    const { early } = this;
    if (early === undefined || early.length > (limit ?? 0)) return;
    this.earlySent = true;
    this.handle(this.engine.write(early));
  }

  /**
   * Asks the client for its certificate, after the handshake (RFC 8446 4.6.2); `clientCertificate` follows.
   * @throws TlsError ERR_TLS_USAGE when the client cannot be asked
   */
  requestCertificate(): void {
    this.handle(this.engine.requestCertificate());
  }

  /** New keys from now on, and the peer's too if `peerToo` (RFC 8446 4.6.3). @throws TlsError ERR_TLS_USAGE before TLS 1.3 */
  updateKeys(peerToo = false): void {
    this.handle(this.engine.updateKeys(peerToo));
  }

  /** Answers a need that was emitted as `need`, now or later. */
  answer(...args: Parameters<Connection['answer']>): void {
    this.handle(this.engine.answer(...args));
  }

  /** One vectored write for all pieces. */
  private send(pieces: readonly Uint8Array[]): void {
    const { transport } = this;
    if (!transport.writable) return;
    if (pieces.length === 1) return void transport.write(pieces[0]);
    transport.cork();
    for (const piece of pieces) transport.write(piece);
    transport.uncork();
  }

  private opened(agreement: Agreement): void {
    this.facts = agreement;
    this.authorized = agreement.authorized;
    this.authorizationError = agreement.authorizationProblem;
    this.alpnProtocol = agreement.alpn ?? false;
    this.servername = agreement.serverName;
    // Not taken, or never sent: it must come before all else that is written.
    const { early } = this;
    this.early = undefined;
    if (early !== undefined) this.handle(this.engine.write(early));
    this.announce();
    this.unblock();
  }

  private failed(error: TlsError): void {
    if (error.code === 'ERR_TLS_TRUNCATED') {
      if (this.framed) return void this.destroy();
      if (this.quiet && !this.allowHalfOpen) return this.left();
    }
    this.alerted = error.alert !== undefined && error.code !== 'ERR_TLS_ALERT_RECEIVED';
    this.destroy(this.toldAs(error));
  }

  /**
   * The peer went without a word after our close_notify, as many do. That is no error; but there is no `end` either, so
   * that whoever still waits for data sees the stream close early.
   */
  private left(): void {
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  private transportClosed(): void {
    // Who destroyed the socket cut nothing off: only an end that came from outside is one that the engine is told of.
    if (this.connection !== undefined && !this.destroyed) this.handle(this.connection.end());
    // What came before the peer's close_notify may still be unread; then the streams close in their own time.
    if (this.peerEnded) this.giveUpWriting(null, 'the transport closed before this was written');
    else this.destroy();
  }
}
