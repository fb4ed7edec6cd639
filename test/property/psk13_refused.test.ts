// Peers that break the rules of pre_shared_key (RFC 8446 4.2.11): binders that do not fit what they stand in, offers of the wrong
// form, and servers that select what was not offered.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/codec/run.ts';
import { decodeSession } from '../../src/handshake/shared/session.ts';
import { type OfferedPsks, offeredPsks } from '../../src/wire/extension_bodies.ts';
import { changeExtensions, EXTENSIONS } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { edited, puppet, withExtension } from '../support/forge.ts';
import { NAMES } from '../support/pair.ts';
import {
  again13,
  changed,
  decided,
  expectFull,
  expectRefused13,
  expectResumed,
  helloOf,
  merge13,
  type Options13,
  type Pair13,
  session13,
  shake13,
  TICKETS,
} from '../support/pair13.ts';

const PSK = EXTENSIONS.pre_shared_key.id;

describe('RFC 8446 4.2.11.2: the binder covers the whole ClientHello', () => {
  it.each(NAMES)(
    'provider %s: one bit flipped anywhere in it, and nobody goes on from the PSK',
    { timeout: 120_000 },
    (name) => {
      const options = merge13(TICKETS, { client: { name }, server: { name } });
      const session = session13(options);
      const ends = new Map<string, number>();
      const length = flipped(options, session, 0).length;
      const binder = length - 32;
      for (let at = 5; at < length; at += name === 'node' || at >= binder - 8 ? 1 : 7) {
        const { pair } = flipped(options, session, at);
        expect(pair.server.agreement, `byte ${at}`).toBeUndefined();
        expect(pair.client.agreement, `byte ${at}`).toBeUndefined();
        const end = pair.server.error?.code ?? 'none';
        ends.set(end, (ends.get(end) ?? 0) + 1);
        if (at >= binder) expectRefused13(pair, 'server', 'ERR_TLS_BAD_BINDER', 'decrypt_error');
      }
      expect(ends.has('ERR_TLS_INTERNAL')).toBe(false);
      expect(ends.get('ERR_TLS_BAD_BINDER')).toBeGreaterThan(name === 'node' ? 150 : 40);
      console.log(`${name}: ${[...ends].map(([end, count]) => `${end} ${count}`).join(', ')}`);
    },
  );

  it.each([
    ['another key', (kept) => ({ secret: kept.secret.map((byte) => byte ^ 1) })],
    ['a key that is longer by a zero', (kept) => ({ secret: concat(kept.secret, Uint8Array.of(0)) })],
  ] as readonly (readonly [string, Parameters<typeof changed>[1]])[])('%s', (_, change) => {
    expectRefused13(
      again13(TICKETS, changed(session13(TICKETS), change)),
      'server',
      'ERR_TLS_BAD_BINDER',
      'decrypt_error',
    );
  });

  it('the binder of a key that was shared beforehand, for a ticket: the labels differ', () => {
    const { ticket, secret } = decodeSession(session13(TICKETS));
    const pair = shake13(merge13(TICKETS, { client: { psk: true, shared: { identity: ticket, key: secret } } }));
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_BINDER', 'decrypt_error');
  });

  it('the binder of another hello with the same ticket', () => {
    const session = session13(TICKETS);
    const { binders = [] } = helloOf(again13(TICKETS, session)).extensions.known.pre_shared_key ?? {};
    expectRefused13(
      offering(session, () => ({ binders })),
      'server',
      'ERR_TLS_BAD_BINDER',
      'decrypt_error',
    );
  });
});

/** A resumption whose first flight has one bit flipped at a byte of the record. */
function flipped(options: Options13, session: Uint8Array, at: number): { pair: Pair13; length: number } {
  let length = 0;
  const pair = again13(options, session, undefined, (direction, bytes, number) => {
    if (direction === 'to_client' || number > 0) return [bytes];
    length = bytes.length;
    return [bytes.map((byte, i) => (i === at && at > 0 ? byte ^ (1 << (at % 8)) : byte))];
  });
  return { pair, length };
}

/** A resumption whose pre_shared_key is changed after the binders were made. */
function offering(
  session: Uint8Array,
  change: (psks: OfferedPsks) => Partial<OfferedPsks>,
  options: Options13 = TICKETS,
): Pair13 {
  return raw(
    session,
    (hello) => {
      const { pre_shared_key } = hello.extensions.known;
      if (pre_shared_key === undefined) throw new Error('no PSK is offered');
      const psks = { ...pre_shared_key, ...change(pre_shared_key) };
      return { ...hello, extensions: changeExtensions('client_hello', hello.extensions, { pre_shared_key: psks }) };
    },
    options,
  );
}

function raw(
  session: Uint8Array,
  change: (hello: wire.ClientHello) => wire.ClientHello,
  options: Options13 = TICKETS,
): Pair13 {
  return again13(options, session, ({ client }) =>
    puppet(client.engine, (message, bytes) =>
      message === 'client_hello' ? [edited(wire.clientHello, bytes, change)] : undefined,
    ),
  );
}

const withPsk =
  (data: Uint8Array) =>
  (hello: wire.ClientHello): wire.ClientHello => ({
    ...hello,
    extensions: withExtension(hello.extensions, PSK, data),
  });

