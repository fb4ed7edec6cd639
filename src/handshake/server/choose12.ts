// What a TLS 1.2 server chooses from a ClientHello: the suite, and with it the certificate, the group and the scheme that
// the suite needs (RFC 5246 7.4.1.3, 7.4.2; RFC 8422 4; RFC 7919 4). The first suite of ours for which all of them exist wins.

import type { GroupName } from '../../crypto/keys.ts';
import { ALL_SCHEMES, type Scheme } from '../../crypto/schemes.ts';
import type { Suite12 } from '../../crypto/suites.ts';
import type { ErrorCode } from '../../wire/error_codes.ts';
import type { ClientHello } from '../../wire/messages.ts';
import { GROUP, groupName, SIGNATURE_SCHEME, signatureSchemeName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig } from '../shared/config.ts';
import { type Credential, chooseCredential, inOrder, type Wishes } from '../shared/credentials.ts';
import { groupId, isCurve12 } from '../shared/groups.ts';

export interface Choice12 {
  readonly suite: Suite12;
  /** The place of the certificate; undefined for a suite that authenticates by a shared key. */
  readonly credential: number | undefined;
  /** Of the ephemeral key; undefined for RSA key exchange and for the plain shared key. */
  readonly group: GroupName | undefined;
  /** What the ephemeral key is signed with, where it is. */
  readonly scheme: Scheme | undefined;
}

/** @throws TlsError handshake_failure that names the nearest miss: the suites, the group, or the schemes */
export function choose12(context: HandshakeContext, hello: ClientHello, serverName: string | undefined): Choice12 {
  const { server } = context;
  const ours = server.suites.filter((suite) => suite.version === 'tls12');
  const shared = ours.filter((suite) => hello.cipher_suites.includes(suite.id));
  const common: Common = {
    curve: sharedCurve(server, hello),
    field: sharedField(server, hello),
    wishes: wishesOf(hello, serverName),
  };
  for (const suite of shared) {
    const choice = complete(server, hello, suite, common);
    if (choice === undefined) continue;
    const acceptable = ours.map((one) => one.id);
    context.decide({ about: 'cipher_suite', chosen: suite.id, offered: hello.cipher_suites, acceptable });
    decideCertificate(context, choice.credential, serverName);
    return choice;
  }
  throw nothingShared(server, hello, ours, shared, common);
}

/** What both sides have besides suites. */
interface Common {
  readonly curve: GroupName | undefined;
  readonly field: GroupName | undefined;
  readonly wishes: Wishes;
}

export function wishesOf({ extensions: { known } }: ClientHello, serverName: string | undefined): Wishes {
  return {
    schemes: known.signature_algorithms?.filter((id) => !CLIENTS_OWN.has(id)) ?? UNSAID,
    certificateSchemes: known.signature_algorithms_cert,
    authorities: known.certificate_authorities ?? [],
    serverName,
  };
}

/** RFC 5246 7.4.1.4.1: who names no schemes of TLS 1.2 knows SHA-1; we sign with it only where that is enabled. */
const UNSAID = [SIGNATURE_SCHEME.rsa_pkcs1_sha1, SIGNATURE_SCHEME.ecdsa_sha1];

/** A server signs with none of these, whatever a client says. */
const CLIENTS_OWN = new Set(ALL_SCHEMES.flatMap(({ id, tls13 }) => (tls13 === 'client' ? [id] : [])));

export function decideCertificate(
  context: HandshakeContext,
  credential: number | undefined,
  serverName: string | undefined,
): void {
  const { credentials } = context.server;
  if (credential === undefined || credentials.length < 2) return;
  const acceptable = credentials.map(({ names }, place) => names?.join(', ') ?? `credential ${place}`);
  const offered = serverName === undefined ? [] : [serverName];
  context.decide({ about: 'certificate', chosen: acceptable[credential], offered, acceptable });
}

