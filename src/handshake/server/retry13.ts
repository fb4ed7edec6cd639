// HelloRetryRequest: a group without a share costs one more round trip (RFC 8446 4.1.4), and the second ClientHello is the first
// but for what it was asked to change (4.1.2).

import { equal } from '../../bytes/bytes.ts';
import type { GroupName } from '../../crypto/keys.ts';
import type { Suite13 } from '../../crypto/suites.ts';
import { buildExtensions, EXTENSIONS, type RawExtension } from '../../wire/extensions.ts';
import {
  type ClientHello,
  HELLO_RETRY_RANDOM,
  type HelloRetryRequest,
  helloRetryRequest,
} from '../../wire/messages.ts';
import { VERSION } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import { groupId } from '../shared/groups.ts';
import type { Retried13, WaitSecondClientHello } from './states.ts';

export function askAgain(
  context: HandshakeContext,
  hello: ClientHello,
  suite: Suite13,
  group: GroupName,
  withPsk: boolean,
): WaitSecondClientHello {
  const built: HelloRetryRequest = {
    legacy_version: VERSION.tls12,
    random: HELLO_RETRY_RANDOM,
    legacy_session_id_echo: hello.legacy_session_id,
    cipher_suite: suite.id,
    legacy_compression_method: 0,
    extensions: buildExtensions('hello_retry_request', {
      supported_versions: VERSION.tls13,
      key_share: groupId(group),
    }),
  };
  context.send('hello_retry_request', helloRetryRequest, context.server.hooks.helloRetryRequest?.(built) ?? built);
  context.transcript.restart(suite.hash, context.server.postHandshakeAuth);
  if (hello.legacy_session_id.length > 0) context.sendChangeCipherSpec();
  return { name: 'wait_second_client_hello', first: hello, suite, group: groupId(group), withPsk };
}

/** @throws TlsError illegal_parameter when it changes more than it may, or less than it must */
export function checkSecondHello({ first, group, withPsk }: Retried13, hello: ClientHello): void {
  // RFC 8446 4.1.2: the second ClientHello is the first but for key_share, cookie, early_data, padding and binders.
  const kept =
    first.legacy_version === hello.legacy_version &&
    equal(first.random, hello.random) &&
    equal(first.legacy_session_id, hello.legacy_session_id) &&
    first.cipher_suites.join() === hello.cipher_suites.join() &&
    first.legacy_compression_methods.join() === hello.legacy_compression_methods.join() &&
    sameExtensions(keptExtensions(first), keptExtensions(hello));
  const where = { message: 'client_hello' };
  if (!kept) {
    throw new TlsError('ERR_TLS_SECOND_HELLO_CHANGED', 'the second ClientHello changes what it must keep', { where });
  }
  // RFC 8446 4.2.10: "A client MUST NOT include the "early_data" extension in its followup ClientHello."
  if (hello.extensions.known.early_data === true) {
    throw new TlsError('ERR_TLS_SECOND_HELLO_CHANGED', 'the second ClientHello announces early data', {
      where: { ...where, field: 'extensions.early_data' },
    });
  }
  // RFC 8446 4.1.2: no keys may be left out but those that do not go with the suite, and one of them does.
  if (withPsk && hello.extensions.known.pre_shared_key === undefined) {
    throw new TlsError('ERR_TLS_MISSING_EXTENSION', 'the second ClientHello leaves out its PSK', {
      where: { ...where, field: 'extensions.pre_shared_key' },
    });
  }
  const shares = hello.extensions.known.key_share ?? [];
  const [share] = shares;
  if (shares.length === 1 && share?.group === group) return;
  const problem = 'the second ClientHello has not just the share that was asked for';
  throw new TlsError('ERR_TLS_SECOND_HELLO_CHANGED', problem, {
    where: { ...where, field: 'extensions.key_share' },
  });
}

const MAY_CHANGE: ReadonlySet<number> = new Set([
  EXTENSIONS.key_share.id,
  EXTENSIONS.cookie.id,
  EXTENSIONS.early_data.id,
  EXTENSIONS.padding.id,
  EXTENSIONS.pre_shared_key.id,
]);

function keptExtensions(hello: ClientHello): readonly RawExtension[] {
  return hello.extensions.list.filter(({ extension_type }) => !MAY_CHANGE.has(extension_type));
}

function sameExtensions(a: readonly RawExtension[], b: readonly RawExtension[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((one, i) => {
    const other = b[i];
    return other?.extension_type === one.extension_type && equal(other.extension_data, one.extension_data);
  });
}
