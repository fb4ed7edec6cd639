// One real connection for the lesson: our client and our server on loopback sockets, both observed with their secrets, a small
// HTTP exchange inside, and an orderly end. Nothing leaves the machine; ports and keys are made for the occasion.

import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Server } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { PrivateKey } from '../../crypto/provider.ts';
import type { SecretStep } from '../../crypto/secrets.ts';
import type { Observation } from '../../engine/observe.ts';
import type { ServerOptions } from '../../engine/options.ts';
import { TlsServer } from '../../engine/server.ts';
import type { EarlyDataAnswer, EarlyDataNeed, Need } from '../../handshake/shared/needs.ts';
import { answerWithKeys, type Reply } from '../../host/respond.ts';
import { judge } from '../../host/trust.ts';
import { mergeTraces } from '../../inspect/merge_traces.ts';
import { type FullHandshakeKind, type HandshakeKind, type Timeline, timelineOf } from '../../inspect/timeline.ts';
import { type Side, type Trace, traceRecorder } from '../../inspect/trace.ts';
import { type ConnectOptions, connect } from '../../node/connect.ts';
import { EngineSocket } from '../../node/engine_socket.ts';
import { createSecureContext, type SecureOptions } from '../../node/options.ts';
import { nodeProvider } from '../../providers/node.ts';
import { generatePrivateKey } from '../../providers/node_keys.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { CertificateSource } from '../../x509/make.ts';
import { makeTestPki } from '../../x509/make_pki.ts';
import { writePem } from '../../x509/pem.ts';
import type { Judgement } from '../../x509/verify.ts';
import type { SessionCache } from '../session_cache.ts';
import { type Change, changedOnTheWay } from './tamper.ts';

/** The server's key, its certificate chain and the root that the client trusts. */
export interface LessonIdentity {
  readonly privateKey: PrivateKey;
  /** PEM, own certificate first. */
  readonly chain: string;
  readonly root: string;
}

export interface LessonHandshake {
  readonly kind: HandshakeKind;
  readonly client: Trace;
  readonly server: Trace;
  /** Of both sides, on the client's clock. */
  readonly timeline: Timeline;
  readonly secrets: Readonly<Record<Side, readonly SecretStep[]>>;
  /** The sessions that the client was given. */
  readonly sessions: readonly Uint8Array[];
  /** All that the client sent, as it was on the wire. */
  readonly heard: Uint8Array;
  /** What the client died of, when it may. */
  readonly failure?: { readonly error: unknown; readonly judgement: Judgement | undefined };
}

/** What makes one connection differ from another. */
export interface LessonPlan {
  readonly kind: HandshakeKind;
  readonly settings: SecureOptions;
  /** Of the client alone. */
  readonly client?: Pick<ConnectOptions, 'session' | 'tickets' | 'cert' | 'key' | 'ecdhCurve' | 'hello' | 'earlyData'>;
  /** Of the server alone: how it keeps sessions, which groups it has. */
  readonly server?: Pick<ServerOptions, 'ticketKeys' | 'sessionCache' | 'maxEarlyData' | 'groups' | 'now'>;
  readonly sessions?: SessionCache;
  /** Whether the server takes early data. */
  readonly judgeEarlyData?: (need: EarlyDataNeed) => EarlyDataAnswer;
  /** Told of each request that the server carries out. */
  readonly carryOut?: (request: string) => void;
  /** PEM of an authority: the server insists on a client certificate that comes from it. */
  readonly clientCa?: string;
  /** Somebody on the way, who may change what the server sends. */
  readonly change?: Change;
  /** For a handshake that is to fail; otherwise a failure rejects. */
  readonly mayFail?: true;
}

/**
 * RSA, because the key exchange of the first chapter needs it, and the others can do with it. `overrides`: what the server's
 * certificate says in place of what is right.
 */
export function makeLessonIdentity(overrides: Partial<CertificateSource> = {}): LessonIdentity {
  const pki = makeTestPki({
    provider: nodeProvider,
    generateKey: () => generatePrivateKey('ec').privateKey,
    now: Date.now(),
    label: 'glasstls demo',
  });
  const { privateKey } = generatePrivateKey('rsa');
  const issued = pki.issue({ names: ['localhost'], commonName: 'localhost', key: privateKey, overrides });
  const chain = pki.chainOf(issued).map((der) => writePem('CERTIFICATE', der));
  return { privateKey, chain: chain.join(''), root: writePem('CERTIFICATE', pki.root.der) };
}

export const SETTINGS: Readonly<Record<FullHandshakeKind, SecureOptions>> = {
  rsa12: { maxVersion: 'TLSv1.2', legacy: true, ciphers: 'AES128-GCM-SHA256' },
  ecdhe12: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
  tls13: { ciphers: 'TLS_AES_128_GCM_SHA256' },
};

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n';

