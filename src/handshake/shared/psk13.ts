// Keys that a TLS 1.3 handshake goes on from: a ticket's (RFC 8446 4.6.1) or one that was shared beforehand (4.2.11). Each is
// proved by a binder, an HMAC over the ClientHello up to the binders, so that nobody can put one into another's hello.

import type { HashName } from '../../crypto/keys.ts';
import { earlyStage, type ScheduleContext } from '../../crypto/schedule13.ts';
import type { Suite13 } from '../../crypto/suites.ts';
import type { HandshakeContext } from '../context.ts';
import type { Psk } from './needs.ts';
import type { Session } from './session.ts';
import type { KnownPeer } from './states.ts';

export interface Psk13 {
  readonly identity: Uint8Array;
  readonly key: Uint8Array;
  readonly hash: HashName;
  /** What the ticket stands for; undefined for a key that was shared beforehand. */
  readonly session: Session | undefined;
}

/** RFC 8446 4.2.11: "if no such algorithm is defined, SHA-256 MUST be used". */
export function externalPsk({ identity, key, hash = 'sha256' }: Psk, named: Uint8Array): Psk13 {
  return { identity: identity ?? named, key, hash, session: undefined };
}

/** RFC 8446 4.2.11.2. `truncated`: the ClientHello message up to its list of binders. */
export function binderOf(context: HandshakeContext, suite: Suite13, psk: Psk13, truncated: Uint8Array): Uint8Array {
  const schedule: ScheduleContext = { provider: context.provider, suite, observe: context.observeSecret };
  const hash = context.transcript.hashOfHello(psk.hash, truncated);
  return earlyStage(schedule, psk.key).binder(hash, psk.session === undefined);
}

/** Who a session was made with; nobody is known by a certificate behind a key that was shared beforehand. */
export function peerOf({ session }: Psk13): KnownPeer | undefined {
  if (session === undefined) return undefined;
  const { peerChain, authorized, authorizationProblem, validUntil } = session;
  return { chain: peerChain, authorized, problem: authorizationProblem || undefined, validUntil };
}

/** Milliseconds since the server gave the ticket, as the client counts them, hidden by what the server added (4.2.11.1). */
export function obfuscatedAge({ session }: Psk13, now: number): number {
  return session === undefined ? 0 : (Math.max(0, Math.floor(now - session.created)) + session.ageAdd) >>> 0;
}
