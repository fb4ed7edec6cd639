// `glasstls serve`: a TLS server on loopback that shows each handshake from its side, says why a client failed, and answers HTTP
// with a page on what was negotiated. Ends at SIGINT or SIGTERM, or after one connection with --once.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { resolveServer } from '../engine/config.ts';
import { segment } from '../inspect/lines.ts';
import type { EngineSocket } from '../node/engine_socket.ts';
import { createSecureContext } from '../node/options.ts';
import { TlsError } from '../wire/tls_error.ts';
import { type Arguments, usage } from './arguments.ts';
import { CaptureFile } from './capture_file.ts';
import { CliError, EXIT, type ExitCode } from './exit_codes.ts';
import { type PreparedServer, ServedConnection } from './serve_connection.ts';
import { httpSpeaker, wwwFolder } from './serve_http.ts';
import { type ServeIdentity, serveIdentity } from './serve_identity.ts';
import { SessionCache } from './session_cache.ts';
import { type SharedKey, sharedKey } from './shared_key.ts';
import { isOcspAnswer, ocspText } from './staple.ts';
import { paragraph, safe, type Terminal } from './terminal.ts';
import { filled } from './text.ts';
import { SERVE } from './texts/serve.ts';
import { STAPLE } from './texts/staple.ts';
import { type TlsSettings, tlsSettings } from './tls_settings.ts';
import { readCertificates } from './trusted.ts';

export async function serve(args: Arguments, terminal: Terminal): Promise<number> {
  const [stray] = args.operands;
  if (stray !== undefined) {
    const shown = JSON.stringify(stray);
    throw usage({ en: `serve takes no argument ${shown}`, zh: `serve 不接受参数 ${shown}` }, 'serve');
  }
  const port = portOf(args);
  const host = args.value('host') ?? '127.0.0.1';
  const folder = wwwFolder(args);
  const identity = serveIdentity(args);
  const asked = clientsAsked(args);
  const extras = extrasOf(args);
  const prepared = prepare(identity, await tlsSettings(args), asked, extras);
  const tcp = createTcpServer({ allowHalfOpen: true, noDelay: true });
  await listen(tcp, host, port);
  const file = args.value('pcapng');
  const capture = file === undefined ? undefined : new CaptureFile(file);
  const options = { verbose: Math.min(4, args.count('verbose')), once: args.has('once'), folder, capture };
  return accept(tcp, prepared, options, terminal, () => {
    announce({ identity, asked, extras, host, port: (tcp.address() as AddressInfo).port }, args, terminal);
  });
}

/** What a server may do besides. */
interface Extras {
  /** How many TLS 1.3 gives; 0 for none in any version. */
  readonly tickets: number;
  /** Bytes of early data. */
  readonly earlyData: number;
  readonly psk: SharedKey | undefined;
  /** The OCSP response to staple. */
  readonly staple: Uint8Array | undefined;
}

/** @throws CliError 2 or 58 */
function extrasOf(args: Arguments): Extras {
  return {
    tickets: ticketsOf(args),
    earlyData: earlyDataOf(args),
    psk: sharedKey(args),
    staple: stapleOf(args),
  };
}

function ticketsOf(args: Arguments): number {
  const text = args.value('tickets') ?? '2';
  if (!/^\d{1,2}$/.test(text) || Number(text) > 16) {
    throw usage(filled(SERVE.badTickets, { count: JSON.stringify(text) }), 'serve');
  }
  if (!args.has('no-tickets')) return Number(text);
  if (args.has('tickets') && text !== '0') throw usage(SERVE.ticketsTwice, 'serve');
  return 0;
}

function earlyDataOf(args: Arguments): number {
  const text = args.value('early-data');
  if (text === undefined) return 0;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 0xffffffff) {
    throw usage(filled(SERVE.badEarlyData, { length: JSON.stringify(text) }), 'serve');
  }
  if (ticketsOf(args) === 0) throw usage(SERVE.earlyNoTickets, 'serve');
  return Number(text);
}

/** --status FILE. @throws CliError 2 or 58 */
function stapleOf(args: Arguments): Uint8Array | undefined {
  const file = args.value('status');
  if (file === undefined) return undefined;
  if (!args.has('cert')) throw usage(STAPLE.alone, 'serve');
  const shown = JSON.stringify(file);
  let der: Uint8Array;
  try {
    der = new Uint8Array(readFileSync(file));
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new CliError(EXIT.ownCertificate, filled(STAPLE.unreadable, { file: shown, code }));
  }
  if (!isOcspAnswer(der))
    throw new CliError(EXIT.ownCertificate, filled(STAPLE.noResponse, { file: shown }), STAPLE.der);
  return der;
}

function portOf(args: Arguments): number {
  const text = args.value('port') ?? '8443';
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  throw usage(filled(SERVE.badPort, { port: JSON.stringify(text) }), 'serve');
}

interface ClientsAsked {
  readonly how: 'none' | 'request' | 'require';
  /** PEM of the authorities that their certificates must come from. */
  readonly ca: string | undefined;
  readonly file: string;
}

/** --client-ca and --require-client-cert. @throws CliError 2 or 77 */
function clientsAsked(args: Arguments): ClientsAsked {
  const file = args.value('client-ca');
  const required = args.has('require-client-cert');
  if (file !== undefined) return { how: required ? 'require' : 'request', ca: readCertificates(file), file };
  if (required) throw usage(SERVE.requireAlone, 'serve');
  return { how: 'none', ca: undefined, file: '' };
}

