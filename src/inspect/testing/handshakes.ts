// Made-up but well-formed handshakes as both sides would observe them, for the tests of timelines and renderers.
// TLS 1.3 is RFC 8448 section 3; the two of TLS 1.2 are encoded with the wire's own codecs around bytes that mean nothing.

import { concat, fromHex } from '../../bytes/bytes.ts';
import type { Codec } from '../../codec/codec.ts';
import { encode } from '../../codec/run.ts';
import type { Epoch, MessageObservation, NegotiatedVersion, Observation } from '../../engine/observe.ts';
import { buildExtensions } from '../../wire/extensions.ts';
import * as exchanges from '../../wire/key_exchange.ts';
import * as wire from '../../wire/messages.ts';
import { HANDSHAKE_TYPE, type HandshakeTypeName } from '../../wire/registry/names.ts';
import type { HandshakeKind } from '../timeline.ts';
import type { Side, Trace, TraceEntry } from '../trace.ts';
import { RFC8448 } from './rfc8448.ts';

export function handshakeMessage<T>(name: HandshakeTypeName, codec: Codec<T>, value: T): Uint8Array {
  const body = encode(codec, value);
  return concat(Uint8Array.of(HANDSHAKE_TYPE[name], 0, body.length >> 8, body.length & 255), body);
}

/** `count` bytes that differ from each other. */
export function filler(count: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (seed * 37 + i * 11) & 255);
}

export const CERTIFICATE_DER = wireCertificate();

export const CLIENT_HELLO_12 = handshakeMessage('client_hello', wire.clientHello, {
  legacy_version: 0x0303,
  random: filler(32, 1),
  legacy_session_id: new Uint8Array(0),
  cipher_suites: [0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0x009c, 0x009d],
  legacy_compression_methods: [0],
  extensions: buildExtensions('client_hello', {
    server_name: [{ name_type: 0, host_name: 'localhost' }],
    supported_groups: [0x1d, 0x17, 0x18, 0x19],
    ec_point_formats: [0],
    signature_algorithms: [0x0807, 0x0403, 0x0503, 0x0804, 0x0401],
    application_layer_protocol_negotiation: ['http/1.1'],
    extended_master_secret: true,
    renegotiation_info: new Uint8Array(0),
  }),
});

export const CLIENT_HELLO_RESUMING = handshakeMessage('client_hello', wire.clientHello, {
  legacy_version: 0x0303,
  random: filler(32, 1),
  legacy_session_id: filler(32, 13),
  cipher_suites: [0xc02b, 0xc02f],
  legacy_compression_methods: [0],
  extensions: buildExtensions('client_hello', {
    server_name: [{ name_type: 0, host_name: 'localhost' }],
    session_ticket: filler(160, 14),
    application_layer_protocol_negotiation: ['http/1.1'],
    extended_master_secret: true,
    renegotiation_info: new Uint8Array(0),
  }),
});

export function serverHello12(suite: number, random = filler(32, 2)): Uint8Array {
  return handshakeMessage('server_hello', wire.serverHello, {
    legacy_version: 0x0303,
    random,
    legacy_session_id_echo: new Uint8Array(0),
    cipher_suite: suite,
    legacy_compression_method: 0,
    extensions: buildExtensions('server_hello_12', {
      application_layer_protocol_negotiation: ['http/1.1'],
      extended_master_secret: true,
      renegotiation_info: new Uint8Array(0),
    }),
  });
}

