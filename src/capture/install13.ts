// TLS 1.3: handshake keys from ServerHello on, application keys behind each Finished, early data before, a generation more with each
// KeyUpdate (RFC 8446 7). A key log may have some of the secrets and not others; what it has is used.

import { toHex } from '../bytes/bytes.ts';
import { HASH_LENGTH } from '../crypto/hkdf.ts';
import { nextTrafficSecret, type ScheduleContext, trafficKeys } from '../crypto/schedule13.ts';
import type { SecretObserver } from '../crypto/secrets.ts';
import type { Suite13 } from '../crypto/suites.ts';
import type { Side } from '../inspect/trace.ts';
import { type Opener, PlainOpener } from '../record/protection.ts';
import { encryptedExtensions } from '../wire/messages.ts';
import { type Handshake, suitesOffered, tryRead } from './handshake.ts';
import { type Epoch, type KeyChange, keyChange } from './key_change.ts';
import type { PassiveOptions } from './passive.ts';
import { Psk13 } from './psk13.ts';
import type { SealedReason } from './secrets.ts';
import { type CountedOpener, countedOpener } from './seeking.ts';
import type { TrialOpener } from './trial_opener.ts';

type Changes = readonly (readonly [Side, KeyChange])[];

const LABELS = {
  client: { handshake: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', application: 'CLIENT_TRAFFIC_SECRET_0' },
  server: { handshake: 'SERVER_HANDSHAKE_TRAFFIC_SECRET', application: 'SERVER_TRAFFIC_SECRET_0' },
} as const;

export class Keys13 {
  private readonly handshake: Handshake;
  private readonly options: PassiveOptions;
  private readonly observe: SecretObserver | undefined;
  private readonly psk: Psk13;
  private early: TrialOpener | undefined;
  /** The client's records are early data until EndOfEarlyData, or until it shows that they were refused. */
  private earlyLasts = false;
  private readonly current: Record<Side, { secret: Uint8Array; generation: number } | undefined> = {
    client: undefined,
    server: undefined,
  };

  constructor(handshake: Handshake, options: PassiveOptions, observe: SecretObserver | undefined) {
    this.handshake = handshake;
    this.options = options;
    this.observe = observe;
    this.psk = new Psk13(handshake, options.provider, options.secrets, observe);
  }

  /** Behind a ClientHello with early_data. The suite is that of the session: all that were offered are tried. */
  onEarlyData(): Changes {
    const { clientHello } = this.handshake;
    this.psk.onEarlyData();
    const secret = clientHello && this.options.secrets.secret('CLIENT_EARLY_TRAFFIC_SECRET', clientHello.random);
    const suites = clientHello === undefined || secret === undefined ? [] : suitesOffered(clientHello, secret.length);
    const openers = suites.flatMap((suite): (readonly [Epoch, CountedOpener])[] => {
      if (secret === undefined) return [];
      return [['early', this.openerOf(suite, secret, 'client_early_traffic_secret')]];
    });
    const change = keyChange(true, openers, 'early');
    this.early = change.opener;
    this.earlyLasts = openers.length > 0;
    return [['client', change]];
  }

  /** After a HelloRetryRequest the client speaks in the clear again. */
  plain(): Opener {
    this.earlyLasts = false;
    return new PlainOpener();
  }

  onServerHello(): Changes {
    this.psk.onServerHello();
    const server = this.handshakeChange('server');
    // While its early data may go on, the client's handshake keys wait for EncryptedExtensions to tell.
    if (this.earlyLasts && this.early !== undefined && server.usable) return [['server', server]];
    this.earlyLasts = false;
    return [
      ['server', server],
      ['client', this.handshakeChange('client')],
    ];
  }

  onMessage(from: Side, name: string, raw: Uint8Array): Changes {
    if (name === 'encrypted_extensions' && from === 'server' && this.earlyLasts) {
      if (tryRead(encryptedExtensions, raw)?.extensions.known.early_data === true) return [];
      this.earlyLasts = false;
      return [['client', this.handshakeChange('client')]];
    }
    if (name === 'end_of_early_data' && from === 'client') {
      this.earlyLasts = false;
      return [['client', this.handshakeChange('client')]];
    }
    if (name === 'new_session_ticket') this.psk.onTicket(raw);
    if (name !== 'finished') return [];
    this.psk.onFinished(from);
    return [[from, this.applicationChange(from)]];
  }

  /** RFC 8446 7.2. */
  onKeyUpdate(from: Side, readable: boolean): Changes {
    const { suite } = this.handshake;
    const now = this.current[from];
    if (!readable || now === undefined || suite?.version !== 'tls13') return [];
    const name = `${from}_application_traffic_secret_${now.generation}`;
    const secret = nextTrafficSecret(this.context(suite), now.secret, name);
    const generation = now.generation + 1;
    this.current[from] = { secret, generation };
    this.handshake.traffic[from] = secret;
    const opener = this.openerOf(suite, secret, `${from}_application_traffic_secret_${generation}`);
    return [[from, keyChange(true, [['application', opener]], 'application', generation)]];
  }

  /** Why records of `side` stay sealed when no key fits. */
  reasonOf(side: Side): SealedReason | undefined {
    const { clientHello, serverHello, suite } = this.handshake;
    const { secrets } = this.options;
    if (clientHello === undefined) return { code: 'beginning_missing' };
    if (serverHello !== undefined && suite === undefined)
      return { code: 'unknown_suite', suite: serverHello.cipher_suite };
    const { log } = secrets;
    const known = secrets.secret(LABELS[side].handshake, clientHello.random) !== undefined;
    if (known) return { code: 'secret_does_not_fit' };
    if (!log.isEmpty) {
      return { code: 'no_secret', clientRandom: toHex(clientHello.random), others: log.connections };
    }
    return { code: secrets.isEmpty ? 'no_keys' : 'forward_secrecy' };
  }

  private handshakeChange(side: Side): KeyChange {
    const application = this.candidate(side, 'application');
    return keyChange(true, [...this.candidate(side, 'handshake'), ...application], 'handshake');
  }

  private applicationChange(side: Side): KeyChange {
    return keyChange(true, this.candidate(side, 'application'), 'application');
  }

  private candidate(side: Side, epoch: 'handshake' | 'application'): readonly (readonly [Epoch, CountedOpener])[] {
    const { clientHello, suite } = this.handshake;
    const secret = clientHello && this.options.secrets.secret(LABELS[side][epoch], clientHello.random);
    if (secret === undefined || suite?.version !== 'tls13' || secret.length !== HASH_LENGTH[suite.hash]) return [];
    const name = epoch === 'handshake' ? `${side}_handshake_traffic_secret` : `${side}_application_traffic_secret_0`;
    if (epoch === 'application') {
      this.current[side] = { secret, generation: 0 };
      this.handshake.traffic[side] = secret;
    }
    return [[epoch, this.openerOf(suite, secret, name)]];
  }

  private openerOf(suite: Suite13, secret: Uint8Array, name: string): CountedOpener {
    this.observe?.({ name, value: secret });
    return countedOpener(this.options.provider, suite, trafficKeys(this.context(suite), secret, name));
  }

  private context(suite: Suite13): ScheduleContext {
    return { provider: this.options.provider, suite, observe: this.observe };
  }
}
