// What a TLS 1.3 server goes on from: a ticket of its own, or a key that was shared beforehand (RFC 8446 4.2.11); and whether it
// takes early data (4.2.10). The first key of the offer that fits is taken, and only its binder is looked at.

import { equalConstantTime } from '../../bytes/bytes.ts';
import { type Suite13, suiteById } from '../../crypto/suites.ts';
import type { PskIdentity } from '../../wire/extension_bodies.ts';
import { EXTENSIONS } from '../../wire/extensions.ts';
import type { ClientHello } from '../../wire/messages.ts';
import { withoutBinders } from '../../wire/messages.ts';
import { PSK_KEY_EXCHANGE_MODE, VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig } from '../shared/config.ts';
import { binderOf, externalPsk } from '../shared/psk13.ts';
import { whyNotResumable } from '../shared/resumption.ts';
import type { Session } from '../shared/session.ts';
import { openTicket } from '../shared/tickets.ts';
import type { Chosen13, FindExternalPsk, Opening13, SelectedPsk } from './states.ts';

/** Identities that are looked at: each may cost a decryption or a look-up. */
const MAX_IDENTITIES = 8;

/** The key from `place` on that fits, a look-up at the host, or undefined when there is none. */
export function selectPsk(
  context: HandshakeContext,
  opening: Opening13,
  place: number,
): SelectedPsk | FindExternalPsk | undefined {
  const { server } = context;
  const offered = opening.hello.extensions.known.pre_shared_key;
  if (offered === undefined || !mayUsePsk(server, opening.hello)) return undefined;
  if (place === 0) checkOffer(opening.hello);
  const count = Math.min(offered.identities.length, MAX_IDENTITIES);
  for (let at = place; at < count; at++) {
    const { identity } = offered.identities[at] as { identity: Uint8Array };
    const session = sessionOf(context, identity);
    if (session === undefined) {
      if (server.psk)
        return { name: 'find_external_psk', opening, place: at, need: { kind: 'psk', role: 'server', identity } };
      continue;
    }
    const problem = whyUnfit(server, opening, session);
    decide(context, problem === undefined ? 'resumed' : `full handshake: ${problem}`);
    const hash = suiteById(session.suite)?.hash;
    if (problem === undefined && hash !== undefined) {
      const ageSkew = ageSkewOf(server, offered.identities[at], session);
      return { identity, key: session.secret, hash, session, place: at, ageSkew };
    }
  }
  return undefined;
}

function sessionOf({ provider, server }: HandshakeContext, ticket: Uint8Array): Session | undefined {
  return server.hooks.openTicket?.(ticket) ?? openTicket(provider, server.ticketKeys, ticket)?.session;
}

/** The host's answer for the identity that was looked up. */
export function foundPsk(
  context: HandshakeContext,
  state: FindExternalPsk,
  psk: Parameters<typeof externalPsk>[0],
): SelectedPsk | undefined {
  const { identity } = state.need.role === 'server' ? state.need : { identity: psk.identity ?? new Uint8Array(0) };
  const found = { ...externalPsk(psk, identity), identity, place: state.place, ageSkew: undefined };
  if (sharedSuite(context.server, state.opening, found.hash) === undefined) return undefined;
  decide(context, 'a key shared beforehand');
  return found;
}

/** RFC 8446 4.2.9: the modes that both allow; without pre_shared_key nothing depends on them. */
export function pskModesOf(
  server: ServerConfig,
  hello: ClientHello,
): { readonly withDhe: boolean; readonly alone: boolean } {
  const modes = hello.extensions.known.psk_key_exchange_modes ?? [];
  return {
    withDhe: modes.includes(PSK_KEY_EXCHANGE_MODE.psk_dhe_ke),
    alone: modes.includes(PSK_KEY_EXCHANGE_MODE.psk_ke) && server.pskWithoutDhe,
  };
}

function mayUsePsk(server: ServerConfig, hello: ClientHello): boolean {
  const { withDhe, alone } = pskModesOf(server, hello);
  return withDhe || alone;
}

