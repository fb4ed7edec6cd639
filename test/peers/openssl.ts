// openssl s_server and s_client. Both run with `-brief`, which keeps standard output to application data alone, and with
// `-msg` into a file, which tells each handshake message and alert that openssl sent or saw.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './pki.ts';
import { type Peer, Running, type RunResult, startOnFreePort } from './process.ts';
import { scratch } from './run_dir.ts';
import {
  alertName,
  GROUPS,
  groupFrom,
  type Negotiated,
  opensslSuites,
  type Pins,
  suiteFromOpenssl,
} from './vocabulary.ts';

export interface OpensslServerOptions extends Pins {
  /** Undefined: no certificate, for a server that shares keys with its clients. */
  readonly identity: Identity | undefined;
  /** `raw` (default): what clients send comes to `received()`, `send()` goes to the client. `www`: a status page. `rev`: each line comes back reversed. */
  readonly mode?: 'raw' | 'www' | 'rev';
  /** True: openssl's full text on standard output, among the data. */
  readonly report?: boolean;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface OpensslServer extends Peer {
  /** Application data of all clients so far. */
  received(): Buffer;
  /** Sends to the connected client, or to the next one. */
  send(data: Uint8Array | string): void;
  messages(): OpensslMessage[];
  /** RFC 9850 lines. */
  keyLog(): string;
  /** Ends the process with SIGKILL: the client sees the end of the stream without a close_notify. */
  crash(): Promise<void>;
}

/** One line of `-msg`: a handshake message (`ClientHello`), an alert (`fatal unknown_ca`) or a ChangeCipherSpec. */
export interface OpensslMessage {
  readonly direction: 'in' | 'out';
  readonly kind: string;
  readonly name: string;
}

export async function opensslServer(options: OpensslServerOptions): Promise<OpensslServer> {
  const { identity, mode = 'raw', report = false, env = {} } = options;
  const dir = scratch('s_server');
  const modeArgs = { raw: [], www: ['-www'], rev: ['-rev'] }[mode];
  const { port, running } = await startOnFreePort(
    (port) =>
      new Running(
        'openssl',
        [
          's_server',
          ...['-accept', `127.0.0.1:${port}`, ...(identity ? identityArgs(identity) : ['-nocert'])],
          ...[...(report ? [] : ['-brief']), ...watch(dir), ...modeArgs, ...pinArgs(options)],
          ...(options.args ?? []),
        ],
        { env },
      ),
  );
  return {
    port,
    stop: () => running.stop(),
    log: () => `${running.stderr()}\n${showMessages(parseMessages(text(dir, 'messages')))}`,
    received: () => running.stdout(),
    send: (data) => void running.child.stdin.write(data),
    messages: () => parseMessages(text(dir, 'messages')),
    keyLog: () => text(dir, 'keys'),
    crash: async () => {
      running.kill('SIGKILL');
      await running.exited;
    },
  };
}

export interface OpensslClientOptions extends Pins {
  readonly port: number;
  readonly caFile?: string;
  /** SNI and the name that the certificate must carry; localhost unless told. */
  readonly servername?: string;
  /** What it proves itself with when the server asks. */
  readonly identity?: Identity | undefined;
  readonly input?: Uint8Array | string;
  /** True: close_notify after the input. False (default): waits until the server closes. */
  readonly closeAfterInput?: boolean;
  /** `data` (default): standard output is the server's application data alone. `report`: openssl's full text before it. */
  readonly output?: 'data' | 'report';
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly lifetime?: number;
}

export interface OpensslClientResult extends RunResult, Negotiated {
  /** `OK` when the chain and the name were verified, otherwise openssl's reason. */
  readonly verification?: string | undefined;
  readonly messages: OpensslMessage[];
  readonly keyLog: string;
}

/** One connection; ends when the server closes (or after the input), or after 20 s. */
export async function opensslClient(options: OpensslClientOptions): Promise<OpensslClientResult> {
  const dir = scratch('s_client');
  const servername = options.servername ?? 'localhost';
  const report = options.output === 'report';
  const running = new Running(
    'openssl',
    [
      's_client',
      ...['-connect', `127.0.0.1:${options.port}`, '-servername', servername, '-verify_return_error'],
      ...['-verify_hostname', servername, ...(options.caFile ? ['-CAfile', options.caFile] : [])],
      ...(report ? [] : ['-brief']),
      // Either way a line that starts with Q, R or K is data and not an order to s_client.
      options.closeAfterInput ? '-nocommands' : '-ign_eof',
      ...watch(dir),
      ...(options.identity ? identityArgs(options.identity) : []),
      ...pinArgs(options),
      ...(options.args ?? []),
    ],
    { lifetime: options.lifetime ?? 20_000, env: options.env ?? {} },
  );
  if (options.input !== undefined) running.child.stdin.write(options.input);
  // With -ign_eof an ended standard input would make s_client spin until the server closes; so it stays open.
  if (options.closeAfterInput) running.child.stdin.end();
  const result = await running.result();
  const said = report ? result.stdout.toString('latin1') : result.stderr;
  return {
    ...result,
    ...parseReport(said),
    verification: field(said, /^Verification: (.*)$/m) ?? field(said, /^Verify return code: \d+ \((.*)\)/m),
    messages: parseMessages(text(dir, 'messages')),
    keyLog: text(dir, 'keys'),
  };
}

/** Reads the text of s_client, `-brief` or not, of OpenSSL 1.1 to 3.5. */
export function parseReport(said: string): Negotiated {
  const cipher = field(said, /^Ciphersuite: (.*)$/m) ?? field(said, /^(?:New|Reused), .*, Cipher is (.*)$/m);
  const group =
    field(said, /^Negotiated TLS1\.3 group: (.*)$/m) ??
    field(said, /^(?:Server|Peer) Temp Key: (.*?)(?:, \d+ bits)?$/m);
  const ems = field(said, /^ *Extended master secret: (yes|no)/m);
  return {
    version: field(said, /^Protocol version: (.*)$/m) ?? field(said, /^(?:New|Reused), (TLSv[\d.]+),/m),
    suite: suiteFromOpenssl(cipher),
    group: groupFrom(group),
    alpn: field(said, /^ALPN protocol: (.*)$/m),
    extendedMasterSecret: ems === undefined ? undefined : ems === 'yes',
  };
}

/** Reads `-msg` output. Record headers and inner content types are left out. */
export function parseMessages(said: string): OpensslMessage[] {
  const out: OpensslMessage[] = [];
  for (const line of said.matchAll(/^(<<<|>>>) [^,\n]*, (\w+) \[length [0-9a-f]+\](?:, (.*))?\n {4}(..) ?(..)?/gm)) {
    const [, arrow, kind = '', name = '', , second = ''] = line;
    if (kind === 'RecordHeader' || kind === 'InnerContent') continue;
    // openssl 3.0 calls some alerts `???`, so their name comes from their number.
    const alert = kind === 'Alert' ? `${name.split(' ')[0]} ${alertName(Number.parseInt(second, 16))}` : name;
    out.push({ direction: arrow === '<<<' ? 'in' : 'out', kind, name: alert });
  }
  return out;
}

function showMessages(messages: readonly OpensslMessage[]): string {
  return messages
    .map(({ direction, kind, name }) => `${direction === 'in' ? '<<<' : '>>>'} ${kind} ${name}`)
    .join('\n');
}

function identityArgs({ certFile, keyFile, chainFile }: Identity): string[] {
  return ['-cert', certFile, '-key', keyFile, '-cert_chain', chainFile];
}

function watch(dir: string): string[] {
  return ['-msg', '-msgfile', join(dir, 'messages'), '-keylogfile', join(dir, 'keys')];
}

function pinArgs(pins: Pins): string[] {
  const suites = opensslSuites(pins.suites ?? []);
  return [
    ...(pins.version ? [pins.version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3'] : []),
    ...(suites.tls12 ? ['-cipher', suites.tls12] : []),
    ...(suites.tls13 ? ['-ciphersuites', suites.tls13] : []),
    ...(pins.groups ? ['-groups', pins.groups.map((group) => GROUPS[group].openssl).join(':')] : []),
    ...(pins.alpn ? ['-alpn', pins.alpn.join(',')] : []),
  ];
}

function text(dir: string, file: string): string {
  const path = join(dir, file);
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}

function field(said: string, pattern: RegExp): string | undefined {
  return pattern.exec(said)?.[1]?.trim();
}
