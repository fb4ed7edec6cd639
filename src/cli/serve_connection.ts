// One connection of `glasstls serve`: its engine with observers of its own, the line that sums up its handshake, and the report on
// why it failed.

import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Observation } from '../engine/observe.ts';
import type { ServerOptions } from '../engine/options.ts';
import { TlsServer } from '../engine/server.ts';
import type { Need } from '../handshake/shared/needs.ts';
import type { Identity } from '../host/credential.ts';
import { answerWithKeys, type Reply } from '../host/respond.ts';
import { judge, type Trust } from '../host/trust.ts';
import { quoteWireText } from '../inspect/escape.ts';
import { type Line, segment } from '../inspect/lines.ts';
import { suiteNames } from '../inspect/negotiated.ts';
import { EngineSocket } from '../node/engine_socket.ts';
import { TlsError } from '../wire/tls_error.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { displayName } from '../x509/names.ts';
import type { CaptureFile } from './capture_file.ts';
import type { ExitCode } from './exit_codes.ts';
import { explainFailure, failureLines } from './failure.ts';
import { narrator } from './narrator.ts';
import type { SessionCache } from './session_cache.ts';
import { answerPsk, type SharedKey } from './shared_key.ts';
import type { Terminal } from './terminal.ts';
import { SERVE } from './texts/serve.ts';
import { resumptionReason } from './texts/session.ts';

/** Read and checked once, for all connections. */
export interface PreparedServer {
  readonly options: ServerOptions;
  readonly identities: readonly Identity[];
  readonly sessions: SessionCache;
  /** A key shared with clients. */
  readonly psk: SharedKey | undefined;
  /** By what clients' certificates are judged; undefined when they are asked for none. */
  readonly trust: Trust | undefined;
}

export interface ServedConnectionOptions {
  readonly number: number;
  readonly transport: Socket;
  readonly prepared: PreparedServer;
  readonly verbose: number;
  readonly terminal: Terminal;
  /** The file of --pcapng. */
  readonly capture: CaptureFile | undefined;
}

/** Whose certificate the client proved itself with, escaped; undefined for none. */
export function clientSubject({ agreement }: Pick<EngineSocket, 'agreement'>): string | undefined {
  const [der] = agreement?.peerChain ?? [];
  return der === undefined ? undefined : displayName(parseCertificate(der).subject);
}

const HANDSHAKE_MS = 30_000;

export class ServedConnection {
  readonly socket: EngineSocket;
  /** Resolves when it is over: with an exit code when the handshake failed. */
  readonly ended: Promise<ExitCode | undefined>;
  secured = false;
  private readonly options: ServedConnectionOptions;
  private readonly peer: string;
  private readonly seen: Observation[] = [];
  private readonly began = performance.now();
  private failure: ExitCode | undefined;

