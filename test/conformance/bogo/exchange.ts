// One connection with the runner, as BoringSSL's shim leads it: handshake, checks, what is to be written first, then every
// byte that comes is sent back inverted until the peer closes. Early data that was refused starts it over on the same
// connection, under the settings of the retry.

import { TlsClient } from '../../../src/engine/client.ts';
import { resolveServer } from '../../../src/engine/config.ts';
import type { Connection } from '../../../src/engine/connection.ts';
import type { TlsEvent } from '../../../src/engine/events.ts';
import { resolveServerOptions, TlsServer } from '../../../src/engine/server.ts';
import type { Answers, HelloNeed, Need, VerdictNeed } from '../../../src/handshake/shared/needs.ts';
import { answerWithKeys, type Reply } from '../../../src/host/respond.ts';
import { TlsError } from '../../../src/wire/tls_error.ts';
import { checkConnected, checkEnd, checkHello, Mismatch, type Seen } from './checks.ts';
import { type OwnCredential, ownCredentials, sharedKey } from './credentials.ts';
import { type Settings, Unimplemented } from './flags.ts';
import type { Link } from './link.ts';
import { clientOptions, type Surroundings, serverOptions } from './options.ts';
import { type ExchangeSetup, Failed, type Kept } from './setup.ts';
import { alertOfRefusal, helloRefusal, verdictOf } from './verdict.ts';
import { Secrets, witness } from './witness.ts';

class EarlyDataRefused extends Error {}

export class Exchange {
  private readonly setup: ExchangeSetup;
  private readonly link: Link;
  private readonly own: readonly OwnCredential[];
  private readonly connection: Connection;
  private readonly seen: Seen;
  private settings: Settings;

  private readonly received: Uint8Array[] = [];
  private readonly waiting: (() => void)[] = [];
  private fault: Error | undefined;
  private ended: 'close_notify' | 'cut' | undefined;
  private checked = false;
  /** We have said close_notify, and nothing can be agreed on any more. */
  private closed = false;
  private refused = false;
  /** Bytes that may be written before the handshake is done. */
  private earlyLeft = Number.POSITIVE_INFINITY;
  private readonly secrets = new Secrets();

  constructor(setup: ExchangeSetup, link: Link) {
    this.setup = setup;
    this.link = link;
    this.settings = setup.settings;
    this.own = ownCredentials(setup.settings);
    const { kept } = setup;
    this.seen = {
      isResume: setup.isResume,
      helloRetry: false,
      sessions: [],
      ...(kept && { offered: kept.session }),
      ...(kept?.ocspResponse && { ocspResponse: kept.ocspResponse }),
      ...(kept?.timestamps && { timestamps: kept.timestamps }),
    };
    this.connection = this.setup.settings.server
      ? new TlsServer(serverOptions(this.settings, this.around, this.own, undefined))
      : new TlsClient(clientOptions(this.settings, this.around, this.own, kept?.session));
  }

  /** @returns what a client may resume. @throws Failed, Mismatch */
  async run(): Promise<Kept | undefined> {
    this.link.listen({ bytes: (chunk) => this.feed(chunk), end: () => this.handle(this.connection.end()) });
    this.handle(this.connection.start());
    try {
      await this.exchange();
    } catch (error) {
      if (!(error instanceof EarlyDataRefused)) throw error;
      this.settings = this.setup.retry;
      await this.until(() => this.seen.agreement !== undefined);
      await this.exchange();
    }
    const session = this.seen.sessions.at(-1);
    const { ocspResponse, timestamps } = this.seen;
    return session && { session, ocspResponse, timestamps };
  }

  private get around(): Surroundings {
    const { provider, now } = this.setup;
    return { provider, now, observe: (one) => witness(this.seen, one), keyLog: (line) => this.secrets.keep(line) };
  }

  private async exchange(): Promise<void> {
    const { settings, seen } = this;
    await this.until(() => seen.agreement !== undefined || this.connection.writable || this.early);
    if (settings['handshake-twice']) await this.until(() => seen.agreement !== undefined);
    this.check();
    if (settings['expect-no-offer-early-data'] && seen.writable === 'early_data') {
      throw new Mismatch('early data was offered');
    }
    await this.writeExports();
    if (settings['send-alert']) return this.sendAlert();
    await this.writeFirst();
    if (!settings['shim-shuts-down']) await this.echo();
    await this.until(() => seen.agreement !== undefined);
    this.check();
    checkEnd(settings, seen);
    await this.shutDown();
  }

  /** A server that reads early data. */
  private get early(): boolean {
    return this.received.length > 0;
  }

  private check(): void {
    const { settings } = this;
    const { agreement } = this.seen;
    if (this.checked || agreement === undefined) return;
    this.checked = true;
    if (
      agreement.resumed &&
      settings['reverify-on-resume'] &&
      settings['verify-fail'] &&
      agreement.peerChain.length > 0
    ) {
      const reason = 'the certificate of the session is refused: certificate verify failed';
      this.handle(this.connection.abort(alertOfRefusal(settings), reason));
      if (this.fault !== undefined) throw this.fault;
    }
    checkConnected(settings, this.seen, this.own);
  }

