// Every state of both tables, reached by a real handshake, with every input that there is. Where the table has no cell the
// answer is unexpected_message; where it has one, the move goes where the table says.

import { afterAll, describe, expect, it } from 'vitest';
import { concat, EMPTY, fromHex } from '../../src/bytes/bytes.ts';
import { encode } from '../../src/codec/run.ts';
import type { Connection } from '../../src/engine/connection.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { Cell, InputName, MessageName } from '../../src/handshake/machine.ts';
import { buildExtensions } from '../../src/wire/extensions.ts';
import { HELLO_RETRY_RANDOM, keyUpdate, newSessionTicket13 } from '../../src/wire/messages.ts';
import { HANDSHAKE_TYPE } from '../../src/wire/registry/names.ts';
import { TlsError } from '../../src/wire/tls_error.ts';
import { FLAVOURS, has } from '../support/flavours.ts';
import { alertsOf, openerOf, sealerOf, setSequence } from '../support/forge.ts';
import { expectOutcome } from '../support/outcome.ts';
import { exchange, type Side } from '../support/pair.ts';
import {
  declaredEdges,
  type Edge,
  edgesOf,
  prepare,
  type Reached,
  type Role,
  reach,
  rowOf,
  statesOf,
  WAY,
  WAY_NOT_EARLY,
} from '../support/reach.ts';

const ROLES: readonly Role[] = ['client', 'server'];
const MESSAGES = [...Object.keys(HANDSHAKE_TYPE), 'hello_retry_request'] as MessageName[];
const seen = new Map<string, Edge>();
const nameOf = ({ role, from, input, to }: Edge): string => `${role}: ${from} --${input}--> ${to}`;
let cells = 0;

/** Keeps the moves of a run, each of which must be one that the table declares. */
function keepEdges(role: Role, { observed }: Reached): void {
  const declared = new Set(declaredEdges(role).map(nameOf));
  for (const edge of edgesOf(role, observed)) {
    expect(declared, 'a move that the table does not have').toContain(nameOf(edge));
    seen.set(nameOf(edge), edge);
  }
}

function run(role: Role, state: string, feed: (reached: Reached) => void): void {
  cells++;
  const reached = reach(role, state);
  feed(reached);
  keepEdges(role, reached);
}

/** Where an optional message that is missing leads to a need, this is the state behind its answer. */
const BEHIND: Readonly<Record<string, string>> = { judge_certificate_12: 'wait_server_key_exchange_ecdhe' };

/**
 * The cell that an input meets, as many optional messages later as it takes. A message waits until a need on the way is
 * answered; nothing else does.
 */
function cellOf(role: Role, state: string, input: InputName): Cell<never> | undefined {
  const row = rowOf(role, state);
  const cell = row.on[input];
  if (cell !== undefined || row.otherwise === undefined) return cell;
  const next = row.otherwise.targets[0] as string;
  if (input === 'change_cipher_spec') return cellOf(role, next, input);
  return cellOf(role, BEHIND[next] ?? next, input);
}

/** Open for the application, whatever goes on beside. */
const isOpen = (role: Role, state: string): boolean => rowOf(role, state).writes === 'data';
const waits = (role: Role, state: string): boolean => rowOf(role, state).on.answer !== undefined;

/** RFC 7918, RFC 8446 2.3: with `early` the state says whether; it is led to by a handshake that may. */
function mayWrite(role: Role, state: string): boolean {
  const { writes } = rowOf(role, state);
  const way = WAY[role][state];
  return writes === 'data' || (writes === 'early' && way !== undefined && has(way, 'early'));
}

function expectUnwritable(target: Side): void {
  expect(target.engine.writable).toBe(false);
  target.drain();
  expect(() => target.engine.write(fromHex('0102'))).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
  expect(target.drain()).toEqual(EMPTY);
}

const sentMessages = (observed: readonly Observation[]): string[] =>
  observed.flatMap((one) => (one.kind === 'message' && one.direction === 'out' ? [one.name] : []));

function expectRefusal({ target, observed }: Reached, code: string, alert: string): void {
  expect(target.error).toMatchObject({ code, alert });
  expect(alertsOf(observed)).toEqual([alert]);
  expect(target.engine.stateName).toBe('closed');
  expect(target.received).toEqual([]);
}

function expectUnmoved({ target, observed }: Reached, state: string): void {
  expect(target.error).toBeUndefined();
  expect(target.engine.stateName).toBe(state);
  expect(alertsOf(observed)).toEqual([]);
}

