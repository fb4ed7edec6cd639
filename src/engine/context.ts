// The handshake's view of its connection: the effects that handlers may have, carried out on the two record halves and told
// to whoever watches. It takes no decisions.

import { toHex } from '../bytes/bytes.ts';
import type { Codec } from '../codec/codec.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import { Transcript } from '../crypto/transcript.ts';
import type { Agreement, Decision, HandshakeContext, KeyChange } from '../handshake/context.ts';
import type { MessageName } from '../handshake/machine.ts';
import type { ClientConfig, ServerConfig, Version } from '../handshake/shared/config.ts';
import type { Exporter13 } from '../handshake/shared/exporter.ts';
import { encodeSession, type Session } from '../handshake/shared/session.ts';
import type { KnownPeer } from '../handshake/shared/states.ts';
import type { Limits } from '../record/limits.ts';
import type { Protection } from '../record/protect.ts';
import { ReadHalf } from '../record/read_half.ts';
import { WriteHalf } from '../record/write_half.ts';
import { encodeHandshake, HANDSHAKE_HEADER_LENGTH } from '../wire/messages.ts';
import { ALERT, ALERT_LEVEL, type AlertName, CONTENT_TYPE, VERSION } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { EarlyData } from './early_data.ts';
import type { TlsEvent } from './events.ts';
import type { Epoch, MessageObservation, Observer } from './observe.ts';
import type { CommonOptions } from './options.ts';

export interface Watching {
  readonly observe: Observer | undefined;
  readonly observeSecrets: boolean;
  readonly keyLog: ((line: string) => void) | undefined;
}

export function watching(options: CommonOptions): Watching {
  const { observe, observeSecrets = false, keyLog } = options;
  return { observe, observeSecrets, keyLog };
}

export class EngineContext implements HandshakeContext {
  readonly provider: CryptoProvider;
  readonly transcript: Transcript;
  readonly observeSecret: SecretObserver | undefined;
  readonly read: ReadHalf;
  readonly write: WriteHalf;
  readonly observe: Observer | undefined;
  version: Version | undefined;
  agreement: Agreement | undefined;
  /** What the host has not been told of yet. */
  notices: TlsEvent[] = [];
  readonly early = new EarlyData();
  /** verify_data of this handshake: ours and the peer's. */
  readonly finished: { out?: Uint8Array; in?: Uint8Array } = {};
  /** What was decided about the last signature scheme. */
  schemeDecision: Decision | undefined;
  /** RFC 8446 6.1: after our close_notify we send nothing more, not even a KeyUpdate or a warning in answer. */
  silent = false;
  private config: ClientConfig | ServerConfig;
  private readonly protection: Protection;
  private readonly keyLog: ((line: string) => void) | undefined;
  private readEpoch: Epoch = 'plaintext';
  private writeEpoch: Epoch = 'plaintext';

  constructor(config: ClientConfig | ServerConfig, limits: Limits, watching: Watching, protection: Protection) {
    const { observe, observeSecrets, keyLog } = watching;
    this.config = config;
    this.protection = protection;
    this.provider = config.provider;
    this.transcript = new Transcript(config.provider);
    this.observe = observe;
    this.keyLog = keyLog;
    this.observeSecret =
      observe !== undefined && observeSecrets ? (step) => observe({ kind: 'secret', ...step }) : undefined;
    this.read = new ReadHalf(
      limits,
      observe &&
        ((type, innerType, version, length, contentLength) => {
          const epoch = epochOf(innerType, this.readEpoch);
          observe({ kind: 'record', direction: 'in', type, innerType, version, length, contentLength, epoch });
        }),
    );
    this.write = new WriteHalf(
      limits,
      observe &&
        ((innerType, contentLength, length, type, version) => {
          const epoch = epochOf(innerType, this.writeEpoch);
          observe({ kind: 'record', direction: 'out', type, innerType, version, length, contentLength, epoch });
        }),
      observe && (() => this.observeChangeCipherSpec('out', Uint8Array.of(1))),
    );
    this.shapeRecords();
  }

  get client(): ClientConfig {
    if (this.config.role !== 'client') throw new TlsError('ERR_TLS_INTERNAL', 'this connection is a server');
    return this.config;
  }

  get server(): ServerConfig {
    if (this.config.role !== 'server') throw new TlsError('ERR_TLS_INTERNAL', 'this connection is a client');
    return this.config;
  }

  useServerConfig(config: ServerConfig): void {
    this.config = config;
    this.shapeRecords();
  }

  useVersion(version: Version): void {
    this.version = version;
  }

  send<T>(name: MessageName, codec: Codec<T>, message: T): void {
    // What the peer says next answers what we send now: begun before, it is out of its order (RFC 5246 7.4, RFC 8446 4).
    if (this.read.hasHandshakeBytes && this.agreement === undefined) {
      throw new TlsError('ERR_TLS_MESSAGE_TOO_EARLY', `handshake bytes came before our ${name}`);
    }
    // RFC 8446 5.1: 0x0301 stands only in front of a first ClientHello.
    if (name === 'client_hello' && this.version === undefined) this.write.plainVersion = VERSION.tls10;
    const raw = this.sendOutside(name, codec, message);
    // A copy: what was encoded stands in a larger array.
    if (name === 'finished') this.finished.out = raw.slice(HANDSHAKE_HEADER_LENGTH);
    this.transcript.add(raw);
  }

