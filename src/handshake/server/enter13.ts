// What a TLS 1.3 server makes of a ClientHello before it answers: a PSK to go on from, suite, group and protocol, a
// HelloRetryRequest where the share is missing (RFC 8446 4.1.1, 4.1.4), and whether early data is taken (4.2.10).

import type { Suite13 } from '../../crypto/suites.ts';
import type { ClientHello } from '../../wire/messages.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig } from '../shared/config.ts';
import { chooseAlpn, requestedServerName } from '../shared/extensions.ts';
import type { EarlyDataAnswer, Psk } from '../shared/needs.ts';
import { type ChosenShare, chooseGroup13, chooseSuite13 } from './choose13.ts';
import {
  checkBinder,
  checkPskExtensions,
  foundPsk,
  NOT_THE_FIRST,
  pskModesOf,
  selectPsk,
  sharedSuite,
  whyNoEarlyData,
} from './psk13.ts';
import { askAgain, checkSecondHello } from './retry13.ts';
import type {
  Chosen13,
  FindExternalPsk,
  JudgeEarlyData,
  Opening13,
  SelectedPsk,
  SignCertificateVerify,
  WaitEndOfEarlyData,
  WaitFinished13,
  WaitSecondClientHello,
} from './states.ts';
import { decideAlpn, sendFlight, sendFlightWithPsk } from './tls13.ts';

/** Our flight, as far as it goes without the host. */
type Answered = SignCertificateVerify | WaitFinished13;
export type Opened13 = FindExternalPsk | JudgeEarlyData | WaitSecondClientHello | Answered;

export function enterHandshake13(context: HandshakeContext, opening: Opening13): Opened13 {
  checkPskExtensions(opening.hello);
  const psk = selectPsk(context, opening, 0);
  if (psk !== undefined && 'need' in psk) return psk;
  const chosen = choose(context, opening, psk);
  return 'name' in chosen ? chosen : judgeEarlyData(context, opening, chosen);
}

export function onSecondClientHello(
  context: HandshakeContext,
  { first, suite, group, withPsk }: WaitSecondClientHello,
  hello: ClientHello,
  raw: Uint8Array,
): FindExternalPsk | Answered {
  const retried = { first, suite, group, withPsk };
  checkSecondHello(retried, hello);
  checkPskExtensions(hello);
  const opening = { hello, raw, serverName: requestedServerName(hello), retried };
  const psk = selectPsk(context, opening, 0);
  if (psk !== undefined && 'need' in psk) return psk;
  const answered = withoutEarlyData(context, opening, psk);
  if (answered.name !== 'wait_second_client_hello') return answered;
  // It brings the share that was asked for.
  throw new TlsError('ERR_TLS_INTERNAL', 'a second HelloRetryRequest');
}

/** The key of the identity that was looked up; without it, the next of the offer. */
export function onExternalPsk(
  context: HandshakeContext,
  state: FindExternalPsk,
  answer: Psk | undefined,
): FindExternalPsk | WaitSecondClientHello | Answered {
  const { opening, place } = state;
  const psk = (answer && foundPsk(context, state, answer)) ?? selectPsk(context, opening, place + 1);
  return psk !== undefined && 'need' in psk ? psk : withoutEarlyData(context, opening, psk);
}

/** Suite, group and protocol. */
function choose(
  context: HandshakeContext,
  opening: Opening13,
  psk: SelectedPsk | undefined,
): Chosen13 | WaitSecondClientHello {
  const { server, transcript } = context;
  const { hello, retried } = opening;
  const suite = suiteFor(context, opening, psk);
  const share = shareFor(context, hello, psk);
  if (share !== undefined && share.keyExchange === undefined) {
    if (offersEarlyData(opening)) context.skipEarlyData(skippedEarlyData(server));
    return askAgain(context, hello, suite, share.group, psk !== undefined);
  }
  const alpn = chooseAlpn(server.alpn, hello.extensions.known.application_layer_protocol_negotiation);
  decideAlpn(context, hello, alpn);
  if (retried === undefined) transcript.start(suite.hash, server.postHandshakeAuth);
  if (psk !== undefined) checkBinder(context, opening, psk, suite);
  const theirs = share?.keyExchange;
  return { suite, alpn, psk, share: share && theirs && { group: share.group, theirs } };
}

