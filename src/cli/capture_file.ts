// --pcapng FILE: what crosses the transport as a capture that Wireshark opens decrypted. The bytes are those of the socket; TCP around
// them is synthetic, and so are its segments. The file holds the secrets of the connections: mode 0600.

import { performance } from 'node:perf_hooks';
import { CaptureWriter, type ConnectionTap } from '../capture/write_pcapng.ts';
import type { Side } from '../inspect/trace.ts';
import type { Transport } from '../node/socket_base.ts';
import { parseIp } from '../x509/ip.ts';
import { openPrivate, type PrivateFile } from './private_file.ts';
import { packageVersion } from './version.ts';

/** Label of the last secret that a handshake makes, of either version. */
const LAST_SECRET = /^(?:CLIENT_RANDOM|EXPORTER_SECRET) /;
const NOBODY = Uint8Array.of(0, 0, 0, 0);

/** To the microsecond. */
const now = (): number => performance.timeOrigin + performance.now();

export interface RecordedSocket {
  /** For the engine's option `keyLog`. */
  readonly keyLog: (line: string) => void;
}

export class CaptureFile {
  private readonly file: PrivateFile;
  private readonly writer: CaptureWriter;
  private readonly open = new Set<ConnectionTap>();

  /** @throws CliError with exit code 23 */
  constructor(name: string) {
    const file = openPrivate(name, 'replace');
    this.file = file;
    this.writer = new CaptureWriter({
      write: (bytes) => file.write(bytes),
      application: `glasstls ${packageVersion()}`,
    });
  }

  /** Records a connected socket from now on. `own`: which side this process is. */
  record(socket: Transport, own: Side): RecordedSocket {
    const peer: Side = own === 'client' ? 'server' : 'client';
    const ends = { [own]: addressOf(socket, 'local'), [peer]: addressOf(socket, 'remote') };
    const tap = this.writer.connection(ends as Parameters<CaptureWriter['connection']>[0], now());
    this.open.add(tap);
    socket.on('data', (chunk: Buffer) => tap.bytes(peer, chunk, now()));
    socket.once('end', () => tap.end(peer, now()));
    socket.once('close', () => this.finish(tap));
    const write = socket.write.bind(socket) as (chunk: Uint8Array, ...more: unknown[]) => boolean;
    Object.assign(socket, {
      write: (chunk: Uint8Array, ...more: unknown[]): boolean => {
        if (this.open.has(tap)) tap.bytes(own, chunk, now());
        return write(chunk, ...more);
      },
    });
    return {
      keyLog: (line) => {
        tap.secret(line);
        if (LAST_SECRET.test(line)) tap.release();
      },
    };
  }

  close(): void {
    for (const tap of this.open) this.finish(tap);
    this.file.close();
  }

  private finish(tap: ConnectionTap): void {
    if (this.open.delete(tap)) tap.close(now());
  }
}

function addressOf(
  socket: Transport,
  which: 'local' | 'remote',
): { readonly address: Uint8Array; readonly port: number } {
  const text = which === 'local' ? socket.localAddress : socket.remoteAddress;
  const port = which === 'local' ? socket.localPort : socket.remotePort;
  // A zone stands behind the address of a link.
  return { address: parseIp((text ?? '').replace(/%.*$/, '')) ?? NOBODY, port: port ?? 0 };
}
