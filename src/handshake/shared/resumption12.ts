// What both sides of a TLS 1.2 resumption need: whether a session may still be used here and now, and the keys it gives
// (RFC 5246 7.3, F.1.4). A resumed connection never has more trust than a full handshake would give it now: the session
// must belong to this trust policy or configuration, this name, and its peer's chain must not have expired.

import { equal } from '../../bytes/bytes.ts';
import { suiteById } from '../../crypto/suites.ts';
import { VERSION } from '../../wire/registry/names.ts';
import type { HandshakeContext } from '../context.ts';
import type { CommonConfig } from './config.ts';
import { groupId } from './groups.ts';
import { establishKeys12 } from './keys12.ts';
import type { Session } from './session.ts';
import type { Keys12, Randoms } from './states.ts';

/** Why this session may not be resumed under this configuration; undefined when it may. */
export function whyNotResumable(config: CommonConfig, session: Session, serverName: string): string | undefined {
  const now = config.now();
  if (session.version !== VERSION.tls12 || config.minVersion > VERSION.tls12) return 'another version';
  if (!config.suites.some((suite) => suite.id === session.suite)) return 'its cipher suite is not enabled';
  const groups = [...config.groups, ...config.dhGroups];
  if (session.group !== 0 && !groups.some((group) => groupId(group) === session.group)) {
    return 'its group is not enabled';
  }
  if (session.scheme !== 0 && !config.schemes.some((scheme) => scheme.id === session.scheme)) {
    return 'its signature scheme is not enabled';
  }
  // RFC 7627 5.3: without it a session may be shared with somebody in between.
  if (config.extendedMasterSecret === 'require' && !session.extendedMasterSecret) return 'no extended_master_secret';
  if (config.extendedMasterSecret === 'never' && session.extendedMasterSecret) return 'extended_master_secret is off';
  if (!equal(session.binding, config.sessionBinding)) return 'another trust policy or configuration';
  if (session.serverName !== serverName) return 'another server name';
  if (session.alpn !== '' && !config.alpn.includes(session.alpn)) return 'its application protocol is not enabled';
  if (now < session.created || now >= session.created + 1000 * session.lifetime) return 'it has expired';
  if (now >= session.validUntil) return "a certificate of the peer's chain has expired";
  return undefined;
}

/** The keys of a resumed connection: the old master secret, the new randoms. Undefined for a suite that cannot be run. */
export function resumedKeys(
  context: HandshakeContext,
  session: Session,
  randoms: Randoms,
  encryptThenMac: boolean,
): Keys12 | undefined {
  const suite = suiteById(session.suite);
  if (suite?.version !== 'tls12') return undefined;
  context.observeSecret?.({ name: 'master_secret', context: 'session', value: session.secret });
  return establishKeys12(context, suite, session.secret, randoms, encryptThenMac && suite.aead === undefined);
}