function suiteFor(context: HandshakeContext, opening: Opening13, psk: SelectedPsk | undefined): Suite13 {
  const { server } = context;
  const { hello, retried } = opening;
  // RFC 8446 4.1.4: the suite of the HelloRetryRequest, whatever became of its PSK since.
  if (retried !== undefined) return chooseSuite13(context, hello, retried.suite);
  // The very suite of the session where it can be had, since early data depends on it.
  const resumed = psk?.session?.suite;
  const same = server.suites.find((suite): suite is Suite13 => suite.version === 'tls13' && suite.id === resumed);
  if (same !== undefined && hello.cipher_suites.includes(same.id)) return chooseSuite13(context, hello, same);
  return chooseSuite13(context, hello, psk && sharedSuite(server, opening, psk.hash));
}

/** Undefined for a PSK that makes the keys alone, which is done only when the client allows nothing else. */
function shareFor(
  context: HandshakeContext,
  hello: ClientHello,
  psk: SelectedPsk | undefined,
): ChosenShare | undefined {
  const { withDhe, alone } = pskModesOf(context.server, hello);
  return psk !== undefined && alone && !withDhe ? undefined : chooseGroup13(context, hello);
}

const offersEarlyData = ({ hello }: Opening13): boolean => hello.extensions.known.early_data === true;

/** Early data goes with a ticket at the first place of the offer: then the host is asked. */
function judgeEarlyData(context: HandshakeContext, opening: Opening13, chosen: Chosen13): JudgeEarlyData | Answered {
  if (!offersEarlyData(opening)) return sendFlight(context, opening, chosen);
  const { server } = context;
  const { psk, alpn } = chosen;
  const problem = whyNoEarlyData(server, chosen);
  if (psk === undefined || problem !== undefined) {
    rejectEarlyData(context, opening, problem ?? NOT_THE_FIRST);
    return sendFlight(context, opening, chosen);
  }
  const { serverName } = opening;
  const limit = psk.session?.maxEarlyData ?? 0;
  const need = { kind: 'early_data', ticket: psk.identity, serverName, alpn, limit } as const;
  return { name: 'judge_early_data', opening, chosen: { ...chosen, psk }, need };
}

export function onEarlyDataJudged(
  context: HandshakeContext,
  { opening, chosen, need }: JudgeEarlyData,
  answer: EarlyDataAnswer,
): WaitFinished13 | WaitEndOfEarlyData {
  if (answer !== 'deliver' && answer !== 'withhold') {
    rejectEarlyData(context, opening, 'the host says no');
    return sendFlightWithPsk(context, opening, chosen, false);
  }
  decideEarlyData(context, answer === 'deliver' ? 'accepted' : 'accepted, and withheld until Finished');
  context.openEarlyReads(need.limit, answer);
  // RFC 8446 2.3: what is delivered early may be answered early.
  const mayWrite = answer === 'deliver';
  return { ...sendFlightWithPsk(context, opening, chosen, true), name: 'wait_end_of_early_data', mayWrite };
}

/** After a HelloRetryRequest, or with a key of a later place. */
function withoutEarlyData(
  context: HandshakeContext,
  opening: Opening13,
  psk: SelectedPsk | undefined,
): WaitSecondClientHello | Answered {
  const chosen = choose(context, opening, psk);
  if ('name' in chosen) return chosen;
  if (offersEarlyData(opening)) rejectEarlyData(context, opening, NOT_THE_FIRST);
  return sendFlight(context, opening, chosen);
}

function rejectEarlyData(context: HandshakeContext, { retried }: Opening13, why: string): void {
  decideEarlyData(context, `rejected: ${why}`);
  // RFC 8446 4.2.10: a second ClientHello brings no early data.
  if (retried === undefined) context.skipEarlyData(skippedEarlyData(context.server));
}

function decideEarlyData(context: HandshakeContext, chosen: string): void {
  context.decide({ about: 'early_data', chosen, offered: [], acceptable: [] });
}

/**
 * Bytes of early data to drop after it was rejected: as much as our own tickets allow, or those of another server, of which only
 * a bound can be guessed.
 */
function skippedEarlyData({ maxEarlyData, skippedEarlyData: least }: ServerConfig): number {
  return Math.max(least, maxEarlyData) + 1;
}
