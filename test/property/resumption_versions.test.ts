// Sessions in the wrong place: a ticket of TLS 1.3 in a TLS 1.2 handshake, and a session that rests on a shared key alone.

import { describe, expect, it } from 'vitest';
import { decodeSession, encodeSession } from '../../src/handshake/shared/session.ts';
import { earlier, ticketKey } from '../support/earlier.ts';
import type { PairOptions } from '../support/pair.ts';
import { merge, second } from '../support/resume.ts';

const tickets: PairOptions = { server: { ticketKeys: [ticketKey(1)] } };
const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;

describe('sessions in the wrong place', () => {
  it('RFC 5077 3.1: a ticket of TLS 1.3 makes no abbreviated handshake of TLS 1.2', () => {
    const of13 = decodeSession(earlier(tickets).session);
    const of12 = decodeSession(earlier(merge(tickets, { client: V12, server: V12 })).session);
    const mixed = encodeSession({ ...of12, ticket: of13.ticket });
    const { pair, server } = second(merge(tickets, { client: V12 }), mixed);
    expect(server).toEqual(['full handshake: another version']);
    expect(pair.client.agreement).toMatchObject({ version: 0x0303, resumed: false });
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  });

  it('a session that a shared key stands behind is not offered once there is none', () => {
    const shared = merge(tickets, { client: { psk: true }, server: { psk: true } });
    const { session } = earlier(shared);
    expect(decodeSession(session).peerChain).toEqual([]);
    expect(second(shared, session).pair.client.agreement).toMatchObject({ resumed: true, authorized: true });
    const { pair, client } = second(tickets, session);
    expect(client).toEqual(['not offered: it was made with a shared key, and there is none now']);
    expect(pair.client.agreement).toMatchObject({ resumed: false, psk: false });
    expect(pair.client.agreement?.peerChain.length).toBe(2);
  });
});