  constructor(options: ServedConnectionOptions) {
    this.options = options;
    const { transport, prepared } = options;
    // A socket that is closed no longer knows it.
    const { remoteAddress = '?', remotePort = 0 } = transport;
    this.peer = `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
    const tap = options.capture?.record(transport, 'server');
    this.socket = new EngineSocket({
      transport,
      engine: new TlsServer({
        ...prepared.options,
        observe: this.watch(),
        observeSecrets: options.verbose >= 4,
        ...(tap !== undefined && { keyLog: tap.keyLog }),
      }),
      respond: (need) => this.respond(need),
    });
    this.socket.on('session', (session: Buffer, id: Buffer) => prepared.sessions.keep(id, session));
    const timer = setTimeout(() => {
      this.socket.destroy(new TlsError('ERR_TLS_HANDSHAKE_TIMEOUT', `no handshake within ${HANDSHAKE_MS} ms`));
    }, HANDSHAKE_MS);
    this.socket.once('secure', () => {
      clearTimeout(timer);
      this.secured = true;
      options.terminal.out.lines([this.summary()]);
    });
    this.socket.on('error', (error) => this.failed(error));
    this.ended = new Promise((resolve) => {
      this.socket.once('close', () => {
        clearTimeout(timer);
        resolve(this.failure);
      });
    });
  }

  private respond(need: Need): Reply | undefined {
    const { sessions, trust, identities, psk } = this.options.prepared;
    if (need.kind === 'psk') return answerPsk(psk, need);
    // When the client's Finished came, it is no repetition.
    if (need.kind === 'early_data') return { answer: 'withhold' };
    if (need.kind === 'session') return { answer: sessions.find(need.id) };
    if (need.kind !== 'verdict' || trust === undefined) return answerWithKeys(identities, need);
    const { verdict, judgement } = judge(need, trust);
    this.socket.judgement = judgement;
    return { answer: verdict };
  }

  private watch(): (observation: Observation) => void {
    const { verbose, terminal, number } = this.options;
    const tell =
      verbose === 0
        ? undefined
        : narrator({
            level: verbose,
            screen: terminal.out,
            lang: terminal.lang,
            alpnOffered: false,
            tag: `[${number}] `,
          });
    return (observation) => {
      tell?.(observation);
      if (observation.kind !== 'secret' && observation.kind !== 'record' && observation.kind !== 'data') {
        this.seen.push(observation);
      }
    };
  }

  /** `[1] 127.0.0.1:40110  TLSv1.3  TLS_AES_128_GCM_SHA256  x25519  SNI "localhost"  ALPN "http/1.1"  2.4 ms` */
  private summary(): Line {
    const { socket } = this;
    const { say } = this.options.terminal;
    const { agreement, servername, alpnProtocol } = socket;
    const parts = [
      socket.getProtocol() ?? '',
      agreement === undefined ? '' : suiteNames(agreement.suite.id).openssl,
      ...this.keyExchange(),
      servername === undefined ? say(SERVE.noSni) : `SNI ${quoteWireText(servername)}`,
      alpnProtocol === false ? say(SERVE.noAlpn) : `ALPN ${quoteWireText(alpnProtocol)}`,
      this.client(),
      this.earlyData() ? say(SERVE.earlyAccepted) : '',
    ];
    const shown = parts.filter((part) => part !== '').join('  ');
    const declined = this.declined();
    return [
      this.head(),
      segment(shown, 'good'),
      segment(declined === undefined ? '' : `  ${declined}`, 'warning'),
      segment(`  ${this.elapsed()}`, 'time'),
    ];
  }

  /** Who the client proved to be, where it was asked. */
  private client(): string {
    const { terminal, prepared } = this.options;
    if (prepared.trust === undefined) return '';
    const subject = clientSubject(this.socket);
    return subject === undefined ? terminal.say(SERVE.noClient) : terminal.say(SERVE.client, { subject });
  }

  /** Where the keys come from: a session, a group and a signature, or RSA. */
  private keyExchange(): readonly string[] {
    const { socket } = this;
    const { say } = this.options.terminal;
    const reused = socket.isSessionReused();
    const byId = this.seen.some((one) => one.kind === 'need' && one.need === 'session');
    const session = reused ? [say(byId ? SERVE.resumedById : SERVE.resumedByTicket)] : [];
    // In TLS 1.2 group and signature are those of the handshake with which the session began.
    if (reused && socket.getProtocol() === 'TLSv1.2') return session;
    const shared = socket.agreement?.psk === true;
    const group = socket.getGroup() ?? (shared || reused ? '' : say(SERVE.rsa));
    return [group, socket.getSignatureScheme() ?? '', ...session, shared ? say(SERVE.bySharedKey) : ''];
  }

  private earlyData(): boolean {
    const decision = this.seen.find((one) => one.kind === 'decision' && one.about === 'early_data');
    return decision?.kind === 'decision' && String(decision.chosen).startsWith('accepted');
  }

  /** Why a session that the client came with was not resumed. */
  private declined(): string | undefined {
    const decision = this.seen.findLast((one) => one.kind === 'decision' && one.about === 'resumption');
    if (decision?.kind !== 'decision' || this.socket.isSessionReused()) return undefined;
    const [, reason] = /^full handshake: (.*)$/.exec(String(decision.chosen)) ?? [];
    const { lang, say } = this.options.terminal;
    // A client that offers TLS 1.3 makes an id up (RFC 8446 D.4): that nobody knows it is no news.
    return reason === undefined || reason === 'no session with this id'
      ? undefined
      : say(SERVE.notResumed, { reason: resumptionReason(reason, lang) });
  }

  private failed(error: Error): void {
    const { terminal } = this.options;
    const { say, out, lang } = terminal;
    const { judgement } = this.socket;
    const explained = explainFailure(
      { error, role: 'server', seen: this.seen, judgement, psk: this.options.prepared.psk !== undefined },
      lang,
    );
    this.failure ??= explained.exit;
    const what = this.secured ? SERVE.broken : SERVE.failed;
    const head = `${this.head().text}${say(what)} (${this.elapsed()})`;
    out.lines(failureLines({ ...explained, exit: 0 }, out, head));
  }

  private head() {
    return segment(`[${this.options.number}] ${this.peer}  `, 'dim');
  }

  private elapsed(): string {
    return `${(performance.now() - this.began).toFixed(1)} ms`;
  }
}
