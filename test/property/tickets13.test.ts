// Tickets of TLS 1.3 (RFC 8446 4.6.1): what is in them, how many, how long they live, keys that rotate, and tickets that are not
// ours; and a client that is given too many, too long or none.

import { describe, expect, it } from 'vitest';
import { concat, EMPTY, toHex } from '../../src/bytes/bytes.ts';
import { decodeSession } from '../../src/handshake/shared/session.ts';
import { sealTicket } from '../../src/handshake/shared/tickets.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { newSessionTicket13 } from '../../src/wire/messages.ts';
import { ticketKey } from '../support/earlier.ts';
import { edited, withExtension } from '../support/forge.ts';
import { exchange, NAMES, shakeHands } from '../support/pair.ts';
import {
  again13,
  changed,
  decided,
  expectData,
  expectFull,
  expectResumed,
  helloOf,
  make13,
  merge13,
  messages13,
  type Pair13,
  puppetHello,
  session13,
  sessions13,
  shake13,
  TICKETS,
} from '../support/pair13.ts';

describe('tickets that cannot be opened', () => {
  it('of a key that is gone, garbled, cut, foreign, of another format: a full handshake', () => {
    const session = session13(TICKETS);
    const { ticket, ...kept } = decodeSession(session);
    const foreign = sealTicket(nodeProvider, [{ ...ticketKey(1), key: ticketKey(3).key }], new Uint8Array(12), {
      ...kept,
      ticket: new Uint8Array(0),
    });
    const nonsense: Uint8Array[] = [];
    nodeProvider
      .aead('aes-256-gcm', ticketKey(1).key)
      .seal(new Uint8Array(12), ticketKey(1).name, [Uint8Array.of(2, 3)], nonsense);
    const tickets = [
      Uint8Array.of(1),
      new Uint8Array(200).fill(7),
      ...[16, 27, 28, 44, ticket.length - 1].map((length) => ticket.slice(0, length)),
      ...Array.from({ length: Math.ceil(ticket.length / 5) }, (_, nth) =>
        ticket.map((byte, i) => (i === 5 * nth ? byte ^ (1 << (nth % 8)) : byte)),
      ),
      concat(ticket, Uint8Array.of(0)),
      foreign ?? new Uint8Array(1),
      concat(ticketKey(1).name, new Uint8Array(12), ...nonsense),
    ];
    for (const one of tickets) {
      const again = again13(
        TICKETS,
        changed(session, () => ({ ticket: one })),
      );
      expect([again.client.error, again.server.error]).toEqual([undefined, undefined]);
      expect([again.client.agreement?.resumed, again.server.agreement?.resumed]).toEqual([false, false]);
      expect(decided(again.seen.client)).toEqual(['offered', 'full handshake: the server does not resume']);
    }
    const gone = again13({ server: { ticketKeys: [ticketKey(2)] } }, session);
    expectFull(gone);
    expectFull(again13({ server: { ticketKeys: [] } }, session));
  }, 120_000);

  it.each(NAMES)('provider %s: sealed with an older key, and the new one is of the first', (name) => {
    const options = merge13(TICKETS, { client: { name }, server: { name } });
    const rotated = merge13(options, { server: { ticketKeys: [ticketKey(2), ticketKey(1)] } });
    const again = again13(rotated, session13(options));
    expectResumed(again);
    for (const { session } of again.client.sessions) {
      expect(toHex(decodeSession(session).ticket.subarray(0, 16))).toBe(toHex(ticketKey(2).name));
    }
  });
});

