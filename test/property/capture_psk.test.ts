// Captures of handshakes with pre-shared keys, opened with the key alone: what follows from it, in both versions; what does not, and why.

import { describe, expect, it } from 'vitest';
import { concat } from '../../src/bytes/bytes.ts';
import { KeyLog } from '../../src/capture/keylog.ts';
import { verdictsOf } from '../../src/capture/verdicts.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import { type Hooks, readBack, recording, sentBy } from '../support/captured.ts';
import { ticketKey } from '../support/earlier.ts';
import { exchange, makePair, type PairOptions, PSK } from '../support/pair.ts';
import { make13, merge13, type Options13, type Pair13 } from '../support/pair13.ts';
import { converse } from '../support/sessions.ts';

const OTHER = new Uint8Array(32).fill(7);

const talk = (options: PairOptions) =>
  recording(({ observe, keyLog, wire }: Hooks) => {
    const pair = makePair({ keys: [], ...options, client: { ...options.client, observe, keyLog } });
    converse(pair, wire);
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
  }, false);

describe('TLS 1.2', () => {
  const suite = (name: string): PairOptions => {
    const own = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', psk: true, cipherSuites: [name] } as const;
    return { client: own, server: own };
  };

  it.each(['TLS_PSK_WITH_AES_128_GCM_SHA256', 'TLS_PSK_WITH_AES_256_GCM_SHA384'])(
    'RFC 4279 2: %s is opened by the key, also among others',
    (name) => {
      const { file, observed } = talk(suite(name));
      for (const psks of [[PSK.key], [OTHER, PSK.key], [PSK.key, OTHER]]) {
        const [connection] = readBack(file, { psks }).connections;
        expect(connection).toMatchObject({ sealedReasons: [], faults: [] });
        const decoded = connection?.items.map(({ observation }) => observation) ?? [];
        for (const way of ['out', 'in'] as const) expect(sentBy(way, decoded)).toEqual(sentBy(way, observed));
        if (connection === undefined) throw new Error('nothing was read');
        const verdicts = verdictsOf(connection);
        expect(verdicts.filter(({ outcome }) => outcome !== 'right')).toEqual([]);
        expect(verdicts.map(({ name: what }) => what)).toEqual(
          expect.arrayContaining(['client_finished', 'server_finished']),
        );
      }
    },
  );

  it('without the key, or with another, the reason says which', () => {
    const { file } = talk(suite('TLS_PSK_WITH_AES_128_GCM_SHA256'));
    const reason = (psks: readonly Uint8Array[]): unknown =>
      readBack(file, { psks }).connections[0]?.sealedReasons[0]?.reason.code;
    expect(reason([])).toBe('needs_psk');
    expect(reason([OTHER])).toBe('secret_does_not_fit');
    const ephemeral = talk(suite('TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256'));
    expect(readBack(ephemeral.file, { psks: [PSK.key] }).connections[0]?.sealedReasons[0]?.reason.code).toBe(
      'forward_secrecy',
    );
  });
});

describe('TLS 1.3', () => {
  /** Both have the key. */
  const SHARED: Options13 = {
    client: { psk: true, shared: PSK, pskWithoutDhe: true },
    server: { psk: true, shared: PSK, pskWithoutDhe: true, ticketKeys: [ticketKey(1)], maxEarlyData: 1000 },
    early: 'deliver',
    now: Date.now(),
  };
  /** Nothing but psk_ke is allowed. */
  const ALONE = merge13(SHARED, {
    client: {
      hooks: {
        clientHello: (hello) => ({
          ...hello,
          extensions: changeExtensions('client_hello', hello.extensions, { psk_key_exchange_modes: [0] }),
        }),
      },
    },
  });

  interface Spoken {
    readonly pair: Pair13;
    readonly file: Uint8Array;
  }

  function spoken(options: Options13, early?: string): Spoken {
    const pair = make13(options);
    const { file } = recording(({ wire }) => {
      pair.server.handle(pair.server.engine.start());
      pair.client.handle(pair.client.engine.start());
      if (early !== undefined) pair.client.handle(pair.client.engine.write(new TextEncoder().encode(early)));
      exchange(pair, wire);
      pair.client.handle(pair.client.engine.write(new Uint8Array(5)));
      exchange(pair, wire);
    });
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    return { pair, file };
  }

  it('RFC 8446 4.2.9: psk_ke is opened by the key alone, and verified', () => {
    const { file, pair } = spoken(ALONE);
    const [connection] = readBack(file, { psks: [OTHER, PSK.key] }).connections;
    if (connection === undefined) throw new Error('nothing was read');
    expect(connection).toMatchObject({ sealedReasons: [], faults: [], sealed: { client: 0, server: 0 } });
    const decoded = connection.items.map(({ observation }) => observation);
    for (const way of ['out', 'in'] as const)
      expect(sentBy(way, decoded)).toEqual(sentBy(way, pair.seen.client.observed));
    const verdicts = verdictsOf(connection);
    expect(verdicts.filter(({ outcome }) => outcome !== 'right')).toEqual([]);
    expect(verdicts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['psk_binder', 'client_finished', 'server_finished']),
    );
    expect(readBack(file).connections[0]?.sealedReasons[0]?.reason.code).toBe('no_keys');
  });

  it('with an ephemeral key exchange the binder is right, and the records stay sealed for forward secrecy', () => {
    const [connection] = readBack(spoken(SHARED).file, { psks: [PSK.key] }).connections;
    expect(connection?.checks.find(({ name }) => name === 'psk_binder')).toMatchObject({ outcome: 'right' });
    expect(connection?.sealedReasons[0]?.reason.code).toBe('forward_secrecy');
  });

  it('RFC 8446 4.6.1: the tickets of such a connection open what is resumed with them, early data too', () => {
    const first = spoken(ALONE);
    const session = first.pair.client.sessions.at(-1)?.session;
    if (session === undefined) throw new Error('no session came');
    const second = spoken(merge13(ALONE, { client: { session, earlyData: true } }), 'early');
    expect(second.pair.server.early.map((bytes) => Buffer.from(bytes).toString())).toEqual(['early']);
    const both = concat(first.file, second.file);
    const [, again] = readBack(both, { psks: [PSK.key] }).connections;
    expect(again?.checks.find(({ name }) => name === 'psk_binder')).toMatchObject({ outcome: 'right' });
    expect(again?.sealedReasons).toEqual([]);
    expect(again?.items.some(({ observation: one }) => one.kind === 'record' && one.epoch === 'early')).toBe(true);
    // The lines of a key log open it too, and do not tell the key of a ticket.
    const keyLog = new KeyLog();
    for (const { pair } of [first, second]) keyLog.add(pair.seen.client.keyLog.join('\n'));
    const [, logged] = readBack(both, { keyLog }).connections;
    expect(logged?.sealedReasons).toEqual([]);
    expect(logged?.checks.find(({ name }) => name === 'psk_binder')).toMatchObject({ why: 'no_psk' });
  });
});