export const CERTIFICATE_12 = handshakeMessage('certificate', wire.certificate12, {
  certificate_list: [CERTIFICATE_DER, CERTIFICATE_DER],
});
const PARAMS = { curve_type: 3, named_curve: 0x1d, public: filler(32, 5) };
export const SERVER_KEY_EXCHANGE = handshakeMessage('server_key_exchange', exchanges.serverKeyExchangeEcdhe, {
  params: { value: PARAMS, raw: encode(exchanges.ecdhParams, PARAMS) },
  algorithm: 0x0804,
  signature: filler(256, 6),
});
export const SERVER_HELLO_DONE = fromHex('0e000000');
export const CLIENT_KEY_EXCHANGE_RSA = handshakeMessage('client_key_exchange', exchanges.clientKeyExchangeRsa, {
  encrypted_pre_master_secret: filler(256, 7),
});
export const CLIENT_KEY_EXCHANGE_ECDHE = handshakeMessage('client_key_exchange', exchanges.clientKeyExchangeEcdhe, {
  ecdh_Yc: filler(32, 8),
});
export const CERTIFICATE_REQUEST_12 = handshakeMessage('certificate_request', wire.certificateRequest12, {
  certificate_types: [1, 64],
  supported_signature_algorithms: [0x0403, 0x0804],
  certificate_authorities: [filler(20, 9)],
});
export function finished12(seed: number): Uint8Array {
  return handshakeMessage('finished', wire.finished, { verify_data: filler(12, seed) });
}
export const NEW_SESSION_TICKET_12 = handshakeMessage('new_session_ticket', wire.newSessionTicket12, {
  ticket_lifetime_hint: 7200,
  ticket: filler(160, 12),
});
const CCS = fromHex('01');
const CLOSE_NOTIFY = fromHex('0100');

/** One step of a script: a message of one side. */
interface Said {
  readonly from: Side;
  readonly name: MessageObservation['name'];
  readonly raw: Uint8Array;
  readonly epoch?: Epoch;
}

/** The session comes in a ticket, and the server gives a new one. */
const SCRIPT_RESUMED: readonly Said[] = [
  { from: 'client', name: 'client_hello', raw: CLIENT_HELLO_RESUMING },
  { from: 'server', name: 'server_hello', raw: serverHello12(0xc02f) },
  { from: 'server', name: 'new_session_ticket', raw: NEW_SESSION_TICKET_12 },
  { from: 'server', name: 'change_cipher_spec', raw: CCS },
  { from: 'server', name: 'finished', raw: finished12(11), epoch: 'application' },
  { from: 'client', name: 'change_cipher_spec', raw: CCS },
  { from: 'client', name: 'finished', raw: finished12(10), epoch: 'application' },
];

function script12(kind: Exclude<HandshakeKind, 'tls13'>): readonly Said[] {
  if (kind === 'resumed12') return SCRIPT_RESUMED;
  const rsa = kind === 'rsa12';
  return [
    { from: 'client', name: 'client_hello', raw: CLIENT_HELLO_12 },
    { from: 'server', name: 'server_hello', raw: serverHello12(rsa ? 0x009c : 0xc02f) },
    { from: 'server', name: 'certificate', raw: CERTIFICATE_12 },
    ...(rsa ? [] : [{ from: 'server', name: 'server_key_exchange', raw: SERVER_KEY_EXCHANGE } as const]),
    { from: 'server', name: 'server_hello_done', raw: SERVER_HELLO_DONE },
    { from: 'client', name: 'client_key_exchange', raw: rsa ? CLIENT_KEY_EXCHANGE_RSA : CLIENT_KEY_EXCHANGE_ECDHE },
    { from: 'client', name: 'change_cipher_spec', raw: CCS },
    { from: 'client', name: 'finished', raw: finished12(10), epoch: 'application' },
    { from: 'server', name: 'change_cipher_spec', raw: CCS },
    { from: 'server', name: 'finished', raw: finished12(11), epoch: 'application' },
  ];
}

const SCRIPT_13: readonly Said[] = [
  { from: 'client', name: 'client_hello', raw: RFC8448.clientHello },
  { from: 'server', name: 'server_hello', raw: RFC8448.serverHello },
  { from: 'server', name: 'change_cipher_spec', raw: CCS },
  { from: 'server', name: 'encrypted_extensions', raw: RFC8448.encryptedExtensions, epoch: 'handshake' },
  { from: 'server', name: 'certificate', raw: RFC8448.certificate, epoch: 'handshake' },
  { from: 'server', name: 'certificate_verify', raw: RFC8448.certificateVerify, epoch: 'handshake' },
  { from: 'server', name: 'finished', raw: RFC8448.serverFinished, epoch: 'handshake' },
  { from: 'client', name: 'change_cipher_spec', raw: CCS },
  { from: 'client', name: 'finished', raw: RFC8448.clientFinished, epoch: 'handshake' },
];

