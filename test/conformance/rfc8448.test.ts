// The five traces of RFC 8448, both roles, byte for byte. Injected are the private keys of the key shares, the randoms, and the
// messages whose content is the sender's taste (ClientHello, HelloRetryRequest, CertificateRequest, EncryptedExtensions,
// NewSessionTicket); signatures are those of the trace, over just what the engine asks to be signed. Everything else must come
// out by itself: binders, secrets, keys, Finished, records and their order.

import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes/bytes.ts';
import type { Codec } from '../../src/codec/codec.ts';
import { decode } from '../../src/codec/run.ts';
import type { PublicKey } from '../../src/crypto/keys.ts';
import { clientSetup } from '../../src/engine/client.ts';
import { resolveClient, resolveServer } from '../../src/engine/config.ts';
import { Connection } from '../../src/engine/connection.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { ClientOptions, ServerOptions } from '../../src/engine/options.ts';
import { serverSetup } from '../../src/engine/server.ts';
import type { Need } from '../../src/handshake/shared/needs.ts';
import { decodeSession, type Session } from '../../src/handshake/shared/session.ts';
import { changeExtensions } from '../../src/wire/extensions.ts';
import * as wire from '../../src/wire/messages.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { ticketKey } from '../support/earlier.ts';
import { NAMES, PROVIDERS, type ProviderName, Side } from '../support/pair.ts';
import { type Step, type Trace, traceOf, withFixedShares } from '../support/rfc8448.ts';
import { type Watched, watch } from '../support/watch.ts';

type Section = 3 | 4 | 5 | 6 | 7;
type Role = 'client' | 'server';
const SECTIONS: readonly Section[] = [3, 4, 5, 6, 7];
const TITLES: Readonly<Record<Section, string>> = {
  3: 'simple handshake',
  4: 'resumed, with 0-RTT',
  5: 'HelloRetryRequest',
  6: 'client authentication',
  7: 'compatibility mode',
};
/** When the tickets of section 3 are given; section 4 uses them six milliseconds later, as its obfuscated age says. */
const GIVEN = 1_500_000_000_000;
const AGE = 6;

const serverHello13 = wire.serverHello as Codec<wire.ServerHelloOf<'server_hello_13'>>;
const body = (raw: Uint8Array): Uint8Array => raw.subarray(4);
const has = (trace: Trace, actor: Role, name: string): boolean =>
  trace.steps.some((one) => one.actor === actor && one.values[name] !== undefined && one.step.startsWith('construct '));
const sharesOf = (trace: Trace, actor: Role): Uint8Array[] =>
  trace.steps.flatMap((one) =>
    one.actor === actor && one.values['private key'] !== undefined
      ? [trace.traced(actor, one.step, 'private key')]
      : [],
  );

function chainOf(trace: Trace, actor: Role): { chain: Uint8Array[]; key: PublicKey } {
  const { certificate_list } = decode(wire.certificate13, body(trace.message(actor, 'Certificate')));
  const chain = certificate_list.map((entry) => entry.cert_data);
  return { chain, key: keyOf(chain) };
}

function keyOf([leaf]: readonly Uint8Array[]): PublicKey {
  const key = leaf && parseCertificate(leaf).spki.key;
  if (key === undefined) throw new Error('the certificate of the trace has no key');
  return key;
}

/** The whole ClientHellos, with zeros for binders. */
function hellosOf(trace: Trace): wire.ClientHello[] {
  const payloads = trace.records.filter(
    (one) => one.actor === 'client' && one.payload[0] === 1 && one.type === 'handshake',
  );
  return payloads.map(({ payload }) => {
    const hello = decode(wire.clientHello, body(payload));
    const { pre_shared_key } = hello.extensions.known;
    if (pre_shared_key === undefined) return hello;
    const binders = pre_shared_key.binders.map(({ length }) => new Uint8Array(length));
    const changed = { pre_shared_key: { ...pre_shared_key, binders } };
    return { ...hello, extensions: changeExtensions('client_hello', hello.extensions, changed) };
  });
}

interface Player {
  readonly side: Side;
  readonly watched: Watched;
  readonly observed: Observation[];
  /** What the engine would have sent, had nobody replaced it. */
  readonly built: wire.ClientHello[];
}

