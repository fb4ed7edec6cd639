// A ClientHello of more than one TCP segment that nobody answered: devices in between that expect it in one piece reset, close or drop the
// connection there (tldr.fail). RFC 8446 knows no such limit; the key share of X25519MLKEM768 made it common.

import { decode } from '../codec/run.ts';
import type { MessageObservation, Observation } from '../engine/observe.ts';
import { clientHello, HANDSHAKE_HEADER_LENGTH } from '../wire/messages.ts';
import { GROUP } from '../wire/registry/names.ts';
import { filled, type Text } from './text.ts';
import { HINTS, SMALLER } from './texts/failure.ts';

/** What fits into one segment on nearly all paths: 1500 bytes less IP, TCP with options, and a tunnel. */
const ONE_SEGMENT = 1400;
/** A record's header. */
const RECORD_HEADER = 5;

/** None when the ClientHello was small, or was answered. */
export function largeHelloHints(seen: readonly Observation[]): readonly Text[] {
  const last = seen.findLast((one) => one.kind === 'message');
  if (last?.kind !== 'message' || last.direction !== 'out' || last.name !== 'client_hello') return [];
  const size = RECORD_HEADER + last.raw.length;
  if (size <= ONE_SEGMENT) return [];
  return [filled(HINTS.largeHello, { size, smaller: SMALLER[largestPart(last)] })];
}

function largestPart({ raw }: MessageObservation): keyof typeof SMALLER {
  try {
    const { known } = decode(clientHello, raw.subarray(HANDSHAKE_HEADER_LENGTH)).extensions;
    const share = known.key_share?.find(({ group }) => group === GROUP.X25519MLKEM768)?.key_exchange.length ?? 0;
    const tickets = known.pre_shared_key?.identities.map(({ identity }) => identity.length) ?? [];
    const ticket = Math.max(0, known.session_ticket?.length ?? 0, ...tickets);
    if (share === 0 && ticket < ONE_SEGMENT / 2) return 'other';
    return share >= ticket ? 'hybrid' : 'session';
  } catch {
    return 'other';
  }
}
