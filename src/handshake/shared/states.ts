// States that both roles have, and pieces that several states share.

import type { PublicKey } from '../../crypto/keys.ts';
import type { TrafficKeys } from '../../crypto/schedule12.ts';
import type { ScheduleContext } from '../../crypto/schedule13.ts';
import type { Suite12 } from '../../crypto/suites.ts';
import type { Exporter12, Exporter13 } from './exporter.ts';
import type { KeyUsage } from './needs.ts';
import type { PostAuth } from './post_auth.ts';
import type { Session } from './session.ts';

/** The two hello randoms. */
export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** The certificate that was judged. */
export interface Peer {
  readonly chain: readonly Uint8Array[];
  readonly key: PublicKey;
  readonly usage: KeyUsage | undefined;
  readonly authorized: boolean;
  readonly problem: string | undefined;
  /** Milliseconds since the epoch; no session outlives it. */
  readonly validUntil: number;
}

/** What is left to know of a peer once it has proved its certificate, now or when a session was made. */
export type KnownPeer = Pick<Peer, 'chain' | 'authorized' | 'problem' | 'validUntil'>;

/** What TLS 1.2 has once the master secret is known. */
export interface Keys12 {
  readonly suite: Suite12;
  readonly master: Uint8Array;
  /** Whether RFC 7366 was agreed on. */
  readonly encryptThenMac: boolean;
  readonly client: TrafficKeys;
  readonly server: TrafficKeys;
}

/** TLS 1.2, open for data. */
export interface Connected12 {
  readonly name: 'connected_12';
  readonly exporter: Exporter12;
}

/** One direction's application traffic secret, renewed by each KeyUpdate. */
export interface TrafficSecret {
  readonly name: string;
  readonly secret: Uint8Array;
  readonly generation: number;
}

/** TLS 1.3, open for data. */
export interface Connected13 {
  readonly name: 'connected_13';
  readonly schedule: ScheduleContext;
  readonly read: TrafficSecret;
  readonly write: TrafficSecret;
  readonly exporter: Exporter13;
  /** There when the server may ask for a certificate now (RFC 8446 4.6.2). */
  readonly auth?: PostAuth;
  /** What tickets that the server sends are made into; a client's alone. */
  readonly resumption?: Resumption13;
}

/** The secret of the tickets of a connection, and the session that they stand for but for what each ticket brings. */
export interface Resumption13 {
  readonly secret: Uint8Array;
  readonly session: Session;
}
