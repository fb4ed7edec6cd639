// What a connection proves, checked by who only watches: Finished, the signatures, binders, the downgrade sentinel. Each comes out as
// right, wrong, or not to be checked, with the reason. The same schedules, contents and schemes are used as by the ends.

import { equal, equalConstantTime } from '../bytes/bytes.ts';
import { HASH_LENGTH } from '../crypto/hkdf.ts';
import type { PublicKey } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { verifyData12 } from '../crypto/schedule12.ts';
import { earlyStage, verifyData13 } from '../crypto/schedule13.ts';
import { SCHEMES, schemeFitsKey } from '../crypto/schemes.ts';
import { certificateVerifyContent, serverKeyExchangeContent } from '../crypto/signed_content.ts';
import { suiteById } from '../crypto/suites.ts';
import type { MessageName } from '../inspect/forms.ts';
import type { Side } from '../inspect/trace.ts';
import { DEFAULT_LIMITS } from '../record/limits.ts';
import { serverKeyExchangeDhe, serverKeyExchangeEcdhe } from '../wire/key_exchange.ts';
import {
  certificate12,
  certificate13,
  certificateVerify,
  compressedCertificate,
  DOWNGRADE_TO_TLS11,
  DOWNGRADE_TO_TLS12,
  HANDSHAKE_HEADER_LENGTH,
  withoutBinders,
} from '../wire/messages.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { type Handshake, tryDecode, tryRead } from './handshake.ts';
import { suite12 } from './keys12.ts';
import type { Decompressor, MessageWatcher, PassiveOptions } from './passive.ts';
import type { Secrets } from './secrets.ts';
import type { Place } from './tcp.ts';

export type CheckName =
  | 'server_key_exchange'
  | 'server_certificate_verify'
  | 'client_certificate_verify'
  | 'server_finished'
  | 'client_finished'
  | 'psk_binder'
  | 'downgrade';

/** Why something cannot be checked. */
export type Unchecked =
  | 'no_secret'
  | 'incomplete'
  | 'no_certificate'
  | 'unreadable'
  | 'unknown_scheme'
  | 'no_psk'
  | 'after_handshake';

export interface Check {
  readonly name: CheckName;
  readonly outcome: 'right' | 'wrong' | 'unchecked';
  readonly why: Unchecked | undefined;
  readonly frame: number;
}

/** As long as any handshake message may be (record/limits.ts). */
const MAX_CERTIFICATE = DEFAULT_LIMITS.handshakeMessage;

export class Checks implements MessageWatcher {
  readonly list: Check[] = [];
  /** DER, as each side showed it. */
  readonly chains: Record<Side, readonly Uint8Array[]> = { client: [], server: [] };
  private readonly provider: CryptoProvider;
  private readonly secrets: Secrets;
  private readonly decompressors: readonly Decompressor[];
  private frame = 0;

  constructor({ provider, secrets, decompressors }: PassiveOptions) {
    this.provider = provider;
    this.secrets = secrets;
    this.decompressors = decompressors;
  }

  message(handshake: Handshake, from: Side, name: MessageName, raw: Uint8Array, { frame }: Place): void {
    this.frame = frame;
    switch (name) {
      case 'client_hello':
        return this.binders(handshake, raw);
      case 'server_hello':
        return this.downgrade(handshake);
      case 'certificate':
        return this.certificate(handshake, from, raw);
      case 'compressed_certificate':
        return this.compressedCertificate(from, raw);
      case 'server_key_exchange':
        return this.serverKeyExchange(handshake, raw);
      case 'certificate_verify':
        return this.certificateVerify(handshake, from, raw);
      case 'finished':
        return this.finished(handshake, from, raw);
    }
  }

  private tell(name: CheckName, outcome: boolean | Unchecked): void {
    const checked = typeof outcome === 'boolean';
    this.list.push({
      name,
      outcome: checked ? (outcome ? 'right' : 'wrong') : 'unchecked',
      why: checked ? undefined : outcome,
      frame: this.frame,
    });
  }

  private certificate(handshake: Handshake, from: Side, raw: Uint8Array): void {
    if (handshake.is13) {
      this.chains[from] = tryRead(certificate13, raw)?.certificate_list.map(({ cert_data }) => cert_data) ?? [];
    } else this.chains[from] = tryRead(certificate12, raw)?.certificate_list ?? [];
  }

  /** RFC 8879 4. */
  private compressedCertificate(from: Side, raw: Uint8Array): void {
    const message = tryRead(compressedCertificate, raw);
    if (message === undefined || message.uncompressed_length > MAX_CERTIFICATE) return;
    const way = this.decompressors.find(({ algorithm }) => algorithm === message.algorithm);
    const plain = way?.decompress?.(message.compressed_certificate_message, message.uncompressed_length);
    const list = plain && tryDecode(certificate13, plain)?.certificate_list;
    this.chains[from] = list?.map(({ cert_data }) => cert_data) ?? [];
  }

