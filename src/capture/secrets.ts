// Where the secrets of a recorded connection come from: the key log, a private RSA key, pre-shared keys, and connections of the same
// capture whose sessions are resumed. What it cannot find it explains, since "no key" helps nobody to get one.

import { isAllZero, toHex } from '../bytes/bytes.ts';
import type { PrivateKey } from '../crypto/provider.ts';
import { PRE_MASTER_LENGTH, unpadPreMaster } from '../crypto/rsa_pre_master.ts';
import { KeyLog, type SecretLabel } from './keylog.ts';

/** Why records of a connection stay sealed. */
export type SealedReason =
  /** Nobody gave a key log or a key. */
  | { readonly code: 'no_keys' }
  /** `others`: connections that the key log is about. */
  | { readonly code: 'no_secret'; readonly clientRandom: string; readonly others: number }
  /** A private or pre-shared key was given, and the key exchange has forward secrecy. */
  | { readonly code: 'forward_secrecy' }
  /** The key exchange is that of a pre-shared key alone, and none was given. */
  | { readonly code: 'needs_psk' }
  | { readonly code: 'wrong_rsa_key' }
  | { readonly code: 'session_unknown'; readonly clientRandom: string }
  | { readonly code: 'unknown_suite'; readonly suite: number }
  | { readonly code: 'old_version'; readonly version: number }
  | { readonly code: 'early_data' }
  | { readonly code: 'beginning_missing' }
  | { readonly code: 'bytes_missing' }
  /** The keys made from the secret do not open the first record. */
  | { readonly code: 'secret_does_not_fit' };

/** Sessions that are remembered. */
const MAX_SESSIONS = 20_000;
/** Each is tried with every binder. */
const MAX_PSKS = 64;

export class Secrets {
  readonly log: KeyLog;
  readonly rsaKeys: readonly PrivateKey[];
  /** Made from pre-shared keys, as a log would have it. */
  private readonly derived = new KeyLog();
  private readonly known: Uint8Array[];
  private readonly masters = new Map<string, Uint8Array>();

  constructor(log: KeyLog, rsaKeys: readonly PrivateKey[] = [], psks: readonly Uint8Array[] = []) {
    this.log = log;
    this.rsaKeys = rsaKeys;
    this.known = psks.slice(0, MAX_PSKS);
  }

  get isEmpty(): boolean {
    return this.log.isEmpty && this.rsaKeys.length === 0 && this.known.length === 0;
  }

  /** Keys that were shared beforehand, or of tickets, by whatever name. */
  get psks(): readonly Uint8Array[] {
    return this.known;
  }

  rememberPsk(key: Uint8Array): void {
    if (this.known.length < MAX_PSKS) this.known.push(key);
  }

  /** What the key log has, or what was derived instead. */
  secret(label: SecretLabel, clientRandom: Uint8Array): Uint8Array | undefined {
    return this.log.secret(label, clientRandom) ?? this.derived.secret(label, clientRandom);
  }

  derive(label: SecretLabel, clientRandom: Uint8Array, secret: Uint8Array): void {
    this.derived.put(label, clientRandom, secret);
  }

  /** A master secret under a session id or a ticket, for connections that resume it. */
  remember(idOrTicket: Uint8Array, master: Uint8Array): void {
    if (idOrTicket.length === 0 || this.masters.size >= MAX_SESSIONS) return;
    this.masters.set(toHex(idOrTicket), master);
  }

  remembered(idOrTicket: Uint8Array): Uint8Array | undefined {
    return this.masters.get(toHex(idOrTicket)) ?? this.log.masterOfSession(idOrTicket);
  }

  /** RFC 5246 7.4.7.1: what RSA encrypted, by a line of the log or by the private key. `version`: that of the ClientHello. */
  rsaPreMaster(encrypted: Uint8Array, version: number): Uint8Array | undefined {
    const logged = this.log.rsaPreMaster(encrypted);
    if (logged !== undefined) return logged;
    for (const key of this.rsaKeys) {
      const block = key.decryptRaw(encrypted);
      if (block === undefined || block.length < PRE_MASTER_LENGTH + 11) continue;
      const preMaster = unpadPreMaster(block, 0, version, new Uint8Array(PRE_MASTER_LENGTH));
      if (!isAllZero(preMaster)) return preMaster;
    }
    return undefined;
  }
}
