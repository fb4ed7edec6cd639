// What is said in the clear before TLS begins (CONNECT, STARTTLS): lines and counted bytes, read one by one from a socket so that
// nothing of what follows is swallowed. Every quantity has a bound, and an end of the stream is an error of its own.

import type { Transport } from '../node/socket_base.ts';

/** The peer closed while something was awaited. */
export class PlainEnd extends Error {
  override readonly name = 'PlainEnd';
}

/** The peer says more than belongs here. */
export class PlainFlood extends Error {
  override readonly name = 'PlainFlood';
}

/** Much more than any greeting. */
const MAX_BYTES = 64 * 1024;

export class PlainTalk {
  private readonly socket: Transport;
  private readonly signal: AbortSignal;
  private kept: Buffer = Buffer.alloc(0);
  private total = 0;
  private ended = false;
  private failed: Error | undefined;
  private wake: () => void = () => {};
  /** Everything that was heard, as text for people; the beginning of it. */
  heard = '';

  constructor(socket: Transport, signal: AbortSignal) {
    this.socket = socket;
    this.signal = signal;
    socket.on('data', this.onData).on('end', this.onEnd).on('error', this.onError);
    signal.addEventListener('abort', this.onAbort);
    this.ended = socket.readableEnded || socket.destroyed;
    // Whoever talked before (a proxy's part, then STARTTLS) has left it paused.
    socket.resume();
  }

  send(data: string | Uint8Array): void {
    this.socket.write(data);
  }

  /** One line without its end. */
  async line(): Promise<string> {
    const end = await this.until(() => this.kept.indexOf(0x0a) + 1);
    return this.take(end)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }

  bytes(count: number): Promise<Buffer> {
    return this.until(() => (this.kept.length >= count ? Math.max(count, 1) : 0)).then(() => this.take(count));
  }

  /** Text up to and with `pattern`. */
  async through(pattern: RegExp): Promise<string> {
    const end = await this.until(() => {
      const found = pattern.exec(this.kept.toString('latin1'));
      return found === null ? 0 : found.index + found[0].length;
    });
    return this.take(end).toString('utf8');
  }

  /** Gives the socket back. What has come and was not read is returned: it came in the clear. */
  release(): Buffer {
    this.socket.off('data', this.onData).off('end', this.onEnd).off('error', this.onError);
    this.socket.pause();
    this.signal.removeEventListener('abort', this.onAbort);
    return this.kept;
  }

  private async until(enough: () => number): Promise<number> {
    for (;;) {
      if (this.signal.aborted) throw this.signal.reason as Error;
      if (this.failed !== undefined) throw this.failed;
      const length = enough();
      if (length > 0) return length;
      if (this.ended) throw new PlainEnd('the connection was closed');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  private take(length: number): Buffer {
    const taken = this.kept.subarray(0, length);
    this.kept = this.kept.subarray(length);
    return taken;
  }

  private readonly onData = (chunk: Buffer): void => {
    this.total += chunk.length;
    this.kept = Buffer.concat([this.kept, chunk]);
    if (this.heard.length < 200) this.heard = (this.heard + chunk.toString('latin1')).slice(0, 200);
    if (this.total > MAX_BYTES) this.failed ??= new PlainFlood(`more than ${MAX_BYTES} bytes before TLS`);
    this.wake();
  };

  private readonly onEnd = (): void => {
    this.ended = true;
    this.wake();
  };

  private readonly onError = (error: Error): void => {
    this.failed ??= error;
    this.wake();
  };

  private readonly onAbort = (): void => this.wake();
}
