// Handshakes as both sides would observe them, for the tests of timelines and renderers. TLS 1.3 is RFC 8448; of TLS 1.2 some
// are what OpenSSL said, the others are encoded with the wire's own codecs around bytes that mean nothing.

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
import { DHE_PSK12, DHE12, ECDHE_PSK12, MUTUAL12, PSK12 } from './recorded12.ts';
import { RFC8448 } from './rfc8448.ts';
import { RFC8448_CLIENT_AUTH, RFC8448_RESUMED, RFC8448_RETRIED } from './rfc8448_more.ts';

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

/** A handshake of each kind, and some with more in them. */
export type SampleName = HandshakeKind | 'mutual12' | 'mutual13' | 'retried13' | 'late13';

/** One step of a script: a message of one side, or the length of what it sends of data. */
type Said = SaidMessage | SaidData;
interface SaidMessage {
  readonly from: Side;
  readonly name: MessageObservation['name'];
  readonly raw: Uint8Array;
  readonly epoch?: Epoch;
}
interface SaidData {
  readonly from: Side;
  readonly data: number;
  readonly epoch?: Epoch;
}

interface Script {
  readonly suite: number;
  readonly agreed: { readonly group?: number; readonly scheme?: number };
  readonly said: readonly Said[];
}

const client = (name: MessageObservation['name'], raw: Uint8Array, epoch: Epoch = 'plaintext'): Said => {
  return { from: 'client', name, raw, epoch };
};
const server = (name: MessageObservation['name'], raw: Uint8Array, epoch: Epoch = 'plaintext'): Said => {
  return { from: 'server', name, raw, epoch };
};

const END_12: readonly Said[] = [
  client('change_cipher_spec', CCS),
  client('finished', finished12(10), 'application'),
  server('change_cipher_spec', CCS),
  server('finished', finished12(11), 'application'),
];

/** The session comes in a ticket, and the server gives a new one. */
const RESUMED_12: readonly Said[] = [
  client('client_hello', CLIENT_HELLO_RESUMING),
  server('server_hello', serverHello12(0xc02f)),
  server('new_session_ticket', NEW_SESSION_TICKET_12),
  server('change_cipher_spec', CCS),
  server('finished', finished12(11), 'application'),
  client('change_cipher_spec', CCS),
  client('finished', finished12(10), 'application'),
];

const RSA_12: readonly Said[] = [
  client('client_hello', CLIENT_HELLO_12),
  server('server_hello', serverHello12(0x009c)),
  server('certificate', CERTIFICATE_12),
  server('server_hello_done', SERVER_HELLO_DONE),
  client('client_key_exchange', CLIENT_KEY_EXCHANGE_RSA),
  ...END_12,
];

const ECDHE_12: readonly Said[] = [
  client('client_hello', CLIENT_HELLO_12),
  server('server_hello', serverHello12(0xc02f)),
  server('certificate', CERTIFICATE_12),
  server('server_key_exchange', SERVER_KEY_EXCHANGE),
  server('server_hello_done', SERVER_HELLO_DONE),
  client('client_key_exchange', CLIENT_KEY_EXCHANGE_ECDHE),
  ...END_12,
];

interface Recorded {
  readonly serverHello: Uint8Array;
  readonly serverKeyExchange: Uint8Array;
  readonly clientKeyExchange: Uint8Array;
}

/** Around the recorded key exchange stands what is the same in all. */
function recorded12(
  { serverHello, serverKeyExchange, clientKeyExchange }: Recorded,
  certificate = false,
): readonly Said[] {
  return [
    client('client_hello', CLIENT_HELLO_12),
    server('server_hello', serverHello),
    ...(certificate ? [server('certificate', CERTIFICATE_12)] : []),
    server('server_key_exchange', serverKeyExchange),
    server('server_hello_done', SERVER_HELLO_DONE),
    client('client_key_exchange', clientKeyExchange),
    ...END_12,
  ];
}

