// Post-handshake client authentication (RFC 8446 4.6.2) with both providers on either side: given, empty, required, refused; what
// goes on beside it; and answers that break the rules.

import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes/bytes.ts';
import * as wire from '../../src/wire/messages.ts';
import { alertsOf, edited, internals } from '../support/forge.ts';
import { exchange, type KeyKind, PAIRS, world } from '../support/pair.ts';
import {
  again13,
  answering,
  expectData,
  helloOf,
  make13,
  merge13,
  messages13,
  type Options13,
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
    // After our close_notify nothing is said any more.
    expect(pair.client.engine.answer(event?.id ?? -1, new Uint8Array(8))).toEqual([]);
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
