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
import { decideAlpn, sendFlight, withEarlyData } from './tls13.ts';

/** What follows a ClientHello that does not have to be sent again. */
export type Answering13 = FindExternalPsk | JudgeEarlyData | SignCertificateVerify | WaitFinished13;
export type Opened13 = Answering13 | WaitSecondClientHello;

export function enterHandshake13(context: HandshakeContext, opening: Opening13): Opened13 {
  checkPskExtensions(opening.hello);
  return goOn(context, opening, 0);
}

export function onSecondClientHello(
  context: HandshakeContext,
  { first, suite, group }: WaitSecondClientHello,
  hello: ClientHello,
  raw: Uint8Array,
): Answering13 {
  const retried = { first, suite, group };
  checkSecondHello(retried, hello);
  checkPskExtensions(hello);
  return answering(goOn(context, { hello, raw, serverName: requestedServerName(hello), retried }, 0));
}

export function onExternalPsk(context: HandshakeContext, state: FindExternalPsk, psk: Psk | undefined): Opened13 {
  const found = psk && foundPsk(context, state, psk);
  return found === undefined ? goOn(context, state.opening, state.place + 1) : choose(context, state.opening, found);
}

/** A second ClientHello brings the share that was asked for, and no third is asked for. */
function answering(state: Opened13): Answering13 {
  if (state.name !== 'wait_second_client_hello') return state;
  throw new TlsError('ERR_TLS_INTERNAL', 'a second HelloRetryRequest');
}

/** Looks for a PSK from this place of the offer on. */
function goOn(context: HandshakeContext, opening: Opening13, place: number): Opened13 {
  const found = selectPsk(context, opening, place);
  return found !== undefined && 'need' in found ? found : choose(context, opening, found);
}

/** Suite, group and protocol; then early data, which the host may have a word on. */
function choose(context: HandshakeContext, opening: Opening13, psk: SelectedPsk | undefined): Opened13 {
  const { server, transcript } = context;
  const { hello, retried } = opening;
  const suite = suiteFor(context, opening, psk);
  const share = shareFor(context, hello, psk);
  if (share !== undefined && share.keyExchange === undefined) {
    if (hello.extensions.known.early_data === true) context.skipEarlyData(skippedEarlyData(server));
    return askAgain(context, hello, suite, share.group);
  }
  const alpn = chooseAlpn(server.alpn, hello.extensions.known.application_layer_protocol_negotiation);
  decideAlpn(context, hello, alpn);
  if (retried === undefined) transcript.start(suite.hash, server.postHandshakeAuth);
  if (psk !== undefined) checkBinder(context, opening, psk, suite);
  const theirs = share?.keyExchange;
  const chosen: Chosen13 = { suite, alpn, psk, share: share && theirs && { group: share.group, theirs } };
  return hello.extensions.known.early_data === true
    ? judgeEarlyData(context, opening, chosen)
    : sendFlight(context, opening, chosen, false);
}

function suiteFor(context: HandshakeContext, opening: Opening13, psk: SelectedPsk | undefined): Suite13 {
  const { hello, retried } = opening;
  // RFC 8446 4.1.4: what the HelloRetryRequest named stays, and the second ClientHello offers what the first did.
  if (retried !== undefined) return chooseSuite13(context, hello, retried.suite);
  const resumed = psk?.session?.suite;
  const shared = psk && sharedSuite(context.server, opening, psk.hash);
  // The very suite of the session where it can be had, since early data depends on it.
  const same = context.server.suites.find(
    (suite): suite is Suite13 => suite.version === 'tls13' && suite.id === resumed,
  );
  if (shared !== undefined && same !== undefined && hello.cipher_suites.includes(same.id)) {
    return chooseSuite13(context, hello, same);
  }
  return chooseSuite13(context, hello, shared);
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

function judgeEarlyData(
  context: HandshakeContext,
  opening: Opening13,
  chosen: Chosen13,
): JudgeEarlyData | SignCertificateVerify | WaitFinished13 {
  const problem = whyNoEarlyData(context.server, opening, chosen);
  const { identity: ticket, session } = chosen.psk ?? {};
  if (problem !== undefined || ticket === undefined || session === undefined) {
    return rejectEarlyData(context, opening, chosen, problem ?? '');
  }
  const { serverName } = opening;
  const need = { kind: 'early_data', ticket, serverName, alpn: chosen.alpn, limit: session.maxEarlyData } as const;
  return { name: 'judge_early_data', opening, chosen, need };
}

export function onEarlyDataJudged(
  context: HandshakeContext,
  { opening, chosen, need }: JudgeEarlyData,
  answer: EarlyDataAnswer,
): SignCertificateVerify | WaitFinished13 | WaitEndOfEarlyData {
  if (answer !== 'deliver' && answer !== 'withhold')
    return rejectEarlyData(context, opening, chosen, 'the host says no');
  decideEarlyData(context, answer === 'deliver' ? 'accepted' : 'accepted, and withheld until Finished');
  context.openEarlyReads(need.limit, answer);
  // RFC 8446 2.3: what is delivered early may be answered early.
  return withEarlyData(sendFlight(context, opening, chosen, true), answer === 'deliver');
}

function rejectEarlyData(
  context: HandshakeContext,
  opening: Opening13,
  chosen: Chosen13,
  why: string,
): SignCertificateVerify | WaitFinished13 {
  decideEarlyData(context, `rejected: ${why}`);
  // RFC 8446 4.2.10: a second ClientHello brings no early data.
  if (opening.retried === undefined) context.skipEarlyData(skippedEarlyData(context.server));
  return sendFlight(context, opening, chosen, false);
}

function decideEarlyData(context: HandshakeContext, chosen: string): void {
  context.decide({ about: 'early_data', chosen, offered: [], acceptable: [] });
}

/**
 * Bytes of early data to drop after it was rejected: as much as our own tickets allow, or those of another server, of which only
 * a bound can be guessed.
 */
function skippedEarlyData({ maxEarlyData }: ServerConfig): number {
  return Math.max(2 ** 17, maxEarlyData) + 1;
}
