// Tickets (RFC 5077): keys that rotate, tickets that are not ours, empty and endless ones. And sessions that the host keeps by
// id: answers that come later, and wrong ones.

import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import { decodeSession, encodeSession } from '../../src/handshake/shared/session.ts';
import { sealTicket } from '../../src/handshake/shared/tickets.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import * as wire from '../../src/wire/messages.ts';
import { answerSessions, earlier, ticketKey } from '../support/earlier.ts';
import { edited, handshake, puppet } from '../support/forge.ts';
import { exchange, makePair, NAMES, shakeHands } from '../support/pair.ts';
import {
  BY_ID,
  BY_TICKET,
  decisions,
  expectData,
  expectFull,
  expectResumed,
  merge,
  second,
  twice,
  V12,
} from '../support/resume.ts';

describe('RFC 5077: tickets', () => {
  it('a full handshake announces and gives one; it is opaque and says nothing of the session', () => {
    const { session, pair } = earlier(BY_TICKET);
    const kept = decodeSession(session);
    expect(kept.id.length).toBe(0);
    expect(kept.lifetime).toBe(7200);
    expect(toHex(kept.ticket.subarray(0, 16))).toBe(toHex(ticketKey(1).name));
    expect(toHex(kept.ticket)).not.toContain(toHex(kept.secret));
    expect(pair.server.sessions).toEqual([]);
  });

  it('a client without tickets asks for none; a server without keys gives none', () => {
    const off = shakeHands(makePair(merge(BY_TICKET, { client: { tickets: false } })));
    const keyless = shakeHands(makePair({ client: V12, server: V12 }));
    for (const pair of [off, keyless]) {
      expect(pair.client.agreement?.resumed).toBe(false);
      expect([pair.client.sessions, pair.server.sessions]).toEqual([[], []]);
    }
  });

  it('a client whose tickets were switched off does not offer the one it has', () => {
    expect(twice('ticket', {}, { client: { tickets: false } }).client).toEqual(['not offered: tickets are off']);
  });

  it.each(NAMES)('provider %s: sealed with an older key: resumed, and renewed with the first', (name) => {
    const options = merge(BY_TICKET, { client: { name }, server: { name } });
    const old = earlier(options);
    const start = decodeSession(old.session).created;
    const later = start + 1800_000;
    const rotated = merge(options, {
      client: { now: () => later },
      server: { ticketKeys: [ticketKey(2), ticketKey(1)], now: () => later },
    });
    const again = second(rotated, old.session);
    expect(again.messages.slice(1, 5)).toEqual([
      'server server_hello',
      'server new_session_ticket',
      'server change_cipher_spec',
      'server finished',
    ]);
    expectResumed(again);
    const [renewed] = again.pair.client.sessions;
    const kept = decodeSession(renewed?.session ?? new Uint8Array(0));
    expect(toHex(kept.ticket.subarray(0, 16))).toBe(toHex(ticketKey(2).name));
    // The secret is no younger than before: what is left of its two hours is an hour and a half.
    expect([kept.created, kept.lifetime]).toEqual([start, 7200]);
    const onlyNew = merge(rotated, { server: { ticketKeys: [ticketKey(2)] } });
    expectResumed(second(onlyNew, renewed?.session));
    const gone = second(onlyNew, old.session);
    expect(gone.server).toEqual(['full handshake: the ticket cannot be opened']);
    expect(gone.pair.client.sessions.length).toBe(1);
    expectFull(gone);
  });

  it('unknown, garbled, cut, foreign and empty tickets: a full handshake', () => {
    const { session } = earlier(BY_TICKET);
    const kept = decodeSession(session);
    const { ticket } = kept;
    const foreign = sealTicket(nodeProvider, [{ ...ticketKey(1), key: ticketKey(3).key }], new Uint8Array(12), kept);
    const nonsense = sealTicketOf(Uint8Array.of(1, 2, 3));
    const tickets: readonly Uint8Array[] = [
      Uint8Array.of(1),
      new Uint8Array(200).fill(7),
      ...[16, 27, 28, 30, 43, 44, ticket.length - 1].map((length) => ticket.slice(0, length)),
      ...[0, 20, 40, ticket.length - 1].map((at) => ticket.map((byte, i) => (i === at ? byte ^ 0x80 : byte))),
      concat(ticket, Uint8Array.of(0)),
      foreign ?? new Uint8Array(1),
      nonsense,
    ];
    for (const one of tickets) {
      const again = second(BY_TICKET, encodeSession({ ...kept, ticket: one }));
      expect(again.server).toEqual(['full handshake: the ticket cannot be opened']);
      expectFull(again);
    }
  });

  it('RFC 5077 3.4: a client that sends a ticket without an id is resumed all the same', () => {
    const { session } = earlier(BY_TICKET);
    const { pair, server } = second(BY_TICKET, session, (made) =>
      puppet(made.client.engine, (message, raw) =>
        message === 'client_hello'
          ? [edited(wire.clientHello, raw, (hello) => ({ ...hello, legacy_session_id: new Uint8Array(0) }))]
          : undefined,
      ),
    );
    // Our own client tells by the echoed id, and was robbed of it here; the server's flight is what is looked at.
    expect(server).toEqual(['resumed']);
    expect(pair.server.engine.stateName).not.toBe('connected_12');
  });

  it('RFC 5077 3.3: an empty ticket is one that cannot be given: no session, and no harm', () => {
    const pair = makePair(BY_TICKET);
    const empty = handshake('new_session_ticket', new Uint8Array(6));
    puppet(pair.server.engine, (message) => (message === 'new_session_ticket' ? [empty] : undefined));
    shakeHands(pair);
    expect(pair.client.sessions).toEqual([]);
    expectData(pair);
  });

  it('RFC 5077 3.3: a ticket that was announced and does not come', () => {
    const pair = makePair(BY_TICKET);
    puppet(pair.server.engine, (message) => (message === 'new_session_ticket' ? [] : undefined));
    shakeHands(pair);
    expect(pair.client.error?.code).toBe('ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC');
  });

  it('a ticket too long for any ClientHello is not kept', () => {
    for (const [length, sessions] of [
      [32_768, 1],
      [32_769, 0],
      [65_535, 0],
    ] as const) {
      const pair = makePair(BY_TICKET);
      const body = concat(Uint8Array.of(0, 0, 0, 9, length >> 8, length), new Uint8Array(length));
      puppet(pair.server.engine, (message) =>
        message === 'new_session_ticket' ? [handshake('new_session_ticket', body)] : undefined,
      );
      shakeHands(pair);
      expect([pair.client.error, pair.client.sessions.length]).toEqual([undefined, sessions]);
      const [kept] = pair.client.sessions;
      if (kept === undefined) continue;
      expect(decodeSession(kept.session).lifetime).toBe(9);
      expectFull(second(BY_TICKET, kept.session));
    }
  });

  it('RFC 5077 3.3: a lifetime hint of 0 leaves it to the client, and one of a century is cut', () => {
    for (const hint of [0, 0xffffffff]) {
      const pair = makePair(BY_TICKET);
      puppet(pair.server.engine, (message, raw) =>
        message === 'new_session_ticket'
          ? [edited(wire.newSessionTicket12, raw, (ticket) => ({ ...ticket, ticket_lifetime_hint: hint }))]
          : undefined,
      );
      shakeHands(pair);
      expect(decodeSession(pair.client.sessions[0]?.session ?? new Uint8Array(0)).lifetime).toBe(86_400);
    }
  });

  it('of a server that keeps sessions by id too: the ticket comes first', () => {
    const both = merge(BY_TICKET, { server: { sessionCache: true } });
    const { session, pair } = earlier(both);
    expect(pair.server.sessions).toEqual([]);
    const again = second(both, session);
    expect(again.pair.server.held).toEqual([]);
    expectResumed(again);
  });
});

