// What a connection proves, checked by who only watches: Finished, the signatures, binders, the downgrade sentinel. Each comes out as
// right, wrong, or not to be checked, with the reason. The same schedules, contents and schemes are used as by the ends.

import { equal, equalConstantTime } from '../bytes/bytes.ts';
import type { PublicKey } from '../crypto/keys.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { verifyData12 } from '../crypto/schedule12.ts';
import { verifyData13 } from '../crypto/schedule13.ts';
import { SCHEMES, schemeFitsKey } from '../crypto/schemes.ts';
import { certificateVerifyContent, serverKeyExchangeContent } from '../crypto/signed_content.ts';
import type { MessageName } from '../inspect/forms.ts';
import type { Side } from '../inspect/trace.ts';
import { serverKeyExchangeDhe, serverKeyExchangeEcdhe } from '../wire/key_exchange.ts';
import {
  certificateVerify,
  DOWNGRADE_TO_TLS11,
  DOWNGRADE_TO_TLS12,
  HANDSHAKE_HEADER_LENGTH,
} from '../wire/messages.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { type Handshake, tryRead } from './handshake.ts';
import { suite12 } from './keys12.ts';
import type { MessageWatcher, PassiveOptions } from './passive.ts';
import { PostAuth } from './post_auth.ts';
import type { Secrets } from './secrets.ts';
import { Shown } from './shown.ts';
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
  | 'too_many'
  /** It answers a CertificateRequest that the capture does not have. */
  | 'no_request';

export interface Check {
  readonly name: CheckName;
  readonly outcome: 'right' | 'wrong' | 'unchecked';
  readonly why: Unchecked | undefined;
  readonly frame: number;
}

/** Of one connection; there is one for most messages of a handshake, and handshakes may follow each other without end. */
const MAX_CHECKS = 1000;

export class Checks implements MessageWatcher {
  readonly list: Check[] = [];
  readonly shown: Shown;
  private readonly provider: CryptoProvider;
  private readonly secrets: Secrets;
  private readonly postAuth: PostAuth;
  private frame = 0;

  constructor({ provider, secrets, decompressors }: PassiveOptions) {
    this.provider = provider;
    this.secrets = secrets;
    this.shown = new Shown(decompressors);
    this.postAuth = new PostAuth(provider);
  }

  message(handshake: Handshake, from: Side, name: MessageName, raw: Uint8Array, { frame }: Place): void {
    this.frame = frame;
    switch (name) {
      case 'client_hello':
        return this.binders(handshake);
      case 'server_hello':
        return this.downgrade(handshake);
      case 'certificate_request':
        return isAfter13(handshake) ? this.postAuth.request(handshake, raw) : undefined;
      case 'certificate':
      case 'compressed_certificate':
        return this.certificate(handshake, from, name, raw);
      case 'certificate_status':
        return this.shown.status(from, raw);
      case 'server_key_exchange':
        return this.serverKeyExchange(handshake, raw);
      case 'certificate_verify':
        return this.certificateVerify(handshake, from, raw);
      case 'finished':
        return this.finished(handshake, from, raw);
    }
  }

  private tell(name: CheckName, outcome: boolean | Unchecked): void {
    if (this.list.length >= MAX_CHECKS) return;
    const checked = typeof outcome === 'boolean';
    this.list.push({
      name,
      outcome: checked ? (outcome ? 'right' : 'wrong') : 'unchecked',
      why: checked ? undefined : outcome,
      frame: this.frame,
    });
  }

  private certificate(handshake: Handshake, from: Side, name: MessageName, raw: Uint8Array): void {
    const { shown, frame } = this;
    const message =
      name === 'certificate' ? shown.certificate(handshake, from, raw, frame) : shown.compressed(from, raw, frame);
    if (message !== undefined && isAfter13(handshake)) {
      this.postAuth.certificate(message.certificate_request_context, raw);
    }
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
    if (!handshake.whole || !handshake.hasStarted) return this.tell(name, 'incomplete');
    const { transcript, is13 } = handshake;
    const hash = isAfter13(handshake) ? this.postAuth.hash : is13 ? transcript.hashBefore() : undefined;
    if (isAfter13(handshake)) this.postAuth.verified(raw);
    if (is13 && hash === undefined) return this.tell(name, 'no_request');
    // A retry of TLS 1.3 that TLS 1.2 follows is no handshake of either.
    if (!is13 && !handshake.keepsMessages) return this.tell(name, 'incomplete');
    const content = hash === undefined ? transcript.allBefore() : certificateVerifyContent(from, hash);
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
    const [leaf] = this.shown.chains[from];
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
    if (isAfter13(handshake)) return this.tell(name, this.finishedAfter(handshake, from, raw));
    if (handshake.finished.has(from)) return;
    if (!handshake.whole || !handshake.hasStarted) return this.tell(name, 'incomplete');
    const expected = this.verifyData(handshake, from);
    this.tell(
      name,
      expected === undefined ? 'no_secret' : equalConstantTime(expected, raw.subarray(HANDSHAKE_HEADER_LENGTH)),
    );
  }

  /** RFC 8446 4.4: the base key is the present application traffic secret of the client, who alone is asked. */
  private finishedAfter({ suite, traffic }: Handshake, from: Side, raw: Uint8Array): boolean | Unchecked {
    const { provider, postAuth } = this;
    const { hash } = postAuth;
    postAuth.finished();
    const secret = traffic[from];
    if (hash === undefined) return 'no_request';
    if (secret === undefined || suite?.version !== 'tls13') return 'no_secret';
    const expected = verifyData13({ provider, suite, observe: undefined }, secret, hash, from);
    return equalConstantTime(expected, raw.subarray(HANDSHAKE_HEADER_LENGTH));
  }

  private verifyData(handshake: Handshake, from: Side): Uint8Array | undefined {
    const { provider } = this;
    const { suite, clientHello, serverHello, transcript, master } = handshake;
    const hash = transcript.hashBefore();
    if (suite?.version === 'tls13') {
      const label = from === 'client' ? 'CLIENT_HANDSHAKE_TRAFFIC_SECRET' : 'SERVER_HANDSHAKE_TRAFFIC_SECRET';
      const secret = clientHello && this.secrets.secret(label, clientHello.random);
      return secret && verifyData13({ provider, suite, observe: undefined }, secret, hash, from);
    }
    const suiteOf12 = suite12(serverHello?.cipher_suite);
    return master && suiteOf12 && verifyData12(provider, suiteOf12, master, from, hash);
  }

  /** RFC 8446 4.2.11.2. A binder that no key fits may be of a key that is not known here. */
  private binders({ clientHello, psks }: Handshake): void {
    const offered = clientHello?.extensions.known.pre_shared_key?.binders ?? [];
    for (const psk of psks) this.tell('psk_binder', psk !== undefined || 'no_psk');
    if (offered.length > psks.length) this.tell('psk_binder', 'too_many');
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

/** TLS 1.3 in open traffic: what comes now belongs to authentication after the handshake. */
function isAfter13({ is13, finished }: Handshake): boolean {
  return is13 && finished.size === 2;
}