/** A body that no codec accepts. */
const bodyOf = (name: MessageName): Uint8Array =>
  name === 'hello_retry_request' ? concat(fromHex('0303'), HELLO_RETRY_RANDOM, fromHex('ff')) : fromHex('ff');

it('every state of both tables has a handshake that leads to it', () => {
  for (const role of ROLES) expect(Object.keys(WAY[role]).sort()).toEqual(statesOf(role).sort());
});

describe.each(ROLES)('%s', (role) => {
  describe.each(statesOf(role))('%s', (state) => {
    it.each([...MESSAGES, 'unknown' as const])('message %s', (name) => {
      run(role, state, (reached) => {
        const { target, forge } = reached;
        const type = name === 'unknown' ? 99 : name === 'hello_retry_request' ? 'server_hello' : name;
        const body = name === 'unknown' ? fromHex('ff') : bodyOf(name);
        target.handle(target.engine.receive(forge.handshake(type, body)));
        if (waits(role, state)) return expectUnmoved(reached, state);
        const cell = name === 'unknown' ? undefined : cellOf(role, state, name);
        if (cell === undefined) return expectRefusal(reached, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
        if (cell.kind === 'ignore') return expectUnmoved(reached, state);
        const code = name === 'key_update' ? 'ERR_TLS_ILLEGAL_VALUE' : 'ERR_TLS_DECODE';
        expectRefusal(reached, code, name === 'key_update' ? 'illegal_parameter' : 'decode_error');
      });
    });

    it('ChangeCipherSpec', () => {
      run(role, state, (reached) => {
        const { target, forge } = reached;
        const is13 = openerOf(target.engine).is13;
        target.handle(target.engine.receive(is13 ? fromHex('140303000101') : forge.records(20, fromHex('01'))));
        if (waits(role, state)) return expectUnmoved(reached, state);
        const cell = cellOf(role, state, 'change_cipher_spec');
        if (cell === undefined) {
          return expectRefusal(reached, 'ERR_TLS_UNEXPECTED_CHANGE_CIPHER_SPEC', 'unexpected_message');
        }
        expectUnmoved(reached, cell.kind === 'ignore' ? state : (cell.targets[0] as string));
      });
    });

    it.each([3, 0])('application data of %i bytes', (length) => {
      run(role, state, (reached) => {
        const { target, forge } = reached;
        target.handle(target.engine.receive(forge.records(23, new Uint8Array(length).fill(7))));
        if (waits(role, state)) return expectUnmoved(reached, state);
        const { reads } = rowOf(role, state);
        if (reads === 'nothing') return expectRefusal(reached, 'ERR_TLS_UNEXPECTED_DATA', 'unexpected_message');
        const fed = new Uint8Array(length).fill(7);
        expect([concat(...target.received), concat(...target.early)]).toEqual(
          reads === 'data' ? [fed, EMPTY] : [EMPTY, fed],
        );
        expectUnmoved(reached, state);
      });
    });

    it('a fatal alert', () => {
      run(role, state, (reached) => {
        const { target, forge, observed } = reached;
        target.handle(target.engine.receive(forge.alert(2, 'handshake_failure')));
        if (waits(role, state)) return expectUnmoved(reached, state);
        expect(target.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert: 'handshake_failure' });
        expect(alertsOf(observed)).toEqual([]);
      });
    });

    it('close_notify', () => {
      run(role, state, (reached) => {
        const { target, forge } = reached;
        target.handle(target.engine.receive(forge.alert(1, 'close_notify')));
        if (waits(role, state)) return expectUnmoved(reached, state);
        if (isOpen(role, state)) return expect([target.ended, target.error]).toEqual([true, undefined]);
        expect(target.error?.code).toBe('ERR_TLS_EOF_IN_HANDSHAKE');
      });
    });

    it('the end of the stream', () => {
      run(role, state, ({ target, observed }) => {
        target.handle(target.engine.end());
        const code = isOpen(role, state) ? 'ERR_TLS_TRUNCATED' : 'ERR_TLS_EOF_IN_HANDSHAKE';
        expect(target.error).toMatchObject({ code, fault: 'transport' });
        expect(alertsOf(observed)).toEqual([]);
        expect(target.engine.stateName).toBe('closed');
      });
    });

    it('write', () => {
      run(role, state, ({ target }) => {
        expect(target.engine.writable).toBe(mayWrite(role, state));
        target.drain();
        if (mayWrite(role, state)) {
          target.handle(target.engine.write(fromHex('0102')));
          expect(target.drain().length).toBeGreaterThan(5);
        } else expectUnwritable(target);
        expect(target.engine.stateName).toBe(state);
      });
    });

    it('a key near its limit', () => {
      run(role, state, (reached) => {
        const { target, observed } = reached;
        if (!mayWrite(role, state)) return expectUnwritable(target);
        setSequence(sealerOf(target.engine), 2 ** 24.5 - 10);
        target.handle(target.engine.write(fromHex('01')));
        // RFC 8446 5.5; neither TLS 1.2 nor early data has another key to go on with.
        if (rowOf(role, state).on.key_limit === undefined || state === 'connected_12') {
          return expectRefusal(reached, 'ERR_TLS_KEY_EXHAUSTED', 'close_notify');
        }
        expectUnmoved(reached, state);
        expect(sentMessages(observed).at(-1)).toBe('key_update');
        expect(sealerOf(target.engine).left).toBeGreaterThan(2 ** 24);
      });
    });

    it.each([
      ['update_keys', 'key_update', (engine: Connection) => engine.updateKeys()],
      ['update_both_keys', 'key_update', (engine: Connection) => engine.updateKeys(true)],
      ['ask_certificate', 'certificate_request', (engine: Connection) => engine.requestCertificate()],
    ] as const)('%s', (input, message, wish) => {
      run(role, state, (reached) => {
        const { target, observed } = reached;
        const before = sentMessages(observed).length;
        if (rowOf(role, state).on[input] === undefined) {
          expect(() => wish(target.engine)).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
          expect(sentMessages(observed).length).toBe(before);
        } else {
          target.handle(wish(target.engine));
          expect(sentMessages(observed).slice(before)).toEqual([message]);
        }
        expectUnmoved(reached, state);
      });
    });

    it('an answer', () => {
      run(role, state, (reached) => {
        const { target } = reached;
        expect(() => target.engine.answer(999, undefined)).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
        expect(target.engine.stateName).toBe(state);
        if (!waits(role, state)) return;
        const [event] = target.held;
        target.hold = () => true;
        target.release();
        expect(rowOf(role, state).on.answer?.targets).toContain(target.engine.stateName);
        // The same need cannot be answered twice.
        expect(() => target.engine.answer(event?.id ?? -1, undefined)).toThrow(TlsError);
      });
    });

    it('close', () => {
      run(role, state, ({ target, observed }) => {
        target.handle(target.engine.close());
        expect(alertsOf(observed)).toEqual(['close_notify']);
        expect(target.closed).toBe(!isOpen(role, state));
        expect(target.engine.writable).toBe(false);
        expect(target.error).toBeUndefined();
        if (!waits(role, state)) return;
        if (target.closed)
          return expect(() => target.release()).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
        // What the peer still sends is read once the need is answered, though nothing more is sent.
        target.drain();
        target.release();
        expect(rowOf(role, state).on.answer?.targets).toContain(target.engine.stateName);
        expect([target.error, target.drain()]).toEqual([undefined, EMPTY]);
      });
    });

    it('start', () => {
      run(role, state, (reached) => {
        const { target } = reached;
        target.handle(target.engine.start());
        const cell = rowOf(role, state).on.start;
        expectUnmoved(reached, cell?.targets[0] ?? state);
      });
    });
  });
});