function sealTicketOf(content: Uint8Array): Uint8Array {
  const [{ name, key }, nonce, pieces] = [ticketKey(1), new Uint8Array(12), [] as Uint8Array[]];
  nodeProvider.aead('aes-256-gcm', key).seal(nonce, name, [content], pieces);
  return concat(name, nonce, ...pieces);
}

describe('the `session` need', () => {
  it('is answered later: nothing is sent meanwhile, and the handshake goes on', () => {
    for (const known of [true, false]) {
      const { session, cache } = earlier(BY_ID);
      const again = second(BY_ID, session, (pair) => {
        if (known) answerSessions(pair.server, cache);
        pair.server.hold = (need) => need.kind === 'session';
      });
      const { server, client } = again.pair;
      expect([server.engine.stateName, client.engine.stateName]).toEqual(['find_session', 'wait_server_hello']);
      expect(server.flights).toBe(0);
      expect(server.held[0]?.need).toEqual({ kind: 'session', id: decodeSession(session).id });
      answerSessions(server, known ? cache : new Map());
      server.release();
      exchange(again.pair);
      const decided = decisions(again.observed.server);
      expect(decided).toEqual([known ? 'resumed' : 'full handshake: no session with this id']);
      expect(client.agreement?.resumed).toBe(known);
      expectData(again.pair);
    }
  });

  it('a session that was not given, of the first connection: nobody asked for the id of TLS 1.3 either', () => {
    const options = merge(BY_ID, { client: { maxVersion: 'TLSv1.3' } });
    const again = second(options, undefined, (pair) => answerSessions(pair.server, new Map()));
    expect(again.server).toEqual(['full handshake: no session with this id']);
    expectFull(again);
  });

  it('answered with what is no session (of this version): a full handshake', () => {
    const { session, cache } = earlier(BY_ID);
    const [[id = '', kept = new Uint8Array(0)] = []] = cache;
    for (const wrong of [new Uint8Array(0), Uint8Array.of(2, 3), kept.slice(0, -1), concat(kept, kept)]) {
      const again = second(BY_ID, session, (pair) => answerSessions(pair.server, new Map([[id, wrong]])));
      expect(again.server).toEqual(['full handshake: the session is of another version']);
      expectFull(again);
    }
  });

  it('answered with the session of another id, or with no bytes at all: refused', () => {
    const { session, cache } = earlier(BY_ID);
    const other = earlier(BY_ID);
    const [id = ''] = cache.keys();
    const [theirs] = other.cache.values();
    for (const wrong of [theirs, 'session', { id }]) {
      const { pair } = second(BY_ID, session, (made) =>
        answerSessions(made.server, new Map([[id, wrong as Uint8Array]])),
      );
      expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_ANSWER', alert: 'internal_error' });
      expect(pair.client.agreement).toBeUndefined();
    }
  });

  it('a session event comes after `connected`, on both sides', () => {
    const { pair } = earlier(BY_ID);
    for (const side of [pair.client, pair.server]) {
      expect(side.history.indexOf('session')).toBe(side.history.indexOf('connected') + 1);
    }
    expect(toHex(pair.client.sessions[0]?.id ?? new Uint8Array(0))).toBe(
      toHex(pair.server.sessions[0]?.id ?? new Uint8Array(1)),
    );
  });
});
