// gnutls-serv and gnutls-cli: the peer that shares no code with OpenSSL. gnutls-serv has no option to choose an address,
// so it listens on all of them for as long as the test takes.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from './pki.ts';
import { type Peer, Running, type RunResult, startOnFreePort } from './process.ts';
import { scratch } from './run_dir.ts';
import { gnutlsPriority, groupFrom, type Negotiated, type Pins, SUITES } from './vocabulary.ts';

export interface GnutlsServerOptions extends Pins {
  readonly identity: Identity;
  /** Undefined: echoes each line. Otherwise an HTTP server that answers every request with these bytes. */
  readonly httpData?: Uint8Array;
  readonly args?: readonly string[];
}

export interface GnutlsServer extends Peer {
  /** What it says of its latest connection; waits a moment for it to say so. */
  negotiated(): Promise<Negotiated>;
}

export async function gnutlsServer(options: GnutlsServerOptions): Promise<GnutlsServer> {
  const dir = scratch('gnutls-serv');
  const mode = options.httpData ? ['--http', '--httpdata', join(dir, 'data')] : ['--echo'];
  if (options.httpData) writeFileSync(join(dir, 'data'), options.httpData);
  const { port, running } = await startOnFreePort(
    (port) =>
      new Running('stdbuf', [
        // Line by line: into a pipe gnutls-serv would keep its report back until a buffer is full.
        ...['-oL', 'gnutls-serv'],
        ...['--port', String(port), '--priority', gnutlsPriority(options), '--disable-client-cert', ...mode],
        ...['--x509certfile', options.identity.fullChainFile, '--x509keyfile', options.identity.keyFile],
        ...alpnArgs(options),
        ...(options.args ?? []),
      ]),
  );
  return {
    port,
    stop: () => running.stop(),
    log: () => running.log(),
    negotiated: async () => {
      const latest = (): string => running.log().split('* Accepted connection').at(-1) ?? '';
      for (const end = Date.now() + 10_000; !latest().includes('Channel binding') && Date.now() < end; )
        await sleep(10);
      return parseGnutls(latest());
    },
  };
}

export interface GnutlsClientOptions extends Pins {
  readonly port: number;
  readonly caFile: string;
  readonly servername?: string;
  readonly input?: Uint8Array | string;
  /** True: close_notify after the input. False (default): waits until the server closes. */
  readonly closeAfterInput?: boolean;
  readonly args?: readonly string[];
}

/** `stdout` is the server's application data alone. The exit code is 0 only when the chain and the name were verified. */
export async function gnutlsClient(options: GnutlsClientOptions): Promise<RunResult & Negotiated & { info: string }> {
  const dir = scratch('gnutls-cli');
  const servername = options.servername ?? 'localhost';
  const running = new Running(
    'gnutls-cli',
    [
      ...['--port', String(options.port), '--x509cafile', options.caFile, '--priority', gnutlsPriority(options)],
      ...['--sni-hostname', servername, '--verify-hostname', servername, '--logfile', join(dir, 'info')],
      ...alpnArgs(options),
      ...(options.args ?? []),
      '127.0.0.1',
    ],
    { lifetime: 20_000 },
  );
  if (options.input !== undefined) running.child.stdin.write(options.input);
  // gnutls-cli closes at the end of its input without waiting for the answer.
  if (options.closeAfterInput) running.child.stdin.end();
  const result = await running.result();
  const info = existsSync(join(dir, 'info')) ? readFileSync(join(dir, 'info'), 'latin1') : '';
  return { ...result, info, ...parseGnutls(info) };
}

/** Reads `- Description: (TLS1.3-X.509)-(ECDHE-X25519)-(RSA-PSS-RSAE-SHA256)-(AES-256-GCM)` and the lines after it. */
export function parseGnutls(said: string): Negotiated {
  const parts = [...(/^- Description: (.*)$/m.exec(said)?.[1] ?? '').matchAll(/\(([^)]*)\)/g)].map(
    (part) => part[1] ?? '',
  );
  const version = /^TLS([\d.]+)/.exec(parts[0] ?? '')?.[1];
  const exchange = parts[1] ?? '';
  const cipher = parts.at(-1);
  return {
    version: version && `TLSv${version}`,
    suite: suiteFromGnutls(version, exchange, parts, cipher),
    group: exchange.startsWith('ECDHE') ? groupFrom(exchange.replace(/^ECDHE-/, '')) : undefined,
    alpn: /^- Application protocol: (.*)$/m.exec(said)?.[1],
    extendedMasterSecret: /^- Options:.*$/m.exec(said)?.[0].includes('extended master secret'),
  };
}

function suiteFromGnutls(
  version: string | undefined,
  exchange: string,
  parts: string[],
  cipher?: string,
): string | undefined {
  const signer = parts[2]?.startsWith('RSA') ? 'RSA' : 'ECDSA';
  const wanted = version === '1.3' ? '' : exchange.startsWith('ECDHE') ? `ECDHE-${signer}` : exchange;
  for (const [iana, spelling] of Object.entries(SUITES)) {
    if (spelling.gnutls[0] === wanted && spelling.gnutls[1] === cipher) return iana;
  }
  return undefined;
}

function alpnArgs(pins: Pins): string[] {
  return (pins.alpn ?? []).flatMap((name) => ['--alpn', name]);
}