/** Runs one connection from the first byte to the last. Rejects when anything at all fails. */
export async function runLesson(plan: LessonPlan, identity: LessonIdentity): Promise<LessonHandshake> {
  const clientSide = watcher('client');
  const serverSide = watcher('server');
  const settings = { ...plan.settings, ALPNProtocols: ['http/1.1'], observeSecrets: true };
  const served = serveOnce(plan, {
    ...settings,
    cert: identity.chain,
    key: identity.privateKey,
    observe: serverSide.observe,
  });
  const sessions: Uint8Array[] = [];
  let failure: LessonHandshake['failure'];
  const talk = async (): Promise<void> => {
    await once(served.tcp.listen(0, '127.0.0.1'), 'listening');
    const { port } = served.tcp.address() as AddressInfo;
    const transport = connectTcp({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    await once(transport, 'connect');
    const socket = connect({
      ...settings,
      socket: plan.change === undefined ? transport : changedOnTheWay(transport, plan.change),
      servername: 'localhost',
      ca: identity.root,
      observe: clientSide.observe,
      // The chapters on full handshakes show none of what resumption adds.
      tickets: false,
      ...plan.client,
    });
    socket.once('error', (told) => {
      // What node:tls would say is around what we say.
      const error = told.cause instanceof TlsError ? told.cause : told;
      failure = { error, judgement: socket.judgement };
    });
    socket.on('session', (given: Buffer) => void sessions.push(given));
    await once(socket, 'secureConnect');
    if (plan.client?.earlyData === undefined) socket.write(REQUEST);
    socket.end();
    for await (const _chunk of socket) void _chunk;
    await Promise.all([served.done, transport.closed ? undefined : once(transport, 'close')]);
  };
  try {
    await talk();
  } catch (error) {
    if (plan.mayFail !== true) throw error;
    await served.done.catch(() => {});
  } finally {
    served.tcp.close();
  }
  const [client, server] = [clientSide.trace(), serverSide.trace()];
  return {
    kind: plan.kind,
    client,
    server,
    timeline: timelineOf(mergeTraces(client, server)),
    secrets: { client: clientSide.secrets, server: serverSide.secrets },
    sessions,
    heard: served.heard(),
    ...(failure !== undefined && { failure }),
  };
}

function watcher(side: Side) {
  const now = (): number => performance.timeOrigin + performance.now();
  const recorder = traceRecorder({ side, now, note: 'glasstls demo' });
  const secrets: SecretStep[] = [];
  const observe = (observation: Observation) => {
    if (observation.kind === 'secret') secrets.push(observation);
    else recorder.observe(observation);
  };
  return { observe, secrets, trace: recorder.trace };
}

/**
 * Somebody else sends what was recorded of a client once more, to a server like the one that it was sent to. Resolves with what
 * that server saw.
 */
export async function replayLesson(plan: LessonPlan, identity: LessonIdentity, bytes: Uint8Array): Promise<Trace> {
  const serverSide = watcher('server');
  const served = serveOnce(plan, {
    ...plan.settings,
    ALPNProtocols: ['http/1.1'],
    cert: identity.chain,
    key: identity.privateKey,
    observe: serverSide.observe,
  });
  try {
    await once(served.tcp.listen(0, '127.0.0.1'), 'listening');
    const { port } = served.tcp.address() as AddressInfo;
    const transport = connectTcp({ port, host: '127.0.0.1', noDelay: true });
    transport.on('error', () => {});
    transport.resume();
    transport.end(bytes);
    // The handshake cannot be finished by who has no keys: the server tells of that, and nothing else is expected.
    await served.done.catch(() => {});
  } finally {
    served.tcp.close();
  }
  return serverSide.trace();
}

interface OneServer {
  readonly tcp: Server;
  readonly done: Promise<void>;
  heard(): Uint8Array;
}

/** A server for one connection: reads a request, answers it, closes. `done` rejects with what went wrong. */
function serveOnce(plan: LessonPlan, options: SecureOptions): OneServer {
  const { server, sessions, clientCa, judgeEarlyData, carryOut } = plan;
  const context = createSecureContext({ ...options, ...(clientCa !== undefined && { ca: clientCa }) });
  const serverOptions = context.serverOptionsFor(clientCa === undefined ? 'none' : 'require');
  const respond = (need: Need): Reply | undefined => {
    if (need.kind === 'session') return { answer: sessions?.find(need.id) };
    if (need.kind === 'early_data') return { answer: judgeEarlyData?.(need) ?? 'reject' };
    if (need.kind === 'verdict') return { answer: judge(need, context.trust).verdict };
    return answerWithKeys(context.identities, need);
  };
  const tcp = createServer({ allowHalfOpen: true, noDelay: true });
  const heard: Buffer[] = [];
  const done = new Promise<void>((resolve, reject) => {
    tcp.once('connection', (transport) => {
      transport.on('data', (chunk: Buffer) => void heard.push(chunk));
      const socket = new EngineSocket({
        transport,
        engine: new TlsServer({ ...serverOptions, ...server }),
        respond,
      });
      socket.on('session', (session: Buffer, id: Buffer) => sessions?.keep(id, session));
      socket.once('data', (request: Buffer) => {
        carryOut?.(request.toString('latin1'));
        socket.end(ANSWER);
      });
      socket.once('error', reject);
      socket.once('close', () => resolve());
      socket.start();
    });
  });
  // When the client fails first, that is what is told.
  done.catch(() => {});
  return { tcp, done, heard: () => new Uint8Array(Buffer.concat(heard)) };
}
