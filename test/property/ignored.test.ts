// What must be passed over: values that nobody knows yet, in every list that can grow (RFC 8446 9.3), and fields that say nothing
// any more. The handshake goes on as if they were not there.

import { describe, expect, it } from 'vitest';
import { fromHex } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/codec/codec.ts';
import { encode } from '../../src/codec/run.ts';
import type { MessageName } from '../../src/handshake/machine.ts';
import { namedGroupList, supportedVersions } from '../../src/wire/extension_bodies.ts';
import { EXTENSIONS, type ExtensionName } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { type Block, edited, puppet, withExtension } from '../support/forge.ts';
import { makePair, NAMES, type Pair, type PairOptions, shakeHands } from '../support/pair.ts';
import { expectData, expectFull, helloOf, make13, type Options13, RETRY, shake13 } from '../support/pair13.ts';
import { expectConnected, expectRefused, expectTold } from '../support/prove.ts';

/** Numbers that IANA has given to nobody. */
const NOBODY = { suite: 0x13f7, group: 0x7f00, scheme: 0x7f01, version: 0x7f02, mode: 77, extension: 0xff02 } as const;

const named = <B extends Block>(block: B, name: ExtensionName, data: Uint8Array | undefined): B =>
  withExtension(block, EXTENSIONS[name].id, data);

/** The one side says something else than it would, in its own transcript too. */
function says<T>(
  pair: Pair,
  role: 'client' | 'server',
  on: MessageName,
  codec: Codec<T>,
  change: (value: T) => T,
): Pair {
  let count = 0;
  puppet(pair[role].engine, (name, raw) => {
    if (name !== on) return undefined;
    count++;
    return [edited(codec, raw, change)];
  });
  shakeHands(pair);
  expect(count, 'the message was never sent').toBeGreaterThan(0);
  return pair;
}

const helloSays = (options: PairOptions, change: (hello: wire.ClientHello) => wire.ClientHello): Pair =>
  says(makePair(options), 'client', 'client_hello', wire.clientHello, change);

const V12 = { maxVersion: 'TLSv1.2' } as const;
const list16 = (...numbers: readonly number[]): Uint8Array => encode(namedGroupList, numbers);

describe.each(NAMES)('by a server, provider %s', (name) => {
  it.each([{}, V12] as const)('RFC 8446 4.1.2, 9.3: what a server does not know of an offer (%j)', (versions) => {
    const pair = helloSays({ client: { ...versions, name }, server: { name } }, (hello) => {
      const { known } = hello.extensions;
      const { group, scheme, version, mode, extension } = NOBODY;
      let extensions = named(hello.extensions, 'supported_groups', list16(group, ...(known.supported_groups ?? [])));
      const schemes = list16(scheme, ...(known.signature_algorithms ?? []));
      extensions = named(extensions, 'signature_algorithms', schemes);
      extensions = named(extensions, 'signature_algorithms_cert', schemes);
      if (known.supported_versions !== undefined) {
        const all = [version, ...known.supported_versions];
        extensions = named(extensions, 'supported_versions', encode(supportedVersions, all));
        extensions = named(extensions, 'psk_key_exchange_modes', Uint8Array.of(2, mode, 1));
      }
      extensions = withExtension(extensions, extension, fromHex('c0ffee'));
      return { ...hello, cipher_suites: [NOBODY.suite, ...hello.cipher_suites], extensions };
    });
    expectConnected(pair);
    expectData(pair);
  });

  it('RFC 8446 4.4.2.1: status_request_v2 is read over, and not answered', () => {
    const STATUS_REQUEST_V2 = 17;
    // RFC 6961 2.2: one request of type ocsp_multi, without responders and extensions.
    const body = fromHex('00070200040000' + '0000');
    for (const versions of [{}, V12]) {
      const pair = helloSays({ client: { ...versions, name }, server: { name } }, (hello) => ({
        ...hello,
        extensions: withExtension(hello.extensions, STATUS_REQUEST_V2, body),
      }));
      // Our client refuses whatever it did not offer: it would not have connected.
      expectConnected(pair);
    }
  });
});