function replies(name: ProviderName, trace: Trace, actor: Role): (need: Need) => unknown {
  return (need) => {
    if (need.kind === 'verdict') {
      const { chain } = chainOf(trace, need.role);
      expect(need).toMatchObject({ chain, serverName: need.role === 'server' ? 'server' : undefined });
      return { accepted: true, authorized: true, key: keyOf(need.chain), validUntil: GIVEN * 2 };
    }
    if (need.kind === 'early_data') return 'deliver';
    if (need.kind !== 'signature') throw new Error(`${need.kind} was not expected`);
    const verify = decode(wire.certificateVerify, body(trace.message(actor, 'CertificateVerify')));
    const { key } = chainOf(trace, actor);
    expect(need.scheme).toBe(verify.algorithm);
    expect(PROVIDERS[name].verify(key, need.algorithm, need.data, verify.signature)).toBe(true);
    return verify.signature;
  };
}

function clientOf(section: Section, name: ProviderName): Player {
  const trace = traceOf(section);
  const observed: Observation[] = [];
  const built: wire.ClientHello[] = [];
  const options: ClientOptions = {
    provider: withFixedShares(name, ...sharesOf(trace, 'client')),
    minVersion: 'TLSv1.3',
    serverName: 'server',
    keyShares: ['x25519'],
    groups: section === 5 ? ['x25519', 'secp256r1', 'secp384r1'] : ['x25519', 'secp256r1', 'secp384r1', 'secp521r1'],
    now: () => GIVEN + (section === 4 ? AGE : 0),
    ...(section === 4 && { session: sessionOf3(name), earlyData: true }),
    ...(section === 6 && { credentials: [chainOf(trace, 'client')] }),
    observeSecrets: true,
    observe: (one) => void observed.push(one),
  };
  const hellos = hellosOf(trace);
  const clientHello = (hello: wire.ClientHello): wire.ClientHello => {
    built.push(hello);
    const traced = hellos.shift();
    if (traced === undefined) throw new Error('more ClientHellos than the trace has');
    return traced;
  };
  const config = { ...resolveClient(options), hooks: { clientHello } };
  return playerOf(new Connection(clientSetup(options, config)), name, replies(name, trace, 'client'), observed, built);
}

function serverOf(section: Section, name: ProviderName): Player {
  const trace = traceOf(section);
  const observed: Observation[] = [];
  const random = body(trace.message('server', 'ServerHello', section === 5 ? 1 : 0)).subarray(2, 34);
  const options: ServerOptions = {
    provider: withFixedShares(name, ...sharesOf(trace, 'server')),
    credentials: [chainOf(section === 4 ? traceOf(3) : trace, 'server')],
    minVersion: 'TLSv1.3',
    cipherSuites: ['TLS_AES_128_GCM_SHA256'],
    groups: section === 5 ? ['secp256r1'] : ['x25519'],
    // The random of ServerHello, and the nonce of a ticket.
    random: (length) => random.subarray(0, length),
    now: () => GIVEN + (section === 4 ? AGE : 0),
    maxEarlyData: section === 3 || section === 4 ? 1024 : 0,
    ...(section === 3 && { ticketKeys: [ticketKey(1)], ticketCount: 1 }),
    ...(section === 6 && { clientCertificate: 'require' as const }),
    observeSecrets: true,
    observe: (one) => void observed.push(one),
  };
  const message = (label: string): Uint8Array => body(trace.message('server', label));
  const hooks = {
    encryptedExtensions: () => decode(wire.encryptedExtensions, message('EncryptedExtensions')),
    ...(has(trace, 'server', 'CertificateRequest') && {
      certificateRequest: () => decode(wire.certificateRequest13, message('CertificateRequest')),
    }),
    ...(section === 5 && { helloRetryRequest: () => decode(wire.helloRetryRequest, message('ServerHello')) }),
    ...(section === 3 && { newSessionTicket: () => decode(wire.newSessionTicket13, message('NewSessionTicket')) }),
    // The extensions of this one stand in another order than ours.
    ...(section === 4 && {
      serverHello: (hello: wire.ServerHelloOf<'server_hello_13'>) => {
        const traced = decode(serverHello13, message('ServerHello'));
        expect(hello.extensions.known).toEqual(traced.extensions.known);
        return traced;
      },
    }),
    ...(section === 4 && { openTicket: (ticket: Uint8Array) => ticketOf3(name, ticket) }),
  };
  const config = { ...resolveServer(options), hooks };
  return playerOf(new Connection(serverSetup(options, config)), name, replies(name, trace, 'server'), observed, []);
}

