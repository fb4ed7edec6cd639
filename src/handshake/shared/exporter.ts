// Keying material for the application, bound to this handshake: exporters (RFC 5705, RFC 8446 7.5) and the channel bindings
// tls-unique (RFC 5929 3) and tls-exporter (RFC 9266).

import { concat, EMPTY, u16Bytes } from '../../bytes/bytes.ts';
import { prf12 } from '../../crypto/prf12.ts';
import type { CryptoProvider } from '../../crypto/provider.ts';
import { exportSecret, type ScheduleContext } from '../../crypto/schedule13.ts';
import type { Suite12 } from '../../crypto/suites.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { Randoms } from './states.ts';

export interface Exporter12 {
  readonly version: 'tls12';
  readonly provider: CryptoProvider;
  readonly suite: Suite12;
  readonly master: Uint8Array;
  readonly randoms: Randoms;
  readonly extendedMasterSecret: boolean;
  /** Whether the master secret is that of an earlier connection. */
  readonly resumed: boolean;
  /** verify_data of the Finished that came first in this handshake. */
  readonly firstFinished: Uint8Array;
}

export interface Exporter13 {
  readonly version: 'tls13';
  readonly schedule: ScheduleContext;
  readonly secret: Uint8Array;
}

export type Exporter = Exporter12 | Exporter13;

/** RFC 5705 4: labels that TLS itself uses with the same secret. */
const RESERVED: readonly string[] = [
  'client finished',
  'server finished',
  'master secret',
  'extended master secret',
  'key expansion',
];

/**
 * `length` bytes for `label` (ASCII) and `context`; in TLS 1.2 no context differs from an empty one.
 * @throws TlsError ERR_TLS_USAGE for a label of TLS itself, a length out of range, and in TLS 1.2 without
 * extended_master_secret, where another connection could share the material (RFC 7627 1)
 */
export function exportKeyingMaterial(
  exporter: Exporter,
  label: string,
  length: number,
  context?: Uint8Array,
): Uint8Array {
  if (!/^[\x20-\x7e]{0,249}$/.test(label) || RESERVED.includes(label)) {
    throw usage(`${JSON.stringify(label)} is no label for an exporter`);
  }
  if (!Number.isInteger(length) || length < 1 || length > 8160) throw usage(`${length} bytes cannot be exported`);
  if (exporter.version === 'tls13') {
    if (length > 255 * exporter.secret.length) throw usage(`${length} bytes cannot be exported`);
    return exportSecret(exporter.schedule, exporter.secret, label, context ?? EMPTY, length);
  }
  requireBound(exporter);
  const { provider, suite, master, randoms } = exporter;
  if (context !== undefined && context.length > 0xffff) throw usage('a context has 65,535 bytes at most');
  const tail = context === undefined ? [] : [u16Bytes(context.length), context];
  const seed = concat(randoms.client, randoms.server, ...tail);
  return prf12(provider, suite.hash, master, label, seed, length);
}

/** @throws TlsError ERR_TLS_USAGE where RFC 9266 4 or RFC 7627 forbid the binding */
export function channelBinding(exporter: Exporter, type: 'tls-unique' | 'tls-exporter'): Uint8Array {
  if (type === 'tls-exporter') return exportKeyingMaterial(exporter, 'EXPORTER-Channel-Binding', 32, EMPTY);
  // RFC 8446 C.5: TLS 1.3 has no tls-unique.
  if (exporter.version === 'tls13') throw usage('TLS 1.3 has no tls-unique; use tls-exporter');
  // RFC 7627 1: who shares a master secret with both sides can resume with the same Finished. A full handshake's is its own.
  if (exporter.resumed) requireBound(exporter);
  return exporter.firstFinished.slice();
}

function requireBound({ extendedMasterSecret }: Exporter12): void {
  if (extendedMasterSecret) return;
  throw usage('without extended_master_secret nothing that is exported is bound to this connection (RFC 7627)');
}

function usage(problem: string): TlsError {
  return new TlsError('ERR_TLS_USAGE', problem);
}
