// What goes on beside open TLS 1.3 traffic: KeyUpdate in both directions (RFC 8446 4.6.3, 7.2). Used by both roles' tables.

import { nextTrafficSecret, trafficKeys } from '../../crypto/schedule13.ts';
import { type KeyUpdate, keyUpdate } from '../../wire/messages.ts';
import { KEY_UPDATE_REQUEST } from '../../wire/registry/names.ts';
import { TlsError } from '../../wire/tls_error.ts';
import type { HandshakeContext, KeyChange } from '../context.ts';
import type { Connected13, TrafficSecret } from './states.ts';

const { update_not_requested, update_requested } = KEY_UPDATE_REQUEST;

export function onKeyUpdate(context: HandshakeContext, state: Connected13, message: KeyUpdate): Connected13 {
  const { request_update } = message;
  if (request_update !== update_not_requested && request_update !== update_requested) {
    throw new TlsError('ERR_TLS_ILLEGAL_VALUE', `request_update is ${request_update}, not 0 or 1`, {
      where: { message: 'key_update', field: 'request_update' },
    });
  }
  const read = nextGeneration(state, state.read);
  context.setReadKeys(keyChange(state, read));
  const moved = { ...state, read };
  return request_update === update_requested ? updateWriteKeys(context, moved) : moved;
}

/** Sends a KeyUpdate that asks for none in return, and writes under the next keys. */
export function updateWriteKeys(context: HandshakeContext, state: Connected13): Connected13 {
  return update(context, state, update_not_requested);
}

/** Sends a KeyUpdate that asks for one in return, and writes under the next keys. */
export function updateBothKeys(context: HandshakeContext, state: Connected13): Connected13 {
  return update(context, state, update_requested);
}

function update(context: HandshakeContext, state: Connected13, request_update: number): Connected13 {
  context.sendOutside('key_update', keyUpdate, { request_update });
  const write = nextGeneration(state, state.write);
  context.setWriteKeys(keyChange(state, write));
  return { ...state, write };
}

/** The key change that installs this generation of a traffic secret. */
export function keyChange(state: Pick<Connected13, 'schedule'>, secret: TrafficSecret): KeyChange {
  return {
    suite: state.schedule.suite,
    keys: trafficKeys(state.schedule, secret.secret, secret.name),
    epoch: 'application',
    generation: secret.generation,
  };
}

function nextGeneration(state: Connected13, current: TrafficSecret): TrafficSecret {
  const generation = current.generation + 1;
  return {
    secret: nextTrafficSecret(state.schedule, current.secret, current.name),
    name: current.name.replace(/\d+$/, String(generation)),
    generation,
  };
}

/** While a client authenticates itself after the handshake, a key near its limit is replaced all the same. */
export function onPostAuthKeyLimit<S extends { readonly connected: Connected13 }>(
  context: HandshakeContext,
  state: S,
): S {
  return { ...state, connected: updateWriteKeys(context, state.connected) };
}
