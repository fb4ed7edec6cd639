// Peers that break the rules, one rule each: the right code, the right alert on the wire, and nothing delivered. The peer is
// the real engine with one message changed (its own transcript too), or a forge that seals under the right keys.

import { describe, expect, it } from 'vitest';
import { ascii, concat, fromHex, toHex } from '../../src/bytes/bytes.ts';
import { makeHeader } from '../../src/record/protection.ts';
import type { ErrorCode } from '../../src/wire/error_codes.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { clientHello } from '../../src/wire/messages.ts';
import type { AlertName } from '../../src/wire/registry/names.ts';
import { alertsOf, edited, puppet, withExtension } from '../support/forge.ts';
import { makePair, NAMES, type PairOptions, shakeHands } from '../support/pair.ts';
import { prepare, type Reached, reach } from '../support/reach.ts';
import type { Attack } from './attacks/attack.ts';
import { CERTIFICATES_AGAINST_CLIENT, CERTIFICATES_AGAINST_SERVER } from './attacks/certificates.ts';
import { AGAINST_CLIENT_12, RSA } from './attacks/client12.ts';
import { AGAINST_CLIENT_13, CERTIFICATE_REQUESTS } from './attacks/client13.ts';
import { EXCHANGES_AGAINST_CLIENT } from './attacks/exchanges_client.ts';
import { EXCHANGES_AGAINST_SERVER } from './attacks/exchanges_server.ts';
import { RETRIES, SECOND_HELLO } from './attacks/retry.ts';
import { AGAINST_SERVER_12, AGAINST_SERVER_13 } from './attacks/server.ts';

const ATTACKS: readonly Attack[] = [
  ...AGAINST_CLIENT_13.map((a): Attack => ({ ...a, against: 'client', flavour: '1.3' })),
  ...CERTIFICATE_REQUESTS.map((a): Attack => ({ ...a, against: 'client', flavour: '1.3' })),
  ...RETRIES.map((a): Attack => ({ ...a, against: 'client', flavour: '1.3 retry' })),
  ...AGAINST_CLIENT_12.map((a): Attack => ({ ...a, against: 'client', flavour: '1.2 ECDHE' })),
  ...RSA.map((a): Attack => ({ ...a, against: 'client', flavour: '1.2 RSA' })),
  ...AGAINST_SERVER_13.map((a): Attack => ({ ...a, against: 'server', flavour: '1.3' })),
  ...SECOND_HELLO.map((a): Attack => ({ ...a, against: 'server', flavour: '1.3 retry' })),
  ...AGAINST_SERVER_12.map((a): Attack => ({ ...a, against: 'server', flavour: '1.2 ECDHE' })),
  ...EXCHANGES_AGAINST_CLIENT,
  ...EXCHANGES_AGAINST_SERVER,
  ...CERTIFICATES_AGAINST_CLIENT,
  ...CERTIFICATES_AGAINST_SERVER,
];

function expectRefused({ target, observed }: Reached, code: ErrorCode, alert: AlertName | undefined): void {
  expect(target.error?.code, target.error?.message).toBe(code);
  expect(target.error?.alert).toBe(alert);
  expect(alertsOf(observed)).toEqual(alert === undefined ? [] : [alert]);
  expect([target.agreement, target.received, target.engine.stateName]).toEqual([undefined, [], 'closed']);
}

describe.each(NAMES)('provider %s', (provider) => {
  it.each(ATTACKS)(
    'against a $against, $flavour: $rule',
    ({ against, flavour, on, change, code, alert, more, nth = 1 }) => {
      const reached = prepare(against, flavour, provider, more);
      let count = 0;
      puppet(reached.peer.engine, (name, raw) => (name === on && ++count === nth ? change(raw) : undefined));
      reached.go(() => false);
      expect(count, 'the message was never sent').toBeGreaterThanOrEqual(nth);
      expectRefused(reached, code, alert);
      // The peer learns of it: nothing is left that could be mistaken for success.
      expect(reached.peer.agreement === undefined || reached.peer.error !== undefined || against === 'client').toBe(
        true,
      );
    },
  );
});

