// TLSSocket with the shape of node:tls's: what the engine's socket does, with the methods, properties, events and errors that
// programs for node:tls know, and beyond them those that docs/node-tls.md lists. It takes no decisions about TLS either.

import { X509Certificate } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { EphemeralKeyInfo } from 'node:tls';
import type { Agreement } from '../handshake/context.ts';
import type { Need } from '../handshake/shared/needs.ts';
import type { Reply } from '../host/respond.ts';
import { signatureSchemeName } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { ClientSide, type ClientSideOptions, type Told } from './client_side.ts';
import { EngineSocket } from './engine_socket.ts';
import { ephemeralKeyInfo } from './ephemeral.ts';
import { nodeError } from './node_errors.ts';
import { createSecureContext, SecureContext, type SecureOptions } from './options.ts';
import {
  certificateObject,
  type DetailedPeerCertificate,
  type PeerCertificate,
  peerCertificate,
} from './peer_certificate.ts';
import { opensslScheme } from './protocol_options.ts';
import { ServerSettings, type ServerSideOptions } from './server_settings.ts';
import { ServerSide } from './server_side.ts';
import type { Transport } from './socket_base.ts';
import { ticketOf } from './stored_session.ts';
import { watchingFor } from './trace.ts';
import { type OnRead, type UserBuffer, userBuffer } from './user_buffer.ts';

interface SocketOptions {
  /** Keep writing after the peer has closed its side. Default false. */
  readonly allowHalfOpen?: boolean | undefined;
  /** Lines on stderr for what happens. */
  readonly enableTrace?: boolean | undefined;
  /** Bytes that are kept for whoever reads, and that are taken before `write` returns false. Default: Node's. */
  readonly highWaterMark?: number | undefined;
  /** What takes the data in place of `data` events. */
  readonly onread?: OnRead | null | undefined;
  /** The server that the socket belongs to: its events ask and tell. */
  readonly server?: EventEmitter | undefined;
}

export type TLSSocketOptions = SocketOptions &
  (({ readonly isServer?: false | undefined } & ClientSideOptions) | ({ readonly isServer: true } & ServerSideOptions));

/** Options of a server that were read before. */
export interface Prepared {
  readonly settings: ServerSettings;
  /** Whether the server is one of HTTP, whose messages say themselves where they end. */
  readonly framed: boolean;
}

type Side = ClientSide | ServerSide;

/**
 * The constructor takes any Duplex as the transport, connected or not, with bytes unread or not; the handshake begins as soon
 * as that is connected. Both roles verify: a client whoever it speaks to, a server clients that it asks for certificates.
 */
export class TLSSocket extends EngineSocket {
  readonly isServer: boolean;
  readonly server: EventEmitter | undefined;
  /** Whether the handshake has yet to be done. */
  secureConnecting = true;
  private readonly side: Side;
  /** Answers that come later. */
  private later: Map<Need, Promise<Reply | undefined>> | undefined;
  /** What was judged last, which a refused handshake leaves. */
  private judgedChain: readonly Uint8Array[] | undefined;
  private traces: boolean;
  private started = false;
  /** Of `setMaxSendFragment`. */
  private fragment: number | undefined;
  private readonly prepared: Prepared | undefined;
  private readonly user: UserBuffer | undefined;
  /** Whether data that `onread` has yet to take stands before the end. */
  private endWaits = false;

  /** @throws TlsError ERR_TLS_CONFIG for options that cannot work */
  constructor(socket: Duplex | null | undefined, options: TLSSocketOptions = {}, prepared?: Prepared) {
    const { allowHalfOpen = false } = options;
    const transport: Transport = socket ?? new Socket({ allowHalfOpen: true });
    const client = options.isServer === true ? undefined : options;
    super({
      transport,
      respond: (need) => this.replyTo(need),
      allowHalfOpen,
      highWaterMark: options.highWaterMark,
      session: client?.session ?? undefined,
      earlyData: client?.earlyData,
    });
    if (transport.readableObjectMode || transport.readableEncoding) {
      throw new TlsError(
        'ERR_TLS_CONFIG',
        'TLS needs a stream of bytes: this one has an encoding or is one of objects',
      );
    }
    this.prepared = prepared;
    this.user = userBuffer(options.onread, this);
    this.isServer = client === undefined;
    this.server = options.server;
    this.traces = options.enableTrace ?? false;
    const told: Told = { judged: (judgement, need) => this.wasJudged(judgement, need, client?.requestOCSP === true) };
    this.side =
      options.isServer === true
        ? new ServerSide(prepared?.settings ?? new ServerSettings(options), options.server, this, told)
        : new ClientSide(options, told);
    const waits = transport.connecting === true || socket === null || socket === undefined;
    if (waits) transport.once('connect', () => this.start());
    // Whoever made it must be able to listen before the first event.
    else queueMicrotask(() => this.start());
  }

