// From ServerHello to the handshake keys of TLS 1.3 (RFC 8446 4.1.3, 4.2.8, 4.2.11, 7.1): which key of ours the server took, the
// agreement, and the keys for both directions.

import { earlyStage, trafficKeys } from '../../crypto/schedule13.ts';
import type { Suite13 } from '../../crypto/suites.ts';
import type { KeyShareEntry } from '../../wire/extension_bodies.ts';
import type { ServerHelloOf } from '../../wire/messages.ts';
import { groupName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { agree, groupId, hasFieldLength } from '../shared/groups.ts';
import type { Psk13 } from '../shared/psk13.ts';
import { declineSession } from './session.ts';
import type { Handshake13, Offer, WaitEncryptedExtensions } from './states.ts';

/** Agrees on the handshake secret and switches to handshake keys (RFC 8446 7.1, 7.3). */
export function enterHandshake13(
  context: HandshakeContext,
  offer: Offer,
  suite: Suite13,
  hello: ServerHelloOf<'server_hello_13'>,
): WaitEncryptedExtensions {
  const { provider, transcript } = context;
  const { known } = hello.extensions;
  const psk = selectedPsk(context, offer, suite, known.pre_shared_key);
  const agreed = agreeOnShare(context, offer, known.key_share, psk);
  if (offer.retry === undefined) transcript.start(suite.hash, context.client.postHandshakeAuth);
  const schedule = { provider, suite, observe: context.observeSecret };
  const stage = earlyStage(schedule, psk?.key).toHandshake(agreed?.secret);
  const hash = transcript.hash();
  const clientSecret = stage.clientTraffic(hash);
  const serverSecret = stage.serverTraffic(hash);
  context.logSecret('CLIENT_HANDSHAKE_TRAFFIC_SECRET', offer.hello.random, clientSecret);
  context.logSecret('SERVER_HANDSHAKE_TRAFFIC_SECRET', offer.hello.random, serverSecret);
  const keys = trafficKeys(schedule, serverSecret, 'server_handshake_traffic_secret');
  context.setReadKeys({ suite, epoch: 'handshake', generation: 0, keys });
  const handshake: Handshake13 = {
    offer,
    schedule,
    suite,
    stage,
    clientSecret,
    serverSecret,
    group: agreed?.group,
    psk,
  };
  // While the server may still take early data, EncryptedExtensions decides under which keys we go on.
  const mayWrite = offer.early && psk !== undefined && psk === offer.psks[0];
  if (offer.early && !mayWrite) context.earlyDataOutcome(false);
  if (!mayWrite) toHandshakeKeys(context, handshake);
  return { name: 'wait_encrypted_extensions', handshake, mayWrite };
}

/** As soon as they exist, so that an alert from here on is one that the server can read under the keys it expects. */
export function toHandshakeKeys(
  context: HandshakeContext,
  { offer, schedule, suite, clientSecret }: Handshake13,
): void {
  const keys = trafficKeys(schedule, clientSecret, 'client_handshake_traffic_secret');
  const first = offer.retry === undefined && !offer.early;
  const disguise = first && offer.hello.legacy_session_id.length > 0;
  context.setWriteKeys({ suite, epoch: 'handshake', generation: 0, keys }, disguise);
}

/** RFC 8446 4.2.11: the index must be one of ours, and the suite of its hash. */
function selectedPsk(
  context: HandshakeContext,
  { psks, session }: Offer,
  suite: Suite13,
  index: number | undefined,
): Psk13 | undefined {
  const offered = session !== undefined || psks.some((psk) => psk.session !== undefined);
  if (index === undefined) {
    if (session !== undefined) declineSession(context, 'the server chose TLS 1.3');
    else if (offered) declineSession(context, 'the server does not resume');
    return undefined;
  }
  const psk = psks[index];
  if (psk === undefined || psk.hash !== suite.hash) {
    const problem =
      psk === undefined ? `selects PSK ${index} of ${psks.length}` : 'selects a PSK of another hash than its suite';
    throw new TlsError('ERR_TLS_BAD_PSK', `the server ${problem}`, {
      where: { message: 'server_hello', field: 'extensions.pre_shared_key' },
    });
  }
  const chosen = psk.session === undefined ? 'a key shared beforehand' : 'resumed';
  context.decide({ about: 'resumption', chosen, offered: [], acceptable: [] });
  return psk;
}

/** Undefined where the PSK alone makes the keys, which must have been offered (RFC 8446 4.2.9, psk_ke). */
function agreeOnShare(
  context: HandshakeContext,
  offer: Offer,
  entry: KeyShareEntry | undefined,
  psk: Psk13 | undefined,
): { readonly secret: Uint8Array; readonly group: number } | undefined {
  const where = { message: 'server_hello', field: 'extensions.key_share' };
  if (entry === undefined) {
    if (psk !== undefined && context.client.pskWithoutDhe) return undefined;
    throw new TlsError('ERR_TLS_MISSING_EXTENSION', 'server_hello has no key_share', { where });
  }
  const share = offer.shares.find((one) => groupId(one.group) === entry.group);
  if (share === undefined) {
    const label = groupName(entry.group) ?? `group ${entry.group}`;
    throw new TlsError('ERR_TLS_UNOFFERED_GROUP', `the server chose ${label}, for which no share was sent`, {
      where,
      expected: offer.shares.map((one) => one.group),
      actual: label,
    });
  }
  if (!hasFieldLength(share.group, entry.key_exchange)) {
    throw new TlsError('ERR_TLS_BAD_KEY_SHARE', `the ${share.group} share of the server is not as long as its prime`, {
      where,
    });
  }
  const secret = agree(share, entry.key_exchange, 'server_hello', 'extensions.key_share');
  const offered = offer.shares.map((one) => groupId(one.group));
  context.decide({ about: 'group', chosen: entry.group, offered, acceptable: [entry.group] });
  return { secret, group: entry.group };
}