  private async writeExports(): Promise<void> {
    const { settings, connection } = this;
    const length = settings['export-keying-material'];
    if (length !== undefined) {
      if (settings['false-start']) throw new Unimplemented('exporters before the handshake is done');
      // Nothing is exported before the client has finished; the runner reads it after the handshake.
      if (settings.server) await this.until(() => this.seen.agreement !== undefined);
      const context = new TextEncoder().encode(settings['export-context'] ?? '');
      const label = settings['export-label'] ?? '';
      const withContext = settings['use-export-context'] ? context : undefined;
      await this.write(connection.exportKeyingMaterial(label, length, withContext));
    }
    if (settings['export-traffic-secrets']) await this.write(this.secrets.traffic(settings.server === true));
    if (settings['tls-unique']) await this.write(connection.channelBinding('tls-unique'));
  }

  private sendAlert(): void {
    this.handle(this.connection.abort('decompression_failure', 'an alert was to be sent'));
    this.fault = undefined;
  }

  private async writeFirst(): Promise<void> {
    const { settings } = this;
    const initial = Buffer.from(settings['shim-initial-write'] ?? 'hello');
    if (settings['write-different-record-sizes']) {
      const sizes = [0, 1, 255, 256, 257, 16383, 16384, 16385, 32767, 32768, 32769];
      for (const size of sizes) await this.write(new Uint8Array(size).fill(0x42));
    } else if (settings['read-with-unfinished-write']) {
      await this.until(() => this.connection.writable);
      const pieces = this.connection.write(initial).flatMap((event) => (event.type === 'send' ? event.pieces : []));
      this.link.hold(pieces);
    } else if (settings['shim-writes-first']) {
      for (let i = settings['repeat-shim-initial-write'] ?? 1; i > 0; i--) await this.write(initial);
    }
  }

  private async echo(): Promise<void> {
    const { settings } = this;
    for (;;) {
      if (settings['key-update-before-read']) this.handle(this.connection.updateKeys());
      const data = await this.read(settings['read-size'] ?? 512);
      if (data === undefined) return;
      this.link.release();
      if (settings['key-update']) this.handle(this.connection.updateKeys());
      await this.write(data.map((byte) => byte ^ 0xff));
    }
  }

  /** Undefined when the peer is done. */
  private async read(size: number): Promise<Uint8Array | undefined> {
    const { received, settings } = this;
    await this.until(() => received.length > 0 || this.refused || this.ended !== undefined);
    if (this.refused) {
      this.refused = false;
      await this.until(() => this.seen.agreement !== undefined);
      if (settings['expect-reject-early-data']) throw new EarlyDataRefused();
      throw new Mismatch('early data was refused');
    }
    this.check();
    const [first] = received;
    if (first === undefined) return undefined;
    if (settings['expect-reject-early-data'] && !settings.server && settings === this.setup.settings) {
      throw new Mismatch('data came where early data should have been refused');
    }
    // BoringSSL's peek leaves the bytes where they are, and so does this.
    const part = first.slice(0, size);
    if (settings['peek-then-read'] && received[0]?.length !== first.length) throw new Mismatch('a peek took data away');
    if (first.length > size) received[0] = first.slice(size);
    else received.shift();
    return part;
  }

  private async write(data: Uint8Array): Promise<void> {
    await this.until(() => this.connection.writable);
    const early = this.seen.agreement === undefined ? Math.min(this.earlyLeft, data.length) : data.length;
    this.earlyLeft -= early;
    if (early > 0 || data.length === 0) this.handle(this.connection.write(data.subarray(0, early)));
    if (early === data.length) return;
    await this.until(() => this.seen.agreement !== undefined || this.refused);
    this.check();
    if (!this.refused) this.handle(this.connection.write(data.subarray(early)));
  }

  /** BoringSSL reads nothing more before it says close_notify; what comes meanwhile finds us closed. */
  private close(): void {
    if (this.closed || !this.settings['check-close-notify']) return;
    this.closed = true;
    this.handle(this.connection.close());
  }

  private get writesFirst(): boolean {
    const { settings } = this;
    return [
      settings['shim-writes-first'],
      settings['write-different-record-sizes'],
      settings['export-keying-material'],
      settings['export-traffic-secrets'],
      settings['tls-unique'],
      settings['send-alert'],
    ].some((one) => one !== undefined);
  }

  private async shutDown(): Promise<void> {
    const { settings } = this;
    if (!settings['check-close-notify']) return;
    if (this.wasCut) throw new Mismatch('the peer did not say close_notify');
    this.close();
    if (!settings['shim-shuts-down']) return;
    await this.until(() => this.received.length > 0 || this.ended !== undefined);
    if (this.received.length > 0) throw new Mismatch(':APPLICATION_DATA_ON_SHUTDOWN: data came after close_notify');
    if (this.wasCut) throw new Mismatch('the peer did not answer close_notify');
  }