  /** Begins the handshake, unless it has begun: called when the transport is connected. */
  override start(): void {
    if (this.started || this.destroyed) return;
    this.started = true;
    const { server, side } = this;
    const emitters = server === undefined ? [[this] as const] : [[this] as const, [server, this] as const];
    const watching = watchingFor({ emitters, given: side.watching, toStderr: this.traces });
    this.connection = side.open(watching);
    if (this.fragment !== undefined) this.connection.setMaxSendFragment(this.fragment);
    super.start();
  }

  override push(chunk: unknown, encoding?: BufferEncoding): boolean {
    const { user } = this;
    if (user === undefined) return super.push(chunk, encoding);
    if (chunk !== null) return user.take(chunk as Uint8Array);
    this.endWaits = user.holds;
    return this.endWaits ? false : this.pushEnd();
  }

  override pause(): this {
    this.user?.stop();
    return super.pause();
  }

  override resume(): this {
    if (this.user?.goOn()) {
      if (this.endWaits) this.pushEnd();
      else this._read();
    }
    return super.resume();
  }

  /** Nobody else reads, and the end comes to nobody but readers. */
  private pushEnd(): boolean {
    this.endWaits = false;
    super.push(null);
    this.read(0);
    return false;
  }

  /** Opens the TCP connection of a socket that was made without one; takes what net.Socket takes. */
  connect(...args: unknown[]): this {
    (this.transport.connect as (...args: unknown[]) => unknown).apply(this.transport, args);
    return this;
  }

  /**
   * The peer's certificate as node:tls shows it; with `detailed`, linked to its issuers up to the one that is trusted. Empty
   * when the peer has none, null when the socket is destroyed.
   */
  getPeerCertificate(detailed: true): DetailedPeerCertificate;
  getPeerCertificate(detailed?: false): PeerCertificate;
  getPeerCertificate(detailed?: boolean): PeerCertificate | DetailedPeerCertificate;
  getPeerCertificate(detailed = false): PeerCertificate | DetailedPeerCertificate {
    if (this.destroyed && this.agreement === undefined) return null as never;
    return peerCertificate(this.peerChain, this.judgement, detailed);
  }

  getPeerX509Certificate(): X509Certificate | undefined {
    const [leaf] = this.peerChain;
    return leaf && new X509Certificate(leaf);
  }

  /** The peer's chain exactly as it was sent, in DER. */
  get peerChain(): readonly Uint8Array[] {
    return this.agreement?.peerChain ?? [];
  }

  /** Our own certificate as node:tls shows it; empty when we have shown none. */
  getCertificate(): PeerCertificate | object | null {
    if (this.destroyed && this.agreement === undefined) return null;
    const leaf = this.ownLeaf();
    return leaf === undefined ? {} : certificateObject(leaf);
  }

  getX509Certificate(): X509Certificate | undefined {
    const leaf = this.ownLeaf();
    return leaf && new X509Certificate(leaf);
  }

  /** What the server asked for of our certificate: undefined when it asked for none. */
  getCertificateRequest(): Agreement['certificateRequest'] {
    return this.agreement?.certificateRequest;
  }

  /** Of a client; null on a server, empty for RSA key exchange. */
  getEphemeralKeyInfo(): EphemeralKeyInfo | object | null {
    return this.isServer ? null : ephemeralKeyInfo(this.getGroup());
  }

  /** What both sides can sign with, in OpenSSL's words. */
  getSharedSigalgs(): string[] {
    const names = (this.connection?.proofs.schemes ?? []).map((one) => signatureSchemeName(Number(one)) ?? String(one));
    return names.map(opensslScheme);
  }

  getFinished(): Buffer | undefined {
    return bufferOf(this.connection?.proofs.out);
  }

