// Key logs: the secrets of connections as lines of text (RFC 9850), found by the random of their ClientHello, and the older forms
// that Wireshark reads: pre-master secrets by random or by the first bytes of what RSA encrypted, master secrets by session id.
// RFC 9850 2: any line ending, hexadecimal of either case, comments; what cannot be read is passed over and counted.

import { fromHex, toHex } from '../bytes/bytes.ts';

/** Labels of TLS 1.3 (RFC 9850 2.1), and CLIENT_RANDOM, the master secret of TLS 1.2 (2.2). */
export type SecretLabel =
  | 'CLIENT_RANDOM'
  | 'PMS_CLIENT_RANDOM'
  | 'CLIENT_EARLY_TRAFFIC_SECRET'
  | 'EARLY_EXPORTER_SECRET'
  | 'CLIENT_HANDSHAKE_TRAFFIC_SECRET'
  | 'SERVER_HANDSHAKE_TRAFFIC_SECRET'
  | 'CLIENT_TRAFFIC_SECRET_0'
  | 'SERVER_TRAFFIC_SECRET_0'
  | 'EXPORTER_SECRET';

/** A log of months: more lines are not kept. */
const MAX_SECRETS = 1_000_000;

/** Label, what it is found by, and the secret; `RSA Session-ID:.. Master-Key:..` reads like the others without the words. */
const LINE = /^([A-Z0-9_]+) (?:Session-ID:)?([0-9A-Fa-f]+) (?:Master-Key:)?([0-9A-Fa-f]+)\s*$/;

export class KeyLog {
  private readonly secrets = new Map<string, Uint8Array>();
  private readonly randoms = new Set<string>();
  /** Lines that are neither empty nor a comment and could not be read. */
  unreadable = 0;

  /** Adds the lines of a log. Its bytes may have been read as Latin-1 or UTF-8. */
  add(text: string): void {
    for (const line of text.replace(/^(?:\ufeff|\u00ef\u00bb\u00bf)/, '').split(/\r\n|\r|\n/)) this.addLine(line);
  }

  /** Connections that there is a secret for, told by their ClientHello. */
  get connections(): number {
    return this.randoms.size;
  }

  get isEmpty(): boolean {
    return this.secrets.size === 0;
  }

  secret(label: SecretLabel, clientRandom: Uint8Array): Uint8Array | undefined {
    return this.secrets.get(`${label} ${toHex(clientRandom)}`);
  }

  /** As a line of the log would. */
  put(label: SecretLabel, clientRandom: Uint8Array, secret: Uint8Array): void {
    if (this.secrets.size < MAX_SECRETS) this.secrets.set(`${label} ${toHex(clientRandom)}`, secret);
  }

  /** Whether the log has anything for this connection. */
  knows(clientRandom: Uint8Array): boolean {
    return this.randoms.has(toHex(clientRandom));
  }

  /** The pre-master secret that RSA encrypted, found by the first eight bytes of the ciphertext. */
  rsaPreMaster(encrypted: Uint8Array): Uint8Array | undefined {
    return this.secrets.get(`RSA ${toHex(encrypted.subarray(0, 8))}`);
  }

  masterOfSession(id: Uint8Array): Uint8Array | undefined {
    return id.length === 0 ? undefined : this.secrets.get(`SESSION ${toHex(id)}`);
  }

  private addLine(line: string): void {
    if (line.trim() === '' || line.startsWith('#')) return;
    const [, label = '', key = '', secret = ''] = LINE.exec(line) ?? [];
    if (label === '' || key.length % 2 !== 0 || secret.length % 2 !== 0 || this.secrets.size >= MAX_SECRETS) {
      this.unreadable++;
      return;
    }
    const isSession = label === 'RSA' && line.includes('Session-ID:');
    this.secrets.set(`${isSession ? 'SESSION' : label} ${key.toLowerCase()}`, fromHex(secret));
    if (key.length === 64 && !isSession) this.randoms.add(key.toLowerCase());
  }
}
