// What a watcher knows of one handshake: its messages so far, read once, and the transcript over them. A connection of TLS 1.2 that
// renegotiates has several, one after the other.

import type { Codec } from '../codec/codec.ts';
import { decode } from '../codec/run.ts';
import { HASH_LENGTH } from '../crypto/hkdf.ts';
import type { CryptoProvider } from '../crypto/provider.ts';
import { type Suite, type Suite13, suiteById } from '../crypto/suites.ts';
import { Transcript } from '../crypto/transcript.ts';
import type { Side } from '../inspect/trace.ts';
import * as wire from '../wire/messages.ts';

/** A key that is known, and the suite whose hash its binder is made with. */
export interface KnownPsk {
  readonly key: Uint8Array;
  readonly suite: Suite13;
}

export class Handshake {
  readonly transcript: Transcript;
  clientHello: wire.ClientHello | undefined;
  clientHelloRaw: Uint8Array | undefined;
  serverHello: wire.ServerHello | undefined;
  suite: Suite | undefined;
  /** 0x0303, 0x0304, or what an older server answered. */
  version: number | undefined;
  randoms: { readonly client: Uint8Array; readonly server: Uint8Array } | undefined;
  retried = false;
  extendedMasterSecret = false;
  encryptThenMac = false;
  clientKeyExchange: Uint8Array | undefined;
  /** RFC 7627 3: the hash up to ClientKeyExchange. */
  sessionHash: Uint8Array | undefined;
  /** Of TLS 1.2, once it was found. */
  master: Uint8Array | undefined;
  /** Of TLS 1.3: the application traffic secrets of the present generation, where they are known. */
  readonly traffic: Partial<Record<Side, Uint8Array>> = {};
  /** For each binder that the client sent the key that makes it. */
  psks: readonly (KnownPsk | undefined)[] = [];
  readonly finished = new Set<Side>();
  /**
   * Whether the transcript keeps the messages themselves: a client's signature covers them in TLS 1.2 (RFC 5246 7.4.8), and
   * authentication after the handshake begins with them (RFC 8446 4.6.2).
   */
  keepsMessages = false;
  /** False when a message of the handshake is missing, so that no hash over all of them can be had. */
  whole = true;

  constructor(provider: CryptoProvider) {
    this.transcript = new Transcript(provider);
  }

  get is13(): boolean {
    return this.version === 0x0304;
  }

  get hasStarted(): boolean {
    return this.suite !== undefined && this.serverHello !== undefined;
  }

  /** As the transcript begins: nothing that comes later makes it keep what it did not. */
  private get wantsMessages(): boolean {
    return !this.is13 || this.clientHello?.extensions.known.post_handshake_auth === true;
  }

  acceptClientHello(raw: Uint8Array): void {
    this.transcript.add(raw);
    this.clientHelloRaw = raw;
    this.clientHello = tryRead(wire.clientHello, raw) ?? this.clientHello;
  }

  acceptRetry(raw: Uint8Array): void {
    this.transcript.add(raw);
    this.retried = true;
    this.version = 0x0304;
    const suite = suiteById(tryRead(wire.helloRetryRequest, raw)?.cipher_suite ?? 0);
    if (suite === undefined) this.whole = false;
    else {
      this.keepsMessages = this.wantsMessages;
      this.transcript.restart(suite.hash, this.keepsMessages);
    }
  }

  acceptServerHello(raw: Uint8Array): void {
    this.transcript.add(raw);
    const hello = tryRead(wire.serverHello, raw);
    if (hello === undefined) {
      this.whole = false;
      return;
    }
    this.serverHello = hello;
    this.suite = suiteById(hello.cipher_suite);
    this.version = hello.legacy_version;
    if (wire.isServerHello13(hello)) this.version = hello.extensions.known.supported_versions ?? hello.legacy_version;
    else {
      this.extendedMasterSecret = 'extended_master_secret' in hello.extensions.known;
      this.encryptThenMac = 'encrypt_then_mac' in hello.extensions.known;
    }
    if (this.clientHello === undefined) this.whole = false;
    else this.randoms = { client: this.clientHello.random, server: hello.random };
    // After a HelloRetryRequest it is running already.
    if (this.suite === undefined || this.retried) return;
    this.keepsMessages = this.wantsMessages;
    this.transcript.start(this.suite.hash, this.keepsMessages);
  }
}

/** The suites of TLS 1.3 that a client offers whose hash has this length, each once however often it stands there. */
export function suitesOffered({ cipher_suites }: wire.ClientHello, hashLength: number): readonly Suite13[] {
  return [...new Set(cipher_suites)].flatMap((id) => {
    const suite = suiteById(id);
    return suite?.version === 'tls13' && HASH_LENGTH[suite.hash] === hashLength ? [suite] : [];
  });
}

/** The body of a handshake message; undefined when it cannot be read. */
export function tryRead<T>(codec: Codec<T>, raw: Uint8Array): T | undefined {
  return tryDecode(codec, raw.subarray(wire.HANDSHAKE_HEADER_LENGTH));
}

export function tryDecode<T>(codec: Codec<T>, bytes: Uint8Array): T | undefined {
  try {
    return decode(codec, bytes);
  } catch {
    return undefined;
  }
}
