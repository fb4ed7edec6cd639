// Post-handshake client authentication (RFC 8446 4.6.2) with both providers on either side: given, empty, required, refused; what
// goes on beside it; and answers that break the rules.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { MessageName } from '../../src/handshake/machine.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { alertsOf, edited, Forge, handshake, internals } from '../support/forge.ts';
import { exchange, type KeyKind, world } from '../support/pair.ts';
import {
  again13,
  answering,
  expectData,
  helloOf,
  make13,
  merge13,
  messages13,
  type Options13,
  PAIRS,
  type Pair13,
  session13,
  shake13,
  TICKETS,
  talk,
  textOf,
} from '../support/pair13.ts';

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

describe.each(PAIRS)('client on %s, server on %s', (client, server) => {
  const named = merge13(ASK, { client: { name: client }, server: { name: server } });

  it.each(['p256', 'p384', 'p521', 'rsa', 'ed25519'] as const)(
    'a certificate with a %s key is given and verified',
    (kind) => {
      const pair = asked(merge13(named, { client: { keys: [kind] } }));
      expect(messages13(pair).slice(-4)).toEqual([
        'server certificate_request',
        'client certificate',
        'client certificate_verify',
        'client finished',
      ]);
      expectGiven(pair, kind);
      // RFC 8446 4.6.2 is no handshake: what the first one agreed on stays.
      expect(pair.server.agreement?.peerChain).toEqual([]);
    },
  );

  it('with SHA-384, after a HelloRetryRequest, after a resumption', () => {
    const strong = merge13(named, { server: { cipherSuites: ['TLS_AES_256_GCM_SHA384'] } });
    expectGiven(asked(strong));
    const retry = merge13(named, {
      client: { groups: ['x25519', 'secp256r1'], keyShares: ['x25519'] },
      server: { groups: ['secp256r1'] },
    });
    const retried = asked(retry);
    expect(messages13(retried)[1]).toBe('server hello_retry_request');
    expectGiven(retried);
    const tickets = merge13(named, { server: { ticketKeys: TICKETS.server?.ticketKeys ?? [] } });
    const resumed = again13(tickets, session13(tickets));
    expect(resumed.server.agreement?.resumed).toBe(true);
    ask(resumed);
    exchange(resumed);
    expectGiven(resumed);
  });
});

