// A client's certificate in the TLS 1.3 handshake (RFC 8446 4.3.2, 4.4.2 - 4.4.4) with both providers on either side, compressed
// and not: given, empty, required, refused, and answers that break the rules.

import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex, toHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/codec/run.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { BOTH, expectGiven, PACKED } from '../support/client_certificates13.ts';
import { edited, handshake, puppet } from '../support/forge.ts';
import { PAIRS, world } from '../support/pair.ts';
import {
  answering,
  expectData,
  expectRefused13,
  helloOf,
  lying13,
  merge13,
  messages13,
  type Options13,
  shake13,
} from '../support/pair13.ts';
import { BROTLI, ZLIB } from '../support/zlib.ts';

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  const named = (options: Options13): Options13 =>
    merge13(options, { client: { name: client }, server: { name: server } });

  it.each(['p256', 'p384', 'p521', 'rsa', 'ed25519'] as const)('a certificate with a %s key', (kind) => {
    const pair = shake13(named(merge13(BOTH, { client: { keys: [kind] } })));
    expect(messages13(pair)).toEqual([
      'client client_hello',
      'server server_hello',
      'server encrypted_extensions',
      'server certificate_request',
      'server certificate',
      'server certificate_verify',
      'server finished',
      'client certificate',
      'client certificate_verify',
      'client finished',
    ]);
    expectGiven(pair, kind);
  });

  it.each([ZLIB, BROTLI])('RFC 8879: both certificates compressed by algorithm $algorithm', (one) => {
    const packed = named(
      merge13(BOTH, { client: { certificateCompression: [one] }, server: { certificateCompression: [one] } }),
    );
    const pair = shake13(packed);
    expect(messages13(pair).filter((name) => name.endsWith('compressed_certificate'))).toEqual([
      'server compressed_certificate',
      'client compressed_certificate',
    ]);
    expect(messages13(pair)).not.toContain('server certificate');
    expectGiven(pair);
  });
});

describe('none, or not good enough', () => {
  it('asked, and the client has none: it says so, and is let in unless one is required', () => {
    for (const packing of [false, true]) {
      const base = packing ? PACKED : BOTH;
      const asked = shake13(merge13(base, { client: { keys: [] }, server: { clientCertificate: 'request' } }));
      expect(messages13(asked).slice(-2)).toEqual([
        packing ? 'client compressed_certificate' : 'client certificate',
        'client finished',
      ]);
      expect(asked.server.agreement).toMatchObject({ peerChain: [], authorized: false });
      expectData(asked);
      const required = shake13(merge13(base, { client: { keys: [] } }));
      expectRefused13(required, 'server', 'ERR_TLS_NO_CLIENT_CERTIFICATE', 'certificate_required');
      // RFC 8446 4.4.2.4: the client believed itself connected, and learns of it now.
      expect(required.client.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert: 'certificate_required' });
    }
  });

  it('not asked: none is shown', () => {
    const pair = shake13(merge13(BOTH, { server: { clientCertificate: 'none' } }));
    expect(messages13(pair)).not.toContain('client certificate');
    expectData(pair);
  });

  it('a host that refuses it', () => {
    const pair = shake13(BOTH, ({ server }) =>
      answering(server, (need) =>
        need.kind === 'verdict'
          ? { answer: { accepted: false, alert: 'unknown_ca', reason: 'who is that' } }
          : undefined,
      ),
    );
    expectRefused13(pair, 'server', 'ERR_TLS_CERTIFICATE_REFUSED', 'unknown_ca');
  });

  it("the server's own certificate is no client's", () => {
    const { chain, privateKey } = world().identities.p256;
    const pair = shake13(BOTH, ({ client }) => {
      answering(client, (need) =>
        need.kind === 'signature' ? { answer: privateKey.sign(need.algorithm, need.data) } : undefined,
      );
      puppet(client.engine, (name) =>
        name === 'certificate'
          ? [
              handshake(
                'certificate',
                encode(wire.certificate13, {
                  certificate_request_context: EMPTY,
                  certificate_list: chain.map((cert_data) => ({ cert_data, extensions: { list: [], known: {} } })),
                }),
              ),
            ]
          : undefined,
      );
    });
    expect(pair.server.error?.code).toBe('ERR_TLS_CERTIFICATE_REFUSED');
    expect(pair.server.agreement).toBeUndefined();
  });

  it('the client learns what was asked', () => {
    const authority = fromHex('300f310d300b06035504030c04526f6f74');
    const pair = shake13(
      merge13(BOTH, { server: { clientAuthorities: [authority], signatureSchemes: ['ecdsa_secp256r1_sha256'] } }),
    );
    expect(pair.client.agreement?.certificateRequest).toEqual({
      types: undefined,
      schemes: [0x0403],
      certificateSchemes: undefined,
      authorities: [authority],
    });
    expectGiven(pair);
  });

  it('RFC 8446 4.2.4: a client names its authorities to the server', () => {
    const authority = fromHex('300f310d300b06035504030c04526f6f74');
    const pair = shake13(merge13(BOTH, { client: { authorities: [authority] } }));
    expect(helloOf(pair).extensions.known.certificate_authorities?.map(toHex)).toEqual([toHex(authority)]);
    expectGiven(pair);
  });
});

