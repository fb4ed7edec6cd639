// The running hash over the handshake (RFC 8446 4.4.1, RFC 5246 7.4.9). It hashes messages as they stood on the wire, never a
// re-encoding. The hash is known only after ServerHello, so the first messages are kept. The last message is absorbed
// late, which gives `hashBefore`: what Finished and CertificateVerify cover is everything before themselves.

import { concat, EMPTY } from '../bytes/bytes.ts';
import type { HashName } from './keys.ts';
import type { CryptoProvider, HashContext } from './provider.ts';

const MESSAGE_HASH = 254;

export class Transcript {
  private readonly provider: CryptoProvider;
  private context: HashContext | undefined;
  private kept: Uint8Array[] = [];
  private last: Uint8Array = EMPTY;
  private messages: Uint8Array[] | undefined;
  /** What stands before a second ClientHello. */
  private retried: Uint8Array = EMPTY;

  constructor(provider: CryptoProvider) {
    this.provider = provider;
  }

  /** Adds a whole message, its header included. The bytes must not change afterwards. */
  add(raw: Uint8Array): void {
    this.absorbLast();
    this.last = raw;
  }

  /**
   * Says which hash it is, once the suite is known. `keep`: the messages themselves are kept too, since a client's signature
   * in TLS 1.2 covers them with a hash of its own (RFC 5246 7.4.8), and authentication after the handshake begins with them
   * (RFC 8446 4.6.2).
   */
  start(hash: HashName, keep = false): void {
    const context = this.provider.hash(hash);
    for (const raw of this.kept) context.update(raw);
    if (keep) this.messages = this.kept;
    this.kept = [];
    this.context = context;
  }

  /** All messages so far, joined. @throws Error unless `start` was told to keep them */
  all(): Uint8Array {
    this.absorbLast();
    return concat(...this.keptMessages());
  }

  /** All messages but the last, joined. @throws Error unless `start` was told to keep them */
  allBefore(): Uint8Array {
    return concat(...this.keptMessages());
  }

  /** The messages are needed no more; the hash goes on. */
  forget(): void {
    this.messages = undefined;
  }

  /** The handshake is done: neither messages nor hash are needed any more, and a hash of node:crypto weighs a kilobyte. */
  end(): void {
    this.forget();
    this.context = undefined;
    this.last = this.retried = EMPTY;
  }

  /** The hash of all messages so far. */
  hash(): Uint8Array {
    this.absorbLast();
    return this.running().digest();
  }

  /** The hash of all messages but the last. */
  hashBefore(): Uint8Array {
    return this.running().digest();
  }

  /** RFC 8446 4.2.11.2: the hash over a ClientHello that is not whole yet, and over what came before it. */
  hashOfHello(hash: HashName, truncated: Uint8Array): Uint8Array {
    const context = this.provider.hash(hash);
    context.update(this.retried);
    context.update(truncated);
    return context.digest();
  }

  /**
   * RFC 8446 4.4.1: once the HelloRetryRequest was added, the ClientHello before it is replaced by a message_hash message.
   * `keep` as for {@link start}.
   */
  restart(hash: HashName, keep = false): void {
    const first = this.provider.hash(hash);
    for (const raw of this.kept) first.update(raw);
    const digest = first.digest();
    this.kept = [concat(Uint8Array.of(MESSAGE_HASH, 0, 0, digest.length), digest)];
    this.retried = concat(...this.kept, this.last);
    this.start(hash, keep);
  }

  private absorbLast(): void {
    if (this.last.length === 0) return;
    if (this.context === undefined) this.kept.push(this.last);
    else {
      this.context.update(this.last);
      this.messages?.push(this.last);
    }
    this.last = EMPTY;
  }

  private keptMessages(): readonly Uint8Array[] {
    if (this.messages === undefined) throw new Error('the transcript does not keep its messages');
    return this.messages;
  }

  private running(): HashContext {
    if (this.context === undefined) throw new Error('the transcript has no hash before ServerHello');
    return this.context;
  }
}