function playerOf(
  engine: Connection,
  name: ProviderName,
  reply: (need: Need) => unknown,
  observed: Observation[],
  built: wire.ClientHello[],
): Player {
  const watched = watch(engine);
  const side = new Side(engine, [], trustAnchors([]), name);
  Object.assign(side, { reply: (need: Need) => ({ answer: reply(need) }) });
  return { side, watched, observed, built };
}

const sessions = new Map<ProviderName, Uint8Array>();

/** What the client of section 3 keeps of the ticket that it was given. */
function sessionOf3(name: ProviderName): Uint8Array {
  const known = sessions.get(name);
  if (known !== undefined) return known;
  const { side } = play('client', 3, name);
  const [kept] = side.sessions;
  if (kept === undefined) throw new Error(`section 3 gave no session: ${side.error?.message}`);
  sessions.set(name, kept.session);
  return kept.session;
}

/** The same on the other side: what the server of the trace sealed into it. */
function ticketOf3(name: ProviderName, ticket: Uint8Array): Session {
  const session = decodeSession(sessionOf3(name));
  expect(toHex(ticket)).toBe(toHex(session.ticket));
  return { ...session, peerChain: [] };
}

/** Plays one role against the records of the trace; what it sends must be theirs, and never behind them. */
function play(role: Role, section: Section, name: ProviderName): Player {
  const player = role === 'client' ? clientOf(section, name) : serverOf(section, name);
  const { side } = player;
  const { engine } = side;
  const all = traceOf(section).records;
  const total = toHex(concat(...all.filter((one) => one.actor === role).map(({ record }) => record)));
  let sent = '';
  let due = 0;
  const look = (): void => {
    sent += toHex(side.drain());
    expect(side.error).toBeUndefined();
    expect(sent).toBe(total.slice(0, sent.length));
  };
  side.handle(engine.start());
  for (const { actor, type, payload, record } of all) {
    look();
    if (actor !== role) side.handle(engine.receive(record));
    else {
      if (type === 'application_data') side.handle(engine.write(payload));
      if (type === 'alert') side.handle(engine.close());
      due += 2 * record.length;
      look();
      expect(sent.length, `${type} is late`).toBeGreaterThanOrEqual(due);
    }
  }
  look();
  expect(sent).toBe(total);
  return player;
}

const PHASE: Readonly<Record<string, string>> = {
  'handshake data': 'handshake_traffic_secret',
  'early application data': 'early_traffic_secret',
  'application data': 'application_traffic_secret_0',
};
const LABELS: Readonly<Record<string, string>> = {
  'tls13 c e traffic': 'client_early_traffic_secret',
  'tls13 e exp master': 'early_exporter_master_secret',
  'tls13 c hs traffic': 'client_handshake_traffic_secret',
  'tls13 s hs traffic': 'server_handshake_traffic_secret',
  'tls13 c ap traffic': 'client_application_traffic_secret_0',
  'tls13 s ap traffic': 'server_application_traffic_secret_0',
  'tls13 exp master': 'exporter_master_secret',
  'tls13 res master': 'resumption_master_secret',
};

/** What a step of the trace derives, by the engine's names. */
function derivedIn({ actor, step, values }: Step, section: Section): (readonly [name: string, value: string])[] {
  const value = (key: string): string => values[key] ?? 'nothing';
  const [, label = ''] = /^derive secret "([^"]+)"/.exec(step) ?? [];
  if (LABELS[label] !== undefined) return [[LABELS[label], value('expanded')]];
  const [, way, phase = ''] = /^derive (write|read) traffic keys for (.+)$/.exec(step) ?? [];
  if (PHASE[phase] !== undefined) {
    const writer = (way === 'write') === (actor === 'client') ? 'client' : 'server';
    const name = `${writer}_${PHASE[phase]}`;
    return [
      [`${name}.key`, value('key expanded')],
      [`${name}.iv`, value('iv expanded')],
    ];
  }
  if (step === 'extract secret "early"') {
    return [['early_secret', value('secret')], ...(section === 4 ? [['psk', value('IKM')] as const] : [])];
  }
  if (step === 'extract secret "handshake"') {
    return [
      ['ecdhe_shared_secret', value('IKM')],
      ['handshake_secret', value('secret')],
    ];
  }
  if (step === 'extract secret "master"') return [['master_secret', value('secret')]];
  if (step === 'derive secret for handshake "tls13 derived"') return [['early_secret.derived', value('expanded')]];
  if (step === 'derive secret for master "tls13 derived"') return [['handshake_secret.derived', value('expanded')]];
  if (step === 'calculate finished "tls13 finished"') return [[`${actor}_finished_key`, value('expanded')]];
  if (step === 'calculate PSK binder') {
    return [
      ['binder_key', value('PRK')],
      ['binder_finished_key', value('expanded')],
    ];
  }
  if (step === 'generate resumption secret "tls13 resumption"') return [['ticket_psk', value('expanded')]];
  if (/^(create|construct|send) /.test(step)) return [];
  throw new Error(`nobody looks at the step ${step}`);
}