describe('what is asked, and what may be missing', () => {
  it('twice, one after the other: each under a context of its own', () => {
    const pair = asked();
    ask(pair);
    exchange(pair);
    expectGiven(pair, 'p256', 2);
    const contexts = requestsOf(pair).map((request) => toHex(request.certificate_request_context));
    expect([contexts.length, new Set(contexts).size, contexts[0]?.length]).toEqual([2, 2, 32]);
  });

  it('not twice at the same time', () => {
    const pair = shake13(ASK);
    ask(pair);
    expect(() => pair.server.engine.requestCertificate()).toThrow(/has not answered yet/);
    exchange(pair);
    expectGiven(pair);
  });

  it('a client without a certificate answers with none; a server that requires one refuses', () => {
    const none = asked(merge13(ASK, { client: { keys: [] } }));
    expect(none.seen.server.watched.certificates).toEqual([
      { type: 'client_certificate', chain: [], authorized: false, problem: undefined },
    ]);
    expect(messages13(none).slice(-2)).toEqual(['client certificate', 'client finished']);
    expectData(none);
    const required = make13(merge13(ASK, { client: { keys: [] } }));
    setServer(required, { clientCertificate: 'require' });
    shake(required);
    ask(required);
    exchange(required);
    expectRefused(required, 'ERR_TLS_NO_CLIENT_CERTIFICATE', 'certificate_required');
  });

  it('a client whose key signs with nothing that is asked for answers with none', () => {
    const pair = asked(
      merge13(ASK, { client: { keys: ['ed25519'] }, server: { signatureSchemes: ['ecdsa_secp256r1_sha256'] } }),
    );
    expect(pair.seen.server.watched.certificates[0]?.chain).toEqual([]);
    expectData(pair);
  });

  it('authorities are named, and certificates of theirs go first', () => {
    const authority = fromHex('300f310d300b06035504030c04526f6f74');
    const pair = asked(merge13(ASK, { server: { clientAuthorities: [authority] } }));
    expect(requestsOf(pair)[0]?.extensions.known.certificate_authorities?.map(toHex)).toEqual([toHex(authority)]);
    // A wish, not a condition.
    expectGiven(pair);
  });

  it('a client that did not offer it cannot be asked; nor one whose server did not enable it; nor a server', () => {
    for (const options of [
      merge13(ASK, { client: { postHandshakeAuth: false } }),
      merge13(ASK, { server: { postHandshakeAuth: false } }),
    ]) {
      const pair = shake13(options);
      expect(() => pair.server.engine.requestCertificate()).toThrow(/cannot be asked/);
      expectData(pair);
    }
    const pair = shake13(ASK);
    expect(() => pair.client.engine.requestCertificate()).toThrow(/ask_certificate/);
    expect(helloOf(pair).extensions.known.post_handshake_auth).toBe(true);
    expectData(pair);
  });

  it('not before the handshake is done, in TLS 1.2, or after the end', () => {
    const pair = make13(ASK);
    expect(() => pair.server.engine.requestCertificate()).toThrow(/ask_certificate/);
    shake(pair);
    pair.server.handle(pair.server.engine.close());
    expect(() => pair.server.engine.requestCertificate()).toThrow(/ask_certificate/);
    const v12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
    const old = shake13(merge13(ASK, { client: v12, server: v12 }));
    expect(old.server.agreement?.version).toBe(0x0303);
    expect(() => old.server.engine.requestCertificate()).toThrow(/ask_certificate/);
  });

  it('a host that refuses the certificate', () => {
    const pair = asked(ASK, ({ server }) =>
      answering(server, (need) =>
        need.kind === 'verdict'
          ? { answer: { accepted: false, alert: 'certificate_expired', reason: 'too old' } }
          : undefined,
      ),
    );
    expectRefused(pair, 'ERR_TLS_CERTIFICATE_REFUSED', 'certificate_expired');
    expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert: 'certificate_expired' });
  });

  it('a host that goes on without trust is told so', () => {
    const pair = asked(ASK, ({ server }) => {
      const honest = server.reply;
      answering(server, (need) => {
        if (need.kind !== 'verdict') return undefined;
        return {
          answer: { ...(honest(need)?.answer as object | undefined), authorized: false, reason: 'unknown' } as never,
        };
      });
    });
    expect(pair.seen.server.watched.certificates[0]).toMatchObject({ authorized: false, problem: 'unknown' });
    expectData(pair);
  });
});

