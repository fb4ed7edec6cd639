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
  /** Undefined: no certificate, for a server that shares keys with its clients. */
  readonly identity: Identity | undefined;
  /** Whether it asks for a certificate; then it verifies it, against what `--x509cafile` in `args` names. Default `none`. */
  readonly clientCert?: 'none' | 'request' | 'require';
  /** More words of the priority string, such as `%NO_EXTENSIONS`. */
  readonly priority?: readonly string[];
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
  const asking = {
    none: ['--disable-client-cert'],
    request: ['--verify-client-cert'],
    require: ['--require-client-cert', '--verify-client-cert'],
  }[options.clientCert ?? 'none'];
  if (options.httpData) writeFileSync(join(dir, 'data'), options.httpData);
  const { port, running } = await startOnFreePort(
    (port) =>
      new Running('stdbuf', [
        // Line by line: into a pipe gnutls-serv would keep its report back until a buffer is full.
        ...['-oL', 'gnutls-serv'],
        ...['--port', String(port), '--priority', priorityOf(options), ...asking, ...mode],
        ...identityArgs(options.identity),
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
  /** What it proves itself with when the server asks. */
  readonly identity?: Identity | undefined;
  readonly priority?: readonly string[];
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
      ...['--port', String(options.port), '--x509cafile', options.caFile, '--priority', priorityOf(options)],
      ...['--sni-hostname', servername, '--verify-hostname', servername, '--logfile', join(dir, 'info')],
      ...identityArgs(options.identity),
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
  return {
    version: version && `TLSv${version}`,
    suite: suiteFromGnutls(version, exchange, parts),
    group: /DHE/.test(exchange) ? groupFrom(exchange) : undefined,
    alpn: /^- Application protocol: (.*)$/m.exec(said)?.[1],
    extendedMasterSecret: /^- Options:.*$/m.exec(said)?.[0].includes('extended master secret'),
  };
}

// TLS 1.2 parts: `ECDHE-X25519`, `RSA-SHA256`, `AES-128-GCM`, or `PSK`, `AES-128-CBC`, `SHA256`. An AEAD has no MAC beside
// it. `ECDHE` alone, without a signature, vouches for itself by a shared key.
function suiteFromGnutls(version: string | undefined, exchange: string, parts: string[]): string | undefined {
  const wanted = version === '1.3' ? '' : exchangeOf(exchange, parts[2] ?? '');
  for (const [iana, { gnutls }] of Object.entries(SUITES)) {
    const [keyExchange, cipher, mac] = gnutls;
    const end = mac === 'AEAD' ? [cipher] : [cipher, mac];
    if (keyExchange === wanted && end.join() === parts.slice(-end.length).join()) return iana;
  }
  return undefined;
}

function exchangeOf(said: string, signature: string): string {
  const ephemeral = /^(?:EC)?DHE/.exec(said)?.[0];
  if (ephemeral === undefined) return said;
  if (/^RSA/.test(signature)) return `${ephemeral}-RSA`;
  return /^(?:ECDSA|EdDSA)/.test(signature) ? `${ephemeral}-ECDSA` : `${ephemeral}-PSK`;
}

function priorityOf(options: Pins & { readonly priority?: readonly string[] }): string {
  return [gnutlsPriority(options), ...(options.priority ?? [])].join(':');
}

function identityArgs(identity: Identity | undefined): string[] {
  return identity ? ['--x509certfile', identity.fullChainFile, '--x509keyfile', identity.keyFile] : [];
}

function alpnArgs(pins: Pins): string[] {
  return (pins.alpn ?? []).flatMap((name) => ['--alpn', name]);
}