/** From one side to the other, and how long a side thinks before it answers; milliseconds. */
const TRAVEL = 0.4;
const THINK = 0.25;

/** What `side` observes of a whole connection: handshake, a request, an answer, the end. Both sides share one clock. */
export function sampleTrace(kind: HandshakeKind, side: Side): Trace {
  const tls13 = kind === 'tls13';
  const version: NegotiatedVersion = tls13 ? 0x0304 : 0x0303;
  const suite = { rsa12: 0x009c, ecdhe12: 0xc02f, resumed12: 0xc02f, tls13: 0x1301 }[kind];
  const entries: TraceEntry[] = [];
  let sent = 0;
  let last: Side | undefined;
  const see = (observation: Observation, after = 0): void => {
    const t = sent + after + (last === side ? 0 : TRAVEL);
    entries.push({ t: Math.round(t * 1000) / 1000, observation });
  };
  const turn = (from: Side): 'in' | 'out' => {
    sent += from === last ? 0.013 : last === undefined ? THINK : TRAVEL + THINK;
    last = from;
    return from === side ? 'out' : 'in';
  };
  const say = ({ from, name, raw, epoch = 'plaintext' }: Said): void => {
    const direction = turn(from);
    const innerType = name === 'change_cipher_spec' ? 20 : name === 'alert' ? 21 : 22;
    const sealed = epoch !== 'plaintext';
    const length = raw.length + (sealed ? 17 : 0);
    const type = sealed && tls13 ? 23 : innerType;
    const content = { innerType, contentLength: raw.length, epoch, version: 0x0303 };
    const record: Observation = { kind: 'record', direction, type, length, ...content };
    const known = name === 'client_hello' ? undefined : version;
    const message: Observation = { kind: 'message', direction, type: innerType, name, raw, epoch, version: known };
    for (const one of direction === 'in' ? [record, message] : [message, record]) see(one);
  };
  const data = (from: Side, length: number): void => {
    const direction = turn(from);
    const content = { type: 23, innerType: 23, version: 0x0303, contentLength: length, epoch: 'application' } as const;
    see({ kind: 'record', direction, length: length + 24, ...content });
    see({ kind: 'data', direction, length });
  };
  for (const said of kind === 'tls13' ? SCRIPT_13 : script12(kind)) say(said);
  see({ kind: 'keys', direction: 'out', epoch: 'application', suite, generation: 0 }, 0.005);
  const agreed = kind === 'rsa12' ? {} : { group: 0x1d, scheme: 0x0804 };
  see({ kind: 'connected', version, suite, alpn: 'http/1.1', ...agreed }, 0.006);
  data('client', 78);
  data('server', 512);
  say({ from: 'server', name: 'alert', raw: CLOSE_NOTIFY, epoch: 'application' });
  say({ from: 'client', name: 'alert', raw: CLOSE_NOTIFY, epoch: 'application' });
  see({ kind: 'closed' });
  return { version: 1, side, started: Date.UTC(2026, 0, 31, 12, 0, 0), note: 'localhost:4433', entries };
}

/** A client that offers no suite the server likes. */
export function failedTrace(): Trace {
  const raw = CLIENT_HELLO_12;
  const hello = { kind: 'message', direction: 'out', type: 22, name: 'client_hello', raw, epoch: 'plaintext' } as const;
  const alert = {
    kind: 'message',
    direction: 'in',
    type: 21,
    name: 'alert',
    raw: fromHex('0228'),
    epoch: 'plaintext',
  } as const;
  const problem = 'the peer sent \u001b[31mhandshake_failure';
  const entries: TraceEntry[] = [
    { t: 0.2, observation: { ...hello, version: undefined } },
    { t: 1.3, observation: { ...alert, version: undefined } },
    { t: 1.4, observation: { kind: 'error', code: 'ERR_TLS_ALERT_RECEIVED', alert: 'handshake_failure', problem } },
  ];
  return { version: 1, side: 'client', started: 0, note: undefined, entries };
}

/** The DER certificate of RFC 8448 section 3. */
function wireCertificate(): Uint8Array {
  return RFC8448.certificate.subarray(11, 443);
}
