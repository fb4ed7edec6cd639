// Brings one side of a pair into any state of its table by a real handshake, and stops there: the other side sends one
// message in a record, and the side's needs are held in the state that is wanted.

import { encode } from '../../src/codec/run.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { resolveServerOptions } from '../../src/engine/server.ts';
import { CLIENT_TABLE } from '../../src/handshake/client/table.ts';
import type { InputName, Row } from '../../src/handshake/machine.ts';
import { SERVER_TABLE } from '../../src/handshake/server/table.ts';
import { credentialOf } from '../../src/host/credential.ts';
import { buildExtensions } from '../../src/wire/extensions.ts';
import { certificateRequest12, certificateRequest13 } from '../../src/wire/messages.ts';
import { answerSessions, type Cache, earlier, ticketKey } from './earlier.ts';
import { Forge, handshake, puppet, recordsOf, singly } from './forge.ts';
import { makePair, type Pair, type PairOptions, PROVIDERS, type ProviderName, type Side, world } from './pair.ts';

export type Role = 'client' | 'server';
export type Flavour =
  | '1.3'
  | '1.3 retry'
  | '1.3 asked for a certificate'
  | '1.2 ECDHE'
  | '1.2 ECDHE asked for a certificate'
  | '1.2 RSA'
  | '1.3 askHello'
  | '1.3 retry askHello'
  | '1.2 ECDHE askHello'
  | '1.2 RSA askHello'
  | '1.2 ticket'
  | '1.2 resumed by ticket'
  | '1.2 resumed by ticket, renewed'
  | '1.2 resumed by ticket askHello'
  | '1.2 resumed by id'
  | '1.2 resumed by id askHello'
  | '1.2 unknown id'
  | '1.2 RSA unknown id';

export const TABLES = { client: CLIENT_TABLE, server: SERVER_TABLE } as const;
export const rowOf = (role: Role, state: string): Row<never> =>
  (TABLES[role] as unknown as Readonly<Record<string, Row<never>>>)[state] as Row<never>;
export const statesOf = (role: Role): string[] => Object.keys(TABLES[role]);

/** Which handshake leads to a state. */
export const WAY: Readonly<Record<Role, Readonly<Record<string, Flavour>>>> = {
  client: {
    start: '1.3',
    wait_server_hello: '1.3',
    wait_encrypted_extensions: '1.3',
    wait_certificate_request_13: '1.3',
    wait_certificate_13: '1.3 asked for a certificate',
    judge_certificate_13: '1.3',
    wait_certificate_verify: '1.3',
    wait_finished_13: '1.3',
    connected_13: '1.3',
    wait_certificate_12: '1.2 ECDHE',
    judge_certificate_12: '1.2 ECDHE',
    wait_server_key_exchange: '1.2 ECDHE',
    wait_certificate_request_12: '1.2 ECDHE',
    wait_server_hello_done: '1.2 ECDHE asked for a certificate',
    wait_change_cipher_spec: '1.2 ECDHE',
    wait_finished_12: '1.2 ECDHE',
    wait_new_session_ticket: '1.2 ticket',
    wait_new_session_ticket_resumed: '1.2 resumed by ticket, renewed',
    wait_change_cipher_spec_resumed: '1.2 resumed by ticket',
    wait_finished_resumed: '1.2 resumed by ticket',
    connected_12: '1.2 ECDHE',
  },
  server: {
    wait_client_hello: '1.3',
    choose_configuration: '1.3 askHello',
    wait_second_client_hello: '1.3 retry',
    sign_certificate_verify: '1.3',
    wait_finished_13: '1.3',
    connected_13: '1.3',
    sign_server_key_exchange: '1.2 ECDHE',
    wait_client_key_exchange_ecdhe: '1.2 ECDHE',
    wait_client_key_exchange_rsa: '1.2 RSA',
    decrypt_pre_master: '1.2 RSA',
    wait_change_cipher_spec: '1.2 ECDHE',
    wait_finished_12: '1.2 ECDHE',
    find_session: '1.2 resumed by id',
    wait_change_cipher_spec_resumed: '1.2 resumed by ticket',
    wait_finished_resumed: '1.2 resumed by ticket',
    connected_12: '1.2 ECDHE',
  },
};

export interface Edge {
  readonly role: Role;
  readonly from: string;
  readonly input: InputName | 'otherwise';
  readonly to: string;
}

export interface Reached {
  readonly pair: Pair;
  readonly target: Side;
  readonly peer: Side;
  readonly forge: Forge;
  readonly observed: Observation[];
  /** Goes on until `stop` says so, or nothing moves. */
  go(stop: () => boolean): void;
}

const CERTIFICATE_REQUEST_13 = handshake(
  'certificate_request',
  encode(certificateRequest13, {
    certificate_request_context: new Uint8Array(0),
    extensions: buildExtensions('certificate_request', { signature_algorithms: [0x0403] }),
  }),
);
const CERTIFICATE_REQUEST_12 = handshake(
  'certificate_request',
  encode(certificateRequest12, {
    certificate_types: [64],
    supported_signature_algorithms: [0x0403],
    certificate_authorities: [],
  }),
);

