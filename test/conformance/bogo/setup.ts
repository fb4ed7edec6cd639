// What a connection begins with, what it leaves to the next, and how it fails.

import type { TlsError } from '../../../src/wire/tls_error.ts';
import type { Settings } from './flags.ts';
import type { Surroundings } from './options.ts';

/** What a client keeps for its next connection: the session, and what the host knows of the peer besides. */
export interface Kept {
  readonly session: Uint8Array;
  readonly ocspResponse: Uint8Array | undefined;
  readonly timestamps: readonly Uint8Array[] | undefined;
}

/** What outlives a connection of a server: its sessions by id. */
export type SessionCache = Map<string, Uint8Array>;

export interface ExchangeSetup {
  readonly settings: Settings;
  readonly retry: Settings;
  readonly isResume: boolean;
  readonly kept: Kept | undefined;
  readonly cache: SessionCache;
  readonly provider: Surroundings['provider'];
  readonly now: Surroundings['now'];
}

/** The connection failed with this error of the engine. */
export class Failed extends Error {
  readonly error: TlsError;
  readonly version: number | undefined;
  constructor(error: TlsError, version: number | undefined) {
    super(error.message);
    this.error = error;
    this.version = version;
  }
}