describe('signatures by the wrong hand', () => {
  it.each([
    ['client', '1.3'],
    ['client', '1.2 ECDHE'],
    ['client', '1.2 DHE'],
    ['server', '1.3 asked'],
    ['server', '1.2 ECDHE asked'],
    ['server', '1.2 RSA asked'],
  ] as const)('against a %s, %s: a signature over other content is refused', (role, flavour) => {
    const reached = prepare(role, flavour);
    const { peer } = reached;
    peer.hold = (need) => need.kind === 'signature';
    reached.go(() => peer.held.length > 0);
    const need = peer.held[0]?.need;
    if (need?.kind !== 'signature') throw new Error('no signature was asked for');
    // RFC 8446 4.4.3: "client" instead of "server" in the context string, and the other way round; RFC 5246 7.4.3, 7.4.8: one
    // bit of what comes first, a random or the ClientHello.
    const data = need.data.slice();
    if (flavour.startsWith('1.3')) data.set(ascii(role === 'client' ? 'client' : 'server'), 64 + 'TLS 1.3, '.length);
    else data[0] = (data[0] ?? 0) ^ 1;
    peer.release(peer.reply({ ...need, data })?.answer);
    reached.go(() => false);
    expectRefused(reached, 'ERR_TLS_BAD_SIGNATURE', 'decrypt_error');
  });

  it.each([
    ['1.3', 'digitalSignature'],
    ['1.2 ECDHE', 'digitalSignature'],
    ['1.2 RSA', 'keyEncipherment'],
  ] as const)('%s: a certificate without %s in its keyUsage is refused', (flavour, missing) => {
    const reached = prepare('client', flavour);
    const { target } = reached;
    target.hold = () => true;
    reached.go(() => target.held.length > 0);
    const need = target.held[0]?.need;
    if (need === undefined) throw new Error('no verdict was asked for');
    const verdict = target.reply(need)?.answer as unknown as object;
    const usage = { digitalSignature: true, keyEncipherment: true, [missing]: false };
    target.release({ ...verdict, usage } as never);
    reached.go(() => false);
    expectRefused(reached, 'ERR_TLS_KEY_USAGE', 'illegal_parameter');
  });

  it('a private key that does not sign ends the handshake with internal_error', () => {
    const reached = prepare('server', '1.3');
    const { target } = reached;
    target.hold = (need) => need.kind === 'signature';
    reached.go(() => target.held.length > 0);
    const [event] = target.held;
    target.handle(target.engine.answer(event?.id ?? -1, undefined));
    expectRefused(reached, 'ERR_TLS_ANSWER', 'internal_error');
  });
});

describe('RFC 8446 4.1.3: downgrade', () => {
  const sentinel = (server: PairOptions['server'], client: PairOptions['client']): string => {
    let end = '';
    shakeHands(makePair({ server: { ...server }, client: { ...client } }), (direction, bytes, number) => {
      if (direction === 'to_client' && number === 0) end = toHex(bytes.subarray(9 + 26, 9 + 34));
      return [bytes];
    });
    return end;
  };

  it('a server that speaks 1.3 and negotiates 1.2 marks its random; one that speaks only 1.2 does not', () => {
    const only12 = { maxVersion: 'TLSv1.2' } as const;
    expect(sentinel({}, only12)).toBe('444f574e47524401');
    expect(sentinel(only12, only12)).not.toBe('444f574e47524401');
    expect(sentinel({}, {})).not.toBe('444f574e47524401');
  });

  it('somebody in between takes TLS 1.3 out of the offer: the client finds out', () => {
    const pair = shakeHands(makePair(), (direction, bytes, number) => {
      if (direction === 'to_client' || number > 0) return [bytes];
      const hello = edited(clientHello, bytes.subarray(5), (value) => ({
        ...value,
        extensions: withExtension(value.extensions, EXTENSIONS.supported_versions.id, undefined),
      }));
      return [concat(makeHeader(22, 0x0301, hello.length), hello)];
    });
    expect(pair.client.error).toMatchObject({ code: 'ERR_TLS_DOWNGRADE', alert: 'illegal_parameter' });
    expect(pair.server.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert: 'illegal_parameter' });
  });
});

describe('what is missing', () => {
  it.each([
    ['client', '1.3', 'wait_finished_13'],
    ['server', '1.3', 'wait_finished_13'],
    ['client', '1.2 ECDHE', 'wait_finished_12'],
    ['server', '1.2 ECDHE', 'wait_finished_12'],
  ] as const)(
    '%s, %s: without Finished, data is refused and the end of the stream is an error',
    (role, flavour, state) => {
      const cut = reach(role, state, flavour);
      cut.target.handle(cut.target.engine.end());
      expectRefused(cut, 'ERR_TLS_EOF_IN_HANDSHAKE', undefined);
      const early = reach(role, state, flavour);
      early.target.handle(early.target.engine.receive(early.forge.records(23, fromHex('686921'))));
      expectRefused(early, 'ERR_TLS_UNEXPECTED_DATA', 'unexpected_message');
    },
  );
});