  sendOutside<T>(name: MessageName, codec: Codec<T>, message: T): Uint8Array {
    const raw = encodeHandshake(name === 'hello_retry_request' ? 'server_hello' : name, codec, message);
    this.sendEncoded(name, raw);
    return raw;
  }

  sendEncoded(name: MessageName, raw: Uint8Array): void {
    if (this.silent) return;
    this.write.message(raw);
    this.observeMessage('out', CONTENT_TYPE.handshake, name, raw);
  }

  clientAuthenticated(peer: KnownPeer | undefined): void {
    const { chain = [], authorized = false, problem } = peer ?? {};
    this.notices.push({ type: 'client_certificate', chain, authorized, problem });
  }

  sendChangeCipherSpec(): void {
    this.write.changeCipherSpec();
    this.observeChangeCipherSpec('out', Uint8Array.of(1));
  }

  sendWarning(alert: AlertName): void {
    if (!this.silent) this.sendAlert(ALERT_LEVEL.warning, alert);
  }

  sendAlert(level: number, alert: AlertName): void {
    this.write.alert(level, ALERT[alert]);
    this.observeMessage('out', CONTENT_TYPE.alert, 'alert', Uint8Array.of(level, ALERT[alert]));
  }

  setReadKeys(change: KeyChange): void {
    this.read.setKeys(this.protection.makeOpener(this.provider, change.suite, change.keys, change.encryptThenMac));
    this.readEpoch = change.epoch;
    this.observeKeys('in', change);
  }

  setWriteKeys(change: KeyChange, changeCipherSpecFirst = false): void {
    const sealer = this.protection.makeSealer(this.provider, change.suite, change.keys, change.encryptThenMac);
    this.write.setKeys(sealer, changeCipherSpecFirst);
    this.writeEpoch = change.epoch;
    this.observeKeys('out', change);
  }

  openEarlyWrites(limit: number): void {
    this.early.writeLimit = limit;
  }

  openEarlyExporter(exporter: Exporter13): void {
    this.early.exporter = exporter;
  }

  earlyDataOutcome(accepted: boolean): void {
    if (!accepted) this.early.writeLimit = undefined;
    this.notices.push({ type: 'early_data_outcome', accepted });
  }

  clearWriteKeys(): void {
    this.write.clearKeys();
    this.writeEpoch = 'plaintext';
  }

  openEarlyReads(limit: number, delivery: 'deliver' | 'withhold'): void {
    this.early.admit(limit, delivery);
  }

  skipEarlyData(limit: number): void {
    this.read.skipUndecryptable(limit);
  }

  limitFragments(length: number): void {
    this.write.limitFragments(length);
    this.read.limitFragments(length);
  }

  limitRecords(out: number | undefined, into: number | undefined): void {
    if (out !== undefined) this.write.limitProtected(out);
    if (into !== undefined) this.read.limitProtected(into);
  }

  decide(decision: Decision): void {
    if (decision.about === 'signature_scheme') this.schemeDecision = decision;
    this.observe?.({ kind: 'decision', ...decision });
  }

  logSecret(label: string, clientRandom: Uint8Array, secret: Uint8Array): void {
    this.keyLog?.(`${label} ${toHex(clientRandom)} ${toHex(secret)}`);
  }

  keepSession(session: Session): void {
    this.notices.push({ type: 'session', id: session.id, session: encodeSession(session) });
  }

  connected(agreement: Agreement): void {
    this.agreement = agreement;
  }

  proofs(): { out: Uint8Array | undefined; in: Uint8Array | undefined; schemes: Decision['offered'] } {
    const { offered = [], acceptable = [] } = this.schemeDecision ?? {};
    const schemes = offered.filter((scheme) => acceptable.includes(scheme));
    return { out: this.finished.out?.slice(), in: this.finished.in?.slice(), schemes };
  }

  private shapeRecords(): void {
    const { recordPadding, smallFirstRecords, maxSendFragment, now } = this.config;
    if (maxSendFragment !== undefined) this.write.limitFragments(maxSendFragment);
    this.write.padTo = recordPadding;
    this.write.smallFirst = smallFirstRecords ? now : undefined;
  }

  /** Tells of a whole handshake message, ChangeCipherSpec or alert. */
  observeMessage(direction: 'in' | 'out', type: number, name: MessageObservation['name'], raw: Uint8Array): void {
    this.observe?.({
      kind: 'message',
      direction,
      type,
      name,
      raw,
      epoch: epochOf(type, direction === 'in' ? this.readEpoch : this.writeEpoch),
      version: this.version,
    });
  }

  observeChangeCipherSpec(direction: 'in' | 'out', raw: Uint8Array): void {
    this.observeMessage(direction, CONTENT_TYPE.change_cipher_spec, 'change_cipher_spec', raw);
  }

  private observeKeys(direction: 'in' | 'out', { suite, epoch, generation }: KeyChange): void {
    this.observe?.({ kind: 'keys', direction, epoch, suite: suite.id, generation });
  }
}

/** ChangeCipherSpec is never protected: there is one handshake a connection, and TLS 1.3 sends it in the clear. */
function epochOf(contentType: number, epoch: Epoch): Epoch {
  return contentType === CONTENT_TYPE.change_cipher_spec ? 'plaintext' : epoch;
}