  private get wasCut(): boolean {
    return this.ended === 'cut';
  }

  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.fault !== undefined) throw this.fault;
      await new Promise<void>((wake) => this.waiting.push(wake));
    }
  }

  /** With -async each byte comes by itself. */
  private feed(chunk: Uint8Array): void {
    if (!this.settings.async) return this.handle(this.connection.receive(chunk));
    for (let at = 0; at < chunk.length; at++) this.handle(this.connection.receive(chunk.subarray(at, at + 1)));
  }

  private handle(events: readonly TlsEvent[]): void {
    try {
      const queue = [...events];
      for (const event of queue) {
        if (event.type === 'need' && !this.settings.async) {
          queue.push(...this.answer(event.id, event.need));
        } else this.take(event);
      }
    } catch (error) {
      this.fault ??= error as Error;
    }
    for (const wake of this.waiting.splice(0)) wake();
  }

  private take(event: TlsEvent): void {
    const { seen } = this;
    switch (event.type) {
      case 'send':
        this.link.release();
        return this.link.write(event.pieces);
      case 'need':
        setImmediate(() => this.answerLater(event.id, event.need));
        return;
      case 'connected':
        if (!this.settings.server && this.settings['fail-cert-callback']) {
          throw new Unimplemented('a client of TLS 1.2 that is asked for its certificate when it is needed');
        }
        if (this.settings['handshake-never-done']) throw new Mismatch('the handshake was completed');
        seen.agreement = event.agreement;
        if (this.settings['shim-shuts-down'] && !this.writesFirst) this.close();
        return;
      case 'writable':
        seen.writable = event.reason;
        this.earlyLeft = event.limit ?? this.earlyLeft;
        return;
      case 'early_data_outcome':
        seen.earlyData = event.accepted;
        this.refused = !event.accepted;
        return;
      case 'data':
      case 'early_data':
        this.received.push(event.data);
        return;
      case 'session':
        seen.sessions.push(event.session);
        if (event.id.length > 0) this.setup.cache.set(Buffer.from(event.id).toString('hex'), event.session);
        return;
      case 'end':
        this.ended = 'close_notify';
        return;
      case 'error':
        return this.fail(event.error);
    }
  }

  /** A stream that is cut where data could be ends the exchange like a close; the checks on shutdown see the difference. */
  private fail(error: TlsError): void {
    const { settings } = this;
    const wants = settings['renegotiate-freely'] || settings['renegotiate-once'] || settings['renegotiate-explicit'];
    if (error.code === 'ERR_TLS_RENEGOTIATION' && wants && !this.closed) {
      this.fault ??= new Unimplemented('renegotiation');
    } else if (error.code === 'ERR_TLS_TRUNCATED') this.ended ??= 'cut';
    else this.fault ??= new Failed(error, this.seen.version);
  }

  private answerLater(id: number, need: Need): void {
    if (this.fault !== undefined || this.ended !== undefined) return;
    try {
      this.handle(this.answer(id, need));
    } catch (error) {
      this.fault ??= error as Error;
      this.handle([]);
    }
  }

  /** Answers, or ends the connection where BoringSSL's callback would. */
  private answer(id: number, need: Need): TlsEvent[] {
    const { settings, seen } = this;
    if (settings['fail-cert-callback'] && seen.wasAsked) {
      return this.connection.abort('internal_error', 'the host has no certificate to give');
    }
    const refusal = need.kind === 'hello' ? helloRefusal(settings) : undefined;
    if (refusal !== undefined) return this.connection.abort(...refusal);
    try {
      return this.connection.answer(id, this.reply(need).answer);
    } catch (error) {
      // A configuration that cannot be: the host has none to answer with.
      if (!(error instanceof TlsError) || error.code !== 'ERR_TLS_CONFIG') throw error;
      return this.connection.abort('internal_error', error.message);
    }
  }

  private reply(need: Need): Reply {
    switch (need.kind) {
      case 'hello':
        return { answer: this.configure(need) };
      case 'verdict':
        return { answer: this.judge(need) };
      case 'session':
        return { answer: this.setup.cache.get(Buffer.from(need.id).toString('hex')) };
      case 'psk':
        return { answer: sharedKey(this.settings, need, this.connection.stateName) };
      case 'early_data':
        return { answer: 'deliver' };
      default: {
        const reply = answerWithKeys(
          this.own.map(({ identity }) => identity),
          need,
        );
        if (reply === undefined) throw new Unimplemented(`the need ${need.kind}`);
        return reply;
      }
    }
  }

  private configure(need: HelloNeed): Answers['hello'] {
    const { settings, own } = this;
    checkHello(settings, need);
    this.seen.hello = need;
    const options = serverOptions(settings, this.around, own, need);
    return settings['no-server-name-ack'] ? resolveServer(options) : resolveServerOptions(options);
  }

  private judge(need: VerdictNeed): Answers['verdict'] {
    this.seen.ocspResponse = need.ocspResponse;
    this.seen.timestamps = need.timestamps;
    return verdictOf(this.seen.earlyData === false ? this.setup.retry : this.settings, need);
  }
}
