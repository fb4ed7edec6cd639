// The part of net.Socket that is about the connection below: addresses, timers, options of TCP. All of it is handed on to the
// transport, where that has it; a Duplex that is no net.Socket has no address, and its timeouts are counted here.

import type { AddressInfo, SocketReadyState } from 'node:net';
import { HandleStream } from './http2_handle.ts';
import { IdleTimer } from './idle_timer.ts';
import { SocketBase, type Transport } from './socket_base.ts';

interface TypeOfService {
  setTypeOfService?(service: number): unknown;
  getTypeOfService?(): number;
}

export interface TransportSetup {
  readonly transport: Transport;
  readonly allowHalfOpen?: boolean;
  /** Of both directions. Default: Node's. */
  readonly highWaterMark?: number | undefined;
}

export abstract class TransportSocket extends SocketBase {
  readonly transport: Transport;
  /** Of `setTimeout`, in milliseconds. */
  timeout: number | undefined = undefined;
  private idle: IdleTimer | undefined;
  /** What is decrypted goes here, once node:http2 has asked for a handle and HTTP/2 was agreed on. */
  protected through: HandleStream | undefined;

  constructor({ transport, allowHalfOpen = false, highWaterMark }: TransportSetup) {
    super({ allowHalfOpen, emitClose: true, autoDestroy: true, highWaterMark });
    this.transport = transport;
    transport.on('timeout', () => this.emit('timeout'));
  }

  /** What node:http2 reads from, once it is what was agreed on; null for everybody else. */
  get _handle(): object | null {
    if (this.speaksHttp2 && !this.destroyed) this.through ??= new HandleStream(this, () => this._read(0));
    return this.through?.handle ?? null;
  }

  protected abstract readonly speaksHttp2: boolean;

  abstract readonly bytesWritten: number;

  get connecting(): boolean {
    return this.transport.connecting ?? false;
  }

  get _connecting(): boolean {
    return this.connecting;
  }

  get pending(): boolean {
    return this.transport.pending ?? false;
  }

  get readyState(): SocketReadyState {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  get remoteAddress(): string | undefined {
    return this.transport.remoteAddress;
  }

  get remoteFamily(): string | undefined {
    return this.transport.remoteFamily;
  }

  get remotePort(): number | undefined {
    return this.transport.remotePort;
  }

  get localAddress(): string | undefined {
    return this.transport.localAddress;
  }

  get localFamily(): string | undefined {
    return this.transport.localFamily;
  }

  get localPort(): number | undefined {
    return this.transport.localPort;
  }

  get autoSelectFamilyAttemptedAddresses(): string[] {
    return this.transport.autoSelectFamilyAttemptedAddresses ?? [];
  }

  address(): AddressInfo | Record<string, never> {
    return (this.transport.address?.() as AddressInfo | undefined) ?? {};
  }

  _getpeername(): object {
    return { address: this.remoteAddress, family: this.remoteFamily, port: this.remotePort };
  }

  _getsockname(): object {
    return this.address();
  }

  get _bytesDispatched(): number {
    return this.bytesWritten - this.writableLength;
  }

  /** Bytes that wait to be sent. */
  get bufferSize(): number {
    return this.writableLength;
  }

  setNoDelay(noDelay = true): this {
    this.transport.setNoDelay?.(noDelay);
    return this;
  }

  setKeepAlive(enable = false, initialDelay = 0): this {
    this.transport.setKeepAlive?.(enable, initialDelay);
    return this;
  }

  /** Of newer versions of Node. */
  setTypeOfService(service: number): this {
    (this.transport as TypeOfService).setTypeOfService?.(service);
    return this;
  }

  getTypeOfService(): number {
    return (this.transport as TypeOfService).getTypeOfService?.() ?? 0;
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    this.timeout = milliseconds;
    if (callback) this.off('timeout', callback);
    if (callback && milliseconds > 0) this.once('timeout', callback);
    if (this.transport.setTimeout !== undefined) this.transport.setTimeout(milliseconds);
    else {
      this.idle ??= new IdleTimer(() => this.emit('timeout'));
      this.idle.set(milliseconds);
    }
    return this;
  }

  _onTimeout(): void {
    this.emit('timeout');
  }

  /** A sign of life. */
  _unrefTimer(): void {
    this.idle?.active();
  }

  ref(): this {
    this.transport.ref?.();
    return this;
  }

  unref(): this {
    this.transport.unref?.();
    return this;
  }

  /** Closes for good as soon as everything written has left. node:http ends its sockets so, and net.Socket has it. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  /** Closes without a word: a TCP connection is reset. */
  resetAndDestroy(): this {
    if (this.transport.resetAndDestroy !== undefined && !this.transport.destroyed) this.transport.resetAndDestroy();
    return this.destroy();
  }

  protected stopTimer(): void {
    this.idle?.set(0);
  }
}
