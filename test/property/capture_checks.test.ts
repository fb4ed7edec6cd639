// What is verified of a recorded connection beside the handshake itself: authentication after it, and what was stapled to certificates.
// Each is shown as right, as wrong, or as not to be checked with the reason.

import { describe, expect, it } from 'vitest';
import type { CapturedConnection } from '../../src/capture/connection.ts';
import { CaptureDecoder } from '../../src/capture/decode.ts';
import { KeyLog } from '../../src/capture/keylog.ts';
import { type Verdict, verdictsOf } from '../../src/capture/verdicts.ts';
import type { ClientOptions } from '../../src/engine/options.ts';
import type { Identity } from '../../src/host/credential.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { type TrustAnchors, trustAnchors } from '../../src/x509/anchors.ts';
import { writeSpki } from '../../src/x509/make.ts';
import type { CtLog } from '../../src/x509/sct.ts';
import { makeSctList } from '../conformance/x509-pki.ts';
import { readBack, recording } from '../support/captured.ts';
import { opensslText, type SeenMessage } from '../support/message_text.ts';
import { exchange, makePair, type PairOptions, PROVIDERS, world } from '../support/pair.ts';
import { converse } from '../support/sessions.ts';
import { responseFor } from '../support/staple.ts';

const V12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const V13 = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

describe('RFC 8446 4.6.2: authentication after the handshake', () => {
  /** Asked twice: in the first generation of keys, and in the client's second. */
  const talk = recording(({ observe, keyLog, wire }) => {
    const options = { ...V13, postHandshakeAuth: true } as const;
    const pair = makePair({ client: { ...options, observe, keyLog }, server: options, clientKeys: ['p256'] });
    const { client, server } = pair;
    server.handle(server.engine.start());
    client.handle(client.engine.start());
    for (let round = 0; round < 2; round++) {
      exchange(pair, wire);
      server.handle(server.engine.requestCertificate());
      exchange(pair, wire);
      expect(server.authentications.length).toBe(round + 1);
      client.handle(client.engine.updateKeys(true));
    }
  });
  const shown = (checks: readonly Pick<Verdict, 'name' | 'outcome'>[]): string[] =>
    checks.filter(({ name }) => name.startsWith('client_')).map(({ name, outcome }) => `${name} ${outcome}`);
  const ROUND = ['client_certificate_verify right', 'client_finished right'];

  it('signature and Finished are verified, with the keys of the generation that they are under', () => {
    const [connection] = readBack(talk.file).connections;
    expect(shown(connection?.checks ?? [])).toEqual(['client_finished right', ...ROUND, ...ROUND]);
    expect(connection?.sealedReasons).toEqual([]);
  });

  it('RFC 8446 4.4.1: behind a HelloRetryRequest too, whose hash stands for the first ClientHello', () => {
    const retried = recording(({ observe, keyLog, wire }) => {
      const options = { ...V13, postHandshakeAuth: true } as const;
      const client = { ...options, groups: ['x25519', 'secp256r1'] as const, observe, keyLog };
      const server = { ...options, groups: ['secp256r1'] as const };
      const pair = makePair({ client, server, clientKeys: ['p256'] });
      pair.server.handle(pair.server.engine.start());
      pair.client.handle(pair.client.engine.start());
      exchange(pair, wire);
      pair.server.handle(pair.server.engine.requestCertificate());
      exchange(pair, wire);
    });
    expect(retried.observed.some((one) => one.kind === 'message' && one.name === 'hello_retry_request')).toBe(true);
    expect(shown(readBack(retried.file).connections[0]?.checks ?? [])).toEqual(['client_finished right', ...ROUND]);
  });

  const messages = talk.observed.flatMap((one) => (one.kind === 'message' ? [one] : []));
  const placeOf = (name: string, nth: number): number => {
    const places = messages.flatMap((one, i) => (one.name === name ? [i] : []));
    return places.at(nth) ?? Number.NaN;
  };
  const read = (list: readonly SeenMessage[]): CapturedConnection => {
    const keyLog = new KeyLog();
    keyLog.add(talk.keyLog.join('\n'));
    for (const one of new CaptureDecoder({ provider: nodeProvider, keyLog }).text(opensslText(list))) {
      if (one.kind === 'connection') return one.connection;
    }
    throw new Error('nothing was read');
  };
  const changed = (name: string, nth: number): readonly SeenMessage[] =>
    messages.map((one, i) => {
      const raw = one.raw.slice();
      raw[raw.length - 1] = (raw.at(-1) ?? 0) ^ 1;
      return i === placeOf(name, nth) ? { ...one, raw } : one;
    });

  it('one flipped byte of the signature is told, and of Finished', () => {
    expect(shown(read(messages).checks)).toEqual(['client_finished right', ...ROUND, ...ROUND]);
    expect(shown(read(changed('certificate_verify', -1)).checks)).toEqual([
      'client_finished right',
      ...ROUND,
      'client_certificate_verify wrong',
      'client_finished wrong',
    ]);
    expect(shown(read(changed('finished', -1)).checks)).toEqual([
      'client_finished right',
      ...ROUND,
      'client_certificate_verify right',
      'client_finished wrong',
    ]);
  });

  it('an answer whose request is not in the capture cannot be checked, and says so', () => {
    const without = messages.filter((_, i) => i !== placeOf('certificate_request', -1));
    expect(read(without).checks.slice(-2)).toMatchObject([
      { name: 'client_certificate_verify', outcome: 'unchecked', why: 'no_request' },
      { name: 'client_finished', outcome: 'unchecked', why: 'no_request' },
    ]);
  });
});

