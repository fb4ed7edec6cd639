// Servers that select a pre_shared_key which they must not (RFC 8446 4.2.11), and what they must not say beside one.

import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/codec/run.ts';
import type { MessageName } from '../../src/handshake/machine.ts';
import type { ErrorCode } from '../../src/wire/error_codes.ts';
import * as wire from '../../src/wire/messages.ts';
import type { AlertName } from '../../src/wire/registry/names.ts';
import { handshake, puppet } from '../support/forge.ts';
import { again13, expectRefused13, merge13, type Options13, session13, shake13, TICKETS } from '../support/pair13.ts';
import { body, type Change, extension, serverHello } from './attacks/attack.ts';

describe('RFC 8446 4.2.11: what a server must not select', () => {
  interface Rule {
    readonly rule: string;
    readonly on: MessageName;
    readonly change: Change;
    readonly code: ErrorCode;
    readonly alert: AlertName;
    readonly options?: Options13;
  }
  const certificate = handshake(
    'certificate',
    encode(wire.certificate13, { certificate_request_context: EMPTY, certificate_list: [] }),
  );
  const RULES: readonly Rule[] = [
    {
      rule: 'an index out of range',
      on: 'server_hello',
      change: extension(serverHello, 'pre_shared_key', fromHex('0001')),
      code: 'ERR_TLS_BAD_PSK',
      alert: 'illegal_parameter',
    },
    {
      rule: 'the last index of all',
      on: 'server_hello',
      change: extension(serverHello, 'pre_shared_key', fromHex('ffff')),
      code: 'ERR_TLS_BAD_PSK',
      alert: 'illegal_parameter',
    },
    {
      rule: 'an index of three bytes',
      on: 'server_hello',
      change: extension(serverHello, 'pre_shared_key', fromHex('000000')),
      code: 'ERR_TLS_DECODE',
      alert: 'decode_error',
    },
    {
      rule: 'a suite of another hash',
      on: 'server_hello',
      change: body(serverHello, () => ({ cipher_suite: 0x1302 })),
      code: 'ERR_TLS_BAD_PSK',
      alert: 'illegal_parameter',
    },
    {
      rule: 'no key share, where the client wants one with every PSK',
      on: 'server_hello',
      change: extension(serverHello, 'key_share', undefined),
      code: 'ERR_TLS_MISSING_EXTENSION',
      alert: 'missing_extension',
    },
    {
      rule: 'a PSK in EncryptedExtensions',
      on: 'encrypted_extensions',
      change: extension(wire.encryptedExtensions, 'pre_shared_key', fromHex('0000')),
      code: 'ERR_TLS_MISPLACED_EXTENSION',
      alert: 'illegal_parameter',
    },
    {
      rule: 'early data that was not offered',
      on: 'encrypted_extensions',
      change: extension(wire.encryptedExtensions, 'early_data', EMPTY),
      code: 'ERR_TLS_UNSOLICITED_EXTENSION',
      alert: 'unsupported_extension',
    },
    {
      rule: 'a certificate beside the PSK',
      on: 'finished',
      change: (bytes) => [certificate, bytes],
      code: 'ERR_TLS_UNEXPECTED_MESSAGE',
      alert: 'unexpected_message',
    },
    {
      rule: 'RFC 8446 4.3.2: a request for a certificate beside the PSK',
      on: 'finished',
      change: (bytes) => [handshake('certificate_request', fromHex('00000a000d00060004040308040000')), bytes],
      code: 'ERR_TLS_UNEXPECTED_MESSAGE',
      alert: 'unexpected_message',
    },
    {
      rule: 'a Finished with one bit changed',
      on: 'finished',
      change: (bytes) => [bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte))],
      code: 'ERR_TLS_BAD_FINISHED',
      alert: 'decrypt_error',
    },
    {
      rule: 'no PSK, in keys that are made of one',
      on: 'server_hello',
      change: extension(serverHello, 'pre_shared_key', undefined),
      code: 'ERR_TLS_BAD_RECORD_MAC',
      alert: 'bad_record_mac',
    },
  ];

  it.each(RULES)('$rule', ({ on, change, code, alert }) => {
    let count = 0;
    const pair = again13(
      merge13(TICKETS, { server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }),
      session13(merge13(TICKETS, { server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } })),
      ({ server }) =>
        puppet(server.engine, (name, bytes) => {
          if (name !== on) return undefined;
          count++;
          return change(bytes);
        }),
    );
    expect(count).toBe(1);
    expectRefused13(pair, 'client', code, alert);
  });

  it('a PSK that was not offered', () => {
    const pair = shake13(TICKETS, ({ server }) =>
      puppet(server.engine, (name, bytes) =>
        name === 'server_hello' ? extension(serverHello, 'pre_shared_key', fromHex('0000'))(bytes) : undefined,
      ),
    );
    expectRefused13(pair, 'client', 'ERR_TLS_UNSOLICITED_EXTENSION', 'unsupported_extension');
  });

  it('a PSK that was taken back after a HelloRetryRequest', () => {
    const retry: Options13 = merge13(TICKETS, {
      client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
      server: { groups: ['secp256r1'] },
    });
    const session = session13(merge13(retry, { server: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] } }));
    const pair = again13(
      merge13(retry, { server: { cipherSuites: ['TLS_AES_128_GCM_SHA256'] } }),
      session,
      ({ server }) =>
        puppet(server.engine, (name, bytes) =>
          name === 'server_hello' ? extension(serverHello, 'pre_shared_key', fromHex('0000'))(bytes) : undefined,
        ),
    );
    expectRefused13(pair, 'client', 'ERR_TLS_UNSOLICITED_EXTENSION', 'unsupported_extension');
  });

  it('a server that claims the PSK and does not have it: no key fits', () => {
    const pair = again13({}, session13(TICKETS), ({ server }) =>
      puppet(server.engine, (name, bytes) =>
        name === 'server_hello' ? extension(serverHello, 'pre_shared_key', fromHex('0000'))(bytes) : undefined,
      ),
    );
    expectRefused13(pair, 'client', 'ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac');
  });
});
