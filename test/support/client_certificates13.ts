// Connections in which the client shows a certificate during the handshake (RFC 8446 4.4.2), and what must come of it.

import { expect } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import { type KeyKind, world } from './pair.ts';
import { expectData, merge13, type Options13, type Pair13 } from './pair13.ts';
import { BROTLI, ZLIB } from './zlib.ts';

/** Both ends show a certificate. */
export const BOTH: Options13 = { client: { keys: ['p256'] }, server: { clientCertificate: 'require' } };
/** And both compress it (RFC 8879). */
export const PACKED: Options13 = merge13(BOTH, {
  client: { certificateCompression: [ZLIB, BROTLI] },
  server: { certificateCompression: [ZLIB, BROTLI] },
});

/** The server has the certificate, and trusts it. */
export function expectGiven(pair: Pair13, kind: KeyKind = 'p256'): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect(pair.server.agreement?.authorized).toBe(true);
  expect(pair.server.agreement?.peerChain.map(toHex)).toEqual(world().clientIdentities[kind].chain.map(toHex));
  expect(pair.client.agreement?.credential).toBe(0);
  expectData(pair);
}
