// Early data that breaks the rules (RFC 8446 4.2.10, 4.5): more than was allowed, ends in the wrong place or none, servers that take
// what they must not, bytes changed on the way; and what a server must bear that has rejected it.

import { describe, expect, it } from 'vitest';
import { EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { suiteById } from '../../src/crypto/suites.ts';
import { Transcript } from '../../src/crypto/transcript.ts';
import type { HandshakeContext } from '../../src/handshake/context.ts';
import { binderOf } from '../../src/handshake/shared/psk13.ts';
import { decodeSession } from '../../src/handshake/shared/session.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import { clientHello, type EncryptedExtensions, encryptedExtensions, withoutBinders } from '../../src/wire/messages.ts';
import { ticketKey } from '../support/earlier.ts';
import { allowing, begin13, EARLY, early13, LIMIT } from '../support/early13.ts';
import { edited, Forge, handshake, puppet, recordsOf, singly, withExtension } from '../support/forge.ts';
import { exchange } from '../support/pair.ts';
import {
  changed,
  decided,
  expectData,
  expectFull,
  expectRefused13,
  make13,
  merge13,
  type Options13,
  type Pair13,
  session13,
  textOf,
} from '../support/pair13.ts';
import { extension } from './attacks/attack.ts';

const SESSION = session13(EARLY);
const RETRY: Options13 = merge13(EARLY, {
  client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
  server: { groups: ['secp256r1'] },
});

function _expectDropped(pair: Pair13): void {
  expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  expect(pair.seen.client.watched.outcomes).toEqual([false]);
  expect([pair.seen.server.watched.early, pair.server.received]).toEqual([[], []]);
  expectData(pair);
}

describe('RFC 8446 4.5: EndOfEarlyData', () => {
  const sending = (
    change: (raw: Uint8Array) => readonly Uint8Array[],
    on = 'end_of_early_data',
    options = EARLY,
  ): Pair13 =>
    early13(options, ['data'], SESSION, ({ client }) => {
      singly(client.engine);
      puppet(client.engine, (name, raw) => (name === on ? change(raw) : undefined));
    });
  const END = handshake('end_of_early_data', EMPTY);

  it('is missing: what follows is under other keys', () => {
    expectRefused13(
      sending(() => []),
      'server',
      'ERR_TLS_BAD_RECORD_MAC',
      'bad_record_mac',
    );
  });

  it('comes twice: the second is under keys that are gone', () => {
    expectRefused13(
      sending((raw) => [raw, raw]),
      'server',
      'ERR_TLS_BAD_RECORD_MAC',
      'bad_record_mac',
    );
  });

  it('comes again under handshake keys', () => {
    expectRefused13(
      sending((raw) => [END, raw], 'finished'),
      'server',
      'ERR_TLS_UNEXPECTED_MESSAGE',
      'unexpected_message',
    );
  });

  it('has a body', () => {
    expectRefused13(
      sending(() => [handshake('end_of_early_data', fromHex('00'))]),
      'server',
      'ERR_TLS_DECODE',
      'decode_error',
    );
  });

  it('comes although nothing was taken', () => {
    const pair = sending((raw) => [END, raw], 'finished', { ...EARLY, early: 'reject' });
    expectRefused13(pair, 'server', 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });

  it('comes from a server', () => {
    const pair = early13(EARLY, ['data'], SESSION, ({ server }) =>
      puppet(server.engine, (name, raw) => (name === 'finished' ? [END, raw] : undefined)),
    );
    expectRefused13(pair, 'client', 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });

  it('comes in open traffic, from either side', () => {
    for (const role of ['client', 'server'] as const) {
      const pair = make13(EARLY);
      const forge = new Forge(pair[role].engine);
      pair.client.handle(pair.client.engine.start());
      exchange(pair);
      pair[role].handle(pair[role].engine.receive(forge.records(22, END)));
      expect(pair[role].error?.code).toBe('ERR_TLS_UNEXPECTED_MESSAGE');
    }
  });

  it('shares its record with another message', () => {
    const pair = early13(EARLY, ['data'], SESSION, ({ client }) =>
      puppet(client.engine, (name, raw) =>
        name === 'end_of_early_data' ? [raw, handshake('finished', new Uint8Array(32))] : undefined,
      ),
    );
    expectRefused13(pair, 'server', 'ERR_TLS_KEY_CHANGE_MID_MESSAGE', 'unexpected_message');
  });

  describe('under the early keys', () => {
    /** A server that has taken early data and waits for its end, and who can write as the client does. */
    const waiting = (
      early: 'deliver' | 'withhold' = 'withhold',
    ): { pair: Pair13; forge: Forge; say: (bytes: Uint8Array) => void } => {
      const pair = begin13({ ...EARLY, early }, ['data'], SESSION);
      const forge = new Forge(pair.server.engine);
      pair.server.handle(pair.server.engine.receive(pair.client.drain()));
      expect(pair.server.engine.stateName).toBe('wait_end_of_early_data');
      return { pair, forge, say: (bytes) => pair.server.handle(pair.server.engine.receive(bytes)) };
    };

    it('comes too early: what is written after it is refused', () => {
      const { pair, forge, say } = waiting();
      say(forge.records(22, END));
      expect(pair.server.engine.stateName).toBe('wait_finished_13');
      pair.client.handle(pair.client.engine.write(Uint8Array.of(1)));
      say(pair.client.drain());
      expectRefused13(pair, 'server', 'ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac');
      expect(pair.seen.server.watched.early).toEqual([]);
    });

    it.each([
      ['finished', new Uint8Array(32)],
      ['key_update', fromHex('00')],
      ['client_hello', EMPTY],
      ['certificate', fromHex('00000000')],
      ['new_session_ticket', EMPTY],
    ] as const)('no %s comes', (name, message) => {
      const { pair, forge, say } = waiting();
      say(forge.handshake(name, message));
      expectRefused13(pair, 'server', 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
      expect(pair.seen.server.watched.early).toEqual([]);
    });

    it('data stands between its halves', () => {
      const { pair, forge, say } = waiting();
      say(forge.records(22, END.subarray(0, 2)));
      expect(pair.server.error).toBeUndefined();
      say(forge.records(23, fromHex('aa')));
      expectRefused13(pair, 'server', 'ERR_TLS_INTERLEAVED', 'unexpected_message');
    });

    it('it may come in two halves', () => {
      const { pair, forge, say } = waiting();
      say(forge.records(22, END.subarray(0, 2)));
      say(forge.records(22, END.subarray(2)));
      expect([pair.server.error, pair.server.engine.stateName]).toEqual([undefined, 'wait_finished_13']);
    });

    it('data that is unprotected, and data of the handshake keys', () => {
      for (const bytes of [fromHex('1703030001aa'), fromHex('160303000405000000')]) {
        const { pair, say } = waiting();
        say(bytes);
        expect(pair.server.error?.alert).toMatch(/unexpected_message|bad_record_mac/);
        expect([pair.server.agreement, pair.seen.server.watched.early]).toEqual([undefined, []]);
      }
    });

    it('a close_notify, a fatal alert, the end of the stream: nothing withheld is delivered', () => {
      for (const end of ['close', 'alert', 'eof'] as const) {
        const { pair, forge, say } = waiting();
        if (end === 'eof') pair.server.handle(pair.server.engine.end());
        else say(end === 'close' ? forge.alert(1, 'close_notify') : forge.alert(2, 'internal_error'));
        expect(pair.server.error?.code).toBe(end === 'alert' ? 'ERR_TLS_ALERT_RECEIVED' : 'ERR_TLS_EOF_IN_HANDSHAKE');
        expect([pair.server.agreement, pair.seen.server.watched.early]).toEqual([undefined, []]);
      }
    });
  });

  it.each(['deliver', 'withhold'] as const)(
    'a Finished that is wrong: nothing that was withheld is delivered (%s)',
    (early) => {
      const pair = early13({ ...EARLY, early }, ['data'], SESSION, ({ client }) =>
        puppet(client.engine, (name, raw) =>
          name === 'finished' ? [raw.map((byte, i) => (i === 10 ? byte ^ 1 : byte))] : undefined,
        ),
      );
      expectRefused13(pair, 'server', 'ERR_TLS_BAD_FINISHED', 'decrypt_error');
      expect(textOf(pair.seen.server.watched.early)).toBe(early === 'deliver' ? 'data' : '');
    },
  );
});

describe('bytes that are changed on the way', () => {
  it('one bit of each byte of early data that was taken', () => {
    const { length: hello } = recordsOf(begin13(EARLY, [], SESSION).client.drain())[0] ?? EMPTY;
    const whole = begin13(EARLY, ['one', 'two'], SESSION).client.drain();
    // A ChangeCipherSpec of six bytes stands in between, which nothing protects.
    for (let at = hello + 6; at < whole.length; at++) {
      const pair = early13(
        { ...EARLY, early: 'withhold' },
        ['one', 'two'],
        SESSION,
        undefined,
        (direction, bytes, number) =>
          direction === 'to_server' && number === 0
            ? [bytes.map((b, i) => (i === at ? b ^ (1 << (at % 8)) : b))]
            : [bytes],
      );
      expect(pair.server.agreement, `byte ${at}`).toBeUndefined();
      expect(pair.seen.server.watched.early, `byte ${at}`).toEqual([]);
      expect(pair.server.error?.code ?? 'waits', `byte ${at}`).toMatch(/^(ERR_TLS_(?!INTERNAL)\w+|waits)$/);
    }
  });

  it('records that are dropped, repeated or swapped', () => {
    const change: Readonly<Record<string, (records: Uint8Array[]) => Uint8Array[]>> = {
      dropped: ([hello = EMPTY, ccs = EMPTY, , two = EMPTY]) => [hello, ccs, two],
      repeated: ([hello = EMPTY, ccs = EMPTY, one = EMPTY, two = EMPTY]) => [hello, ccs, one, one, two],
      swapped: ([hello = EMPTY, ccs = EMPTY, one = EMPTY, two = EMPTY]) => [hello, ccs, two, one],
    };
    for (const [how, wrong] of Object.entries(change)) {
      const pair = early13(EARLY, ['one', 'two'], SESSION, undefined, (direction, bytes, number) =>
        direction === 'to_server' && number === 0 ? wrong(recordsOf(bytes)) : [bytes],
      );
      expect(pair.server.error?.code, how).toBe('ERR_TLS_BAD_RECORD_MAC');
      expect(textOf(pair.seen.server.watched.early), how).toBe(how === 'repeated' ? 'one' : '');
    }
  });
});

describe('servers that take what they must not', () => {
  const accepting = (message: EncryptedExtensions): EncryptedExtensions => ({
    extensions: changeExtensions('encrypted_extensions', message.extensions, { early_data: true }),
  });
  const hooks = { encryptedExtensions: accepting };
  const suites = (name: string): Options13 => merge13(EARLY, { server: { cipherSuites: [name] } });

  it.each([
    ['under another suite', suites('TLS_AES_128_GCM_SHA256'), suites('TLS_CHACHA20_POLY1305_SHA256')],
    [
      'under another protocol',
      merge13(EARLY, { client: { alpn: ['h2', 'h3'] }, server: { alpn: ['h2'] } }),
      merge13(EARLY, { client: { alpn: ['h2', 'h3'] }, server: { alpn: ['h3'] } }),
    ],
    ['without the PSK', EARLY, merge13(EARLY, { server: { ticketKeys: [ticketKey(2)] } })],
  ] as readonly (readonly [string, Options13, Options13])[])('%s', (_, first, then) => {
    const pair = early13(merge13(then, { server: { hooks } }), ['data'], session13(first));
    expectRefused13(pair, 'client', 'ERR_TLS_BAD_EARLY_DATA', 'illegal_parameter');
    expect(pair.seen.client.watched.outcomes).not.toContain(true);
  });

  it('after a HelloRetryRequest, where it is offered no more', () => {
    const pair = early13(merge13(RETRY, { server: { hooks } }), ['data'], session13(RETRY));
    expectRefused13(pair, 'client', 'ERR_TLS_UNSOLICITED_EXTENSION', 'unsupported_extension');
    expect(pair.seen.client.watched.outcomes).toEqual([false]);
  });

  it('from a client that offered none', () => {
    const pair = early13(merge13(EARLY, { client: { earlyData: false }, server: { hooks } }), [], SESSION);
    expectRefused13(pair, 'client', 'ERR_TLS_UNSOLICITED_EXTENSION', 'unsupported_extension');
  });

  it('with a body', () => {
    const pair = early13(EARLY, ['x'], SESSION, ({ server }) =>
      puppet(server.engine, (name, raw) =>
        name === 'encrypted_extensions'
          ? extension(encryptedExtensions, 'early_data', fromHex('00000001'))(raw)
          : undefined,
      ),
    );
    expectRefused13(pair, 'client', 'ERR_TLS_DECODE', 'decode_error');
  });

  it('and say so no more: the client goes by EncryptedExtensions, and no key fits', () => {
    const pair = early13(EARLY, ['data'], SESSION, ({ server }) =>
      puppet(server.engine, (name, raw) =>
        name === 'encrypted_extensions' ? extension(encryptedExtensions, 'early_data', undefined)(raw) : undefined,
      ),
    );
    expect(pair.seen.client.watched.outcomes).toEqual([false]);
    expect(pair.server.error?.code).toBe('ERR_TLS_BAD_RECORD_MAC');
    expect(pair.server.agreement).toBeUndefined();
  });

  it('RFC 8446 D.3: and answer in TLS 1.2', () => {
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const pair = begin13(merge13(EARLY, { client: { minVersion: 'TLSv1.2' }, server: v12 }), ['data'], SESSION);
    // The server stumbles over the data itself, so that only the ClientHello is carried here.
    const [hello = EMPTY] = recordsOf(pair.client.drain());
    pair.server.handle(pair.server.engine.receive(hello));
    pair.client.handle(pair.client.engine.receive(pair.server.drain()));
    expectRefused13(pair, 'client', 'ERR_TLS_BAD_VERSION', 'illegal_parameter');
    const whole = early13(merge13(EARLY, { client: { minVersion: 'TLSv1.2' }, server: v12 }), ['data'], SESSION);
    expect(whole.server.error).toMatchObject({ alert: 'unexpected_message' });
    expect([whole.server.agreement, whole.client.agreement, whole.server.received]).toEqual([undefined, undefined, []]);
  });
});

describe('early_data in a ClientHello', () => {
  it('without a PSK: a full handshake, what comes in between is dropped', () => {
    const pair = make13(EARLY);
    puppet(pair.client.engine, (name, raw) =>
      name === 'client_hello'
        ? [edited(clientHello, raw, (hello) => ({ ...hello, extensions: withExtension(hello.extensions, 42, EMPTY) }))]
        : undefined,
    );
    pair.client.handle(pair.client.engine.start());
    pair.client.outbox.push(fromHex('1703030020'), new Uint8Array(32));
    exchange(pair);
    expectFull(pair);
  });

  it('RFC 8446 4.2.10: with a ticket that stands in the second place, although its binder is right', () => {
    const session = decodeSession(SESSION);
    const suite = suiteById(session.suite);
    if (suite?.version !== 'tls13') throw new Error('the session is of another version');
    const psk = { identity: session.ticket, key: session.secret, hash: suite.hash, session };
    const context = { provider: nodeProvider, transcript: new Transcript(nodeProvider), observeSecret: undefined };
    const pair = early13(EARLY, ['data'], SESSION, ({ client }) =>
      puppet(client.engine, (name, raw) => {
        if (name !== 'client_hello') return undefined;
        const offering = (own: Uint8Array): Uint8Array =>
          edited(clientHello, raw, (hello) => {
            const { identities = [] } = hello.extensions.known.pre_shared_key ?? {};
            const pre_shared_key = {
              identities: [{ identity: Uint8Array.of(1, 2, 3), obfuscated_ticket_age: 0 }, ...identities],
              binders: [new Uint8Array(32), own],
            };
            return { ...hello, extensions: changeExtensions('client_hello', hello.extensions, { pre_shared_key }) };
          });
        const binders = [new Uint8Array(32), new Uint8Array(32)];
        const truncated = withoutBinders(offering(new Uint8Array(32)), binders);
        return [offering(binderOf(context as unknown as HandshakeContext, suite, psk, truncated))];
      }),
    );
    expect(decided(pair.seen.server)).toEqual(['resumed']);
    expect(decided(pair.seen.server, 'early_data')).toEqual(['rejected: without the first ticket of the offer']);
    expect(pair.seen.server.watched.early).toEqual([]);
    // The client of this test knows of one PSK only, and is told of another.
    expect(pair.client.error?.code).toBe('ERR_TLS_BAD_PSK');
  });

  it('with a body: decode_error', () => {
    const pair = early13(EARLY, [], SESSION, ({ client }) =>
      puppet(client.engine, (name, raw) =>
        name === 'client_hello'
          ? [
              edited(clientHello, raw, (hello) => {
                const last = hello.extensions.list.find((one) => one.extension_type === 41)?.extension_data;
                const block = withExtension(hello.extensions, 42, fromHex('00'));
                return { ...hello, extensions: withExtension(block, 41, last) };
              }),
            ]
          : undefined,
      ),
    );
    expectRefused13(pair, 'server', 'ERR_TLS_DECODE', 'decode_error');
  });

  it("under the keys of somebody who does not have the ticket's secret: the binder is looked at first", () => {
    const thief = { ...EARLY, client: { earlyData: true, random: nodeProvider.random } };
    const stolen = allowing(SESSION, LIMIT);
    const pair = early13(thief, ['data'], changedSecret(stolen));
    expectRefused13(pair, 'server', 'ERR_TLS_BAD_BINDER', 'decrypt_error');
    expect(pair.seen.server.watched.early).toEqual([]);
    expect(pair.seen.server.watched.events.filter((event) => event.type === 'need')).toEqual([]);
  });
});

function changedSecret(session: Uint8Array): Uint8Array {
  return changed(session, ({ secret }) => ({ secret: secret.map((byte) => byte ^ 0x80) }));
}
