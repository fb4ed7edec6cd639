// False Start (RFC 7918): a client of TLS 1.2 may send data behind its own Finished, where the suite is strong, its key exchange
// forward secret, the server proved itself, and ALPN was agreed on. The server delivers nothing before the handshake is good.

import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import { finished } from '../../src/wire/messages.ts';
import { earlier, ticketKey } from '../support/earlier.ts';
import { edited, puppet, recordsOf } from '../support/forge.ts';
import { exchange, makePair, PAIRS, type Pair, type PairOptions, shakeHands } from '../support/pair.ts';
import { by, expectConnected, expectRefused, type How } from '../support/prove.ts';
import { expectData, merge } from '../support/resume.ts';

const EARLY: PairOptions = { client: { falseStart: true, alpn: ['h2'] }, server: { alpn: ['h2'] } };
const DATA = new TextEncoder().encode('GET / HTTP/1.1');

/** A handshake in which the client writes as soon as it may; the server's last flight waits on the way. */
function start(
  options: PairOptions,
  before: (pair: Pair) => void = () => {},
): Pair & { readonly withheld: Uint8Array[] } {
  const pair = makePair(options);
  before(pair);
  const withheld: Uint8Array[] = [];
  shakeHands(pair, (direction, bytes, number) => {
    if (direction === 'to_client' && number > 0) {
      withheld.push(bytes);
      return [];
    }
    if (direction === 'to_server' && number === 1 && pair.client.engine.writable) {
      pair.client.handle(pair.client.engine.write(DATA));
    }
    return [bytes];
  });
  return { ...pair, withheld };
}

describe.each(['ECDHE', 'DHE'] as const)('%s', (how) => {
  it.each(PAIRS)('client on %s, server on %s: data leaves before the Finished of the server came', (c, s) => {
    const options = merge(merge(by(how), EARLY), {
      client: { ...EARLY.client, name: c },
      server: { ...EARLY.server, name: s },
    });
    const { client, server, withheld } = start(options);
    // The client has seen no Finished yet, and the server has the data.
    expect([client.agreement, client.engine.stateName]).toEqual([undefined, 'wait_change_cipher_spec']);
    expect(client.history.filter((one) => one === 'writable')).toEqual(['writable']);
    expect(toHex(concat(...server.received))).toBe(toHex(DATA));
    expect(server.history.indexOf('connected')).toBeLessThan(server.history.indexOf('data'));
    for (const bytes of withheld) client.handle(client.engine.receive(bytes));
    expectConnected({ client, server });
    expect(client.history.indexOf('writable')).toBeLessThan(client.history.indexOf('connected'));
    server.handle(server.engine.write(DATA));
    exchange({ client, server });
    expect(toHex(concat(...client.received))).toBe(toHex(DATA));
  });

  it('nothing is delivered when the Finished of the client is wrong', () => {
    const { client, server } = start(merge(by(how), EARLY), (pair) =>
      puppet(pair.client.engine, (name, raw) =>
        name === 'finished'
          ? [edited(finished, raw, ({ verify_data }) => ({ verify_data: verify_data.map((byte) => byte ^ 1) }))]
          : undefined,
      ),
    );
    expectRefused(server, 'ERR_TLS_BAD_FINISHED', 'decrypt_error');
    expect(client.agreement).toBeUndefined();
  });

  it('nor when the client is refused for its certificate', () => {
    const options = merge(merge(by(how), EARLY), { server: { ...EARLY.server, clientCertificate: 'require' } });
    const { server } = start(options);
    expectRefused(server, 'ERR_TLS_NO_CLIENT_CERTIFICATE', 'handshake_failure');
  });

  it('a wrong Finished of the server ends it at the client, whatever was sent before', () => {
    const { client, withheld } = start(merge(by(how), EARLY), (pair) =>
      puppet(pair.server.engine, (name, raw) =>
        name === 'finished'
          ? [edited(finished, raw, ({ verify_data }) => ({ verify_data: verify_data.map((b) => b ^ 1) }))]
          : undefined,
      ),
    );
    for (const bytes of withheld) client.handle(client.engine.receive(bytes));
    expectRefused(client, 'ERR_TLS_BAD_FINISHED', 'decrypt_error');
    expect(() => client.engine.write(DATA)).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
  });

  it('in every state up to the Finished of the server, and not before our own', () => {
    const options = merge(merge(by(how), EARLY), { server: { ...EARLY.server, ticketKeys: [ticketKey(1)] } });
    const { client, server, withheld } = start(options);
    const states = [client.engine.stateName];
    let sent = 1;
    for (const record of withheld.flatMap(recordsOf)) {
      client.handle(client.engine.receive(record));
      states.push(client.engine.stateName);
      client.handle(client.engine.write(DATA));
      sent++;
    }
    expect(states).toEqual(['wait_new_session_ticket', 'wait_change_cipher_spec', 'wait_finished_12', 'connected_12']);
    exchange({ client, server });
    expect(concat(...server.received).length).toBe(sent * DATA.length);
    expect(client.sessions.length).toBe(1);
  });

  it('after the signature of the client, however late it comes', () => {
    const asking = { clientKeys: ['p256'], server: { ...EARLY.server, clientCertificate: 'require' } } as const;
    const pair = makePair(merge(merge(by(how), EARLY), asking));
    pair.client.hold = (need) => need.kind === 'signature';
    shakeHands(pair);
    expect([pair.client.engine.writable, pair.client.history.includes('writable')]).toEqual([false, false]);
    pair.client.release();
    expect([pair.client.engine.writable, pair.client.history.includes('writable')]).toEqual([true, true]);
    pair.client.handle(pair.client.engine.write(DATA));
    exchange(pair);
    expectConnected(pair);
    expect(toHex(concat(...pair.server.received))).toBe(toHex(DATA));
  });

  it('closing instead of waiting ends it', () => {
    const { client, server } = start(merge(by(how), EARLY));
    client.handle(client.engine.close());
    expect([client.closed, client.engine.writable]).toEqual([true, false]);
    exchange({ client, server });
    expect([server.ended, toHex(concat(...server.received))]).toEqual([true, toHex(DATA)]);
  });
});