describe('the edges of both tables', () => {
  const runs = FLAVOURS.flatMap((flavour) => ROLES.map((role) => ({ role, flavour })));

  it.each(runs)('$flavour, watched at the $role: to the end', ({ role, flavour }) => {
    const reached = prepare(role, flavour);
    reached.go(() => false);
    keepEdges(role, reached);
    const { client, server } = reached.pair;
    expect([client.error, server.error]).toEqual([undefined, undefined]);
    expect([client.engine.stateName, server.engine.stateName].join()).toMatch(/^connected_1(.),connected_1\1$/);
    expectOutcome(flavour, reached.pair);
  });

  it.each(Object.keys(WAY_NOT_EARLY))(
    'RFC 8446 2.3, RFC 7918: nothing is written early in %s unless it may be',
    (state) => {
      const { target } = reach('client', state, WAY_NOT_EARLY[state]);
      expectUnwritable(target);
      expect(target.engine.stateName).toBe(state);
    },
  );

  it('every row that leaves writing to its states is led to both ways', () => {
    const early = statesOf('client').filter((state) => rowOf('client', state).writes === 'early');
    expect(early.sort()).toEqual(Object.keys(WAY_NOT_EARLY).sort());
    expect(early.filter((state) => !mayWrite('client', state))).toEqual([]);
  });

  it.each(
    ROLES.flatMap((role) =>
      statesOf(role).flatMap((state) => (isOpen(role, state) && waits(role, state) ? { role, state } : [])),
    ),
  )(
    'RFC 8446 6.1: what a peer sends before its close_notify reaches a $role that closed in $state',
    ({ role, state }) => {
      const reached = reach(role, state);
      const { target, peer, pair } = reached;
      // The peer of a client is free to go on; that of a server has its own answer on the way.
      if (role === 'client') peer.handle(peer.engine.write(fromHex('0a0b')));
      target.handle(target.engine.close());
      target.release();
      reached.go(() => false);
      peer.handle(peer.engine.close());
      exchange(pair);
      expect([target.error, peer.error]).toEqual([undefined, undefined]);
      expect([target.ended, target.closed, peer.closed]).toEqual([true, true, true]);
      if (role === 'client') expect(concat(...target.received)).toEqual(fromHex('0a0b'));
      else expect(target.authentications).toMatchObject([{ authorized: true }]);
      keepEdges(role, reached);
    },
  );

  it.each(ROLES)('RFC 8446 4.6, 5.5: KeyUpdate, a ticket and a key near its limit at a %s', (role) => {
    const reached = reach(role, 'connected_13');
    const { target, forge } = reached;
    for (const request_update of [0, 1]) {
      target.handle(target.engine.receive(forge.handshake('key_update', encode(keyUpdate, { request_update }))));
    }
    if (role === 'client') {
      const extensions = buildExtensions('new_session_ticket', {});
      const [ticket, ticket_nonce] = [fromHex('aa'), fromHex('00')];
      const body = { ticket_lifetime: 60, ticket_age_add: 0, ticket_nonce, ticket, extensions };
      target.handle(target.engine.receive(forge.handshake('new_session_ticket', encode(newSessionTicket13, body))));
    }
    setSequence(sealerOf(target.engine), 2 ** 24.5 - 10);
    target.handle(target.engine.write(fromHex('01')));
    expect(target.error).toBeUndefined();
    keepEdges(role, reached);
    expect(
      edgesOf(role, reached.observed)
        .filter((edge) => edge.from === 'connected_13')
        .map((edge) => edge.input),
    ).toEqual(
      role === 'client'
        ? ['key_update', 'key_update', 'new_session_ticket', 'key_limit']
        : ['key_update', 'key_update', 'key_limit'],
    );
  });

  it.each(ROLES)('RFC 5246: a TLS 1.2 key near its limit ends the connection of a %s', (role) => {
    const reached = reach(role, 'connected_12');
    const { target } = reached;
    setSequence(sealerOf(target.engine), 2 ** 24.5 - 10);
    target.handle(target.engine.write(fromHex('01')));
    expectRefusal(reached, 'ERR_TLS_KEY_EXHAUSTED', 'close_notify');
  });

  it('RFC 5246 7.4.1.1, 7.2.2: a HelloRequest in open traffic is answered with a warning no_renegotiation', () => {
    const reached = reach('client', 'connected_12');
    const { target, forge, observed } = reached;
    target.handle(target.engine.receive(forge.handshake('hello_request', new Uint8Array(0))));
    expect(target.error).toBeUndefined();
    expect(alertsOf(observed)).toEqual(['no_renegotiation']);
    keepEdges('client', reached);
  });

  /** Handlers that only refuse: their target is there for the type, and is never reached. */
  const NEVER_TAKEN = [
    'client: connected_12 --key_limit--> connected_12',
    'server: connected_12 --key_limit--> connected_12',
    'server: connected_12 --client_hello--> connected_12',
  ];

  it('every edge was taken, but for those whose handler only refuses', () => {
    const declared = ROLES.flatMap(declaredEdges).map(nameOf);
    const missing = declared.filter((name) => !seen.has(name));
    expect(missing.sort()).toEqual([...NEVER_TAKEN].sort());
    console.log(`tables: ${declared.length} edges declared, ${seen.size} taken, ${NEVER_TAKEN.length} only refuse`);
  });
});

afterAll(() => {
  const states = ROLES.map((role) => `${statesOf(role).length} ${role} states`).join(' + ');
  console.log(`state x input: ${states} x ${MESSAGES.length + 15} inputs, ${cells} cells run`);
});
