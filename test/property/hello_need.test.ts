// The `hello` need: a server's whole configuration is chosen by what the ClientHello asks for, before any session is looked up
// (RFC 6066 3), so that nothing of another configuration gives trust: not its ticket keys, its cache, nor its indulgence.

import { describe, expect, it } from 'vitest';
import type { ServerOptions } from '../../src/engine/options.ts';
import { resolveServerOptions } from '../../src/engine/server.ts';
import type { HelloNeed, Need } from '../../src/handshake/shared/needs.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { answerSessions, earlier, ticketKey } from '../support/earlier.ts';
import {
  makePair,
  PAIRS,
  type Pair,
  type PairOptions,
  PROVIDERS,
  type ProviderName,
  type Side,
  shakeHands,
  world,
} from '../support/pair.ts';
import { by, expectConnected, expectRefused, type How, messagesOf } from '../support/prove.ts';
import { expectFull, expectResumed, merge, second, V12, WAYS } from '../support/resume.ts';

/** Makes a server answer `hello` needs; gives the needs in the order in which they came. */
function configured(server: Side, options: Partial<ServerOptions>, name: ProviderName = 'node'): Need[] {
  const needs: Need[] = [];
  const credentials = [credentialOf(world().identities.p256)];
  const config = resolveServerOptions({ credentials, ...options, provider: PROVIDERS[name] });
  const { reply } = server;
  Object.assign(server, {
    reply: (need: Need) => {
      needs.push(need);
      return need.kind === 'hello' ? { answer: config } : reply(need);
    },
  });
  return needs;
}

describe.each(['1.3', 'ECDHE', 'RSA', 'ECDHE_PSK'] satisfies How[])('%s', (how) => {
  it.each(PAIRS)('client on %s, server on %s: the need tells what was asked for, and its answer is used', (c, s) => {
    const options = merge(by(how), { client: { name: c, alpn: ['h2', 'http/1.1'] }, server: { name: s } });
    const pair = makePair(merge(options, { server: { askHello: true, alpn: ['never'] } }));
    const { key } = { key: how === 'RSA' ? 'rsa' : 'p256' } as const;
    const credentials = how === 'ECDHE_PSK' ? [] : [credentialOf(world().identities[key])];
    const needs = configured(pair.server, { ...options.server, credentials, alpn: ['http/1.1'] }, s);
    expectConnected(shakeHands(pair));
    const [hello] = needs as [HelloNeed];
    expect(hello).toMatchObject({ kind: 'hello', serverName: 'localhost', alpn: ['h2', 'http/1.1'] });
    expect(hello.versions).toEqual([how === '1.3' ? 0x0304 : 0x0303]);
    for (const list of [hello.cipherSuites, hello.signatureSchemes, hello.groups]) {
      expect(list.length).toBeGreaterThan(0);
    }
    expect(pair.client.agreement?.alpn).toBe('http/1.1');
  });

  it('with client certificates, although the first configuration asks for none, and the other way round', () => {
    for (const [before, now] of [
      ['none', 'require'],
      ['require', 'none'],
    ] as const) {
      const pair = makePair(
        merge(by(how), { server: { askHello: true, clientCertificate: before }, clientKeys: ['p256'] }),
      );
      configured(pair.server, {
        ...by(how).server,
        credentials: how === 'RSA' ? [credentialOf(world().identities.rsa)] : [credentialOf(world().identities.p256)],
        clientCertificate: now,
      });
      expectConnected(shakeHands(pair));
      // RFC 4279 2: with a shared key no certificate is asked for.
      const shown = now === 'require' && how !== 'ECDHE_PSK';
      expect(pair.server.agreement?.peerChain.length).toBe(shown ? 2 : 0);
    }
  });
});

it.each(['1.3', 'ECDHE'] as const)('%s: RFC 6066 3: a name that chose the configuration is acknowledged', (how) => {
  for (const askHello of [true, false]) {
    const names: string[] = [];
    const message = how === '1.3' ? 'encrypted_extensions' : 'server_hello';
    const pair = makePair(
      merge(by(how), {
        server: { askHello },
        client: {
          observe: (one) => {
            if (one.kind !== 'message' || one.name !== message) return;
            // server_name, empty.
            names.push(String(Buffer.from(one.raw).includes(Buffer.from([0, EXTENSIONS.server_name.id, 0, 0]))));
          },
        },
      }),
    );
    configured(pair.server, by(how).server ?? {});
    expectConnected(shakeHands(pair));
    expect(names).toEqual([String(askHello)]);
  }
});

describe('sessions belong to the configuration that the hello chose', () => {
  const later = (way: 'ticket' | 'id', options: Partial<ServerOptions>, first: PairOptions = {}) => {
    const before = merge(WAYS[way], first);
    const { session, cache } = earlier(before);
    let needs: Need[] = [];
    const done = second(merge(before, { server: { askHello: true } }), session, (pair: Pair) => {
      answerSessions(pair.server, cache);
      needs = configured(pair.server, { ...V12, ...options });
    });
    return { done, kinds: needs.map(({ kind }) => kind) };
  };

  it('it comes before any look-up, and a session of the same configuration is resumed', () => {
    const byId = later('id', { sessionCache: true });
    expectResumed(byId.done);
    expect(byId.kinds).toEqual(['hello', 'session']);
    const byTicket = later('ticket', { ticketKeys: [ticketKey(1)] });
    expectResumed(byTicket.done);
    expect(byTicket.kinds).toEqual(['hello']);
  });

  it('tickets of the first configuration are not opened, its cache is not asked', () => {
    const noKeys = later('ticket', {});
    expectFull(noKeys.done);
    expect(noKeys.kinds).toEqual(['hello', 'signature']);
    const otherKeys = later('ticket', { ticketKeys: [ticketKey(2)] });
    expectFull(otherKeys.done);
    expect(otherKeys.done.server).toEqual(['full handshake: the ticket cannot be opened']);
    const noCache = later('id', {});
    expectFull(noCache.done);
    expect(noCache.kinds).toEqual(['hello', 'signature']);
  });

  it.each(['ticket', 'id'] as const)('by %s: another binding, and a certificate that is now required', (way) => {
    const keys = way === 'ticket' ? { ticketKeys: [ticketKey(1)] } : { sessionCache: true };
    const bound = later(way, { ...keys, sessionBinding: Uint8Array.of(1) });
    expectFull(bound.done);
    expect(bound.done.server).toEqual(['full handshake: another trust policy or configuration']);
    const requiring = later(way, { ...keys, clientCertificate: 'require' });
    expect(requiring.done.server).toEqual(['full handshake: no client certificate was shown in it']);
    expectRefused(requiring.done.pair.server, 'ERR_TLS_NO_CLIENT_CERTIFICATE', 'handshake_failure');
    const shown = later(way, { ...keys, clientCertificate: 'require' }, { clientKeys: ['p256'] });
    expectFull(shown.done);
    expect(shown.done.pair.server.agreement?.peerChain.length).toBe(2);
    expect(messagesOf(shown.done.observed.server, 'server')).toContain('client certificate_verify');
  });
});