describe('not', () => {
  const CBC = ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256'];
  const NOT: readonly (readonly [string, How, PairOptions])[] = [
    ['unless it is asked for', 'ECDHE', { client: { falseStart: false, alpn: ['h2'] } }],
    ['without ALPN', 'ECDHE', { client: { falseStart: true, alpn: [] } }],
    ['when the server agrees on no protocol', 'ECDHE', { server: { alpn: [] } }],
    ['with RSA key exchange', 'RSA', {}],
    [
      'with a CBC suite',
      'ECDHE',
      {
        client: { ...EARLY.client, legacy: true, cipherSuites: CBC },
        server: { ...EARLY.server, legacy: true, cipherSuites: CBC },
      },
    ],
    ['with a shared key', 'PSK', {}],
    ['with a shared key and DHE', 'DHE_PSK', {}],
    ['with a shared key and ECDHE', 'ECDHE_PSK', {}],
    ['in TLS 1.3, which has no use for it', '1.3', {}],
  ];

  it.each(NOT)('%s', (_what, how, more) => {
    const options = merge(merge(by(how), EARLY), more);
    const pair = makePair(options);
    const states = new Set<string>();
    shakeHands(pair, (_direction, bytes) => {
      states.add(pair.client.engine.stateName);
      expect(pair.client.engine.writable).toBe(pair.client.agreement !== undefined);
      return [bytes];
    });
    expectConnected(pair);
    expect(states.size).toBeGreaterThan(1);
    expect(pair.client.history).not.toContain('writable');
    expectData(pair);
  });

  it('in a resumed handshake, where the server finishes first', () => {
    const options = merge(merge(by('ECDHE'), EARLY), { server: { ...EARLY.server, ticketKeys: [ticketKey(1)] } });
    const { session } = earlier(options);
    const pair = shakeHands(makePair(merge(options, { client: { ...EARLY.client, session } })));
    expectConnected(pair);
    expect(pair.client.agreement?.resumed).toBe(true);
    expect(pair.client.history).not.toContain('writable');
  });

  it('by a server', () => {
    const pair = start(merge(by('ECDHE'), EARLY));
    expect(pair.server.history).not.toContain('writable');
  });
});