const MUTUAL_12: readonly Said[] = [
  client('client_hello', MUTUAL12.clientHello),
  server('server_hello', MUTUAL12.serverHello),
  server('certificate', MUTUAL12.certificate),
  server('certificate_status', MUTUAL12.certificateStatus),
  server('server_key_exchange', MUTUAL12.serverKeyExchange),
  server('certificate_request', MUTUAL12.certificateRequest),
  server('server_hello_done', SERVER_HELLO_DONE),
  client('certificate', MUTUAL12.clientCertificate),
  client('client_key_exchange', MUTUAL12.clientKeyExchange),
  client('certificate_verify', MUTUAL12.certificateVerify),
  client('change_cipher_spec', CCS),
  client('finished', MUTUAL12.clientFinished, 'application'),
  server('new_session_ticket', MUTUAL12.newSessionTicket),
  server('change_cipher_spec', CCS),
  server('finished', MUTUAL12.serverFinished, 'application'),
];

const TLS_13: readonly Said[] = [
  client('client_hello', RFC8448.clientHello),
  server('server_hello', RFC8448.serverHello),
  server('change_cipher_spec', CCS),
  server('encrypted_extensions', RFC8448.encryptedExtensions, 'handshake'),
  server('certificate', RFC8448.certificate, 'handshake'),
  server('certificate_verify', RFC8448.certificateVerify, 'handshake'),
  server('finished', RFC8448.serverFinished, 'handshake'),
  client('change_cipher_spec', CCS),
  client('finished', RFC8448.clientFinished, 'handshake'),
];

/** With early data. */
const RESUMED_13: readonly Said[] = [
  client('client_hello', RFC8448_RESUMED.clientHello),
  { from: 'client', data: 6, epoch: 'early' },
  server('server_hello', RFC8448_RESUMED.serverHello),
  server('encrypted_extensions', RFC8448_RESUMED.encryptedExtensions, 'handshake'),
  server('finished', RFC8448_RESUMED.serverFinished, 'handshake'),
  client('end_of_early_data', RFC8448_RESUMED.endOfEarlyData, 'early'),
  client('finished', RFC8448_RESUMED.clientFinished, 'handshake'),
];

const RETRIED_13: readonly Said[] = [
  client('client_hello', RFC8448_RETRIED.clientHello),
  server('hello_retry_request', RFC8448_RETRIED.helloRetryRequest),
  client('client_hello', RFC8448_RETRIED.secondClientHello),
  server('server_hello', RFC8448_RETRIED.serverHello),
  server('encrypted_extensions', RFC8448_RETRIED.encryptedExtensions, 'handshake'),
  server('certificate', RFC8448_RETRIED.certificate, 'handshake'),
  server('certificate_verify', RFC8448_RETRIED.certificateVerify, 'handshake'),
  server('finished', RFC8448_RETRIED.serverFinished, 'handshake'),
  client('finished', RFC8448_RETRIED.clientFinished, 'handshake'),
];

const MUTUAL_13: readonly Said[] = [
  client('client_hello', RFC8448_CLIENT_AUTH.clientHello),
  server('server_hello', RFC8448_CLIENT_AUTH.serverHello),
  server('encrypted_extensions', RFC8448_CLIENT_AUTH.encryptedExtensions, 'handshake'),
  server('certificate_request', RFC8448_CLIENT_AUTH.certificateRequest, 'handshake'),
  server('certificate', RFC8448_CLIENT_AUTH.certificate, 'handshake'),
  server('certificate_verify', RFC8448_CLIENT_AUTH.certificateVerify, 'handshake'),
  server('finished', RFC8448_CLIENT_AUTH.serverFinished, 'handshake'),
  client('certificate', RFC8448_CLIENT_AUTH.clientCertificate, 'handshake'),
  client('certificate_verify', RFC8448_CLIENT_AUTH.clientCertificateVerify, 'handshake'),
  client('finished', RFC8448_CLIENT_AUTH.clientFinished, 'handshake'),
];

const CONTEXT = filler(4, 15);
const REQUEST_13 = handshakeMessage('certificate_request', wire.certificateRequest13, {
  certificate_request_context: CONTEXT,
  extensions: buildExtensions('certificate_request', { signature_algorithms: [0x0403] }),
});
const ANSWER_13 = handshakeMessage('certificate', wire.certificate13, {
  certificate_request_context: CONTEXT,
  certificate_list: [{ cert_data: CERTIFICATE_DER, extensions: buildExtensions('certificate', {}) }],
});