describe('RFC 8446 4.6.1: tickets', () => {
  it.each([0, 1, 2, 5, 16])('%d of them, each with a PSK, a nonce and an age of its own', (ticketCount) => {
    const pair = shake13(merge13(TICKETS, { server: { ticketCount } }));
    const kept = pair.client.sessions.map(({ session }) => decodeSession(session));
    expect(kept.length).toBe(ticketCount);
    for (const key of ['secret', 'ticket', 'ageAdd'] as const) {
      expect(new Set(kept.map((one) => String(one[key]))).size).toBe(ticketCount);
    }
    const { name, serverName, peerChain, authorized } = { name: 'kept', ...kept[0] };
    if (ticketCount > 0)
      expect([name, serverName, peerChain?.length !== 0, authorized]).toEqual(['kept', 'localhost', true, true]);
    for (const { session } of pair.client.sessions) expectResumed(again13(TICKETS, session));
  });

  it('says nothing of what is in it', () => {
    const { ticket, secret } = decodeSession(session13(TICKETS));
    expect(toHex(ticket)).not.toContain(toHex(secret));
    expect(Buffer.from(ticket).includes(Buffer.from('localhost', 'utf16le').swap16())).toBe(false);
  });

  it.each([
    [0, undefined],
    [1, 1],
    [604_800, 604_800],
    [604_801, 604_800],
    [0xffffffff, 604_800],
  ])('a lifetime of %d s is kept as %s', (said, kept) => {
    const pair = shake13(merge13(TICKETS, { server: { ticketCount: 1 } }), ({ server }) =>
      puppetTicket(server, (raw) => {
        const copy = raw.slice();
        new DataView(copy.buffer).setUint32(4, said);
        return copy;
      }),
    );
    expect(pair.client.error).toBeUndefined();
    expect(pair.client.sessions.map(({ session }) => decodeSession(session).lifetime)).toEqual(
      kept === undefined ? [] : [kept],
    );
  });

  it('RFC 8446 4.6.1, 9.3: extensions that a client does not know are passed over', () => {
    const strange = { extension_type: 0xff02, extension_data: Uint8Array.of(1, 2, 3) };
    const pair = shake13(merge13(TICKETS, { server: { ticketCount: 1 } }), ({ server }) =>
      puppetTicket(server, (raw) =>
        edited(newSessionTicket13, raw, (ticket) => ({
          ...ticket,
          extensions: { ...ticket.extensions, list: [strange, ...ticket.extensions.list] },
        })),
      ),
    );
    expect([pair.client.error, pair.client.sessions.length]).toEqual([undefined, 1]);
    expectResumed(again13(TICKETS, pair.client.sessions[0]?.session ?? EMPTY));
  });

  it('a client with `tickets: false` says so by silence, is given none, and keeps none that come all the same', () => {
    const pair = shake13(merge13(TICKETS, { client: { tickets: false } }));
    expect(helloOf(pair).extensions.known.psk_key_exchange_modes).toBeUndefined();
    expect(messages13(pair)).not.toContain('server new_session_ticket');
    const asked = shake13(merge13(TICKETS, { client: { tickets: false } }), (pair) =>
      puppetHello(pair, (block) => withExtension(block, 45, Uint8Array.of(1, 1))),
    );
    expect(messages13(asked)).toContain('server new_session_ticket');
    expect(asked.client.sessions).toEqual([]);
    expectData(asked);
  });

  it('a ticket too long for a ClientHello is not kept', () => {
    const length = 40_000;
    const pair = shake13(merge13(TICKETS, { server: { ticketCount: 1 } }), ({ server }) =>
      puppetTicket(server, () => {
        const body = concat(
          Uint8Array.of(0, 0, 14, 16, 0, 0, 0, 0, 0),
          Uint8Array.of(length >> 8, length & 255),
          new Uint8Array(length),
          Uint8Array.of(0, 0),
        );
        return concat(Uint8Array.of(4, 0, body.length >> 8, body.length & 255), body);
      }),
    );
    expect([pair.client.error, pair.client.sessions]).toEqual([undefined, []]);
  });

  it('given after KeyUpdates in both directions: the PSK is that of the handshake', () => {
    const pair = make13(TICKETS);
    const late: Uint8Array[] = [];
    puppetTicket(pair.server, (raw) => {
      late.push(raw);
      return undefined;
    });
    shakeHands(pair);
    expect(pair.client.sessions).toEqual([]);
    pair.server.handle(pair.server.engine.updateKeys(true));
    exchange(pair);
    pair.client.handle(pair.client.engine.updateKeys(true));
    exchange(pair);
    const { write } = (pair.server.engine as unknown as { context: { write: { message(raw: Uint8Array): void } } })
      .context;
    for (const raw of late) write.message(raw);
    pair.server.handle(pair.server.engine.write(new Uint8Array(0)));
    exchange(pair);
    expect(pair.client.sessions.length).toBe(2);
    for (const { session } of pair.client.sessions) expectResumed(again13(TICKETS, session));
  });
});

/** Makes a server send other tickets than it would, or (undefined) none. */
function puppetTicket(server: Pair13['server'], change: (raw: Uint8Array) => Uint8Array | undefined): void {
  const { context } = server.engine as unknown as {
    context: { sendEncoded(name: string, raw: Uint8Array): void };
  };
  const send = context.sendEncoded.bind(context);
  context.sendEncoded = (name, raw) => {
    const instead = name === 'new_session_ticket' ? change(raw) : raw;
    if (instead !== undefined) send(name, instead);
  };
}

describe('sessions on the client side', () => {
  it('two tickets of one handshake, used at the same time, do not disturb each other', () => {
    const [a, b] = sessions13(TICKETS);
    const [one, two] = [
      make13(merge13(TICKETS, { client: { session: a ?? new Uint8Array(0) } })),
      make13(merge13(TICKETS, { client: { session: b ?? new Uint8Array(0) } })),
    ];
    for (const pair of [one, two]) pair.client.handle(pair.client.engine.start());
    for (const pair of [two, one]) {
      exchange(pair);
      expectResumed(pair);
    }
  });
});
