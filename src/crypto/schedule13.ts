// The key schedule of TLS 1.3 (RFC 8446 7.1), one type for each stage, so that a secret can only be derived where it exists:
//
//   0 or PSK -> EarlyStage -(EC)DHE-> HandshakeStage -0-> MasterStage -> application traffic, exporter, resumption
//
// Between two stages stands Derive-Secret(., "derived", ""). Traffic keys come from traffic secrets (7.3).

import { EMPTY } from '../bytes/bytes.ts';
import { HASH_LENGTH, hkdfExpandLabel, hkdfExtract } from './hkdf.ts';
import type { CryptoProvider } from './provider.ts';
import type { TrafficKeys } from './schedule12.ts';
import type { SecretObserver } from './secrets.ts';
import { AEAD_SHAPE, type Suite13 } from './suites.ts';

export type { TrafficKeys };

/** What all derivations of a connection share. */
export interface ScheduleContext {
  readonly provider: CryptoProvider;
  readonly suite: Suite13;
  readonly observe: SecretObserver | undefined;
}

export interface EarlyStage {
  readonly secret: Uint8Array;
  /** `shared` is the (EC)DHE secret. */
  toHandshake(shared: Uint8Array): HandshakeStage;
}

export interface HandshakeStage {
  readonly secret: Uint8Array;
  /** `hash`: ClientHello ... ServerHello. */
  clientTraffic(hash: Uint8Array): Uint8Array;
  serverTraffic(hash: Uint8Array): Uint8Array;
  toMaster(): MasterStage;
}

export interface MasterStage {
  readonly secret: Uint8Array;
  /** `hash`: ClientHello ... server Finished. */
  clientTraffic(hash: Uint8Array): Uint8Array;
  serverTraffic(hash: Uint8Array): Uint8Array;
  exporter(hash: Uint8Array): Uint8Array;
  /** `hash`: ClientHello ... client Finished. */
  resumption(hash: Uint8Array): Uint8Array;
}

/** RFC 8446 7.1: the Early Secret; without a PSK its input is a hash's length of zeros. */
export function earlyStage(context: ScheduleContext, psk?: Uint8Array): EarlyStage {
  const { provider, suite, observe } = context;
  const zeros = new Uint8Array(HASH_LENGTH[suite.hash]);
  const secret = hkdfExtract(provider, suite.hash, EMPTY, psk ?? zeros);
  observe?.({ name: 'early_secret', label: 'HKDF-Extract', context: psk ? 'psk' : '0', value: secret });
  return { secret, toHandshake: (shared) => handshakeStage(context, secret, shared) };
}

function handshakeStage(context: ScheduleContext, early: Uint8Array, shared: Uint8Array): HandshakeStage {
  const { provider, suite, observe } = context;
  const salt = derived(context, 'early_secret', early);
  const secret = hkdfExtract(provider, suite.hash, salt, shared);
  observe?.({ name: 'ecdhe_shared_secret', value: shared });
  observe?.({
    name: 'handshake_secret',
    label: 'HKDF-Extract',
    from: 'early_secret',
    context: 'ecdhe_shared_secret',
    contextValue: shared,
    value: secret,
  });
  const traffic = deriver(context, 'handshake_secret', secret);
  return {
    secret,
    clientTraffic: (hash) => traffic('c hs traffic', 'client_handshake_traffic_secret', hash),
    serverTraffic: (hash) => traffic('s hs traffic', 'server_handshake_traffic_secret', hash),
    toMaster: () => masterStage(context, secret),
  };
}

