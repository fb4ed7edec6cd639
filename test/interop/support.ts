// What the interop tests of both roles share: an answering server, a connection that must not leak, and data to compare.

import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GlassConnection, Provider } from './glass.ts';

/** Bytes for the large transfers: pure JavaScript ciphers are some twenty times slower. */
export function largeSize(provider: Provider): number {
  return provider === 'noble' ? 100_000 : 3_000_000;
}

export function data(length: number): Buffer {
  return randomBytes(length);
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Runs `body` and stops the peer afterwards, whatever happened; a failure carries the peer's log. */
export async function withPeer<P extends { stop(): Promise<void>; log?(): string }>(
  starting: Promise<P>,
  body: (peer: P) => Promise<void>,
): Promise<void> {
  const peer = await starting;
  try {
    await body(peer);
  } catch (error) {
    if (error instanceof Error && peer.log) error.message += `\n--- the peer's log ---\n${tail(peer.log())}`;
    throw error;
  } finally {
    await peer.stop();
  }
}

/** Waits for `condition`. @throws Error after 10 s, naming `what` */
export async function until(what: string, condition: () => unknown): Promise<void> {
  for (const end = Date.now() + 10_000; !(await condition()); await sleep(5)) {
    if (Date.now() > end) throw new Error(`did not happen within 10 s: ${what}`);
  }
}

/**
 * A small server: HTTP/1.1 requests get a page (`GET /`), the SHA-256 of their body (`POST`), or `size` bytes
 * (`GET /bytes/SIZE`, the byte at i being i mod 251); a line that is no request comes back in capitals. Then it closes.
 */
export async function respond(connection: GlassConnection): Promise<void> {
  try {
    let request = Buffer.alloc(0);
    const more = async (): Promise<void> => {
      const chunk = await connection.receive();
      if (!chunk) throw new Error('the client closed within its request');
      request = Buffer.concat([request, chunk]);
    };
    while (!request.includes('\n')) await more();
    if (!/^(GET|POST) \S+ HTTP\/1\.1\r\n/.test(request.toString('latin1'))) {
      await connection.end(request.toString('latin1').toUpperCase());
      return;
    }
    while (!request.includes('\r\n\r\n')) await more();
    const start = request.indexOf('\r\n\r\n') + 4;
    const head = request.subarray(0, start).toString('latin1');
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    while (request.length < start + length) await more();
    await connection.end(answer(head, request.subarray(start)));
  } catch {
    // The test sees what the client saw; an error here would only hide it.
    connection.destroy();
  }
}

/** What `GET /bytes/SIZE` returns. */
export function pattern(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251));
}

function answer(head: string, body: Buffer): Buffer {
  const size = /^GET \/bytes\/(\d+) /.exec(head)?.[1];
  if (size !== undefined) return response('application/octet-stream', pattern(Number(size)));
  if (head.startsWith('POST ')) return response('text/plain', Buffer.from(sha256(body)));
  return response(
    'text/html',
    Buffer.from('<!doctype html><title>Proof</title><link rel="icon" href="data:,"><p>It works'),
  );
}

function response(type: string, body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function tail(log: string): string {
  return log.length > 4000 ? `...${log.slice(-4000)}` : log;
}
