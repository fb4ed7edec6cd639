// What must be true of a handshake that went well, and of one that was refused; and the ways of shaking hands that tests go
// through one by one.

import { expect } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { ErrorCode } from '../../src/wire/error_codes.ts';
import type { AlertName } from '../../src/wire/registry/names.ts';
import { EXCHANGES, type Exchange } from './flavours.ts';
import type { Pair, PairOptions, ProviderName, Side } from './pair.ts';

export type How = '1.3' | Exchange;

/** Options for TLS 1.3, or for TLS 1.2 with this key exchange, on the same provider at both ends. */
export function by(how: How, name: ProviderName = 'node'): PairOptions {
  const version = how === '1.3' ? 'TLSv1.3' : 'TLSv1.2';
  const { suite, key } = how === '1.3' ? { suite: undefined, key: 'p256' as const } : EXCHANGES[how];
  const common = {
    name,
    minVersion: version,
    maxVersion: version,
    legacy: how === 'RSA',
    psk: how.includes('PSK'),
    ...(suite !== undefined && { cipherSuites: [suite] }),
  } as const;
  return { client: common, server: common, keys: key === undefined ? [] : [key] };
}

export function expectConnected({ client, server }: Pair): void {
  expect([client.error, server.error], `${client.error?.message} ${server.error?.message}`).toEqual([
    undefined,
    undefined,
  ]);
  expect([client.agreement !== undefined, server.agreement !== undefined]).toEqual([true, true]);
}

/** It ended with this fault and this alert, before it was connected, and nothing was delivered. */
export function expectRefused(side: Side, code: ErrorCode, alert: AlertName | undefined): void {
  expectEnded(side, code, alert);
  expect([side.agreement, side.received]).toEqual([undefined, []]);
}

/** It ended with this fault and this alert, however far it had come. */
export function expectEnded({ error, engine }: Side, code: ErrorCode, alert: AlertName | undefined): void {
  expect(error?.code, error?.message).toBe(code);
  expect(error?.alert).toBe(alert);
  expect(engine.stateName).toBe('closed');
}

/** What the peer of a side that refused is told. */
export function expectTold(side: Side, alert: AlertName): void {
  expect(side.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED', alert });
}

/** What was chosen about this, in order. */
export function chosen(
  observed: readonly Observation[],
  about: Extract<Observation, { kind: 'decision' }>['about'],
): (number | string | undefined)[] {
  return observed.flatMap((one) => (one.kind === 'decision' && one.about === about ? [one.chosen] : []));
}

/** The secrets of this name, in hexadecimal. */
export function secretsOf(observed: readonly Observation[], name: string): string[] {
  return observed.flatMap((one) => (one.kind === 'secret' && one.name === name ? [toHex(one.value)] : []));
}

/** Messages by name, with the side that sent them. */
export function messagesOf(observed: readonly Observation[], own: 'client' | 'server'): string[] {
  const other = own === 'client' ? 'server' : 'client';
  return observed.flatMap((one) =>
    one.kind === 'message' ? [`${one.direction === 'out' ? own : other} ${one.name}`] : [],
  );
}

export const hexes = (list: readonly Uint8Array[] | undefined): string[] | undefined => list?.map(toHex);
