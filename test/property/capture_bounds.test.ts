// What a file may cost: whoever makes it chooses every byte of it, secrets included, and nothing in it may hang its reader or fill its
// memory, or be obeyed by a terminal.

import { describe, expect, it } from 'vitest';
import { ascii, concat, fromHex } from '../../src/bytes/bytes.ts';
import { Checks } from '../../src/capture/checks.ts';
import { Handshake, suitesOffered, tryRead } from '../../src/capture/handshake.ts';
import { KeyLog } from '../../src/capture/keylog.ts';
import { missingIn } from '../../src/capture/missing.ts';
import type { PassiveOptions } from '../../src/capture/passive.ts';
import { knownPsks } from '../../src/capture/psk13.ts';
import { Secrets } from '../../src/capture/secrets.ts';
import { Attempts } from '../../src/capture/seeking.ts';
import { piecesOf } from '../../src/capture/texts_in.ts';
import { verdictsOf } from '../../src/capture/verdicts.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { buildExtensions } from '../../src/wire/extensions.ts';
import { clientHello, encodeHandshake } from '../../src/wire/messages.ts';
import { readBack, recording } from '../support/captured.ts';
import { exchange, makePair } from '../support/pair.ts';

/** A ClientHello that names one suite very often and has many binders. */
const GREEDY = encodeHandshake('client_hello', clientHello, {
  legacy_version: 0x0303,
  random: new Uint8Array(32).fill(1),
  legacy_session_id: new Uint8Array(0),
  cipher_suites: Array.from({ length: 20_000 }, () => 0x1301),
  legacy_compression_methods: [0],
  extensions: buildExtensions('client_hello', {
    early_data: true,
    pre_shared_key: {
      identities: Array.from({ length: 500 }, () => ({ identity: fromHex('aa'), obfuscated_ticket_age: 0 })),
      binders: Array.from({ length: 500 }, () => new Uint8Array(32)),
    },
  }),
});

describe('work is bounded', () => {
  it('lines of a text that are made of blanks, however long', () => {
    const blanks = ' '.repeat(1_000_000);
    for (const line of [
      `${blanks}x`,
      `ab${blanks}x`,
      `${'ab '.repeat(100_000)}${blanks}|x`,
      `>${blanks}ab${blanks}x`,
    ]) {
      expect(piecesOf(line)).toBeUndefined();
    }
    expect(piecesOf(`${blanks}16030100050100000100`)?.length).toBe(1);
  });

  it('a suite that a client names ten thousand times is tried once', () => {
    const hello = tryRead(clientHello, GREEDY);
    if (hello === undefined) throw new Error('it cannot be read');
    expect(suitesOffered(hello, 32).map(({ id }) => id)).toEqual([0x1301]);
    expect(suitesOffered(hello, 48)).toEqual([]);
  });

  it('of many binders the first are checked, and it is said that there are more', () => {
    const secrets = new Secrets(new KeyLog(), [], [new Uint8Array(32)]);
    const options: PassiveOptions = {
      provider: nodeProvider,
      secrets,
      decompressors: [],
      attempts: new Attempts(0),
      contentLength: 0,
      showSecrets: false,
    };
    const checks = new Checks(options);
    const handshake = new Handshake(nodeProvider);
    handshake.acceptClientHello(GREEDY);
    handshake.psks = knownPsks(handshake, GREEDY, nodeProvider, secrets.psks);
    checks.message(handshake, 'client', 'client_hello', GREEDY, { frame: 1, time: 0 });
    expect(checks.list.length).toBe(17);
    expect(checks.list.at(-1)).toMatchObject({ name: 'psk_binder', outcome: 'unchecked', why: 'too_many' });
  });

  it('attempts to find the number of a record are those of the connection, and of the file', () => {
    const file = new Attempts(5);
    const connections = [new Attempts(3, file), new Attempts(3, file)];
    const taken = connections.map((one) => [one.take(), one.take(), one.take(), one.take()]);
    expect(taken).toEqual([
      [true, true, true, false],
      [true, true, false, false],
    ]);
  });
});

describe('what cannot be read', () => {
  const limits = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

  it('records without end that cannot be read: the first are told one by one, and the others counted', () => {
    const { file } = recording(({ observe, keyLog, wire }) => {
      const pair = makePair({ client: { ...limits, observe, keyLog }, server: limits });
      pair.server.handle(pair.server.engine.start());
      pair.client.handle(pair.client.engine.start());
      exchange(pair, wire);
      for (let i = 0; i < 100; i++) {
        pair.client.handle(pair.client.engine.write(new Uint8Array(10)));
        exchange(pair, wire);
        wire('to_server', concat(fromHex('1703030020'), new Uint8Array(32)), 0);
      }
    });
    const [connection] = readBack(file).connections;
    if (connection === undefined) throw new Error('nothing was read');
    expect([connection.faults.length, connection.moreFaults]).toEqual([64, 36]);
    expect(missingIn(connection, 'en').at(-1)).toBe('and 36 records more that cannot be read');
    expect(verdictsOf(connection).find(({ name }) => name === 'client_records')).toMatchObject({ outcome: 'wrong' });
  });

  it('bytes of a peer in the text of a fault cannot steer a terminal', () => {
    const { file } = recording(({ wire }) => {
      wire('to_server', concat(fromHex('16030100040100000016'), ascii('\u001b[2J\u001b]0;x\u0007 no TLS')), 0);
      wire('to_client', concat(fromHex('9b'), ascii('31mHTTP/1.0 400\r\n\r\n')), 0);
    });
    for (const connection of readBack(file).connections) {
      const said = missingIn(connection, 'en').join('\n');
      expect(said).toContain('\\x9b31mHTTP');
      expect([...said].some((one) => one !== '\n' && /\p{Cc}/u.test(one))).toBe(false);
    }
    expect(readBack(file).connections.length).toBe(1);
  });
});
