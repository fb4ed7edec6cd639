// Post-handshake client authentication (RFC 8446 4.6.2): answers that break the rules, and requests that nobody may make.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { MessageName } from '../../src/handshake/machine.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { alertsOf, edited, Forge, handshake, internals } from '../support/forge.ts';
import { exchange, type KeyKind, world } from '../support/pair.ts';
import { expectData, make13, merge13, type Options13, type Pair13, shake13 } from '../support/pair13.ts';

const ASK: Options13 = { client: { postHandshakeAuth: true, keys: ['p256'] }, server: { postHandshakeAuth: true } };

function ask(pair: Pair13): void {
  pair.server.handle(pair.server.engine.requestCertificate());
}

function asked(options: Options13 = ASK, before?: (pair: Pair13) => void): Pair13 {
  const pair = shake13(options, before);
  ask(pair);
  exchange(pair);
  return pair;
}

function expectGiven(pair: Pair13, kind: KeyKind = 'p256', count = 1): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  const { certificates } = pair.seen.server.watched;
  expect(certificates.length).toBe(count);
  const last = certificates.at(-1);
  expect(last).toMatchObject({ authorized: true, problem: undefined });
  expect(last?.chain.map(toHex)).toEqual(world().clientIdentities[kind].chain.map(toHex));
  expectData(pair);
}

function expectRefused(pair: Pair13, code: string, alert: string, role: 'client' | 'server' = 'server'): void {
  expect(pair[role].error?.code, pair[role].error?.message).toBe(code);
  expect(pair[role].error?.alert).toBe(alert);
  expect(alertsOf(pair.seen[role].observed)).toEqual([alert]);
  expect(pair.seen.server.watched.certificates).toEqual([]);
}

function shake(pair: Pair13): void {
  pair.server.handle(pair.server.engine.start());
  pair.client.handle(pair.client.engine.start());
  exchange(pair);
}

