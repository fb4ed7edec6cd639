// What a TLS 1.2 server chooses from a ClientHello: the suite, and with it the certificate, the group and the scheme that
// the suite needs (RFC 5246 7.4.1.3, 7.4.2; RFC 8422 4). The first suite of ours for which all of them exist wins.

import type { GroupName } from '../../crypto/keys.ts';
import type { Scheme } from '../../crypto/schemes.ts';
import type { Suite12 } from '../../crypto/suites.ts';
import type { ErrorCode } from '../../wire/error_codes.ts';
import type { ClientHello } from '../../wire/messages.ts';
import { suiteName } from '../../wire/registry/cipher_suites.ts';
import { GROUP, groupName, signatureSchemeName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { Credential, ServerConfig } from '../shared/config.ts';
import { groupId } from '../shared/groups.ts';
import { chooseScheme } from '../shared/signatures.ts';

export interface Choice12 {
  readonly suite: Suite12;
  readonly credential: number;
  /** Only for ECDHE. */
  readonly signed: { readonly group: GroupName; readonly scheme: Scheme } | undefined;
}

/** @throws TlsError handshake_failure that names the nearest miss: the suites, the group, or the schemes */
export function choose12(context: HandshakeContext, hello: ClientHello): Choice12 {
  const { server } = context;
  const ours = server.suites.filter((suite) => suite.version === 'tls12');
  const shared = ours.filter((suite) => hello.cipher_suites.includes(suite.id));
  const group = sharedGroup(server, hello);
  for (const suite of shared) {
    const choice = complete(server, hello, suite, group);
    if (choice === undefined) continue;
    const acceptable = ours.map((one) => one.id);
    context.decide({ about: 'cipher_suite', chosen: suite.id, offered: hello.cipher_suites, acceptable });
    return choice;
  }
  throw nothingShared(server, hello, ours, shared, group);
}

function complete(
  server: ServerConfig,
  hello: ClientHello,
  suite: Suite12,
  group: GroupName | undefined,
): Choice12 | undefined {
  if (suite.keyExchange === 'rsa') {
    const credential = server.credentials.findIndex(({ key }) => key.kind === 'rsa');
    return credential < 0 ? undefined : { suite, credential, signed: undefined };
  }
  if (group === undefined) return undefined;
  const { signature_algorithms: theirs = [], supported_groups } = hello.extensions.known;
  for (const [credential, { key }] of server.credentials.entries()) {
    if (!authenticates(key.kind, suite)) continue;
    // RFC 8422 5.1: the client's groups also say which curves it can verify a certificate on.
    if (key.kind === 'ec' && supported_groups?.includes(GROUP[key.curve]) === false) continue;
    const scheme = chooseScheme(server.schemes, theirs, key, 'tls12');
    if (scheme !== undefined) return { suite, credential, signed: { group, scheme } };
  }
  return undefined;
}

/** RFC 8422 5.10: EdDSA keys go with the ECDSA suites. */
function authenticates(kind: Credential['key']['kind'], suite: Suite12): boolean {
  const isRsa = kind === 'rsa' || kind === 'rsa-pss';
  return isRsa === (suite.authentication === 'rsa');
}

/** RFC 8422 4: a client that names no groups leaves the choice to us; P-256 is what such clients know. */
function sharedGroup(server: ServerConfig, hello: ClientHello): GroupName | undefined {
  const { supported_groups, ec_point_formats } = hello.extensions.known;
  if (ec_point_formats !== undefined && !ec_point_formats.includes(0)) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', 'ec_point_formats without uncompressed', {
      where: { message: 'client_hello', field: 'extensions.ec_point_formats' },
    });
  }
  const theirs: readonly number[] = supported_groups ?? [GROUP.secp256r1];
  return server.groups.find((name) => theirs.includes(groupId(name)));
}

function nothingShared(
  server: ServerConfig,
  hello: ClientHello,
  ours: readonly Suite12[],
  shared: readonly Suite12[],
  group: GroupName | undefined,
): TlsError {
  const { supported_groups, signature_algorithms } = hello.extensions.known;
  const failed = (code: ErrorCode, problem: string, field: string, expected: unknown, actual: unknown): TlsError =>
    new TlsError(code, problem, { where: { message: 'client_hello', field }, expected, actual });
  const keys = server.credentials.map(({ key }) => key.kind);
  const usable = shared.filter((suite) => server.credentials.some(({ key }) => authenticates(key.kind, suite)));
  if (usable.length === 0) {
    return failed(
      'ERR_TLS_NO_SHARED_SUITE',
      `no TLS 1.2 cipher suite in common that a certificate here (${keys.join(', ') || 'none'}) can serve`,
      'cipher_suites',
      ours.map((suite) => suiteName(suite.id)),
      hello.cipher_suites.map((id) => suiteName(id) ?? id),
    );
  }
  if (group === undefined) {
    const theirs = (supported_groups ?? []).map((id) => groupName(id) ?? id);
    return failed(
      'ERR_TLS_NO_SHARED_GROUP',
      'no group in common',
      'extensions.supported_groups',
      server.groups,
      theirs,
    );
  }
  return failed(
    'ERR_TLS_NO_SHARED_SCHEME',
    'no certificate whose key can sign with a scheme that the client accepts',
    'extensions.signature_algorithms',
    keys,
    (signature_algorithms ?? []).map((id) => signatureSchemeName(id) ?? id),
  );
}
