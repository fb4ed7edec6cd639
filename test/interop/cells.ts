// Cells of the interop matrix for one role: a test for each provider, and a reason for every peer that a feature is not
// tested against.

import type { PeerName } from '../peers/available.ts';
import { cell, notApplicable } from '../peers/matrix.ts';
import { FEATURES, type Feature, whyNot } from './features.ts';
import { PROVIDERS, type Provider } from './glass.ts';

export interface CellOptions {
  /** Why the peers of this role that have no test of this feature have none. */
  readonly elsewhere?: string;
  /** Why there is no test at all; the cell then holds this reason. */
  readonly not?: string | undefined;
}

/** The cells of `role`; `peers` are all that this role is proved against. */
export function cellsOf(role: 'client' | 'server', peers: readonly PeerName[]) {
  function one(
    peer: PeerName,
    feature: string,
    body: (provider: Provider) => Promise<void>,
    options: CellOptions = {},
  ): void {
    for (const provider of PROVIDERS) {
      const where = { feature, peer, role, provider };
      if (options.not !== undefined) notApplicable(where, options.not);
      else cell(where, () => body(provider));
      if (options.elsewhere === undefined) continue;
      for (const other of peers) if (other !== peer) notApplicable({ ...where, peer: other }, options.elsewhere);
    }
  }

  /** One cell for each handshake of the table. */
  function eachHandshake(peer: PeerName, body: (row: Feature, provider: Provider) => Promise<void>): void {
    for (const row of FEATURES) {
      one(peer, row.feature, (provider) => body(row, provider), { not: whyNot(peer, row) });
    }
  }

  return { one, eachHandshake };
}
