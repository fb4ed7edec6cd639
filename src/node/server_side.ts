// What makes a TLSSocket a server's: the configuration for what the client asks (names, protocols, a stapled response), the
// verdict about its certificate, shared keys, sessions by id.

import type { EventEmitter } from 'node:events';
import { Connection } from '../engine/connection.ts';
import type { Watching } from '../engine/context.ts';
import { serverSetup } from '../engine/server.ts';
import type { ServerConfig } from '../handshake/shared/config.ts';
import type { HelloNeed, Need, Verdict, VerdictNeed } from '../handshake/shared/needs.ts';
import { judge } from '../host/trust.ts';
import { shortReason, type Told } from './client_side.ts';
import { contextOf, type SecureContext } from './options.ts';
import type { Found, ServerSettings } from './server_settings.ts';
import { type Answering, answerWithAnyKey } from './signing.ts';
import type { TLSSocket } from './tls_socket.ts';

export class ServerSide {
  readonly isServer = true;
  readonly host = undefined;
  private readonly settings: ServerSettings;
  private readonly server: EventEmitter | undefined;
  private readonly socket: TLSSocket;
  private readonly told: Told;
  private context: SecureContext;
  /** Chosen by `setKeyCert`. */
  private chosen: SecureContext | undefined;

  constructor(settings: ServerSettings, server: EventEmitter | undefined, socket: TLSSocket, told: Told) {
    this.settings = settings;
    this.server = server;
    this.socket = socket;
    this.told = told;
    this.context = settings.context;
  }

  /** The chain of one of our certificates, by its place. */
  chainOf(credential: number | undefined): readonly Uint8Array[] | undefined {
    return credential === undefined ? undefined : this.context.identities[credential]?.chain;
  }

  open(watching: Watching): Connection {
    const { options, config } = this.settings.resolved(this.context);
    const sessionCache = this.listened('newSession') || this.listened('resumeSession');
    const asksHello = this.needsHello();
    const own = sessionCache || asksHello ? { ...config, sessionCache, asksHello } : config;
    return new Connection({ ...serverSetup(options, own), watching });
  }

  get watching(): Watching {
    const { observe, observeSecrets = false, keyLog } = this.context.common;
    return { observe, observeSecrets, keyLog };
  }

  /** Certificates and keys for this connection, as long as its ClientHello has not been answered. */
  setKeyCert(context: SecureContext): void {
    this.chosen = context;
  }

  answer(need: Need): Answering {
    switch (need.kind) {
      case 'verdict':
        return { answer: this.verdictOn(need) };
      case 'early_data':
        return { answer: 'withhold' };
      case 'hello':
        return this.configure(need);
      case 'psk': {
        if (need.role !== 'server') return undefined;
        const key = this.settings.options.pskCallback?.(this.socket, Buffer.from(need.identity).toString('utf8'));
        return { answer: key ? { key } : undefined };
      }
      case 'session':
        return this.findSession(need.id);
      default:
        return answerWithAnyKey(this.context.identities, need);
    }
  }

  private listened(event: string): boolean {
    return (this.server?.listenerCount(event) ?? 0) > 0;
  }

  private needsHello(): boolean {
    const { settings } = this;
    const { SNICallback, ALPNCallback } = settings.options;
    const asks = SNICallback !== undefined || ALPNCallback !== undefined || settings.hasNames;
    const bare = this.context.identities.length === 0 && settings.options.pskCallback === undefined;
    return asks || bare || this.context.followsClient || this.listened('OCSPRequest');
  }

  private configure(need: HelloNeed): Answering {
    const { SNICallback } = this.settings.options;
    const { serverName } = need;
    const asksOcsp = need.statusRequested && this.listened('OCSPRequest');
    this.socket.servername = serverName;
    if (serverName !== undefined && SNICallback !== undefined) {
      const found = answered<SecureContext>((done) => SNICallback.call(this.socket, serverName, done));
      return found.then((context) => this.configured(need, context ?? undefined, asksOcsp));
    }
    const named = serverName === undefined ? undefined : this.settings.contextFor(serverName);
    return this.configured(need, named, asksOcsp);
  }

  /** At once, unless a stapled response has to be waited for. */
  private configured(need: HelloNeed, named: SecureContext | undefined, asksOcsp: boolean): Answering {
    this.context = named === undefined ? this.context : contextOf(named, {});
    const alpn = this.protocolsFor(need);
    if (this.chosen !== undefined) this.context = this.chosen;
    const { config } = this.settings.resolved(this.context);
    const { context } = this;
    const asked: ServerConfig = {
      ...config,
      usesServerName: named !== undefined,
      sessionCache: this.listened('newSession') || this.listened('resumeSession'),
      ...(alpn !== undefined && { alpn }),
      ...(context.followsClient && { suites: inOrderOf(need.cipherSuites, config.suites) }),
    };
    const [leaf, issuer] = context.identities[0]?.chain ?? [];
    if (!asksOcsp || leaf === undefined) return { answer: asked };
    const der = Buffer.from(leaf);
    const wanted = answered<Uint8Array>(
      (done) => void this.server?.emit('OCSPRequest', der, issuer && Buffer.from(issuer), done),
    );
    return wanted.then((response) => ({ answer: response ? stapled(asked, response) : asked }));
  }

  private protocolsFor({ serverName = '', alpn }: HelloNeed): readonly string[] | undefined {
    const { ALPNCallback } = this.settings.options;
    if (ALPNCallback === undefined || alpn.length === 0) return undefined;
    const protocols = alpn.map((name) => Buffer.from(name, 'latin1').toString('utf8'));
    const chosen = ALPNCallback.call(this.socket, { servername: serverName, protocols });
    if (chosen === undefined) return [nameOutside(alpn)];
    const place = protocols.indexOf(chosen);
    if (place < 0) {
      const offered = protocols.join(', ');
      const problem = `ALPNCallback chose ${JSON.stringify(chosen)}, which the client does not offer (${offered})`;
      throw Object.assign(new TypeError(problem), { code: 'ERR_TLS_ALPN_CALLBACK_INVALID_RESULT' });
    }
    return [alpn[place] as string];
  }

  private verdictOn(need: VerdictNeed): Verdict {
    const { verdict, judgement } = judge(need, this.settings.trustOf(this.context));
    this.told.judged(judgement, need);
    if (!verdict.accepted || verdict.authorized) return verdict;
    return { ...verdict, reason: shortReason(judgement) };
  }

  private findSession(id: Uint8Array): Answering {
    if (!this.listened('resumeSession')) return { answer: undefined };
    const found = answered<Uint8Array>((done) => void this.server?.emit('resumeSession', Buffer.from(id), done));
    return found.then((session) => ({ answer: session ?? undefined }));
  }
}

/** What a callback in node's manner is called with; later calls are nothing. */
function answered<T>(ask: (done: Found<T>) => void): Promise<T | null | undefined> {
  return new Promise((resolve, reject) => ask((error, found) => (error ? reject(error) : resolve(found))));
}

function stapled(config: ServerConfig, ocspResponse: Uint8Array): ServerConfig {
  return { ...config, credentials: config.credentials.map((one) => ({ ...one, ocspResponse })) };
}

/** The client's order, as far as both have it. */
function inOrderOf(offered: readonly number[], suites: ServerConfig['suites']): ServerConfig['suites'] {
  return offered.flatMap((id) => suites.find((suite) => suite.id === id) ?? []);
}

/** A protocol that the client does not offer, so that it is refused (RFC 7301 3.2). */
function nameOutside(offered: readonly string[]): string {
  let name = 'none';
  while (offered.includes(name)) name += '-';
  return name;
}