function optionsOf(flavour: Flavour, provider: ProviderName): PairOptions {
  const version = flavour.startsWith('1.3') ? 'TLSv1.3' : 'TLSv1.2';
  const rsa = flavour.includes('RSA');
  const common = {
    name: provider,
    minVersion: version,
    maxVersion: version,
    ...(rsa && { legacy: true, cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] }),
  } as const;
  const retry = flavour.includes('retry');
  return {
    client: { ...common, ...(retry && { groups: ['x25519', 'secp256r1'] as const, keyShares: ['x25519'] as const }) },
    server: { ...common, ...(retry && { groups: ['secp256r1'] as const }), askHello: flavour.includes('askHello') },
    keys: [rsa ? 'rsa' : 'p256'],
  };
}

/** A pair that is about to shake hands in this way; `role` is the side that is watched and stopped. */
export function prepare(
  role: Role,
  flavour: Flavour,
  provider: ProviderName = 'node',
  more: PairOptions = {},
): Reached {
  const plain = optionsOf(flavour, provider);
  const keys = more.keys ?? plain.keys ?? [];
  const base: PairOptions = {
    client: { ...plain.client, ...more.client },
    server: { ...plain.server, ...more.server },
    keys,
  };
  const { options, cache } = resuming(flavour, base);
  const observed: Observation[] = [];
  const observe = (one: Observation): void => void observed.push(one);
  const pair = makePair({
    ...options,
    client: { ...options.client, ...(role === 'client' && { observe }) },
    server: { ...options.server, ...(role === 'server' && { observe }) },
  });
  const target = pair[role];
  const peer = pair[role === 'client' ? 'server' : 'client'];
  singly(peer.engine);
  const forge = new Forge(target.engine);
  if (flavour.includes('asked')) {
    const [before, request] = flavour.startsWith('1.3')
      ? (['certificate', CERTIFICATE_REQUEST_13] as const)
      : (['server_hello_done', CERTIFICATE_REQUEST_12] as const);
    puppet(pair.server.engine, (name, raw) => (name === before ? [request, raw] : undefined));
  }
  if (flavour.includes('askHello')) answerHellos(pair.server, options, provider);
  answerSessions(pair.server, cache);

  const queue: Uint8Array[] = [];
  let started = false;
  const go = (stop: () => boolean): void => {
    if (stop()) return;
    if (!started) {
      started = true;
      pair.server.handle(pair.server.engine.start());
      pair.client.handle(pair.client.engine.start());
    }
    while (!stop()) {
      if (target.outbox.length > 0) peer.handle(peer.engine.receive(target.drain()));
      if (peer.outbox.length > 0) queue.push(...recordsOf(peer.drain()));
      const record = queue.shift();
      if (record === undefined) return;
      target.handle(target.engine.receive(record));
    }
  };
  return { pair, target, peer, forge, observed, go };
}

/** What a flavour with a session needs: an earlier handshake under the same options, and whoever remembers it. */
function resuming(flavour: Flavour, base: PairOptions): { options: PairOptions; cache: Cache } {
  const [, by] = / (ticket|id)\b/.exec(flavour) ?? [];
  if (by === undefined) return { options: base, cache: new Map() };
  const options: PairOptions = {
    ...base,
    client: { ...base.client, tickets: by === 'ticket' },
    server: { ...base.server, ...(by === 'ticket' ? { ticketKeys: [ticketKey(1)] } : { sessionCache: true }) },
  };
  if (flavour === '1.2 ticket') return { options, cache: new Map() };
  const { session, cache } = earlier({ ...options, server: { ...options.server, askHello: false } });
  return {
    options: {
      ...options,
      client: { ...options.client, session },
      server: {
        ...options.server,
        ...(flavour.includes('renewed') && { ticketKeys: [ticketKey(2), ticketKey(1)] }),
      },
    },
    cache: flavour.includes('unknown') ? new Map() : cache,
  };
}

function answerHellos(server: Side, options: PairOptions, provider: ProviderName): void {
  const credentials = (options.keys ?? []).map((key) => credentialOf(world().identities[key]));
  const config = resolveServerOptions({ ...options.server, credentials, provider: PROVIDERS[provider] });
  const { reply } = server;
  Object.assign(server, {
    reply: (need: Parameters<typeof reply>[0]) => (need.kind === 'hello' ? { answer: config } : reply(need)),
  });
}

/** The side in `state`, all needs of that state open. @throws Error when the handshake does not lead there */
export function reach(
  role: Role,
  state: string,
  flavour = WAY[role][state],
  provider: ProviderName = 'node',
  more: PairOptions = {},
): Reached {
  if (flavour === undefined) throw new Error(`no way to ${role} ${state} is known`);
  const reached = prepare(role, flavour, provider, more);
  const { target } = reached;
  target.hold = () => target.engine.stateName === state;
  reached.go(() => target.engine.stateName === state);
  if (target.engine.stateName !== state) {
    throw new Error(`${role} stopped in ${target.engine.stateName}, not ${state}: ${target.error?.message}`);
  }
  return reached;
}

/** The moves that were seen. */
export function edgesOf(role: Role, observed: readonly Observation[]): Edge[] {
  return observed.flatMap((one) =>
    one.kind === 'state' ? [{ role, from: one.from, input: one.input as InputName | 'otherwise', to: one.to }] : [],
  );
}

/** Every edge of a table. */
export function declaredEdges(role: Role): Edge[] {
  return statesOf(role).flatMap((from) => {
    const row = rowOf(role, from);
    const cells = [...Object.entries(row.on), ...(row.otherwise ? [['otherwise', row.otherwise] as const] : [])];
    return cells.flatMap(([input, cell]) =>
      (cell?.targets ?? []).map((to) => ({ role, from, input: input as Edge['input'], to })),
    );
  });
}