  /** RFC 5246 7.4.3. */
  private serverKeyExchange({ randoms, suite }: Handshake, raw: Uint8Array): void {
    const exchange = suite?.version === 'tls12' ? suite.keyExchange : undefined;
    if (exchange !== 'ecdhe' && exchange !== 'dhe') return;
    const message = exchange === 'ecdhe' ? tryRead(serverKeyExchangeEcdhe, raw) : tryRead(serverKeyExchangeDhe, raw);
    if (message === undefined) return this.tell('server_key_exchange', 'unreadable');
    if (randoms === undefined) return this.tell('server_key_exchange', 'incomplete');
    const content = serverKeyExchangeContent(randoms.client, randoms.server, message.params.raw);
    this.tell('server_key_exchange', this.verify('server', 'tls12', message.algorithm, content, message.signature));
  }

  /** RFC 5246 7.4.8, RFC 8446 4.4.3. */
  private certificateVerify(handshake: Handshake, from: Side, raw: Uint8Array): void {
    const name: CheckName = `${from}_certificate_verify`;
    const message = tryRead(certificateVerify, raw);
    if (message === undefined) return this.tell(name, 'unreadable');
    if (handshake.finished.size === 2) return this.tell(name, 'after_handshake');
    if (!handshake.whole || !handshake.hasStarted) return this.tell(name, 'incomplete');
    const { transcript, is13 } = handshake;
    const content = is13 ? certificateVerifyContent(from, transcript.hashBefore()) : transcript.allBefore();
    const version = is13 ? 'tls13' : 'tls12';
    this.tell(name, this.verify(from, version, message.algorithm, content, message.signature));
  }

  private verify(
    from: Side,
    version: 'tls12' | 'tls13',
    algorithm: number,
    content: Uint8Array,
    signature: Uint8Array,
  ): boolean | Unchecked {
    const key = this.keyOf(from);
    if (key === undefined) return 'no_certificate';
    const scheme = SCHEMES.find(({ id }) => id === algorithm);
    if (scheme === undefined) return 'unknown_scheme';
    return schemeFitsKey(scheme, key, version) && this.provider.verify(key, scheme.algorithm, content, signature);
  }

  private keyOf(from: Side): PublicKey | undefined {
    const [leaf] = this.chains[from];
    if (leaf === undefined) return undefined;
    try {
      return parseCertificate(leaf).spki.key;
    } catch {
      return undefined;
    }
  }

  /** RFC 5246 7.4.9, RFC 8446 4.4.4. */
  private finished(handshake: Handshake, from: Side, raw: Uint8Array): void {
    const name: CheckName = `${from}_finished`;
    if (handshake.finished.has(from)) return;
    if (!handshake.whole || !handshake.hasStarted) return this.tell(name, 'incomplete');
    const expected = this.verifyData(handshake, from);
    this.tell(
      name,
      expected === undefined ? 'no_secret' : equalConstantTime(expected, raw.subarray(HANDSHAKE_HEADER_LENGTH)),
    );
  }

  private verifyData(handshake: Handshake, from: Side): Uint8Array | undefined {
    const { provider } = this;
    const { suite, clientHello, serverHello, transcript, master } = handshake;
    const hash = transcript.hashBefore();
    if (suite?.version === 'tls13') {
      const label = from === 'client' ? 'CLIENT_HANDSHAKE_TRAFFIC_SECRET' : 'SERVER_HANDSHAKE_TRAFFIC_SECRET';
      const secret = clientHello && this.secrets.log.secret(label, clientHello.random);
      return secret && verifyData13({ provider, suite, observe: undefined }, secret, hash, from);
    }
    const suiteOf12 = suite12(serverHello?.cipher_suite);
    return master && suiteOf12 && verifyData12(provider, suiteOf12, master, from, hash);
  }

  /** RFC 8446 4.2.11.2: each binder against every key that is known; resumption and external keys differ in a label alone. */
  private binders({ clientHello, transcript }: Handshake, raw: Uint8Array): void {
    const offered = clientHello?.extensions.known.pre_shared_key;
    if (clientHello === undefined || offered === undefined) return;
    const truncated = withoutBinders(raw, offered.binders);
    for (const binder of offered.binders) {
      const fits = this.secrets.psks.some((psk) =>
        clientHello.cipher_suites.some((id) => {
          const suite = suiteById(id);
          if (suite?.version !== 'tls13' || HASH_LENGTH[suite.hash] !== binder.length) return false;
          const hash = transcript.hashOfHello(suite.hash, truncated);
          const stage = earlyStage({ provider: this.provider, suite, observe: undefined }, psk);
          return [true, false].some((external) => equal(stage.binder(hash, external), binder));
        }),
      );
      // A binder that no key fits may be of a key that is not known here.
      this.tell('psk_binder', fits || 'no_psk');
    }
  }

  /** RFC 8446 4.1.3: a server that could speak 1.3 says so in its random when it does not. */
  private downgrade({ serverHello, clientHello, is13 }: Handshake): void {
    if (serverHello === undefined || is13) return;
    const end = serverHello.random.subarray(24);
    if (!equal(end, DOWNGRADE_TO_TLS12) && !equal(end, DOWNGRADE_TO_TLS11)) return;
    const offers13 = clientHello?.extensions.known.supported_versions?.includes(0x0304) === true;
    // Without an offer of 1.3 the sentinel says what is known: the server could speak more.
    if (clientHello === undefined) return this.tell('downgrade', 'incomplete');
    this.tell('downgrade', !offers13);
  }
}
