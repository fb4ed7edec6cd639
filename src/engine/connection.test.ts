// What the engine promises its host: events and their order, who owns which bytes, what is told to whom. The handshakes
// themselves are in test/property.

import { describe, expect, it } from 'vitest';
import { openerOf, sealerOf, setSequence, singly } from '../../test/support/forge.ts';
import { exchange, makePair, type PairOptions, shakeHands } from '../../test/support/pair.ts';
import { reach } from '../../test/support/reach.ts';
import { concat, fromHex, toHex } from '../bytes/bytes.ts';
import type { Observation } from './observe.ts';

const data = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const only = (version: (typeof VERSIONS)[number]): PairOptions => ({
  client: { minVersion: version, maxVersion: version },
  server: { minVersion: version, maxVersion: version },
});

describe.each(VERSIONS)('%s', (version) => {
  it('the flight of a server is one send event, however late the signature comes', () => {
    const pair = makePair(only(version));
    const { client, server } = pair;
    server.hold = () => true;
    shakeHands(pair);
    expect([server.flights, server.held.length]).toEqual([0, 1]);
    server.release();
    expect(server.flights).toBe(1);
    exchange(pair);
    expect([client.agreement !== undefined, server.agreement !== undefined]).toEqual([true, true]);
  });

  it('input that comes while a need is open is copied, and read in order after the answer', () => {
    const pair = makePair(only(version));
    const { client } = pair;
    const given: Uint8Array[] = [];
    singly(pair.server.engine);
    client.hold = () => true;
    shakeHands(pair, (direction, bytes) => {
      if (direction === 'to_server') return [bytes];
      // Buffers of Node, whose slices are no copies; a record for each message, so that the need opens in the midst of one.
      const parts = [bytes.slice(0, 1100), bytes.slice(1100)].map((part) => Buffer.from(part));
      given.push(...parts);
      return parts;
    });
    for (const part of given) part.fill(0xff);
    expect(client.agreement).toBeUndefined();
    expect(client.held.length).toBe(1);
    client.release();
    exchange(pair);
    expect(client.agreement?.authorized).toBe(true);
  });

  it('bytes given to write and receive may be overwritten at once; bytes handed out stay as they are', () => {
    const pair = shakeHands(makePair(only(version)));
    const written = data(70_000);
    const expected = toHex(written);
    pair.client.handle(pair.client.engine.write(written));
    written.fill(0xff);
    exchange(pair, (_direction, bytes) => {
      const copy = bytes.slice();
      bytes.fill(0xee);
      return [copy];
    });
    expect(toHex(concat(...pair.server.received))).toBe(expected);
    expect(pair.server.received.every((one) => one.length <= 2 ** 14)).toBe(true);
  });

  it('closing tells the other side and ends both when both have closed', () => {
    const pair = shakeHands(makePair(only(version)));
    const { client, server } = pair;
    client.handle(client.engine.close());
    expect(client.engine.close()).toEqual([]);
    expect(() => client.engine.write(data(1))).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
    exchange(pair);
    expect(server.ended).toBe(true);
    // RFC 8446 6.1: the other direction stays open.
    expect(server.engine.writable).toBe(true);
    server.handle(server.engine.write(data(3)));
    exchange(pair);
    expect(client.received.length).toBe(1);
    server.handle(server.engine.close());
    exchange(pair);
    expect([client.closed, server.closed, client.error, server.error]).toEqual([true, true, undefined, undefined]);
    for (const side of [client, server]) {
      expect([side.engine.receive(data(9)), side.engine.end(), side.engine.close(), side.engine.start()]).toEqual([
        [],
        [],
        [],
        [],
      ]);
    }
  });

  it('no secret is told unless asked for; the key log has the lines of this version for the same connection', () => {
    const seen: Observation[] = [];
    const lines: string[] = [];
    const options = only(version);
    const pair = shakeHands(
      makePair({
        ...options,
        client: { ...options.client, observe: (one) => void seen.push(one), keyLog: (line) => void lines.push(line) },
      }),
    );
    expect(pair.client.error).toBeUndefined();
    expect(seen.length).toBeGreaterThan(15);
    expect(seen.some((one) => one.kind === 'secret')).toBe(false);
    const labels =
      version === 'TLSv1.2'
        ? ['CLIENT_RANDOM']
        : [
            'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
            'SERVER_HANDSHAKE_TRAFFIC_SECRET',
            'CLIENT_TRAFFIC_SECRET_0',
            'SERVER_TRAFFIC_SECRET_0',
            'EXPORTER_SECRET',
          ];
    expect(lines.map((line) => line.split(' ')[0])).toEqual(labels);
    const hello = seen.find((one) => one.kind === 'message' && one.name === 'client_hello');
    const random = hello?.kind === 'message' ? toHex(hello.raw.subarray(6, 38)) : '';
    for (const line of lines) expect(line).toMatch(new RegExp(`^[A-Z_0-9]+ ${random} [0-9a-f]{64,96}$`));
    const text = JSON.stringify(seen.map((one) => (one.kind === 'message' ? { ...one, raw: toHex(one.raw) } : one)));
    for (const line of lines) expect(text).not.toContain(line.split(' ')[2]);
  });

  it('both sides tell the same story: what one sends the other receives, message by message', () => {
    const told: Record<'client' | 'server', Observation[]> = { client: [], server: [] };
    const options = only(version);
    const pair = makePair({
      client: { ...options.client, observe: (one) => void told.client.push(one) },
      server: { ...options.server, observe: (one) => void told.server.push(one) },
    });
    shakeHands(pair);
    const messages = (side: 'client' | 'server', direction: 'in' | 'out'): string[] =>
      told[side].flatMap((one) =>
        one.kind === 'message' && one.direction === direction ? [`${one.name} ${toHex(one.raw)} ${one.epoch}`] : [],
      );
    expect(messages('client', 'out')).toEqual(messages('server', 'in'));
    expect(messages('server', 'out')).toEqual(messages('client', 'in'));
    expect(messages('client', 'in').length).toBeGreaterThan(5);
  });

  it('a watched handshake sends what an unwatched one does', () => {
    const run = (observed: boolean): number[] => {
      const options = only(version);
      const watch = observed ? { observe: () => {}, observeSecrets: true } : {};
      const lengths: number[] = [];
      const pair = makePair({
        client: { ...options.client, ...watch },
        server: { ...options.server, ...watch },
        keys: ['ed25519'],
      });
      shakeHands(pair, (_direction, bytes) => {
        lengths.push(bytes.length);
        return [bytes];
      });
      return lengths;
    };
    expect(run(true)).toEqual(run(false));
  });
});

