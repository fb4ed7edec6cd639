// Connections of our own as a capture that Wireshark opens decrypted, with no settings: pcapng with synthetic TCP around the bytes
// that crossed the transport, and the secrets in Decryption Secrets Blocks. Secrets count only for packets behind them
// (draft-ietf-opsawg-pcapng 4.7), so that packets wait until the handshake has made all of its own.

import { ascii, concat, EMPTY } from '../bytes/bytes.ts';
import type { Side } from '../inspect/trace.ts';
import type { Endpoint } from './flows.ts';
import { numberBytes } from './numbers.ts';
import { LINK_TYPE } from './packets.ts';
import { BLOCK, BYTE_ORDER_MAGIC, TLS_KEY_LOG } from './pcapng.ts';
import { ACK, FIN, PSH, SYN, tcpPacket } from './write_tcp.ts';

export interface CaptureWriterOptions {
  /** Takes the bytes of the file, block by block. */
  readonly write: (bytes: Uint8Array) => void;
  /** The name of the program, for the file's header. ASCII. */
  readonly application: string;
}

/** What is held back for secrets at most. */
const MAX_HELD = 2 ** 20;
/** Content of a synthetic segment: as much as an IPv4 packet holds, in round numbers. */
const MAX_SEGMENT = 2 ** 15;

export class CaptureWriter {
  private readonly put: (bytes: Uint8Array) => void;

  constructor({ write, application }: CaptureWriterOptions) {
    this.put = write;
    const length = new Uint8Array(8).fill(255);
    write(block(BLOCK.section, concat(n(BYTE_ORDER_MAGIC), n(1, 2), n(0, 2), length, option(4, ascii(application)))));
    // Times count microseconds, which is what an interface without if_tsresol has.
    write(block(BLOCK.interface, concat(n(LINK_TYPE.raw, 2), n(0, 2), n(0))));
  }

  /** Begins a connection. `time` of each call: milliseconds since 1970. */
  connection(ends: Readonly<Record<Side, Endpoint>>, time: number): ConnectionTap {
    return new ConnectionTap(ends, this.put, time);
  }
}

/** One connection that is being written. */
export class ConnectionTap {
  private readonly ends: Readonly<Record<Side, Endpoint>>;
  private readonly put: (bytes: Uint8Array) => void;
  private readonly next: Record<Side, number> = { client: 0, server: 0 };
  private held: Uint8Array[] | undefined = [];
  private heldBytes = 0;
  private secrets: string[] = [];
  private readonly finished = new Set<Side>();

  constructor(ends: Readonly<Record<Side, Endpoint>>, put: (bytes: Uint8Array) => void, time: number) {
    this.ends = ends;
    this.put = put;
    this.segment('client', SYN, EMPTY, time);
    this.segment('server', SYN | ACK, EMPTY, time);
    this.segment('client', ACK, EMPTY, time);
  }

  /** A line of the key log. */
  secret(line: string): void {
    this.secrets.push(line);
    if (this.held === undefined) this.writeSecrets();
  }

  /** Bytes that `from` sent. */
  bytes(from: Side, bytes: Uint8Array, time: number): void {
    for (let at = 0; at < bytes.length; at += MAX_SEGMENT) {
      this.segment(from, PSH | ACK, bytes.subarray(at, at + MAX_SEGMENT), time);
    }
  }

  /** The handshake is done, or over: what was held back is written behind the secrets. */
  release(): void {
    if (this.held === undefined) return;
    const { held } = this;
    this.held = undefined;
    this.writeSecrets();
    for (const one of held) this.put(one);
  }

  /** `from` sends no more. */
  end(from: Side, time: number): void {
    if (this.finished.has(from)) return;
    this.finished.add(from);
    this.segment(from, FIN | ACK, EMPTY, time);
  }

  /** Both sides have ended. */
  close(time: number): void {
    this.release();
    this.end('client', time);
    this.end('server', time);
  }

  private writeSecrets(): void {
    if (this.secrets.length === 0) return;
    const text = ascii(`${this.secrets.join('\n')}\n`);
    this.secrets = [];
    this.put(block(BLOCK.secrets, concat(n(TLS_KEY_LOG), n(text.length), text)));
  }

  private segment(from: Side, flags: number, data: Uint8Array, time: number): void {
    const to: Side = from === 'client' ? 'server' : 'client';
    const { next } = this;
    const packet = tcpPacket({
      source: this.ends[from],
      destination: this.ends[to],
      sequence: next[from],
      acknowledged: flags & ACK ? next[to] : 0,
      flags,
      data,
    });
    next[from] = (next[from] + data.length + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    const micro = Math.round(time * 1000);
    const stamp = concat(n(Math.floor(micro / 2 ** 32)), n(micro % 2 ** 32));
    this.write(block(BLOCK.enhanced_packet, concat(n(0), stamp, n(packet.length), n(packet.length), packet)));
  }

  private write(bytes: Uint8Array): void {
    if (this.held === undefined) return this.put(bytes);
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    if (this.heldBytes > MAX_HELD) this.release();
  }
}

const n = (value: number, size: 2 | 4 = 4): Uint8Array => numberBytes(value, size, true);

function padded(bytes: Uint8Array): Uint8Array {
  return concat(bytes, new Uint8Array(-bytes.length & 3));
}

function option(code: number, value: Uint8Array): Uint8Array {
  return concat(n(code, 2), n(value.length, 2), padded(value), n(0));
}

function block(type: number, body: Uint8Array): Uint8Array {
  const whole = padded(body);
  const length = n(whole.length + 12);
  return concat(n(type), length, whole, length);
}