describe('RFC 8446 4.2.11: the form of an offer', () => {
  const session = session13(TICKETS);
  const one = { identity: fromHex('aa'), obfuscated_ticket_age: 0 };
  const binder = new Uint8Array(32);

  it('pre_shared_key is not the last extension', () => {
    const pair = raw(session, (hello) => ({
      ...hello,
      extensions: {
        ...hello.extensions,
        list: [...hello.extensions.list, { extension_type: 0xfafa, extension_data: EMPTY }],
      },
    }));
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_PSK', 'illegal_parameter');
  });

  it('RFC 8446 4.2.9: without psk_key_exchange_modes', () => {
    const pair = raw(session, (hello) => ({ ...hello, extensions: withExtension(hello.extensions, 45, undefined) }));
    expectRefused13(pair, 'server', 'ERR_TLS_MISSING_EXTENSION', 'missing_extension');
  });

  it('both rules hold for a server that has no ticket keys, too', () => {
    const keyless: Options13 = {};
    const last = raw(
      session,
      (hello) => ({
        ...hello,
        extensions: {
          ...hello.extensions,
          list: [...hello.extensions.list, { extension_type: 0xfafa, extension_data: EMPTY }],
        },
      }),
      keyless,
    );
    expectRefused13(last, 'server', 'ERR_TLS_BAD_PSK', 'illegal_parameter');
    const modes = raw(
      session,
      (hello) => ({ ...hello, extensions: withExtension(hello.extensions, 45, undefined) }),
      keyless,
    );
    expectRefused13(modes, 'server', 'ERR_TLS_MISSING_EXTENSION', 'missing_extension');
  });

  it.each([
    ['fewer binders than identities', ({ identities, binders }) => ({ identities: [...identities, one], binders })],
    ['more binders than identities', ({ identities, binders }) => ({ identities, binders: [...binders, binder] })],
  ] as readonly (readonly [string, (psks: OfferedPsks) => OfferedPsks])[])('%s', (_, change) => {
    expectRefused13(offering(session, change), 'server', 'ERR_TLS_BAD_PSK', 'illegal_parameter');
  });

  it.each([
    ['a byte too long', (bytes: Uint8Array) => concat(bytes, Uint8Array.of(0))],
    ['as long as SHA-384', (bytes: Uint8Array) => concat(bytes, new Uint8Array(16))],
    ['255 bytes long', () => new Uint8Array(255)],
    ['all zeros', (bytes: Uint8Array) => new Uint8Array(bytes.length)],
  ] as const)('a binder that is %s', (_, change) => {
    const pair = offering(session, ({ binders }) => ({ binders: binders.map(change) }));
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_BINDER', 'decrypt_error');
  });

  const valid = encode(offeredPsks, { identities: [one], binders: [binder] });
  it.each([
    ['empty', EMPTY],
    ['no identity', fromHex('00000021') /* and the binders below */],
    ['an identity without bytes', concat(fromHex('00060000000000000021'), fromHex('20'), binder)],
    ['no binder', concat(valid.subarray(0, 9), fromHex('0000'))],
    ['a binder of 31 bytes', concat(valid.subarray(0, 9), fromHex('00201f'), binder.subarray(1))],
    ['a list of binders that is cut', valid.subarray(0, valid.length - 1)],
    ['a byte behind the binders', concat(valid, fromHex('00'))],
    ['an age of three bytes', concat(fromHex('00060001aa000000'), valid.subarray(9))],
  ] as const)('a body that is malformed: %s', (_, data) => {
    expectRefused13(raw(session, withPsk(data)), 'server', 'ERR_TLS_DECODE', 'decode_error');
  });

  it('the first ticket that fits is taken, wherever it stands; its binder alone is looked at', () => {
    const unknown = { identity: new Uint8Array(100).fill(9), obfuscated_ticket_age: 5 };
    const pair = offering(session, ({ identities, binders }) => ({
      identities: [unknown, ...identities],
      binders: [binder, ...binders],
    }));
    // The binder was made over another hello, so that it is refused; of the second place.
    expect(pair.server.error?.where?.field).toBe('extensions.pre_shared_key.binders[1]');
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_BINDER', 'decrypt_error');
  });

  it('identities beyond the eighth are not looked at', () => {
    const many = (count: number): Pair13 =>
      offering(session, ({ identities, binders }) => ({
        identities: [
          ...Array.from({ length: count }, (_, i) => ({ identity: Uint8Array.of(1, i), obfuscated_ticket_age: 0 })),
          ...identities,
        ],
        binders: [...Array.from({ length: count }, () => binder), ...binders],
      }));
    expectRefused13(many(7), 'server', 'ERR_TLS_BAD_BINDER', 'decrypt_error');
    expectFull(many(8));
  });

  it('a thousand identities: read, and a full handshake', () => {
    const pair = offering(session, () => ({
      identities: Array.from({ length: 1000 }, (_, i) => ({
        identity: Uint8Array.of(i >> 8, i),
        obfuscated_ticket_age: i,
      })),
      binders: Array.from({ length: 1000 }, () => binder),
    }));
    expect(decided(pair.seen.server)).toEqual([]);
    expectFull(pair);
  });

  it('with TLS 1.2 nobody looks at it', () => {
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const pair = offering(session, () => ({ binders: [binder] }), { client: { minVersion: 'TLSv1.2' }, server: v12 });
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    expect([pair.client.agreement?.version, pair.client.agreement?.resumed]).toEqual([0x0303, false]);
  });
});

it('an untouched pair of the same making is resumed', () => {
  expectResumed(raw(session13(TICKETS), (hello) => hello));
});