describe('answers that break the rules', () => {
  /** A client that sends other messages than it would, its transcript untouched. */
  const answered = (
    change: (name: MessageName, raw: Uint8Array) => readonly Uint8Array[] | undefined,
    options = ASK,
  ): Pair13 =>
    asked(options, ({ client, seen }) => {
      const { context } = internals(client.engine);
      const send = context.sendEncoded.bind(context);
      const done = (): boolean => seen.client.watched.events.some((one) => one.type === 'connected');
      context.sendEncoded = (name, raw) => {
        for (const one of (done() ? change(name, raw) : undefined) ?? [raw]) send(name, one);
      };
    });

  it('untouched, the same client is let in', () => {
    expectGiven(answered(() => undefined));
  });

  it.each([
    ['of another context', (context: Uint8Array) => context.map((byte, i) => (i === 3 ? byte ^ 1 : byte))],
    ['of no context', () => EMPTY],
    ['of a context that is cut', (context: Uint8Array) => context.subarray(1)],
  ] as const)('a certificate %s', (_, change) => {
    const pair = answered((name, raw) =>
      name === 'certificate'
        ? [
            edited(wire.certificate13, raw, (message) => ({
              ...message,
              certificate_request_context: change(message.certificate_request_context),
            })),
          ]
        : undefined,
    );
    expectRefused(pair, 'ERR_TLS_BAD_CERTIFICATE_CONTEXT', 'illegal_parameter');
  });

  it('an extension in it that was not asked for', () => {
    const pair = answered((name, raw) =>
      name === 'certificate'
        ? [
            edited(wire.certificate13, raw, (message) => ({
              ...message,
              certificate_list: message.certificate_list.map((entry) => ({
                ...entry,
                extensions: changeExtensions('certificate', entry.extensions, {
                  signed_certificate_timestamp: [Uint8Array.of(1)],
                }),
              })),
            })),
          ]
        : undefined,
    );
    expectRefused(pair, 'ERR_TLS_UNSOLICITED_EXTENSION', 'unsupported_extension');
  });

  it.each(['certificate_verify', 'finished'] as const)('one bit of %s', (which) => {
    const pair = answered((name, raw) =>
      name === which ? [raw.map((byte, i) => (i === raw.length - 5 ? byte ^ 1 : byte))] : undefined,
    );
    expectRefused(pair, which === 'finished' ? 'ERR_TLS_BAD_FINISHED' : 'ERR_TLS_BAD_SIGNATURE', 'decrypt_error');
  });

  it.each([
    [0x0807, 'ERR_TLS_WRONG_KEY'],
    [0x0401, 'ERR_TLS_UNOFFERED_SCHEME'],
    [0x7777, 'ERR_TLS_UNOFFERED_SCHEME'],
  ] as const)('a signature by scheme %d', (algorithm, code) => {
    const pair = answered((name, raw) =>
      name === 'certificate_verify'
        ? [edited(wire.certificateVerify, raw, (value) => ({ ...value, algorithm }))]
        : undefined,
    );
    expectRefused(pair, code, 'illegal_parameter');
  });

  it('a signature over another transcript: with the context string of a server, or of the handshake alone', () => {
    const pair = shake13(ASK);
    pair.client.hold = (need) => need.kind === 'signature';
    ask(pair);
    exchange(pair);
    const need = pair.client.held[0]?.need;
    if (need?.kind !== 'signature') throw new Error('no signature was asked for');
    const data = need.data.slice();
    data.set(fromHex('736572766572'), 64 + 'TLS 1.3, '.length);
    pair.client.release(pair.client.reply({ ...need, data })?.answer);
    exchange(pair);
    expectRefused(pair, 'ERR_TLS_BAD_SIGNATURE', 'decrypt_error');
  });

  it.each([
    ['certificate_verify', []],
    ['certificate', []],
    ['certificate_verify', [handshake('key_update', fromHex('00'))]],
    ['finished', [handshake('key_update', fromHex('00'))]],
    ['finished', [handshake('certificate', fromHex('00000000'))]],
  ] as const)('instead of %s: %j', (which, instead) => {
    const pair = answered((name, raw) => (name === which ? (instead.length > 0 ? [...instead, raw] : []) : undefined));
    expectRefused(pair, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });

  it('a compressed certificate, for which nobody asked', () => {
    const pair = answered((name) =>
      name === 'certificate' ? [handshake('compressed_certificate', fromHex('000100000800000101'))] : undefined,
    );
    expectRefused(pair, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });

  it('data between the messages of an answer', () => {
    const pair = shake13(ASK);
    const forge = new Forge(pair.server.engine);
    const sealed = { at: 0 };
    const { context } = internals(pair.client.engine);
    const send = context.sendEncoded.bind(context);
    context.sendEncoded = (name, raw) => {
      if (name === 'certificate_verify') {
        sealed.at++;
        context.write.data(fromHex('aa'));
      }
      send(name, raw);
    };
    ask(pair);
    exchange(pair);
    expect([sealed.at, forge.sealer()]).toEqual([1, undefined]);
    expectRefused(pair, 'ERR_TLS_UNEXPECTED_DATA', 'unexpected_message');
    expect(pair.server.received).toEqual([]);
  });

  it('an answer that nobody asked for, and one that comes twice', () => {
    const pair = answered((name, raw) =>
      name === 'finished' ? [raw, handshake('certificate', fromHex('00000000'))] : undefined,
    );
    expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_UNEXPECTED_MESSAGE', alert: 'unexpected_message' });
    const unasked = make13(ASK);
    const forge = new Forge(unasked.server.engine);
    shake(unasked);
    unasked.server.handle(unasked.server.engine.receive(forge.handshake('certificate', fromHex('00000000'))));
    expectRefused(unasked, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });

  it('a request to a client that did not offer it, one without schemes, and one from a client', () => {
    const request = concat(Uint8Array.of(1, 7), fromHex('000a000d00060004040308 04'.replaceAll(' ', '')));
    const plain = make13(merge13(ASK, { client: { postHandshakeAuth: false } }));
    const forge = new Forge(plain.client.engine);
    shake(plain);
    plain.client.handle(plain.client.engine.receive(forge.handshake('certificate_request', request)));
    expectRefused(plain, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message', 'client');
    const willing = make13(ASK);
    const other = new Forge(willing.client.engine);
    shake(willing);
    willing.client.handle(willing.client.engine.receive(other.handshake('certificate_request', fromHex('01070000'))));
    expectRefused(willing, 'ERR_TLS_MISSING_EXTENSION', 'missing_extension', 'client');
    const turned = make13(ASK);
    const server = new Forge(turned.server.engine);
    shake(turned);
    turned.server.handle(turned.server.engine.receive(server.handshake('certificate_request', request)));
    expectRefused(turned, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });

  it('requests without end are counted: each costs a signature', () => {
    const pair = make13(merge13(ASK, { client: { limits: { keyUpdates: 5 } } }));
    const forge = new Forge(pair.client.engine);
    shake(pair);
    const request = concat(Uint8Array.of(1, 7), fromHex('000a000d0006000404030804'));
    for (let i = 0; i < 5; i++) {
      pair.client.handle(pair.client.engine.receive(forge.handshake('certificate_request', request)));
    }
    expect(pair.client.error).toBeUndefined();
    pair.client.handle(pair.client.engine.receive(forge.handshake('certificate_request', request)));
    expectRefused(pair, 'ERR_TLS_TOO_MANY_POST_HANDSHAKE', 'unexpected_message', 'client');
  });
});