describe('beside open traffic', () => {
  it('data and KeyUpdates of both sides while the client signs', () => {
    const pair = shake13(ASK);
    pair.client.hold = (need) => need.kind === 'signature';
    talk(pair, 'a', 'b');
    ask(pair);
    pair.server.handle(pair.server.engine.write(new TextEncoder().encode('c')));
    exchange(pair);
    expect(pair.client.engine.stateName).toBe('sign_post_certificate_verify');
    // What the client writes does not wait; what it reads does.
    pair.client.handle(pair.client.engine.write(new TextEncoder().encode('d')));
    pair.server.handle(pair.server.engine.updateKeys(true));
    pair.server.handle(pair.server.engine.write(new TextEncoder().encode('e')));
    exchange(pair);
    expect([textOf(pair.server.received), textOf(pair.client.received)]).toEqual(['ad', 'b']);
    pair.client.release();
    exchange(pair);
    expect([textOf(pair.server.received), textOf(pair.client.received)]).toEqual(['ad', 'bce']);
    expectGiven(pair);
  });

  it('data and KeyUpdates of the server while its host judges', () => {
    const pair = shake13(ASK);
    pair.server.hold = (need) => need.kind === 'verdict';
    ask(pair);
    exchange(pair);
    expect(pair.server.engine.stateName).toBe('judge_post_certificate');
    pair.server.handle(pair.server.engine.write(new TextEncoder().encode('down')));
    pair.client.handle(pair.client.engine.write(new TextEncoder().encode('up')));
    exchange(pair);
    expect([textOf(pair.server.received), textOf(pair.client.received)]).toEqual(['', 'down']);
    pair.server.release();
    exchange(pair);
    expect(textOf(pair.server.received)).toBe('up');
    expectGiven(pair);
  });

  it.each(['before', 'between', 'after'] as const)(
    'RFC 8446 4.4: Finished is under the keys of now: KeyUpdates of the client %s the request',
    (when) => {
      const pair = shake13(ASK);
      const update = (): void => {
        for (const both of [false, true]) {
          pair.client.handle(pair.client.engine.updateKeys(both));
          exchange(pair);
        }
      };
      if (when === 'before') update();
      ask(pair);
      if (when === 'between') {
        // The request is on its way while the client changes its keys.
        const request = pair.server.drain();
        pair.client.handle(pair.client.engine.updateKeys(true));
        exchange(pair);
        pair.client.handle(pair.client.engine.receive(request));
        expect(pair.client.error?.code).toBe('ERR_TLS_BAD_RECORD_MAC');
        return;
      }
      exchange(pair);
      if (when === 'after') update();
      expectGiven(pair);
      ask(pair);
      exchange(pair);
      expectGiven(pair, 'p256', 2);
    },
  );

  it('the client changes its keys while the request is on its way', () => {
    const pair = shake13(ASK);
    ask(pair);
    pair.client.handle(pair.client.engine.updateKeys());
    pair.client.handle(pair.client.engine.write(new TextEncoder().encode('x')));
    pair.server.handle(pair.server.engine.receive(pair.client.drain()));
    pair.client.handle(pair.client.engine.updateKeys());
    exchange(pair);
    expect(textOf(pair.server.received)).toBe('x');
    expectGiven(pair);
  });

  it('keys of the client that are used up while it signs: new ones, and the answer under them', () => {
    const pair = shake13(ASK);
    pair.client.hold = (need) => need.kind === 'signature';
    ask(pair);
    exchange(pair);
    const { write } = internals(pair.client.engine).context;
    Object.defineProperty(write, 'left', { configurable: true, get: () => 3 });
    pair.client.handle(pair.client.engine.write(new TextEncoder().encode('last')));
    Reflect.deleteProperty(write, 'left');
    expect(messages13(pair).at(-1)).toBe('client key_update');
    exchange(pair);
    pair.client.release();
    exchange(pair);
    expect(textOf(pair.server.received)).toBe('last');
    expectGiven(pair);
  });

  it('the server closes, and the client answers all the same; or the client closes meanwhile', () => {
    const pair = shake13(ASK);
    pair.client.hold = (need) => need.kind === 'signature';
    ask(pair);
    exchange(pair);
    pair.client.handle(pair.client.engine.close());
    exchange(pair);
    expect(pair.server.ended).toBe(true);
    expect(pair.seen.server.watched.certificates).toEqual([]);
    const [event] = pair.client.held;
    expect(() => pair.client.engine.answer(event?.id ?? -1, new Uint8Array(8))).toThrow(/no need/);
    const other = shake13(ASK);
    ask(other);
    other.server.handle(other.server.engine.close());
    exchange(other);
    expect(other.seen.server.watched.certificates.length).toBe(1);
    expect([other.client.ended, other.client.error, other.server.error]).toEqual([true, undefined, undefined]);
  });

  it('a key that does not sign ends the connection', () => {
    const pair = shake13(ASK);
    pair.client.hold = (need) => need.kind === 'signature';
    ask(pair);
    exchange(pair);
    const [event] = pair.client.held;
    pair.client.handle(pair.client.engine.answer(event?.id ?? -1, undefined));
    expectRefused(pair, 'ERR_TLS_ANSWER', 'internal_error', 'client');
  });

  it('cut at every byte', () => {
    const pair = shake13(ASK);
    ask(pair);
    exchange(pair, (_direction, bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expectGiven(pair);
  });
});

function requestsOf(pair: Pair13): wire.CertificateRequest13[] {
  return pair.seen.client.observed.flatMap((one) => {
    if (one.kind !== 'message' || one.name !== 'certificate_request') return [];
    const requests: wire.CertificateRequest13[] = [];
    edited(wire.certificateRequest13, one.raw, (value) => {
      requests.push(value);
      return value;
    });
    return requests;
  });
}

function shake(pair: Pair13): void {
  pair.server.handle(pair.server.engine.start());
  pair.client.handle(pair.client.engine.start());
  exchange(pair);
}

/** Changes the configuration of a server after the handshake has used it. */
function setServer(pair: Pair13, change: object): void {
  const { context } = internals(pair.server.engine);
  const finished = context.connected.bind(context);
  context.connected = (agreement) => {
    finished(agreement);
    context.useServerConfig({ ...context.server, ...change });
  };
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