function masterStage(context: ScheduleContext, handshake: Uint8Array): MasterStage {
  const { provider, suite, observe } = context;
  const salt = derived(context, 'handshake_secret', handshake);
  const secret = hkdfExtract(provider, suite.hash, salt, new Uint8Array(HASH_LENGTH[suite.hash]));
  observe?.({
    name: 'master_secret',
    label: 'HKDF-Extract',
    from: 'handshake_secret',
    context: '0',
    value: secret,
  });
  const traffic = deriver(context, 'master_secret', secret);
  return {
    secret,
    clientTraffic: (hash) => traffic('c ap traffic', 'client_application_traffic_secret_0', hash),
    serverTraffic: (hash) => traffic('s ap traffic', 'server_application_traffic_secret_0', hash),
    exporter: (hash) => traffic('exp master', 'exporter_master_secret', hash),
    resumption: (hash) => traffic('res master', 'resumption_master_secret', hash),
  };
}

/** RFC 8446 7.3: `key` and `iv` from a traffic secret. `name` is the secret's, for who listens. */
export function trafficKeys(context: ScheduleContext, secret: Uint8Array, name: string): TrafficKeys {
  const { provider, suite, observe } = context;
  const { keyLength } = AEAD_SHAPE[suite.aead];
  const key = hkdfExpandLabel(provider, suite.hash, secret, 'key', EMPTY, keyLength);
  const iv = hkdfExpandLabel(provider, suite.hash, secret, 'iv', EMPTY, IV_LENGTH);
  observe?.({ name: `${name}.key`, label: 'key', from: name, value: key });
  observe?.({ name: `${name}.iv`, label: 'iv', from: name, value: iv });
  return { key, iv };
}

const IV_LENGTH = 12;

/** RFC 8446 7.2: the traffic secret of the next generation, after a KeyUpdate. */
export function nextTrafficSecret(context: ScheduleContext, secret: Uint8Array, name: string): Uint8Array {
  const { provider, suite, observe } = context;
  const next = hkdfExpandLabel(provider, suite.hash, secret, 'traffic upd', EMPTY, HASH_LENGTH[suite.hash]);
  observe?.({ name: `${name} (next)`, label: 'traffic upd', from: name, value: next });
  return next;
}

/** RFC 8446 4.4.4: HMAC(finished_key, transcript hash); `base` is the sender's handshake traffic secret. */
export function verifyData13(
  { provider, suite, observe }: ScheduleContext,
  base: Uint8Array,
  transcriptHash: Uint8Array,
  side: 'client' | 'server',
): Uint8Array {
  const key = hkdfExpandLabel(provider, suite.hash, base, 'finished', EMPTY, HASH_LENGTH[suite.hash]);
  observe?.({
    name: `${side}_finished_key`,
    label: 'finished',
    from: `${side}_handshake_traffic_secret`,
    value: key,
  });
  return provider.hmac(suite.hash, key, transcriptHash);
}

/** RFC 8446 7.5: keying material for the application from the exporter master secret. */
export function exportSecret(
  { provider, suite }: ScheduleContext,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  length: number,
): Uint8Array {
  const hashOf = (data: Uint8Array): Uint8Array => {
    const hash = provider.hash(suite.hash);
    hash.update(data);
    return hash.digest();
  };
  const derived = hkdfExpandLabel(provider, suite.hash, secret, label, hashOf(EMPTY), HASH_LENGTH[suite.hash]);
  return hkdfExpandLabel(provider, suite.hash, derived, 'exporter', hashOf(context), length);
}

type Derive = (label: string, name: string, hash: Uint8Array) => Uint8Array;

/** Derive-Secret (RFC 8446 7.1) from one stage's secret, with the transcript hash already taken. */
function deriver({ provider, suite, observe }: ScheduleContext, from: string, secret: Uint8Array): Derive {
  return (label, name, hash) => {
    const value = hkdfExpandLabel(provider, suite.hash, secret, label, hash, HASH_LENGTH[suite.hash]);
    observe?.({ name, label, from, context: 'transcript_hash', contextValue: hash, value });
    return value;
  };
}

function derived(context: ScheduleContext, from: string, secret: Uint8Array): Uint8Array {
  const emptyHash = context.provider.hash(context.suite.hash).digest();
  return deriver(context, from, secret)('derived', `${from}.derived`, emptyHash);
}
