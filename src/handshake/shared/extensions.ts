// Rules about extensions that need to know the conversation: nothing comes back that was not asked for (RFC 8446 4.2,
// RFC 5246 7.4.1.4), and the choices that both versions make alike (ALPN, SNI).

import { extensionName, type RawExtension } from '../../wire/extensions.ts';
import type { ClientHello } from '../../wire/messages.ts';
import { isGrease } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';

/** @throws TlsError unsupported_extension for an extension in `block` that is not among `offered` */
export function refuseUnsolicited(
  message: string,
  block: { readonly list: readonly RawExtension[] },
  offered: readonly RawExtension[],
): void {
  for (const { extension_type } of block.list) {
    // RFC 8701 3.1: a GREASE value comes back from nobody who knows what it does.
    if (!isGrease(extension_type) && offered.some((one) => one.extension_type === extension_type)) continue;
    const label = extensionName(extension_type) ?? `extension ${extension_type}`;
    throw new TlsError('ERR_TLS_UNSOLICITED_EXTENSION', `${message} has ${label}, which was not offered`, {
      where: { message, field: `extensions.${label}` },
    });
  }
}

/** RFC 7301 3.1: the server's answer is exactly one name, and one that was offered. */
export function checkAlpnAnswer(
  message: string,
  answer: readonly string[] | undefined,
  offered: readonly string[],
): string | undefined {
  if (answer === undefined) return undefined;
  const where = { message, field: 'extensions.application_layer_protocol_negotiation' };
  const [chosen] = answer;
  if (chosen === undefined || answer.length !== 1) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `the server chose ${answer.length} protocols, not one`, { where });
  }
  if (!offered.includes(chosen)) {
    throw new TlsError('ERR_TLS_UNOFFERED_ALPN', `the server chose ${JSON.stringify(chosen)}, which was not offered`, {
      where,
      expected: offered,
      actual: chosen,
    });
  }
  return chosen;
}

/**
 * The server's choice, by its own preference (RFC 7301 3.2). Undefined when one of the two does not use ALPN.
 * @throws TlsError no_application_protocol when both do and share nothing
 */
export function chooseAlpn(ours: readonly string[], theirs: readonly string[] | undefined): string | undefined {
  if (theirs === undefined || ours.length === 0) return undefined;
  const chosen = ours.find((name) => theirs.includes(name));
  if (chosen === undefined) {
    throw new TlsError('ERR_TLS_NO_SHARED_ALPN', 'no application protocol in common', {
      expected: ours,
      actual: theirs,
    });
  }
  return chosen;
}

/** The host name of a ClientHello, lower-cased. RFC 6066 3: one name of a type, not empty, no trailing dot. */
export function requestedServerName(hello: ClientHello): string | undefined {
  const names = hello.extensions.known.server_name;
  if (names === undefined) return undefined;
  const where = { message: 'client_hello', field: 'extensions.server_name' };
  const hosts = names.filter((name) => name.name_type === 0);
  const [host] = hosts;
  if (names.length !== hosts.length || hosts.length !== 1 || host === undefined) {
    throw new TlsError('ERR_TLS_DECODE', 'server_name must hold exactly one host_name', { where });
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(host.host_name)) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', 'the host name has characters that no A-label has', { where });
  }
  return host.host_name.toLowerCase();
}
