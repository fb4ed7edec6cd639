// Our server as the interop tests start it, and what it must say of a handshake of the table.

import { expect } from 'vitest';
import type { Pki } from '../peers/pki.ts';
import type { Feature } from './features.ts';
import { type GlassServer, type GlassServerOptions, glassServer, type Provider } from './glass.ts';
import { respond } from './support.ts';

/** Our server with the defaults; answers as {@link respond} does unless told otherwise. */
export function serve(
  identity: GlassServerOptions['identity'],
  provider: Provider,
  options: Partial<GlassServerOptions> = {},
): Promise<GlassServer> {
  return glassServer({ identity, provider, onConnection: respond, ...options });
}

/** Our server for one row: it allows the row's group alone, so that the client's own preference cannot choose another. */
export function serveAs(
  ca: Pki,
  row: Feature,
  provider: Provider,
  options: Partial<GlassServerOptions> = {},
): Promise<GlassServer> {
  return serve(ca.leaf(row.leaf), provider, {
    ...(row.group ? { groups: [row.group] } : {}),
    ...(row.legacy ? { legacy: true } : {}),
    ...options,
  });
}

/** What our side says of its connections; a browser may open more than one. */
export function checkOurs(server: GlassServer, row: Feature): void {
  for (const { protocol, cipher, group } of server.connections) {
    expect({ protocol, cipher, group }).toEqual({ protocol: row.version, cipher: row.suite, group: row.group });
  }
  expect(server.connections.length).toBeGreaterThan(0);
}
