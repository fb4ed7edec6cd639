// `onread` as node:net has it: what arrives goes into a buffer of the caller's and to a callback, in place of `data` events. What
// the callback wants no more of for now waits here, and the transport is not read meanwhile.

import type { Duplex } from 'node:stream';

export interface OnRead {
  /** Filled again and again, or asked for before each filling. */
  readonly buffer: Uint8Array | (() => Uint8Array);
  /** Called with the bytes that were put into the buffer; false to stop until `resume` of the socket. */
  readonly callback: (length: number, buffer: Uint8Array) => boolean | undefined;
}

export class UserBuffer {
  private readonly onread: OnRead;
  private readonly socket: Duplex;
  private waiting: Uint8Array[] = [];
  private stopped = false;

  constructor(onread: OnRead, socket: Duplex) {
    this.onread = onread;
    this.socket = socket;
  }

  /** Whether something has yet to be handed out. */
  get holds(): boolean {
    return this.waiting.length > 0;
  }

  /** False when no more is wanted for now. */
  take(data: Uint8Array): boolean {
    this.waiting.push(data);
    return this.handOut();
  }

  stop(): void {
    this.stopped = true;
  }

  /** False when no more is wanted even so. */
  goOn(): boolean {
    this.stopped = false;
    return this.handOut();
  }

  private handOut(): boolean {
    const { callback, buffer } = this.onread;
    while (!this.stopped && !this.socket.destroyed) {
      const [first] = this.waiting;
      if (first === undefined) break;
      const into = typeof buffer === 'function' ? buffer() : buffer;
      const length = Math.min(first.length, into.length);
      // No room, no progress: as if no more were wanted.
      if (length === 0) {
        this.stopped = true;
        break;
      }
      into.set(first.subarray(0, length));
      // Before the call, which may stop or go on itself.
      if (length < first.length) this.waiting[0] = first.subarray(length);
      else this.waiting.shift();
      if (callback.call(this.socket, length, into) === false) this.stopped = true;
    }
    return !this.stopped;
  }
}

/** Like node:net, which passes over what is not whole. */
export function userBuffer(onread: OnRead | null | undefined, socket: Duplex): UserBuffer | undefined {
  if (typeof onread !== 'object' || onread === null || typeof onread.callback !== 'function') return undefined;
  const usable =
    typeof onread.buffer === 'function' || (onread.buffer instanceof Uint8Array && onread.buffer.length > 0);
  return usable ? new UserBuffer(onread, socket) : undefined;
}
