// What a TLS 1.3 server chooses from a ClientHello: suite, group, certificate and scheme (RFC 8446 4.1.1). By the server's
// preference throughout; every refusal says what both sides had.

import type { GroupName } from '../../crypto/keys.ts';
import { schemeFitsKey } from '../../crypto/schemes.ts';
import type { Suite13 } from '../../crypto/suites.ts';
import type { ClientHello } from '../../wire/messages.ts';
import { groupName, signatureSchemeName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { type Chosen, chooseCredential } from '../shared/credentials.ts';
import { groupById, groupId } from '../shared/groups.ts';
import { decideCertificate, wishesOf } from './choose12.ts';

/** `wanted`: the suite that goes with a PSK, if there is one. */
export function chooseSuite13(context: HandshakeContext, hello: ClientHello, wanted?: Suite13): Suite13 {
  const ours = context.server.suites.filter((suite) => suite.version === 'tls13');
  const suite = wanted ?? ours.find((one) => hello.cipher_suites.includes(one.id));
  const acceptable = ours.map((one) => one.id);
  if (suite === undefined) {
    throw new TlsError('ERR_TLS_NO_SHARED_SUITE', 'no TLS 1.3 cipher suite in common', {
      where: { message: 'client_hello', field: 'cipher_suites' },
      expected: acceptable.map((id) => context.server.suiteName(id) ?? id),
      actual: hello.cipher_suites.map((id) => context.server.suiteName(id) ?? id),
    });
  }
  context.decide({ about: 'cipher_suite', chosen: suite.id, offered: hello.cipher_suites, acceptable });
  return suite;
}

export interface ChosenShare {
  readonly group: GroupName;
  /** The client's share; undefined when it must be asked for. */
  readonly keyExchange: Uint8Array | undefined;
}

/** Our best group that came with a share; without one, our best group that the client speaks (RFC 8446 4.2.8). */
export function chooseGroup13(context: HandshakeContext, hello: ClientHello): ChosenShare {
  const { groups, retryForGroup } = context.server;
  const { supported_groups, key_share } = hello.extensions.known;
  const supported = required('supported_groups', supported_groups);
  const shares = required('key_share', key_share);
  // A set, since the peer decides how long both lists are.
  const offered = new Set(supported);
  const seen = new Set<number>();
  for (const { group } of shares) {
    // RFC 8446 4.2.8: no two shares for a group, and none for a group that is not in supported_groups.
    if (seen.has(group) || !offered.has(group)) {
      const label = groupName(group) ?? `group ${group}`;
      throw new TlsError(
        'ERR_TLS_BAD_KEY_SHARE',
        `a share for ${label}, which is there twice or not in supported_groups`,
        {
          where: { message: 'client_hello', field: 'extensions.key_share' },
        },
      );
    }
    seen.add(group);
  }
  const withShare = retryForGroup ? undefined : groups.find((name) => seen.has(groupId(name)));
  const group = withShare ?? groups.find((name) => supported.includes(groupId(name)));
  if (group === undefined) {
    throw new TlsError('ERR_TLS_NO_SHARED_GROUP', 'no group in common', {
      where: { message: 'client_hello', field: 'extensions.supported_groups' },
      expected: groups,
      actual: supported.map((id) => groupName(id) ?? id),
    });
  }
  context.decide({ about: 'group', chosen: groupId(group), offered: supported, acceptable: groups.map(groupId) });
  return { group, keyExchange: shares.find((share) => groupById([group], share.group) !== undefined)?.key_exchange };
}

export function chooseCredential13(
  context: HandshakeContext,
  hello: ClientHello,
  serverName: string | undefined,
): Chosen {
  const { credentials, schemes } = context.server;
  const theirs = required('signature_algorithms', hello.extensions.known.signature_algorithms);
  const chosen = chooseCredential(credentials, schemes, wishesOf(hello, serverName), 'tls13');
  if (chosen === undefined) {
    throw new TlsError(
      'ERR_TLS_NO_SHARED_SCHEME',
      'no certificate whose key can sign with a scheme that the client accepts',
      {
        where: { message: 'client_hello', field: 'extensions.signature_algorithms' },
        expected: credentials.map((credential) => credential.key.kind),
        actual: theirs.map((id) => signatureSchemeName(id) ?? id),
      },
    );
  }
  const key = credentials[chosen.credential]?.key;
  const acceptable = schemes.filter((one) => key !== undefined && schemeFitsKey(one, key, 'tls13'));
  decideCertificate(context, chosen.credential, serverName);
  context.decide({
    about: 'signature_scheme',
    chosen: chosen.scheme.id,
    offered: theirs,
    acceptable: acceptable.map((one) => one.id),
  });
  return chosen;
}

/** RFC 8446 9.2: without a PSK these three must be there. */
function required<T>(name: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new TlsError('ERR_TLS_MISSING_EXTENSION', `the client speaks TLS 1.3 without ${name}`, {
    where: { message: 'client_hello', field: `extensions.${name}` },
  });
}