describe('RFC 8446 4.6.3, 5.5: KeyUpdate', () => {
  it('a key near its record limit is replaced before the next write, as often as it takes, in both directions', () => {
    const seen: Observation[] = [];
    const options = only('TLSv1.3');
    // The limit is that of AES-GCM, whatever the provider likes best.
    const more = { cipherSuites: ['TLS_AES_128_GCM_SHA256'], observe: (one: Observation) => void seen.push(one) };
    const pair = shakeHands(makePair({ ...options, client: { ...options.client, ...more } }));
    const { client, server } = pair;
    for (let i = 1; i <= 5; i++) {
      for (const [side, other] of [
        [client, server],
        [server, client],
      ] as const) {
        // The same record count on both ends, as if that many had passed.
        const many = Math.floor(2 ** 24.5) - 40;
        setSequence(sealerOf(side.engine), many);
        setSequence(openerOf(other.engine), many);
        side.handle(side.engine.write(data(i)));
      }
      exchange(pair);
    }
    expect([client.error, server.error]).toEqual([undefined, undefined]);
    expect([concat(...server.received).length, concat(...client.received).length]).toEqual([15, 15]);
    const generations = (direction: 'in' | 'out'): number[] =>
      seen.flatMap((one) =>
        one.kind === 'keys' && one.direction === direction && one.epoch === 'application' ? [one.generation] : [],
      );
    expect([generations('out'), generations('in')]).toEqual([
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5],
    ]);
  });
});

describe('a message that stands where an optional one is missing, whose absence leads to a need', () => {
  it('waits for the answer, which may come late, and is read once', () => {
    const reached = reach('client', 'wait_certificate_status', '1.2 ECDHE promised');
    const { target, pair, observed } = reached;
    target.hold = (need) => need.kind === 'verdict';
    reached.go(() => target.held.length > 0);
    // What follows comes while the verdict is out.
    reached.go(() => false);
    expect([target.engine.stateName, target.error]).toEqual(['judge_certificate_12', undefined]);
    target.release();
    reached.go(() => false);
    expect([pair.client.error, pair.server.error]).toEqual([undefined, undefined]);
    expect(pair.client.agreement?.authorized).toBe(true);
    const seen = observed.filter((one) => one.kind === 'message' && one.name === 'server_key_exchange');
    expect(seen.length).toBe(1);
  });

  it('what is no message does not wait: the call that fails leaves no need to answer', () => {
    const { target } = reach('client', 'wait_certificate_status');
    const events = target.engine.receive(fromHex('140303000101'));
    expect(events.map(({ type }) => type)).toEqual(['send', 'error']);
    expect(() => target.engine.answer(1, undefined)).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
  });
});

describe('misuse', () => {
  it('a client that was fed before it started, and a server that is asked to write, say so', () => {
    const { client, server } = makePair();
    expect(() => server.engine.write(data(1))).toThrow(
      expect.objectContaining({ code: 'ERR_TLS_USAGE', fault: 'local' }),
    );
    client.handle(client.engine.receive(Uint8Array.of(22, 3, 3, 0, 4, 14, 0, 0, 0)));
    expect(client.error?.code).toBe('ERR_TLS_UNEXPECTED_MESSAGE');
  });

  it('an exception of the host in the middle of a handshake becomes ERR_TLS_INTERNAL with its cause, and an alert', () => {
    const cause = new Error('no entropy');
    const pair = makePair({
      server: {
        random: () => {
          throw cause;
        },
      },
    });
    shakeHands(pair);
    expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_INTERNAL', alert: 'internal_error', cause });
    expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert: 'internal_error' });
  });
});
