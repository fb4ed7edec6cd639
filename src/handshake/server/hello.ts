// The server's opening: what the ClientHello asks for, the configuration that answers it, and the version (RFC 8446 4.1.2,
// 4.2.1; RFC 5246 7.4.1.2). The choices inside a version are in choose12.ts and choose13.ts.

import type { ClientHello } from '../../wire/messages.ts';
import { CERTIFICATE_STATUS_TYPE, VERSION, versionName } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext } from '../context.ts';
import type { ServerConfig, Version } from '../shared/config.ts';
import { requestedServerName } from '../shared/extensions.ts';
import { enterHandshake13, type Opened13 } from './enter13.ts';
import type { ChooseConfiguration, WaitClientHello } from './states.ts';
import { enterHandshake12, type Opened12 } from './tls12.ts';

const FALLBACK_SCSV = 0x5600;

type Opened = Opened13 | Opened12;

export function onClientHello(
  context: HandshakeContext,
  _state: WaitClientHello,
  hello: ClientHello,
  raw: Uint8Array,
): ChooseConfiguration | Opened {
  const serverName = requestedServerName(hello);
  if (!context.server.asksHello) return negotiate(context, hello, raw, serverName);
  const { known } = hello.extensions;
  return {
    name: 'choose_configuration',
    hello,
    raw,
    need: {
      kind: 'hello',
      serverName,
      alpn: known.application_layer_protocol_negotiation ?? [],
      cipherSuites: hello.cipher_suites,
      signatureSchemes: known.signature_algorithms ?? [],
      groups: known.supported_groups ?? [],
      versions: offeredVersions(hello),
      statusRequested: known.status_request?.status_type === CERTIFICATE_STATUS_TYPE.ocsp,
    },
  };
}

export function onConfiguration(context: HandshakeContext, state: ChooseConfiguration, config: ServerConfig): Opened {
  context.useServerConfig(config);
  return negotiate(context, state.hello, state.raw, state.need.serverName);
}

function negotiate(
  context: HandshakeContext,
  hello: ClientHello,
  raw: Uint8Array,
  serverName: string | undefined,
): Opened {
  const { server } = context;
  const version = chooseVersion(server, hello);
  const acceptable = [VERSION.tls13, VERSION.tls12].filter((v) => v >= server.minVersion && v <= server.maxVersion);
  context.decide({ about: 'version', chosen: version, offered: offeredVersions(hello), acceptable });
  context.useVersion(version);
  checkCompression(hello, version);
  return version === VERSION.tls13
    ? enterHandshake13(context, { hello, raw, serverName, retried: undefined })
    : enterHandshake12(context, hello, serverName);
}

/** What the client says it speaks: its list, or in its absence legacy_version, the highest it can (RFC 8446 4.2.1). */
function offeredVersions(hello: ClientHello): readonly number[] {
  const list = hello.extensions.known.supported_versions;
  if (list !== undefined) return list;
  return [Math.min(VERSION.tls12, hello.legacy_version)];
}

function chooseVersion(server: ServerConfig, hello: ClientHello): Version {
  const offered = offeredVersions(hello);
  const speaks = (v: Version): boolean => v >= server.minVersion && v <= server.maxVersion && offered.includes(v);
  // RFC 8446 D.5: SSL 3.0 in legacy_version is refused, whatever supported_versions says.
  const ancient = hello.legacy_version <= VERSION.ssl30;
  const version = ancient ? undefined : ([VERSION.tls13, VERSION.tls12] as const).find(speaks);
  // RFC 7507 3: a client that came down on its own although both could do better, also to where nothing is in common.
  if ((version ?? 0) < server.maxVersion && hello.cipher_suites.includes(FALLBACK_SCSV)) {
    throw new TlsError(
      'ERR_TLS_INAPPROPRIATE_FALLBACK',
      'the client fell back to a version below what both can speak',
      {
        where: { message: 'client_hello', field: 'cipher_suites' },
      },
    );
  }
  if (version === undefined) {
    const theirs = (ancient ? [hello.legacy_version] : offered).map((v) => versionName(v) ?? `0x${v.toString(16)}`);
    throw new TlsError('ERR_TLS_NO_SHARED_VERSION', `no version in common: the client speaks ${theirs.join(', ')}`, {
      where: { message: 'client_hello', field: 'extensions.supported_versions' },
      expected: [versionName(server.maxVersion), versionName(server.minVersion)],
      actual: theirs,
    });
  }
  return version;
}

/** RFC 8446 4.1.2: exactly null in TLS 1.3; null among others before (RFC 5246 7.4.1.2). */
function checkCompression(hello: ClientHello, version: Version): void {
  const methods = hello.legacy_compression_methods;
  const fine = version === VERSION.tls13 ? methods.length === 1 && methods[0] === 0 : methods.includes(0);
  if (!fine) {
    throw new TlsError('ERR_TLS_COMPRESSION', 'the client does not offer the null compression method as it must', {
      where: { message: 'client_hello', field: 'legacy_compression_methods' },
    });
  }
}