describe.each([
  ['TLS 1.2', V12],
  ['TLS 1.3', V13],
] as const)('%s: what is stapled to the certificate of the server', (_, limits) => {
  const certificate = world().identities.p256.chain[0] ?? new Uint8Array(0);
  const other = world().identities.rsa.chain[0] ?? new Uint8Array(0);
  const DAY = 86_400_000;

  function talk(more: Partial<Identity>, client: Partial<ClientOptions> = {}): CapturedConnection {
    const identities = [{ ...world().identities.p256, ...more }];
    const options: PairOptions = { server: limits, identities };
    const { file } = recording(({ observe, keyLog, wire }) => {
      converse(makePair({ ...options, client: { ...limits, ...client, observe, keyLog } }), wire);
    });
    const [connection] = readBack(file).connections;
    if (connection === undefined) throw new Error('nothing was read');
    return connection;
  }

  const judged = (
    connection: CapturedConnection,
    anchors: TrustAnchors = world().anchors,
    ctLogs?: readonly CtLog[],
  ): unknown[] =>
    verdictsOf(connection, { provider: PROVIDERS.node, anchors, ctLogs })
      .filter(({ name }) => /_(?:chain|ocsp|sct)$/.test(name))
      .map(({ name, outcome, why }) => [name, outcome, typeof why === 'object' ? why.code : why]);

  const RIGHT = ['server_chain', 'right', undefined];

  it('RFC 6066 8: an OCSP response that its issuer signed, about this certificate, of this time', () => {
    const connection = talk({ ocspResponse: responseFor(certificate) });
    expect(judged(connection)).toEqual([RIGHT, ['server_ocsp', 'right', undefined]]);
    // At the time of the capture: a week later it would be too old.
    expect(judged({ ...connection, started: connection.started + 7 * DAY })).toEqual([
      RIGHT,
      ['server_ocsp', 'wrong', 'ocsp_out_of_date'],
    ]);
    expect(judged(connection, trustAnchors([]))).toEqual([
      ['server_chain', 'wrong', 'no_trust_anchors'],
      ['server_ocsp', 'unchecked', 'chain_does_not_hold'],
    ]);
  });

  it.each([
    ['about another certificate', responseFor(other), [RIGHT, ['server_ocsp', 'wrong', 'ocsp_wrong_certificate']]],
    [
      'whose signature was changed',
      (() => {
        const response = responseFor(certificate).slice();
        response[response.length - 1] = (response.at(-1) ?? 0) ^ 1;
        return response;
      })(),
      [RIGHT, ['server_ocsp', 'wrong', 'ocsp_bad_signature']],
    ],
    [
      'that says that the responder has no time',
      Uint8Array.of(0x30, 3, 0x0a, 1, 3),
      [RIGHT, ['server_ocsp', 'unchecked', 'ocsp_not_successful']],
    ],
    [
      'that says "revoked"',
      responseFor(certificate, { status: 'revoked' }),
      [
        ['server_chain', 'wrong', 'revoked_by_ocsp'],
        ['server_ocsp', 'wrong', 'revoked_by_ocsp'],
      ],
    ],
  ] as const)('an OCSP response %s', (_what, ocspResponse, expected) => {
    expect(judged(talk({ ocspResponse }))).toEqual(expected);
  });

  it('RFC 6962 3.3: timestamps, with the keys of logs and without', () => {
    const log = generatePrivateKey('ec', 'secp256r1').privateKey;
    const stranger = generatePrivateKey('ec', 'secp256r1').privateKey;
    const one = (key = log, about = certificate, time = Date.now() - DAY): Uint8Array =>
      makeSctList(key, { x509: about }, time).subarray(4);
    const timestamps = [one(), one(log, other), one(stranger), one(log, certificate, Date.now() + DAY)];
    const connection = talk({ timestamps }, { timestamps: true });
    expect(judged(connection)).toEqual([RIGHT, ['server_sct', 'unchecked', 'no_log_keys']]);
    const ctLogs = [{ name: 'a log', key: writeSpki(log.publicKey) }];
    expect(judged(connection, world().anchors, ctLogs)).toEqual([
      RIGHT,
      ['server_sct', 'right', undefined],
      ['server_sct', 'wrong', 'bad_signature'],
      ['server_sct', 'unchecked', 'unknown_log'],
      ['server_sct', 'wrong', 'in_the_future'],
    ]);
    expect(judged(connection, trustAnchors([]), ctLogs).at(-1)).toEqual([
      'server_sct',
      'unchecked',
      'chain_does_not_hold',
    ]);
  });
});