function expectSecrets(observed: readonly Observation[], section: Section, without: readonly string[]): number {
  const derived = observed.flatMap((one) => (one.kind === 'secret' ? [`${one.name} ${toHex(one.value)}`] : []));
  const wanted = traceOf(section)
    .steps.flatMap((step) => derivedIn(step, section))
    .filter(([name]) => !without.includes(name));
  for (const [name, value] of wanted) expect(derived).toContain(`${name} ${value}`);
  return wanted.length;
}

describe.each(NAMES)('provider %s', (name) => {
  it.each(SECTIONS)('RFC 8448 %d: the client sends the records of the trace and derives its secrets', (section) => {
    const { side, observed, watched, built } = play('client', section, name);
    expect([side.ended, side.closed, side.error]).toEqual([true, true, undefined]);
    // RFC 8448 4: nobody gave another ticket, and the client needs its resumption secret only for one.
    expect(expectSecrets(observed, section, [])).toBeGreaterThanOrEqual(19);
    expect(side.agreement).toMatchObject({
      version: 0x0304,
      suite: { id: 0x1301 },
      group: section === 5 ? 0x0017 : 0x001d,
      scheme: section === 6 ? 0x0403 : 0x0804,
      resumed: section === 4,
      authorized: true,
    });
    if (section === 4) {
      expect(watched.outcomes).toEqual([true]);
      expect(watched.writable).toEqual([{ reason: 'early_data', limit: 1024 }]);
      const [traced] = hellosOf(traceOf(4));
      expect(built[0]?.extensions.known.pre_shared_key?.identities).toEqual(
        traced?.extensions.known.pre_shared_key?.identities,
      );
    }
    const [data] = traceOf(section).records.filter((one) => one.actor === 'server' && one.type === 'application_data');
    expect(toHex(concat(...side.received))).toBe(toHex(data?.payload ?? new Uint8Array(0)));
  });

  it.each(SECTIONS)('RFC 8448 %d: the server sends the records of the trace and derives its secrets', (section) => {
    const { side, observed, watched } = play('server', section, name);
    expect([side.ended, side.closed, side.error]).toEqual([true, true, undefined]);
    // The ticket of section 3 has a nonce of two bytes, and so another PSK than the one that our server sealed. Elsewhere
    // no ticket is given, and our server does not derive the secret for one.
    const without = section === 3 ? ['ticket_psk'] : ['resumption_master_secret'];
    expect(expectSecrets(observed, section, without)).toBeGreaterThanOrEqual(19);
    expect(side.agreement).toMatchObject({ version: 0x0304, serverName: 'server', resumed: section === 4 });
    expect(side.agreement?.peerChain.length).toBe(section === 6 ? 1 : 0);
    expect(toHex(concat(...watched.early))).toBe(section === 4 ? '414243444546' : '');
    const [data] = traceOf(section).records.filter(
      (one) => one.actor === 'client' && one.type === 'application_data' && one.payload.length === 50,
    );
    expect(toHex(concat(...side.received))).toBe(toHex(data?.payload ?? new Uint8Array(0)));
  });
});

it.each([
  [3, 38, 9],
  [4, 40, 10],
  [5, 38, 8],
  [6, 36, 6],
  [7, 35, 8],
] as const)('the trace of section %d is whole: %d steps with values, %d records', (section, steps, records) => {
  const trace = traceOf(section);
  expect([trace.steps.length, trace.records.length, TITLES[section].length > 0]).toEqual([steps, records, true]);
  for (const { record } of trace.records) expect(record.length).toBe(5 + (((record[3] ?? 0) << 8) | (record[4] ?? 0)));
});
