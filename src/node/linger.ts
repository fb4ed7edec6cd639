// The end of a transport whose connection failed, with an alert of ours still on its way.

import type { Transport } from './socket_base.ts';

const LINGER_MS = 1000;

/**
 * Ends a transport that may still carry our alert. Closing at once while bytes of the peer wait unread would reset the
 * connection, and the peer would never see the alert; so they are read and dropped until it closes, for a moment at most.
 */
export function letGo(transport: Transport): void {
  const timer = setTimeout(() => transport.destroy(), LINGER_MS);
  transport.once('close', () => clearTimeout(timer));
  transport.on('error', () => transport.destroy());
  transport.once('end', () => transport.destroy());
  transport.resume();
  transport.end();
}
