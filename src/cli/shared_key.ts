// --psk IDENTITY:HEX, the key that both sides share without certificates (RFC 4279 in TLS 1.2, RFC 8446 4.2.11 in TLS 1.3), and
// the answers to the engine's questions for it, in both roles.

import { equal, fromHex } from '../bytes/bytes.ts';
import type { PskNeed } from '../handshake/shared/needs.ts';
import type { Reply } from '../host/respond.ts';
import { type Arguments, usage } from './arguments.ts';
import { SHARED_KEY } from './texts/shared_key.ts';

export interface SharedKey {
  /** UTF-8. */
  readonly identity: Uint8Array;
  readonly name: string;
  readonly key: Uint8Array;
}

/** What stands behind the last colon is the key. Undefined without --psk. @throws CliError with exit code 2 */
export function sharedKey(args: Arguments): SharedKey | undefined {
  const given = args.value('psk');
  if (given === undefined) return undefined;
  const colon = given.lastIndexOf(':');
  const name = given.slice(0, Math.max(0, colon));
  const hex = given.slice(colon + 1).replace(/^0x/i, '');
  const identity = new Uint8Array(Buffer.from(name, 'utf8'));
  // The value itself is not repeated: it holds a secret.
  if (colon < 1) throw usage(SHARED_KEY.form);
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) throw usage(SHARED_KEY.hex);
  if (identity.length > MAX_IDENTITY) throw usage(SHARED_KEY.long);
  return { identity, name, key: fromHex(hex.toLowerCase()) };
}

/** RFC 4279 5.3 asks for 128; a ClientHello has room for many more. */
const MAX_IDENTITY = 1024;

/** A client has one key; a server has it for whoever says its name. */
export function answerPsk(shared: SharedKey | undefined, need: PskNeed): Reply {
  if (shared === undefined) return { answer: undefined };
  const { identity, key } = shared;
  const wanted = need.role === 'client' || equal(need.identity, identity);
  return { answer: wanted ? { identity, key } : undefined };
}
