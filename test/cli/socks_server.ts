// A SOCKS proxy on loopback, versions 4, 4a and 5, that connects to 127.0.0.1 at the port asked for, whatever the address or name, and
// remembers what it was told. Written by RFC 1928 and 1929, apart from the command's client; curl is its witness.

import { connect, type Socket } from 'node:net';
import { type Loopback, tcpServer } from './http_servers.ts';

export interface SocksOptions {
  /** `user:password`, demanded by version 5. */
  readonly credentials?: string;
  /** Answered in place of a connection. */
  readonly reply?: number;
  /** Of version 5: answered in place of a method that both know. */
  readonly method?: number;
  /** Every answer in pieces of one byte. */
  readonly slowly?: boolean;
}

export interface SocksAsked {
  readonly version: number;
  readonly kind: 'ipv4' | 'ipv6' | 'name';
  readonly host: string;
  readonly user: string | undefined;
}

export interface SocksServer extends Loopback {
  readonly asked: readonly SocksAsked[];
}

export async function socksServer(options: SocksOptions = {}): Promise<SocksServer> {
  const asked: SocksAsked[] = [];
  const server = await tcpServer((socket) => {
    const bytes = new Incoming(socket);
    serve(socket, bytes, asked, options).catch(() => socket.destroy());
  });
  return { ...server, asked };
}

async function serve(socket: Socket, input: Incoming, asked: SocksAsked[], options: SocksOptions): Promise<void> {
  const say = (...bytes: number[]): void => {
    if (options.slowly) for (const byte of bytes) socket.write(Uint8Array.of(byte));
    else socket.write(Uint8Array.from(bytes));
  };
  const [version] = await input.take(1);
  const port = version === 4 ? await asked4(input, asked) : await asked5(input, say, asked, options);
  if (port === undefined) return void socket.end();
  const granted = version === 4 ? 90 : 0;
  const head = version === 4 ? [0] : [5];
  const tail = version === 4 ? [0, 0, 0, 0, 0, 0] : [0, 1, 0, 0, 0, 0, 0, 0];
  if (options.reply !== undefined) {
    say(...head, options.reply, ...tail);
    return void socket.end();
  }
  const upstream = connect(port, '127.0.0.1', () => {
    say(...head, granted, ...tail);
    input.release();
    socket.pipe(upstream).pipe(socket);
  });
  upstream.on('error', () => socket.destroy());
}

async function asked4(input: Incoming, asked: SocksAsked[]): Promise<number> {
  const [, high = 0, low = 0, ...ip] = await input.take(7);
  const user = await input.text();
  const named = ip[0] === 0 && ip[1] === 0 && ip[2] === 0 && ip[3] !== 0;
  const host = named ? await input.text() : ip.join('.');
  asked.push({ version: 4, kind: named ? 'name' : 'ipv4', host, user: user === '' ? undefined : user });
  return high * 256 + low;
}

type Say = (...bytes: number[]) => void;

async function asked5(
  input: Incoming,
  say: Say,
  asked: SocksAsked[],
  { credentials, method }: SocksOptions,
): Promise<number | undefined> {
  const [count = 0] = await input.take(1);
  const methods = await input.take(count);
  const chosen = method ?? (credentials === undefined ? 0 : 2);
  say(5, methods.includes(chosen) || method !== undefined ? chosen : 0xff);
  let user: string | undefined;
  if (chosen === 2 && methods.includes(2)) {
    await input.take(1);
    const name = await input.counted();
    user = `${name}:${await input.counted()}`;
    say(1, user === credentials ? 0 : 1);
    if (user !== credentials) return undefined;
  } else if (chosen !== 0) return undefined;
  const [, , , form] = await input.take(4);
  const host = form === 3 ? await input.counted() : (await input.take(form === 4 ? 16 : 4)).join('.');
  const [high = 0, low = 0] = await input.take(2);
  asked.push({ version: 5, kind: form === 3 ? 'name' : form === 4 ? 'ipv6' : 'ipv4', host, user });
  return high * 256 + low;
}

/** Counted bytes out of a socket. */
class Incoming {
  private kept = Buffer.alloc(0);
  private wake = (): void => {};
  private readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', this.onData);
  }

  async take(count: number): Promise<number[]> {
    while (this.kept.length < count) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const taken = this.kept.subarray(0, count);
    this.kept = this.kept.subarray(count);
    return [...taken];
  }

  async counted(): Promise<string> {
    const [length = 0] = await this.take(1);
    return Buffer.from(await this.take(length)).toString();
  }

  /** Up to a zero. */
  async text(): Promise<string> {
    let text = '';
    for (let [byte = 0] = await this.take(1); byte !== 0; [byte = 0] = await this.take(1)) {
      text += String.fromCharCode(byte);
    }
    return text;
  }

  release(): void {
    this.socket.off('data', this.onData);
    this.socket.pause();
    if (this.kept.length > 0) this.socket.unshift(this.kept);
  }

  private readonly onData = (chunk: Buffer): void => {
    this.kept = Buffer.concat([this.kept, chunk]);
    this.wake();
  };
}
