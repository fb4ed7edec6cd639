// What follows from a pre-shared key of TLS 1.3 that is known beforehand: whether a binder is made with it (RFC 8446 4.2.11.2), the secret
// of early data, and without an ephemeral key exchange (psk_ke) every other secret, tickets included. Those are what a key log would
// have said, and are put beside it.

import { equal } from '../bytes/bytes.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import {
  earlyStage,
  type HandshakeStage,
  type MasterStage,
  resumptionPsk,
  type ScheduleContext,
} from '../crypto/schedule13.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import type { Side } from '../inspect/trace.ts';
import { isServerHello13, newSessionTicket13, withoutBinders } from '../wire/messages.ts';
import { type Handshake, type KnownPsk, suitesOffered, tryRead } from './handshake.ts';
import type { SecretLabel } from './keylog.ts';
import type { Secrets } from './secrets.ts';

/** Binders of one ClientHello that are looked at: real ones have one or two. */
const MAX_BINDERS = 16;

/** For each binder the key that makes it; resumption and external keys differ in a label alone. */
export function knownPsks(
  { clientHello, transcript }: Handshake,
  raw: Uint8Array,
  provider: CryptoProvider,
  keys: readonly Uint8Array[],
): readonly (KnownPsk | undefined)[] {
  const offered = clientHello?.extensions.known.pre_shared_key;
  if (clientHello === undefined || offered === undefined) return [];
  const truncated = withoutBinders(raw, offered.binders);
  return offered.binders.slice(0, MAX_BINDERS).map((binder) => {
    for (const suite of suitesOffered(clientHello, binder.length)) {
      const hash = transcript.hashOfHello(suite.hash, truncated);
      for (const key of keys) {
        const stage = earlyStage({ provider, suite, observe: undefined }, key);
        if ([true, false].some((external) => equal(stage.binder(hash, external), binder))) return { key, suite };
      }
    }
    return undefined;
  });
}

export class Psk13 {
  private readonly handshake: Handshake;
  private readonly provider: CryptoProvider;
  private readonly secrets: Secrets;
  private readonly observe: SecretObserver | undefined;
  private context: ScheduleContext | undefined;
  private stage: HandshakeStage | undefined;
  private master: MasterStage | undefined;
  private resumption: Uint8Array | undefined;

  constructor(handshake: Handshake, provider: CryptoProvider, secrets: Secrets, observe: SecretObserver | undefined) {
    this.handshake = handshake;
    this.provider = provider;
    this.secrets = secrets;
    this.observe = observe;
  }

  /** RFC 8446 4.2.10: early data is under the first key that is offered. */
  onEarlyData(): void {
    const { clientHelloRaw: raw, transcript, psks } = this.handshake;
    const [first] = psks;
    if (first === undefined || raw === undefined) return;
    const { suite, key } = first;
    const stage = earlyStage({ provider: this.provider, suite, observe: this.observe }, key);
    this.learn('CLIENT_EARLY_TRAFFIC_SECRET', stage.clientTraffic(transcript.hashOfHello(suite.hash, raw)));
  }

  onServerHello(): void {
    const { serverHello: hello, suite, psks, transcript, whole } = this.handshake;
    if (hello === undefined || suite?.version !== 'tls13' || !isServerHello13(hello) || !whole) return;
    const { pre_shared_key: chosen, key_share } = hello.extensions.known;
    const psk = chosen === undefined ? undefined : psks[chosen];
    if (psk === undefined || key_share !== undefined || psk.suite.hash !== suite.hash) return;
    this.context = { provider: this.provider, suite, observe: this.observe };
    this.stage = earlyStage(this.context, psk.key).toHandshake(undefined);
    const hash = transcript.hash();
    this.learn('CLIENT_HANDSHAKE_TRAFFIC_SECRET', this.stage.clientTraffic(hash));
    this.learn('SERVER_HANDSHAKE_TRAFFIC_SECRET', this.stage.serverTraffic(hash));
  }

  /** The first Finished of each side. */
  onFinished(from: Side): void {
    const { transcript, whole } = this.handshake;
    if (!whole) return;
    if (from === 'server' && this.stage !== undefined) {
      this.master = this.stage.toMaster();
      const hash = transcript.hash();
      this.learn('CLIENT_TRAFFIC_SECRET_0', this.master.clientTraffic(hash));
      this.learn('SERVER_TRAFFIC_SECRET_0', this.master.serverTraffic(hash));
    } else if (this.master !== undefined) this.resumption = this.master.resumption(transcript.hash());
  }

  /** RFC 8446 4.6.1: the key of a ticket, for connections that come later. */
  onTicket(raw: Uint8Array): void {
    const ticket = tryRead(newSessionTicket13, raw);
    if (ticket === undefined || this.context === undefined || this.resumption === undefined) return;
    this.secrets.rememberPsk(resumptionPsk(this.context, this.resumption, ticket.ticket_nonce));
  }

  private learn(label: SecretLabel, secret: Uint8Array): void {
    const { clientHello } = this.handshake;
    if (clientHello !== undefined) this.secrets.derive(label, clientHello.random, secret);
  }
}
