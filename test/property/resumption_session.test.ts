// The encoding of a session: it survives whatever is in it, and what is not one, or one with a byte changed, does no harm.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../../src/bytes/decode_error.ts';
import { TlsClient } from '../../src/engine/client.ts';
import { resolveClient } from '../../src/engine/config.ts';
import type { ClientOptions } from '../../src/engine/options.ts';
import { decodeSession, encodeSession, type Session } from '../../src/handshake/shared/session.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { earlier } from '../support/earlier.ts';
import { Side, world } from '../support/pair.ts';
import { BY_TICKET, second, V12 } from '../support/resume.ts';

describe('the encoding of a session', () => {
  const sample = (): Session => decodeSession(earlier(BY_TICKET).session);

  it('survives, whatever is in it', () => {
    const bytes = (max: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength: max });
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const moment = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const arbitrary: fc.Arbitrary<Session> = fc.record({
      version: fc.nat(0xffff),
      suite: fc.nat(0xffff),
      secret: bytes(255),
      extendedMasterSecret: fc.boolean(),
      created: moment,
      lifetime: fc.nat(0xffffffff),
      validUntil: moment,
      binding: bytes(255),
      serverName: text,
      alpn: text,
      group: fc.nat(0xffff),
      scheme: fc.nat(0xffff),
      authorized: fc.boolean(),
      authorizationProblem: text,
      peerChain: fc.array(bytes(3000), { maxLength: 4 }),
      id: bytes(32),
      ticket: bytes(2000),
      ageAdd: fc.nat(0xffffffff),
      maxEarlyData: fc.nat(0xffffffff),
    });
    fc.assert(
      fc.property(arbitrary, (session) => {
        expect(decodeSession(encodeSession(session))).toEqual(session);
      }),
    );
  });

  it('moments that no clock should give, and a problem of any length', () => {
    const odd = {
      ...sample(),
      created: 1.5,
      validUntil: Number.POSITIVE_INFINITY,
      authorizationProblem: 'x'.repeat(99_999),
    };
    const read = decodeSession(encodeSession(odd));
    expect([read.created, read.validUntil]).toEqual([1, Number.MAX_SAFE_INTEGER]);
    expect(read.authorizationProblem.length).toBe(1000);
    for (const value of [Number.NaN, -5])
      expect(decodeSession(encodeSession({ ...odd, created: value })).created).toBe(0);
  });

  it('one session has one encoding: flags above 1, moments beyond any clock and half a character are refused', () => {
    const bytes = encodeSession({ ...sample(), secret: new Uint8Array(0), binding: new Uint8Array(0), peerChain: [] });
    // format, version, suite, length of the secret; then the flag, and the moment of eight bytes.
    const FLAG = 1 + 2 + 2 + 1;
    const NAME = FLAG + 1 + 8 + 4 + 8 + 1;
    for (const [at, value] of [
      [FLAG, 2],
      [FLAG + 1, 0xff],
      [NAME + 1, 1],
    ] as const) {
      const changed = bytes.map((byte, i) => (i === at ? value : byte));
      expect(() => decodeSession(changed), `byte ${at}`).toThrow(DecodeError);
    }
  });

  it('every truncation, and random bytes, as the `session` option: left aside', () => {
    const session = encodeSession({ ...sample(), peerChain: [] });
    const hello = (bytes: Uint8Array): Side => {
      const side = new Side(
        new TlsClient({ provider: nodeProvider, serverName: 'localhost', ...V12, session: bytes }),
        [],
        world().anchors,
        'node',
      );
      side.handle(side.engine.start());
      return side;
    };
    for (let length = 0; length < session.length; length++) {
      expect(hello(session.slice(0, length)).error).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const side = hello(bytes);
        expect([side.error, side.outbox.length > 0]).toEqual([undefined, true]);
      }),
    );
  });

  it('any byte of it changed: never a crash, and never a connection that is resumed by mistake', () => {
    const { session } = earlier(BY_TICKET);
    const bare = encodeSession({ ...decodeSession(session), peerChain: [] });
    fc.assert(
      fc.property(fc.nat(bare.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const { pair } = second(
          BY_TICKET,
          bare.map((byte, i) => (i === at ? byte ^ mask : byte)),
        );
        expect(pair.client.error?.code).not.toBe('ERR_TLS_INTERNAL');
        expect(pair.server.error?.code).not.toBe('ERR_TLS_INTERNAL');
        if (pair.client.error === undefined) expect(pair.server.agreement).toBeDefined();
      }),
      { numRuns: 150 },
    );
  });

  it('a session option that is no bytes is a mistake of the caller', () => {
    const options: ClientOptions = { provider: nodeProvider, session: 'abc' as never };
    expect(() => resolveClient(options)).toThrow(expect.objectContaining({ code: 'ERR_TLS_CONFIG' }));
  });
});