describe('answers that break the rules', () => {
  it.each([
    [
      'a context that is not empty',
      'certificate',
      (raw: Uint8Array) => [
        edited(wire.certificate13, raw, (one) => ({ ...one, certificate_request_context: Uint8Array.of(1) })),
      ],
      'ERR_TLS_BAD_CERTIFICATE_CONTEXT',
      'illegal_parameter',
    ],
    [
      'an extension that was not asked for',
      'certificate',
      (raw: Uint8Array) => [
        edited(wire.certificate13, raw, (one) => ({
          ...one,
          certificate_list: one.certificate_list.map((entry) => ({
            ...entry,
            extensions: changeExtensions('certificate', entry.extensions, {
              signed_certificate_timestamp: [Uint8Array.of(1)],
            }),
          })),
        })),
      ],
      'ERR_TLS_UNSOLICITED_EXTENSION',
      'unsupported_extension',
    ],
    ['no certificate at all', 'certificate', () => [], 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message'],
    ['no proof', 'certificate_verify', () => [], 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message'],
    [
      'a proof that is cut',
      'certificate_verify',
      (raw: Uint8Array) => [handshake('certificate_verify', raw.subarray(4, 40))],
      'ERR_TLS_DECODE',
      'decode_error',
    ],
    [
      'a proof with one bit changed',
      'certificate_verify',
      (raw: Uint8Array) => [raw.map((byte, i) => (i === raw.length - 3 ? byte ^ 1 : byte))],
      'ERR_TLS_BAD_SIGNATURE',
      'decrypt_error',
    ],
    [
      'a proof by a scheme of another key',
      'certificate_verify',
      (raw: Uint8Array) => [edited(wire.certificateVerify, raw, (one) => ({ ...one, algorithm: 0x0804 }))],
      'ERR_TLS_WRONG_KEY',
      'illegal_parameter',
    ],
    [
      'RFC 8446 4.4.3: a proof by a scheme of TLS 1.2',
      'certificate_verify',
      (raw: Uint8Array) => [edited(wire.certificateVerify, raw, (one) => ({ ...one, algorithm: 0x0401 }))],
      'ERR_TLS_UNOFFERED_SCHEME',
      'illegal_parameter',
    ],
    [
      'two certificates',
      'certificate',
      (raw: Uint8Array) => [raw, raw],
      'ERR_TLS_UNEXPECTED_MESSAGE',
      'unexpected_message',
    ],
    [
      'a proof twice',
      'certificate_verify',
      (raw: Uint8Array) => [raw, raw],
      'ERR_TLS_UNEXPECTED_MESSAGE',
      'unexpected_message',
    ],
    [
      'a proof of nothing',
      'certificate',
      () => [handshake('certificate', fromHex('00000000'))],
      'ERR_TLS_UNEXPECTED_MESSAGE',
      'unexpected_message',
    ],
    [
      'a Finished of other keys',
      'finished',
      (raw: Uint8Array) => [raw.map((byte, i) => (i === 4 ? byte ^ 1 : byte))],
      'ERR_TLS_BAD_FINISHED',
      'decrypt_error',
    ],
  ] as const)('%s', (rule, on, change, code, alert) => {
    const options = rule === 'a proof of nothing' ? merge13(BOTH, { server: { clientCertificate: 'request' } }) : BOTH;
    expectRefused13(lying13('client', on, change, options), 'server', code, alert);
  });

  it('a certificate that was not asked for', () => {
    const pair = lying13('client', 'finished', (raw) => [handshake('certificate', fromHex('00000000')), raw], {});
    expectRefused13(pair, 'server', 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });
});