/** A ticket, a request for a certificate with its answer, and a new key, all behind the handshake. */
const LATE_13: readonly Said[] = [
  ...TLS_13,
  server('new_session_ticket', RFC8448.newSessionTicket, 'application'),
  server('certificate_request', REQUEST_13, 'application'),
  client('certificate', ANSWER_13, 'application'),
  client('certificate_verify', RFC8448.certificateVerify, 'application'),
  client('finished', RFC8448.clientFinished, 'application'),
  server('key_update', fromHex('1800000101'), 'application'),
];

const SIGNED = { group: 0x1d, scheme: 0x0804 };

const SCRIPTS: Readonly<Record<SampleName, Script>> = {
  rsa12: { suite: 0x009c, agreed: {}, said: RSA_12 },
  ecdhe12: { suite: 0xc02f, agreed: SIGNED, said: ECDHE_12 },
  dhe12: { suite: 0x009e, agreed: { group: 0x0100, scheme: 0x0804 }, said: recorded12(DHE12, true) },
  psk12: { suite: 0x00a8, agreed: {}, said: recorded12(PSK12) },
  dhe_psk12: { suite: 0x00aa, agreed: {}, said: recorded12(DHE_PSK12) },
  ecdhe_psk12: { suite: 0xccac, agreed: { group: 0x1d }, said: recorded12(ECDHE_PSK12) },
  resumed12: { suite: 0xc02f, agreed: SIGNED, said: RESUMED_12 },
  tls13: { suite: 0x1301, agreed: SIGNED, said: TLS_13 },
  resumed13: { suite: 0x1301, agreed: { group: 0x1d }, said: RESUMED_13 },
  mutual12: { suite: 0xc02b, agreed: { group: 0x1d, scheme: 0x0403 }, said: MUTUAL_12 },
  mutual13: { suite: 0x1301, agreed: { group: 0x1d, scheme: 0x0403 }, said: MUTUAL_13 },
  retried13: { suite: 0x1301, agreed: { group: 0x17, scheme: 0x0804 }, said: RETRIED_13 },
  late13: { suite: 0x1301, agreed: SIGNED, said: LATE_13 },
};

/** Every handshake that there is a sample of. */
export const SAMPLE_NAMES = Object.keys(SCRIPTS) as readonly SampleName[];

/** From one side to the other, and how long a side thinks before it answers; milliseconds. */
const TRAVEL = 0.4;
const THINK = 0.25;

/** What `side` observes of a whole connection: handshake, a request, an answer, the end. Both sides share one clock. */
export function sampleTrace(kind: SampleName, side: Side): Trace {
  const tls13 = kind.endsWith('13');
  const version: NegotiatedVersion = tls13 ? 0x0304 : 0x0303;
  const { suite, agreed, said } = SCRIPTS[kind];
  // In TLS 1.3 a Finished under application keys belongs to an answer after the handshake.
  const done = tls13
    ? said.map((one) => 'name' in one && one.name === 'finished' && one.epoch === 'handshake').lastIndexOf(true)
    : said.length - 1;
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
  const say = ({ from, name, raw, epoch = 'plaintext' }: SaidMessage): void => {
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
  const data = (from: Side, length: number, epoch: Epoch = 'application'): void => {
    const direction = turn(from);
    const content = { type: 23, innerType: 23, version: 0x0303, contentLength: length, epoch };
    see({ kind: 'record', direction, length: length + 24, ...content });
    see({ kind: 'data', direction, length });
  };
  const run = (one: Said): void => ('data' in one ? data(one.from, one.data, one.epoch) : say(one));
  for (const one of said.slice(0, done + 1)) run(one);
  see({ kind: 'keys', direction: 'out', epoch: 'application', suite, generation: 0 }, 0.005);
  see({ kind: 'connected', version, suite, alpn: 'http/1.1', ...agreed }, 0.006);
  data('client', 78);
  data('server', 512);
  for (const one of said.slice(done + 1)) run(one);
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