describe('the version', () => {
  it('RFC 8446 4.2.1, D.2: with supported_versions legacy_version says nothing', () => {
    for (const legacy_version of [0x0301, 0x0302, 0x0303, 0x0304, 0x03ff, 0x7f7f]) {
      const pair = helloSays({}, (hello) => ({ ...hello, legacy_version }));
      expectConnected(pair);
      expect(pair.server.agreement?.version).toBe(0x0304);
    }
  });

  it('RFC 8446 4.2.1: without supported_versions it is TLS 1.2, whatever legacy_version says beyond it', () => {
    for (const legacy_version of [0x0303, 0x0304, 0x0305, 0x7f7f]) {
      const pair = helloSays({ client: V12 }, (hello) => ({
        ...hello,
        legacy_version,
        extensions: named(hello.extensions, 'supported_versions', undefined),
      }));
      expectConnected(pair);
      expect(pair.server.agreement?.version).toBe(0x0303);
    }
  });

  it('RFC 8446 4.2.1: supported_versions without TLS 1.3 leads to TLS 1.2', () => {
    const pair = helloSays({ client: V12 }, (hello) => ({
      ...hello,
      extensions: named(hello.extensions, 'supported_versions', encode(supportedVersions, [0x0303, 0x0302])),
    }));
    expectConnected(pair);
    expect(pair.server.agreement?.version).toBe(0x0303);
  });

  it('RFC 8446 D.2: without supported_versions a server of TLS 1.3 alone refuses', () => {
    const pair = shakeHands(makePair({ client: V12, server: { minVersion: 'TLSv1.3' } }));
    expectRefused(pair.server, 'ERR_TLS_NO_SHARED_VERSION', 'protocol_version');
    expectTold(pair.client, 'protocol_version');
  });

  it('RFC 8446 4.1.2: a client of TLS 1.2 may offer compression besides null', () => {
    const pair = helloSays({ client: V12 }, (hello) => ({ ...hello, legacy_compression_methods: [1, 64, 0] }));
    expectConnected(pair);
    expectData(pair);
  });

  it('RFC 8446 4.2.3: RSASSA-PSS signs in TLS 1.2 too', () => {
    const RSA_PSS_RSAE_SHA256 = 0x0804;
    const pair = helloSays({ client: V12, keys: ['rsa'] }, (hello) => ({
      ...hello,
      extensions: named(hello.extensions, 'signature_algorithms', list16(RSA_PSS_RSAE_SHA256)),
    }));
    expectConnected(pair);
  });
});

describe('by a client', () => {
  const strange = { extension_type: NOBODY.extension, extension_data: fromHex('c0ffee') };
  const withStrange = <T extends { readonly extensions: Block }>(value: T): T => ({
    ...value,
    extensions: { ...value.extensions, list: [strange, ...value.extensions.list] },
  });

  it('RFC 8446 4.2.5, 4.3.2: what a client does not know of a CertificateRequest', () => {
    const asking: Options13 = { client: { keys: ['p256'] }, server: { clientCertificate: 'require' } };
    // A filter for an OID of which nobody has heard, with a value that our certificate does not have.
    const filter = fromHex('000b' + '05' + '2a03040506' + '0003' + '020107');
    const pair = make13(asking);
    says(pair, 'server', 'certificate_request', wire.certificateRequest13, (request) =>
      withStrange({ ...request, extensions: named(request.extensions, 'oid_filters', filter) }),
    );
    expectConnected(pair);
    expect(pair.server.agreement?.authorized).toBe(true);
  });

  it('RFC 8446 4.2.7: supported_groups of a server change nothing in the handshake', () => {
    const pair = make13({ client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] } });
    says(pair, 'server', 'encrypted_extensions', wire.encryptedExtensions, (message) => ({
      ...message,
      extensions: named(message.extensions, 'supported_groups', list16(NOBODY.group, 0x0018)),
    }));
    expectFull(pair);
    expect(pair.client.agreement?.group).toBe(0x001d);
    // Nor are they a reason to offer other groups the next time.
    const offered = (made: ReturnType<typeof shake13>): unknown => helloOf(made).extensions.known.supported_groups;
    expect(offered(shake13(RETRY))).toEqual(offered(pair));
  });
});
