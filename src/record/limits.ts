// Every bound on what a peer can make us hold, do or wait for: its number and the reason for it. The engine's options may tighten
// or widen these; test/property/limits.test.ts meets each exactly. Rooms that cannot import this one state theirs beside what they
// bound: MAX_EXTENSIONS (wire/extensions.ts), MAX_IDENTITIES (server/psk13.ts), MAX_CERTIFICATE (shared/compression.ts),
// MAX_TICKET_LENGTH (shared/session.ts), and x509 its own. `npm run prove -- malicious` measures what can be had below them.

export interface Limits {
  /** Content bytes in a record (RFC 8446 5.1: 2^14). */
  readonly plaintext: number;
  /** Bytes of expansion that TLS 1.3 allows (RFC 8446 5.2: 256). */
  readonly expansion13: number;
  /** Bytes of expansion that TLS 1.2 allows (RFC 5246 6.2.3: 2048). */
  readonly expansion12: number;
  /** Body bytes of a handshake message. Chains with several RSA-4096 certificates stay below 20 kB; 128 kB leaves room. */
  readonly handshakeMessage: number;
  /** Records without content in a row. Each costs us a decryption and the peer almost nothing. */
  readonly emptyRecords: number;
  /** Warning alerts in a row, in TLS 1.2: some servers send one or two (unrecognized_name). */
  readonly warnings: number;
  /** ChangeCipherSpec records that TLS 1.3 tells us to drop (RFC 8446 5): a peer has reason for one, or two. */
  readonly ignoredChangeCipherSpecs: number;
  /** KeyUpdates and HelloRequests over the life of a connection; no other message resets the count. */
  readonly keyUpdates: number;
  /** NewSessionTickets over the life of a connection. */
  readonly sessionTickets: number;
  /** Bytes of early data that a server drops after it refused it, at least: what another server's ticket allowed is not known. */
  readonly skippedEarlyData: number;
  /** Milliseconds that a ticket's age may differ from what the server counts, for early data (RFC 8446 8.3: about ten seconds). */
  readonly ticketAge: number;
  /**
   * Bytes of input kept while the host has a need open, where they come in several pieces: one piece is as long as the transport
   * makes it. A whole flight fits; whoever sends more is not waiting for us.
   */
  readonly pendingInput: number;
}

export const DEFAULT_LIMITS: Limits = {
  plaintext: 2 ** 14,
  expansion13: 256,
  expansion12: 2048,
  handshakeMessage: 2 ** 17,
  emptyRecords: 32,
  warnings: 4,
  ignoredChangeCipherSpecs: 32,
  keyUpdates: 10_000,
  sessionTickets: 1_000,
  skippedEarlyData: 2 ** 17,
  ticketAge: 10_000,
  pendingInput: 2 ** 18,
};