  getPeerFinished(): Buffer | undefined {
    return bufferOf(this.connection?.proofs.in);
  }

  /** The ticket of the session, on a client that has got one. */
  getTLSTicket(): Buffer | undefined {
    const session = this.isServer ? undefined : this.getSession();
    return session && ticketOf(session);
  }

  /** Records that are sent hold at most so many bytes from now on, never more again. False for what is out of range. */
  setMaxSendFragment(size: number): boolean {
    if (!Number.isInteger(size) || size < 512 || size > 16_384) return false;
    this.fragment = size;
    this.connection?.setMaxSendFragment(size);
    return true;
  }

  /** Of a client, before the handshake. @throws TlsError ERR_TLS_USAGE afterwards and on a server */
  setServername(name: string): void {
    if (!(this.side instanceof ClientSide) || this.started) {
      throw new TlsError('ERR_TLS_USAGE', 'a client says the name before its handshake');
    }
    this.side.setServername(name);
  }

  /** Of a server, in SNICallback or ALPNCallback at the latest. @throws TlsError ERR_TLS_USAGE on a client */
  setKeyCert(context: SecureContext | SecureOptions): void {
    if (!(this.side instanceof ServerSide))
      throw new TlsError('ERR_TLS_USAGE', 'only a server sets its certificate so');
    this.side.setKeyCert(context instanceof SecureContext ? context : createSecureContext(context));
  }

  /** Lines on stderr from the handshake on. Call it before that; the `trace` event tells more. */
  enableTrace(): void {
    this.traces = true;
  }

  /** There is no renegotiation that could be disabled (RFC 8446 4.1.2; in TLS 1.2 it is refused). */
  disableRenegotiation(): void {}

  /** Refused: `callback` hears why, and false is returned. */
  renegotiate(_options: object, callback?: (error: Error | null) => void): boolean {
    const error = new TlsError('ERR_TLS_USAGE', 'this stack does not renegotiate: TLS 1.3 has no renegotiation');
    if (callback) process.nextTick(callback, error);
    return false;
  }

  /** @internal The error for a fault that is found outside of the engine. */
  toldFor(...fault: ConstructorParameters<typeof TlsError>): Error {
    return this.toldAs(new TlsError(...fault));
  }

  protected override announce(): void {
    this.secureConnecting = false;
    // In the order of node:tls.
    if (!this.isServer) this.emit('secureConnect');
    this.emit('secure');
  }

  protected override get framed(): boolean {
    return this.prepared?.framed ?? false;
  }

  protected override get offersHttp2(): boolean {
    return this.side instanceof ClientSide && this.side.protocols.includes('h2');
  }

  protected override toldAs(error: TlsError): Error {
    const { isServer, side, writesWait } = this;
    const chain = this.judgedChain ?? this.peerChain;
    return nodeError(error, { role: isServer ? 'server' : 'client', writing: writesWait, chain, host: side.host });
  }

  protected override needed(id: number, need: Need): void {
    const reply = this.later?.get(need);
    this.later?.delete(need);
    if (reply === undefined) return void this.emit('need', id, need);
    reply.then(
      (answered) => this.destroyed || this.answer(id, answered?.answer),
      (error: Error) => this.destroy(error),
    );
  }

  private replyTo(need: Need): Reply | undefined {
    try {
      const answering = this.side.answer(need);
      if (!(answering instanceof Promise)) return answering;
      return this.postpone(need, answering);
    } catch (error) {
      // An application's callback threw: its connection ends, and it is told.
      return this.postpone(need, Promise.reject(error as Error));
    }
  }

  private postpone(need: Need, answering: Promise<Reply | undefined>): undefined {
    // The socket may be destroyed before anybody waits for it.
    answering.catch(() => {});
    this.later ??= new Map();
    this.later.set(need, answering);
    return undefined;
  }

  private wasJudged(...[judgement, need, tellsStaple]: [...Parameters<Told['judged']>, boolean]): void {
    this.judgement = judgement;
    this.judgedChain = need.chain;
    if (!tellsStaple) return;
    this.emit('OCSPResponse', need.ocspResponse === undefined ? null : Buffer.from(need.ocspResponse));
  }

  private ownLeaf(): Uint8Array | undefined {
    return this.side.chainOf(this.agreement?.credential)?.[0];
  }
}

function bufferOf(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes && Buffer.from(bytes);
}
