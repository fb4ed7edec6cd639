// Needs that the host answers when it likes: `signature`, `decrypt`, `psk`, `verdict`, `session` and `hello` late, with bytes
// coming in meanwhile, refused, by a wrong id, twice, and after the end. Nothing is decrypted while a need is open.

import { describe, expect, it } from 'vitest';
import type { Need } from '../../src/handshake/shared/needs.ts';
import type { ErrorCode } from '../../src/wire/error_codes.ts';
import type { AlertName } from '../../src/wire/registry/names.ts';
import type { Flavour } from '../support/flavours.ts';
import { openerOf } from '../support/forge.ts';
import { NAMES, type ProviderName } from '../support/pair.ts';
import { expectConnected, expectRefused } from '../support/prove.ts';
import { prepare, type Reached, type Role } from '../support/reach.ts';
import { expectData } from '../support/resume.ts';

interface Case {
  readonly role: Role;
  readonly flavour: Flavour;
  readonly kind: Need['kind'];
  /** What `undefined` leads to; absent where it is an answer like any other. */
  readonly refusal?: readonly [ErrorCode, AlertName];
}

const UNSIGNED = ['ERR_TLS_ANSWER', 'internal_error'] as const;
const CASES: readonly Case[] = [
  { role: 'server', flavour: '1.3', kind: 'signature', refusal: UNSIGNED },
  { role: 'server', flavour: '1.2 ECDHE', kind: 'signature', refusal: UNSIGNED },
  { role: 'server', flavour: '1.2 DHE', kind: 'signature', refusal: UNSIGNED },
  { role: 'client', flavour: '1.3 asked', kind: 'signature', refusal: UNSIGNED },
  { role: 'client', flavour: '1.2 ECDHE asked', kind: 'signature', refusal: UNSIGNED },
  { role: 'client', flavour: '1.2 DHE asked', kind: 'signature', refusal: UNSIGNED },
  { role: 'client', flavour: '1.2 RSA asked', kind: 'signature', refusal: UNSIGNED },
  // RFC 5246 7.4.7.1: a failure goes the way of a wrong secret.
  { role: 'server', flavour: '1.2 RSA', kind: 'decrypt', refusal: ['ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac'] },
  { role: 'server', flavour: '1.2 RSA asked', kind: 'decrypt', refusal: ['ERR_TLS_BAD_RECORD_MAC', 'bad_record_mac'] },
  { role: 'client', flavour: '1.2 PSK', kind: 'psk', refusal: ['ERR_TLS_NO_PSK', 'handshake_failure'] },
  { role: 'client', flavour: '1.2 ECDHE_PSK', kind: 'psk', refusal: ['ERR_TLS_NO_PSK', 'handshake_failure'] },
  // RFC 4279 2.
  {
    role: 'server',
    flavour: '1.2 PSK',
    kind: 'psk',
    refusal: ['ERR_TLS_UNKNOWN_PSK_IDENTITY', 'unknown_psk_identity'],
  },
  {
    role: 'server',
    flavour: '1.2 DHE_PSK',
    kind: 'psk',
    refusal: ['ERR_TLS_UNKNOWN_PSK_IDENTITY', 'unknown_psk_identity'],
  },
  { role: 'client', flavour: '1.3', kind: 'verdict' },
  { role: 'client', flavour: '1.2 ECDHE', kind: 'verdict' },
  { role: 'client', flavour: '1.2 ECDHE promised', kind: 'verdict' },
  { role: 'server', flavour: '1.3 asked', kind: 'verdict' },
  { role: 'server', flavour: '1.2 ECDHE asked', kind: 'verdict' },
  { role: 'server', flavour: '1.2 RSA asked', kind: 'verdict' },
  { role: 'server', flavour: '1.2 resumed id', kind: 'session' },
  { role: 'server', flavour: '1.3 askHello', kind: 'hello' },
  { role: 'server', flavour: '1.2 RSA asked askHello', kind: 'hello' },
];

