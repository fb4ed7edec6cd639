// PSKs without an ephemeral key exchange (RFC 8446 4.2.9, psk_ke): only by the policy of both sides, and never by preference.

import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import { changeExtensions, withoutExtensions } from '../../src/wire/extensions.ts';
import { ticketKey } from '../support/earlier.ts';
import { PAIRS } from '../support/pair.ts';
import {
  again13,
  decided,
  expectFull,
  expectResumed,
  helloOf,
  merge13,
  type Options13,
  session13,
  TICKETS,
} from '../support/pair13.ts';

describe('RFC 8446 4.2.9: psk_ke', () => {
  const ALONE: Options13 = {
    client: { pskWithoutDhe: true, groups: ['x25519'] },
    server: { pskWithoutDhe: true, ticketKeys: [ticketKey(1)] },
  };
  /** A client that says these modes, whatever it can do; with or without shares. */
  const saying = (modes: readonly number[], shares = true): Options13 => ({
    client: {
      hooks: {
        clientHello: (hello) => ({
          ...hello,
          extensions: changeExtensions(
            'client_hello',
            shares ? hello.extensions : withoutExtensions(hello.extensions, ['key_share']),
            { psk_key_exchange_modes: modes },
          ),
        }),
      },
    },
  });

  it('our server prefers a key exchange when the client allows both', () => {
    const again = again13(ALONE, session13(ALONE));
    expect(helloOf(again).extensions.known.psk_key_exchange_modes).toEqual([1, 0]);
    expect(again.client.agreement?.group).toBe(0x001d);
    expectResumed(again);
  });

  it.each(PAIRS)('client on %s, server on %s: a key alone, when the client allows nothing else', (client, server) => {
    const options = merge13(ALONE, { client: { name: client }, server: { name: server } });
    for (const shares of [true, false]) {
      const again = again13(merge13(options, saying([0], shares)), session13(options));
      expect([again.client.agreement?.group, again.server.agreement?.group]).toEqual([undefined, undefined]);
      expect(toHex(again.client.engine.exportKeyingMaterial('EXPORTER-test', 32))).toBe(
        toHex(again.server.engine.exportKeyingMaterial('EXPORTER-test', 32)),
      );
      expectResumed(again);
      // What comes of it can be resumed with a key exchange.
      const next = again.client.sessions[0]?.session ?? new Uint8Array(0);
      const dhe = again13(options, next);
      expect(dhe.client.agreement?.group).toBe(0x001d);
      expectResumed(dhe);
    }
  });

  it('a server takes a key alone only by its policy', () => {
    const careful = merge13(ALONE, { server: { pskWithoutDhe: false } });
    const again = again13(merge13(careful, saying([0])), session13(ALONE));
    expect(decided(again.seen.server)).toEqual([]);
    expectFull(again);
  });

  it('a client accepts a key alone only by its policy', () => {
    const again = again13(merge13(merge13(ALONE, { client: { pskWithoutDhe: false } }), saying([0])), session13(ALONE));
    expect(again.client.error).toMatchObject({ code: 'ERR_TLS_MISSING_EXTENSION', alert: 'missing_extension' });
    expect(again.server.agreement).toBeUndefined();
  });

  it('unknown modes are passed over, and tickets are not given for them', () => {
    const again = again13(merge13(TICKETS, saying([7, 9, 0xff])), session13(TICKETS));
    expect([decided(again.seen.server), again.client.sessions]).toEqual([[], []]);
    expectFull(again);
    const both = again13(merge13(TICKETS, saying([9, 1])), session13(TICKETS));
    expectResumed(both);
  });
});
