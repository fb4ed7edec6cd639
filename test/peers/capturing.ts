// Captures of what programs say to each other on loopback: with dumpcap, where it may capture, else through a relay that writes down
// the bytes as they pass. And tshark, which reads the same files, to compare.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CaptureWriter } from '../../src/capture/write_pcapng.ts';
import { Running, run } from './process.ts';
import { scratch } from './run_dir.ts';

export interface Capturing {
  /** Where clients have to connect. */
  readonly port: number;
  readonly how: 'dumpcap' | 'relay';
  /** The whole file, once the connections are over. */
  stop(): Promise<Uint8Array>;
}

/** Begins to capture what goes to and comes from a server on 127.0.0.1. */
export async function capture(serverPort: number): Promise<Capturing> {
  return (await withDumpcap(serverPort)) ?? withRelay(serverPort);
}

/** Why dumpcap does not capture here, once that is known. */
let unable: string | undefined;

async function withDumpcap(port: number): Promise<Capturing | undefined> {
  if (unable !== undefined) return undefined;
  const file = join(scratch('dumpcap'), 'capture.pcapng');
  const running = new Running('dumpcap', ['-i', 'lo', '-f', `tcp port ${port}`, '-w', file], { lifetime: 60_000 });
  for (const end = Date.now() + 5000; !running.stderr().includes('File: '); await sleep(10)) {
    if (!running.ended && Date.now() < end) continue;
    await running.stop();
    unable = running.stderr().split('\n')[0] ?? 'no reason given';
    console.warn(`captures are made by a relay: dumpcap: ${unable}`);
    return undefined;
  }
  return {
    port,
    how: 'dumpcap',
    stop: async () => {
      // What the kernel has not handed over yet.
      await sleep(300);
      await running.stop();
      return new Uint8Array(readFileSync(file));
    },
  };
}

async function withRelay(port: number): Promise<Capturing> {
  const parts: Uint8Array[] = [];
  const writer = new CaptureWriter({ write: (bytes) => void parts.push(bytes), application: 'relay' });
  const open = new Set<Socket>();
  const address = Uint8Array.of(127, 0, 0, 1);
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const ends = { client: { address, port: client.remotePort ?? 0 }, server: { address, port } };
    const tap = writer.connection(ends, Date.now());
    tap.release();
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const [from, to, side] of [
      [client, server, 'client'],
      [server, client, 'server'],
    ] as const) {
      open.add(from);
      from.on('data', (chunk: Buffer) => {
        tap.bytes(side, chunk, Date.now());
        to.write(chunk);
      });
      from.on('end', () => {
        tap.end(side, Date.now());
        to.end();
      });
      from.on('error', () => to.destroy());
      from.on('close', () => open.delete(from));
    }
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  return {
    port: (relay.address() as { port: number }).port,
    how: 'relay',
    stop: async () => {
      for (const end = Date.now() + 2000; open.size > 0 && Date.now() < end; await sleep(10));
      for (const socket of open) socket.destroy();
      relay.close();
      return Buffer.concat(parts);
    },
  };
}

/** Version of tshark; undefined where there is none. */
export function tsharkVersion(): string | undefined {
  return /TShark.*? (\d+\.\d+\.\d+)/.exec(spawnSync('tshark', ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
}

/** Messages of TLS as tshark has them, in the order of the file: `frame: types of handshake messages`, alerts as `alert N`. */
export async function tsharkMessages(file: Uint8Array, port: number | undefined, keyLog = ''): Promise<string[]> {
  const dir = scratch('tshark');
  writeFileSync(join(dir, 'capture'), file);
  writeFileSync(join(dir, 'keys'), keyLog);
  const { stdout, stderr, code } = await run(
    'tshark',
    [
      ...['-2', '-r', join(dir, 'capture'), '-Y', 'tls', '-T', 'fields', '-E', 'aggregator=,'],
      ...(port === undefined ? [] : ['-d', `tcp.port==${port},tls`]),
      ...(keyLog === '' ? [] : ['-o', `tls.keylog_file:${join(dir, 'keys')}`]),
      ...['frame.number', 'tls.handshake.type', 'tls.alert_message.desc'].flatMap((name) => ['-e', name]),
    ],
    { lifetime: 30_000, env: { HOME: dir } },
  );
  if (code !== 0) throw new Error(`tshark ended with ${code}: ${stderr}`);
  return stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [frame = '', types = '', alerts = ''] = line.split('\t');
      return types === '' && alerts === '' ? [] : [`${frame}: ${types}${alerts === '' ? '' : ` alert ${alerts}`}`];
    });
}