/** The side with its need open, and all else at rest. */
function asked({ role, flavour, kind }: Case, name: ProviderName = 'node'): Reached {
  const reached = prepare(role, flavour, name);
  const { target } = reached;
  let held = false;
  // The first of its kind, and no other.
  target.hold = (need) => {
    const first = !held && need.kind === kind;
    held ||= first;
    return first;
  };
  reached.go(() => false);
  expect(target.held.map(({ need }) => need.kind)).toEqual([kind]);
  return reached;
}

describe.each(NAMES)('on %s', (name) => {
  it.each(CASES)('$role, $flavour: $kind, answered late: what came meanwhile is read then', (one) => {
    const reached = asked(one, name);
    const { target, pair } = reached;
    const state = target.engine.stateName;
    expect([target.agreement, target.error]).toEqual([undefined, undefined]);
    target.release();
    expect(target.engine.stateName).not.toBe(state);
    reached.go(() => false);
    expectConnected(pair);
    expectData(pair);
  });
});

it.each(CASES)('$role, $flavour: $kind: nothing is decrypted while it is open, cut anyhow', (one) => {
  const reached = asked(one);
  const { target, peer, pair } = reached;
  const { opened } = openerOf(target.engine);
  const state = target.engine.stateName;
  // An alert of the peer, whole and in pieces, is not looked at before its turn.
  peer.handle(peer.engine.close());
  const bytes = peer.drain();
  expect(bytes.length).toBeGreaterThan(0);
  for (const byte of bytes) target.handle(target.engine.receive(Uint8Array.of(byte)));
  expect([target.engine.stateName, openerOf(target.engine).opened, target.error]).toEqual([state, opened, undefined]);
  target.release();
  reached.go(() => false);
  const told = pair[one.role];
  expect(told.ended || told.error?.code === 'ERR_TLS_EOF_IN_HANDSHAKE', told.error?.message).toBe(true);
  expect(told.received).toEqual([]);
});

it.each(CASES.filter(({ refusal }) => refusal))('$role, $flavour: $kind refused: $refusal', (one) => {
  const reached = asked(one);
  const { target } = reached;
  const [event] = target.held;
  target.handle(target.engine.answer(event?.id ?? -1, undefined));
  reached.go(() => false);
  const [code, alert] = one.refusal ?? UNSIGNED;
  expectRefused(target, code, alert);
  expect(reached.peer.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert });
});

it.each(CASES)('$role, $flavour: $kind: a wrong id answers nothing, and an answer counts once', (one) => {
  const reached = asked(one);
  const { target, pair } = reached;
  const state = target.engine.stateName;
  const id = target.held[0]?.id ?? -1;
  const usage: unknown = expect.objectContaining({ code: 'ERR_TLS_USAGE', fault: 'local' });
  for (const wrong of [id - 1, id + 1, 0, -1, Number.NaN]) {
    expect(() => target.engine.answer(wrong, undefined)).toThrow(usage as Error);
  }
  expect([target.engine.stateName, target.error]).toEqual([state, undefined]);
  target.release();
  expect(() => target.engine.answer(id, undefined)).toThrow(usage as Error);
  reached.go(() => false);
  expectConnected(pair);
});

it.each(CASES)('$role, $flavour: $kind: after close and after the end of the stream nobody waits', (one) => {
  for (const end of ['close', 'end'] as const) {
    const { target } = asked(one);
    const id = target.held[0]?.id ?? -1;
    target.handle(target.engine[end]());
    expect(target.engine.stateName).toBe('closed');
    expect(() => target.engine.answer(id, undefined)).toThrow(expect.objectContaining({ code: 'ERR_TLS_USAGE' }));
  }
});

it.each(CASES)('$role, $flavour: $kind: input is bounded while it is open', (one) => {
  const { target } = asked(one);
  const chunk = new Uint8Array(60_000).fill(0x17);
  for (let i = 0; i < 4; i++) target.handle(target.engine.receive(chunk));
  expect(target.error).toBeUndefined();
  for (let i = 0; i < 2; i++) target.handle(target.engine.receive(chunk));
  expectRefused(target, 'ERR_TLS_INPUT_BUFFER_FULL', 'internal_error');
});
