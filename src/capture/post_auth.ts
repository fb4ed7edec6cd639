// Authentication after the handshake, as who only watches verifies it (RFC 8446 4.4, 4.6.2): the hash begins with the whole main
// handshake and the CertificateRequest, and goes on with the answer. Requests may be answered in any order; a bounded number wait.

import { toHex } from '../bytes/bytes.ts';
import type { CryptoProvider, HashContext } from '../crypto/provider.ts';
import { certificateRequest13 } from '../wire/messages.ts';
import { type Handshake, tryRead } from './handshake.ts';

/** Requests without an answer. OpenSSL allows one. */
const MAX_REQUESTS = 16;

export class PostAuth {
  private readonly provider: CryptoProvider;
  private readonly requests = new Map<string, HashContext>();
  private answered: HashContext | undefined;

  constructor(provider: CryptoProvider) {
    this.provider = provider;
  }

  /** A CertificateRequest in open traffic. */
  request({ transcript, suite, whole, keepsMessages }: Handshake, raw: Uint8Array): void {
    const message = tryRead(certificateRequest13, raw);
    // RFC 8446 4.6.2: a client that did not offer it may not be asked, and its messages were not kept.
    if (message === undefined || suite === undefined || !whole || !keepsMessages) return;
    if (this.requests.size >= MAX_REQUESTS) return;
    const hash = this.provider.hash(suite.hash);
    hash.update(transcript.all());
    hash.update(raw);
    this.requests.set(toHex(message.certificate_request_context), hash);
  }

  /** The Certificate that answers the request with this context. */
  certificate(context: Uint8Array, raw: Uint8Array): void {
    const key = toHex(context);
    this.answered = this.requests.get(key);
    this.requests.delete(key);
    this.answered?.update(raw);
  }

  /** What the message that comes next covers; undefined when the request was not seen. */
  get hash(): Uint8Array | undefined {
    return this.answered?.digest();
  }

  /** The CertificateVerify, behind which Finished stands. */
  verified(raw: Uint8Array): void {
    this.answered?.update(raw);
  }

  finished(): void {
    this.answered = undefined;
  }
}