function complete(server: ServerConfig, hello: ClientHello, suite: Suite12, common: Common): Choice12 | undefined {
  const { credentials, schemes } = server;
  const { wishes } = common;
  const { keyExchange } = suite;
  if (keyExchange === 'rsa') {
    const credential = inOrder(credentials, wishes).find((place) => canDecrypt(credentials[place]));
    return credential === undefined ? undefined : { suite, credential, group: undefined, scheme: undefined };
  }
  const group = keyExchange.startsWith('dhe') ? common.field : common.curve;
  if (keyExchange !== 'psk' && group === undefined) return undefined;
  if (suite.authentication === 'psk') {
    return { suite, credential: undefined, group: keyExchange === 'psk' ? undefined : group, scheme: undefined };
  }
  const { supported_groups } = hello.extensions.known;
  const chosen = chooseCredential(credentials, schemes, wishes, 'tls12', ({ key }) => {
    // RFC 8422 5.1: the client's groups also say which curves it can verify a certificate on.
    const verifiable = key.kind !== 'ec' || supported_groups?.includes(GROUP[key.curve]) !== false;
    return authenticates(key.kind, suite) && verifiable;
  });
  return chosen && { suite, group, ...chosen };
}

function canDecrypt(one: Credential | undefined): boolean {
  return one?.key.kind === 'rsa' && one.usage?.keyEncipherment !== false;
}

/** RFC 8422 5.10: EdDSA keys go with the ECDSA suites. */
function authenticates(kind: Credential['key']['kind'], suite: Suite12): boolean {
  if (suite.authentication === 'psk') return true;
  const isRsa = kind === 'rsa' || kind === 'rsa-pss';
  return isRsa === (suite.authentication === 'rsa');
}

/** RFC 8422 4: a client that names no groups leaves the choice to us; P-256 is what such clients know. */
function sharedCurve(server: ServerConfig, hello: ClientHello): GroupName | undefined {
  const { supported_groups, ec_point_formats } = hello.extensions.known;
  if (ec_point_formats !== undefined && !ec_point_formats.includes(0)) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', 'ec_point_formats without uncompressed', {
      where: { message: 'client_hello', field: 'extensions.ec_point_formats' },
    });
  }
  const theirs: readonly number[] = supported_groups ?? [GROUP.secp256r1];
  return server.groups.find((name) => theirs.includes(groupId(name)) && isCurve12(name));
}

/**
 * RFC 7919 4: a client that names finite field groups gets one of them or none; one that names none gets our first, since it
 * may not know of the extension.
 */
function sharedField({ dhGroups }: ServerConfig, { extensions: { known } }: ClientHello): GroupName | undefined {
  const theirs = (known.supported_groups ?? []).filter((id) => id >> 8 === FINITE_FIELDS);
  return theirs.length === 0 ? dhGroups[0] : dhGroups.find((name) => theirs.includes(groupId(name)));
}

function isDhe({ keyExchange }: Suite12): boolean {
  return keyExchange.startsWith('dhe');
}

/** RFC 7919 2: 0x0100 to 0x01ff. */
const FINITE_FIELDS = 1;

function nothingShared(
  server: ServerConfig,
  hello: ClientHello,
  ours: readonly Suite12[],
  shared: readonly Suite12[],
  { curve, field }: Common,
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
      ours.map((suite) => server.suiteName(suite.id) ?? suite.id),
      hello.cipher_suites.map((id) => server.suiteName(id) ?? id),
    );
  }
  const feasible = usable.filter(({ keyExchange: by }) => !/dhe/.test(by) || (/^dhe/.test(by) ? field : curve));
  if (feasible.length === 0) {
    const theirs = (supported_groups ?? []).map((id) => groupName(id) ?? id);
    return failed(
      'ERR_TLS_NO_SHARED_GROUP',
      'no group in common',
      'extensions.supported_groups',
      [...new Set([...server.groups, ...(usable.some(isDhe) ? server.dhGroups : [])])],
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