/** RFC 8446 4.2.11, 4.2.9. Checked whether or not a key of the offer is known. */
export function checkPskExtensions({ extensions: { list, known } }: ClientHello): void {
  const place = list.findIndex((one) => one.extension_type === EXTENSIONS.pre_shared_key.id);
  if (place < 0) return;
  const where = { message: 'client_hello', field: 'extensions.pre_shared_key' };
  if (place !== list.length - 1)
    throw new TlsError('ERR_TLS_BAD_PSK', 'pre_shared_key is not the last extension', { where });
  // RFC 8446 4.2.9: "servers MUST abort the handshake if they receive a pre_shared_key without psk_key_exchange_modes".
  if (known.psk_key_exchange_modes === undefined) {
    throw new TlsError('ERR_TLS_MISSING_EXTENSION', 'pre_shared_key without psk_key_exchange_modes', {
      where: { message: 'client_hello', field: 'extensions.psk_key_exchange_modes' },
    });
  }
}

function checkOffer({ extensions: { known } }: ClientHello): void {
  const { identities = [], binders = [] } = known.pre_shared_key ?? {};
  if (identities.length === binders.length) return;
  throw new TlsError('ERR_TLS_BAD_PSK', `${identities.length} identities and ${binders.length} binders`, {
    where: { message: 'client_hello', field: 'extensions.pre_shared_key.binders' },
  });
}

function whyUnfit(server: ServerConfig, opening: Opening13, session: Session): string | undefined {
  if (session.version !== VERSION.tls13) return 'the ticket is of another version';
  const hash = suiteById(session.suite)?.hash;
  if (hash === undefined || sharedSuite(server, opening, hash) === undefined)
    return 'no cipher suite with its hash is shared';
  if (server.clientCertificate === 'require' && session.peerChain.length === 0)
    return 'no client certificate was shown in it';
  return whyNotResumable(server, session, opening.serverName ?? '');
}

/** Our best suite of this hash that the client offers; after a HelloRetryRequest the suite is fixed. */
export function sharedSuite(
  { suites }: ServerConfig,
  { hello, retried }: Opening13,
  hash: Suite13['hash'],
): Suite13 | undefined {
  const isShared = (suite: Suite13): boolean => suite.hash === hash && hello.cipher_suites.includes(suite.id);
  if (retried !== undefined) return isShared(retried.suite) ? retried.suite : undefined;
  return suites.find((suite): suite is Suite13 => suite.version === 'tls13' && isShared(suite));
}

/**
 * RFC 8446 4.2.11.2.
 * @throws TlsError decrypt_error for a wrong binder: the client does not have the key, or the hello was changed
 */
export function checkBinder(
  context: HandshakeContext,
  { hello, raw }: Opening13,
  psk: SelectedPsk,
  suite: Suite13,
): void {
  const binders = hello.extensions.known.pre_shared_key?.binders ?? [];
  const expected = binderOf(context, suite, psk, withoutBinders(raw, binders));
  const binder = binders[psk.place];
  if (binder !== undefined && binder.length === expected.length && equalConstantTime(binder, expected)) return;
  throw new TlsError('ERR_TLS_BAD_BINDER', 'the binder is wrong: the client does not have the key of its PSK', {
    where: { message: 'client_hello', field: `extensions.pre_shared_key.binders[${psk.place}]` },
  });
}

export const NOT_THE_FIRST = 'without the first ticket of the offer';

/** Why early data cannot be taken; undefined when it can (RFC 8446 4.2.10, 8.3). */
export function whyNoEarlyData(server: ServerConfig, { psk, suite, alpn }: Chosen13): string | undefined {
  const session = psk?.session;
  if (server.maxEarlyData === 0) return 'it is off';
  if (session === undefined || psk?.place !== 0) return NOT_THE_FIRST;
  if (session.maxEarlyData === 0) return 'the ticket does not allow it';
  // The client goes by its ticket, so that less cannot be taken than that says.
  if (session.maxEarlyData > server.maxEarlyData) return 'the ticket allows more than is taken now';
  if (session.suite !== suite.id) return 'another cipher suite';
  if (session.alpn !== (alpn ?? '')) return 'another application protocol';
  const fits = Math.abs(psk.ageSkew ?? 0) <= server.ticketAge;
  return fits ? undefined : "the ticket's age is not what it should be";
}

/** By how many milliseconds the client counts its ticket older than we do (RFC 8446 4.2.11.1, 8.3). */
function ageSkewOf({ now }: ServerConfig, identity: PskIdentity | undefined, { ageAdd, created }: Session): number {
  const age = ((identity?.obfuscated_ticket_age ?? 0) - ageAdd) >>> 0;
  return age - (now() - created);
}

function decide(context: HandshakeContext, chosen: string): void {
  context.decide({ about: 'resumption', chosen, offered: [], acceptable: [] });
}
