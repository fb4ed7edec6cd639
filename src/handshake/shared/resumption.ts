// What both sides of a resumption need: whether a session may still be used here and now (RFC 5246 7.3, F.1.4; RFC 8446
// 4.6.1), and in TLS 1.2 the keys and the agreement it gives. A resumed connection never has more trust than a full handshake
// would give it now: the session must belong to this trust policy or configuration, this name, and its peer's chain must not
// have expired. Sessions made from sessions do not go on for ever either.

import { equal } from '../../bytes/bytes.ts';
import { type Suite12, suiteById } from '../../crypto/suites.ts';
import { VERSION } from '../../wire/registry/names.ts';
import type { Agreement, HandshakeContext } from '../context.ts';
import type { CommonConfig } from './config.ts';
import { groupId } from './groups.ts';
import { establishKeys12 } from './keys12.ts';
import type { Session } from './session.ts';
import type { Keys12, Randoms } from './states.ts';

/** Why this session may not be resumed under this configuration; undefined when it may. */
export function whyNotResumable(config: CommonConfig, session: Session, serverName: string): string | undefined {
  const now = config.now();
  const { version, suite, scheme } = session;
  if (version < config.minVersion || version > config.maxVersion) return 'another version';
  const own = config.credentials.some(({ schemes }) => schemes?.includes(scheme));
  if (scheme !== 0 && !own && !config.schemes.some(({ id }) => id === scheme))
    return 'its signature scheme is not enabled';
  if (!equal(session.binding, config.sessionBinding)) return 'another trust policy or configuration';
  if (session.serverName !== serverName) return 'another server name';
  if (now < session.created || now >= session.created + 1000 * session.lifetime) return 'it has expired';
  if (now >= session.validUntil) return 'a certificate of the peer has expired, or its last proof is a week old';
  if (version === VERSION.tls12) return whyNotResumable12(config, session);
  // RFC 8446 4.2.11: all that must agree is the hash.
  const hash = suiteById(suite)?.hash;
  const fits = config.suites.some((one) => one.version === 'tls13' && one.hash === hash);
  return fits ? undefined : 'no cipher suite with its hash is enabled';
}

/** In TLS 1.2 everything stays as it was. */
function whyNotResumable12(config: CommonConfig, session: Session): string | undefined {
  const { suite, group, alpn } = session;
  if (!config.suites.some(({ id }) => id === suite)) return 'its cipher suite is not enabled';
  const groups = [...config.groups, ...config.dhGroups];
  if (group !== 0 && !groups.some((one) => groupId(one) === group)) return 'its group is not enabled';
  if (alpn !== '' && !config.alpn.includes(alpn)) return 'its application protocol is not enabled';
  // RFC 7627 5.3: without it a session may be shared with somebody in between.
  if (config.extendedMasterSecret === 'require' && !session.extendedMasterSecret) return 'no extended_master_secret';
  if (config.extendedMasterSecret === 'never' && session.extendedMasterSecret) return 'extended_master_secret is off';
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

/** What a resumed connection agreed on: all but the protocol and the name is the session's. */
export function resumedAgreement(
  session: Session,
  suite: Suite12,
  alpn: string | undefined,
  serverName: string | undefined,
): Agreement {
  return {
    version: VERSION.tls12,
    suite,
    group: session.group || undefined,
    scheme: session.scheme || undefined,
    alpn,
    serverName,
    extendedMasterSecret: session.extendedMasterSecret,
    peerChain: session.peerChain,
    authorized: session.authorized,
    authorizationProblem: session.authorizationProblem || undefined,
    resumed: true,
    certificateRequest: undefined,
    credential: undefined,
    psk: suite.authentication === 'psk',
  };
}