/** Everything that can be wrong with certificate, key and settings shows here, before anybody connects. */
function prepare(
  identity: ServeIdentity,
  settings: TlsSettings,
  { how, ca }: ClientsAsked,
  { tickets, earlyData, psk, staple }: Extras,
): PreparedServer {
  try {
    const { certs, keys } = identity;
    const context = createSecureContext({
      ...settings,
      cert: certs,
      key: keys,
      allowPartialTrustChain: true,
      ...(ca !== undefined && { ca }),
      ...(staple !== undefined && { ocspResponse: staple }),
    });
    const { provider } = context.common;
    const ticketKeys = tickets > 0 ? [{ name: provider.random(16), key: provider.random(32) }] : [];
    const options = {
      ...context.serverOptionsFor(how),
      sessionCache: true,
      ticketKeys,
      ticketCount: tickets,
      maxEarlyData: earlyData,
      psk: psk !== undefined,
    };
    resolveServer(options);
    return {
      options,
      identities: context.identities,
      sessions: new SessionCache(),
      psk,
      trust: ca === undefined ? undefined : context.trust,
    };
  } catch (error) {
    const suites = error instanceof TlsError && /suite|group/.test(error.message);
    const problem = safe(error instanceof Error ? error.message : String(error));
    throw new CliError(suites ? EXIT.cipher : EXIT.ownCertificate, {
      en: problem,
      zh: `${suites ? '无法使用这些设置' : '证书或私钥不可用'}：${problem}`,
    });
  }
}

async function listen(tcp: Server, host: string, port: number): Promise<void> {
  try {
    tcp.listen(port, host);
    await once(tcp, 'listening');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'error';
    const values = { host: safe(host), port, code };
    if (code === 'EADDRINUSE') throw new CliError(EXIT.listen, filled(SERVE.inUse, values), SERVE.inUseHint);
    throw new CliError(EXIT.listen, filled(SERVE.notAllowed, values));
  }
}

interface Announced {
  readonly identity: ServeIdentity;
  readonly asked: ClientsAsked;
  readonly extras: Extras;
  readonly host: string;
  readonly port: number;
}

function announce({ identity, asked, extras, host, port }: Announced, args: Arguments, terminal: Terminal): void {
  const { out, say } = terminal;
  const { made } = identity;
  const shown = host.includes(':') ? `[${host}]` : host;
  const lines: string[] = [];
  if (made === undefined) {
    lines.push(
      say(SERVE.given, { file: identity.files.map(safe).join(', ') }),
      ...identity.remarks.map((one) => say(one)),
    );
  } else {
    lines.push(say(SERVE.made, { kind: made.kind, names: made.names.map(safe).join(', ') }));
    const file = made.caFile === undefined ? undefined : safe(made.caFile);
    lines.push(file === undefined ? say(SERVE.trustHow, { port }) : say(SERVE.trustFile, { file, port }));
  }
  if (asked.how !== 'none') {
    lines.push(say(asked.how === 'require' ? SERVE.requires : SERVE.requests, { file: safe(asked.file) }));
  }
  const { staple, psk, earlyData } = extras;
  if (staple !== undefined) {
    const file = safe(args.value('status') ?? '');
    lines.push(say(STAPLE.served, { file, says: ocspText(staple, terminal.lang) }));
  }
  if (psk !== undefined) lines.push(say(SERVE.sharedKey, { name: safe(psk.name) }));
  const folder = wwwFolder(args);
  if (folder !== undefined) lines.push(say(SERVE.folder, { folder: safe(folder) }));
  if (earlyData > 0) lines.push(say(SERVE.earlyData, { length: earlyData }));
  if (!/^(127\.|::1$|localhost$)/.test(host)) lines.push(say(SERVE.everybody, { host: safe(host) }));
  lines.push(say(SERVE.stop));
  out.lines([
    [segment(say(SERVE.listening, { host: safe(shown), port }), 'title')],
    ...lines.flatMap((line) => paragraph(line, out.width)),
    [],
  ]);
}

interface AcceptOptions {
  readonly verbose: number;
  readonly once: boolean;
  /** The file of --pcapng. */
  readonly capture: CaptureFile | undefined;
  /** Of files to serve in place of the page. */
  readonly folder: string | undefined;
}

/** Serves until it is told to stop; resolves with the exit code when every connection is closed. `ready`: it may be. */
async function accept(
  tcp: Server,
  prepared: PreparedServer,
  options: AcceptOptions,
  terminal: Terminal,
  ready: () => void,
): Promise<ExitCode> {
  const { out, lang, say } = terminal;
  const speak = httpSpeaker(options.folder, lang);
  const open = new Set<EngineSocket>();
  const count = { ok: 0, failed: 0 };
  let code: ExitCode = EXIT.ok;
  let number = 0;
  const stop = (): void => {
    tcp.close();
    for (const socket of open) socket.end();
    // Nobody may hold the end up for long.
    setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, 500).unref();
  };
  tcp.on('connection', (transport: Socket) => {
    number++;
    const connection = new ServedConnection({ number, transport, prepared, ...options, terminal });
    const { socket } = connection;
    open.add(socket);
    socket.once('secure', () => {
      count.ok++;
      speak.connection(socket);
    });
    connection.ended.then((failure) => {
      open.delete(socket);
      if (!connection.secured) count.failed++;
      if (options.once) code = failure ?? EXIT.ok;
    });
    if (options.once) {
      tcp.close();
      connection.ended.then(stop);
    }
    socket.start();
  });
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, stop);
  ready();
  await once(tcp, 'close');
  for (const signal of signals) process.off(signal, stop);
  speak.close();
  options.capture?.close();
  out.lines([[segment(say(SERVE.stopped, count), 'dim')]]);
  return code;
}
