// Stapled OCSP responses and certificate timestamps (RFC 6066 8, RFC 8446 4.4.2.1, RFC 6962 3.3), from the server's credential to
// the client's verdict: what is asked for comes, and what it says counts. Must-staple (RFC 7633) end to end.

import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex } from '../../src/bytes/bytes.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { Need, VerdictNeed } from '../../src/handshake/shared/needs.ts';
import type { Identity } from '../../src/host/credential.ts';
import { judge } from '../../src/host/trust.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { certificateStatus, clientHello, serverHello } from '../../src/wire/messages.ts';
import { type Policy, WEB } from '../../src/x509/policy.ts';
import { edited, handshake, puppet, withExtension } from '../support/forge.ts';
import { makePair, PAIRS, type Pair, type PairOptions, shakeHands, world } from '../support/pair.ts';
import { by, expectConnected, expectRefused, expectTold, messagesOf } from '../support/prove.ts';
import { merge, twice } from '../support/resume.ts';
import { responseFor } from '../support/staple.ts';

const HOWS = ['1.3', 'ECDHE', 'DHE', 'RSA'] as const;

/** A server's identity; `mustStaple` puts RFC 7633's demand into its certificate. */
function identityOf(kind: 'p256' | 'rsa', mustStaple = false): Identity {
  const { privateKey } = mustStaple
    ? kind === 'rsa'
      ? generatePrivateKey('rsa', 2048)
      : generatePrivateKey('ec')
    : world().identities[kind];
  const { pki } = world();
  const leaf = pki.issue({ names: ['localhost'], key: privateKey, overrides: { mustStaple } });
  return { chain: pki.chainOf(leaf), privateKey };
}
const certificateOf = ({ chain: [leaf = new Uint8Array(0)] }: Identity): Uint8Array => leaf;
const withResponse = (identity: Identity, more: Parameters<typeof responseFor>[1] = {}): Identity => ({
  ...identity,
  ocspResponse: responseFor(certificateOf(identity), more),
});

interface Told {
  readonly pair: Pair;
  readonly need: VerdictNeed | undefined;
  readonly messages: string[];
}

/** A handshake whose verdict follows this policy. */
function shake(
  how: (typeof HOWS)[number],
  identity: Identity,
  more: PairOptions = {},
  policy: Partial<Policy> = {},
  before: (pair: Pair) => void = () => {},
): Told {
  const observed: Observation[] = [];
  const client = { observe: (one: Observation): void => void observed.push(one) };
  const pair = makePair(merge(by(how), merge(more, { client: { ...more.client, ...client }, identities: [identity] })));
  let asked: VerdictNeed | undefined;
  const trust = { anchors: world().anchors, provider: nodeProvider, policy: { ...WEB, ...policy } };
  Object.assign(pair.client, {
    reply: (need: Need) => {
      if (need.kind !== 'verdict') throw new Error(need.kind);
      asked = need;
      return { answer: judge(need, trust).verdict };
    },
  });
  before(pair);
  shakeHands(pair);
  return { pair, need: asked, messages: messagesOf(observed, 'client') };
}

describe.each(HOWS)('%s', (how) => {
  const kind = how === '1.3' || how === 'ECDHE' ? 'p256' : 'rsa';
  const plain = identityOf(kind);
  const demanding = identityOf(kind, true);
  const is12 = how !== '1.3';

  it.each(PAIRS)('client on %s, server on %s: a good response arrives and counts', (c, s) => {
    const identity = withResponse(plain);
    const options = { client: { name: c }, server: { name: s } };
    const { pair, need, messages } = shake(how, identity, options, { mustStaple: 'always' });
    expectConnected(pair);
    expect(toHex(need?.ocspResponse ?? new Uint8Array(0))).toBe(toHex(identity.ocspResponse ?? new Uint8Array(1)));
    expect(need?.statusRequested).toBe(true);
    expect(messages.includes('server certificate_status')).toBe(is12);
  });

  it('RFC 6960: one that says revoked is certificate_revoked', () => {
    const { pair } = shake(how, withResponse(plain, { status: 'revoked' }));
    expectRefused(pair.client, 'ERR_TLS_CERTIFICATE_REFUSED', 'certificate_revoked');
    expectTold(pair.server, 'certificate_revoked');
  });

  it('who does not ask gets none, and cannot insist on one (RFC 7633)', () => {
    const client = { statusRequest: false };
    const { pair, need, messages } = shake(how, withResponse(demanding), { client }, { mustStaple: 'always' });
    expectConnected(pair);
    expect([need?.statusRequested, need?.ocspResponse]).toEqual([false, undefined]);
    expect(messages).not.toContain('server certificate_status');
  });

  it('RFC 7633 4.3.3: a certificate that demands a response is refused without one', () => {
    const without = shake(how, demanding);
    expectRefused(without.pair.client, 'ERR_TLS_CERTIFICATE_REFUSED', 'bad_certificate_status_response');
    expectTold(without.pair.server, 'bad_certificate_status_response');
    expectConnected(shake(how, withResponse(demanding)).pair);
    expectConnected(shake(how, demanding, {}, { mustStaple: 'ignore' }).pair);
    expectConnected(shake(how, plain).pair);
  });

  it('`mustStaple: always` demands one of every certificate', () => {
    const { pair } = shake(how, plain, {}, { mustStaple: 'always' });
    expectRefused(pair.client, 'ERR_TLS_CERTIFICATE_REFUSED', 'bad_certificate_status_response');
  });

  it.each([
    ['of another certificate', (): Uint8Array => responseFor(certificateOf(demanding))],
    ['that is none', (): Uint8Array => fromHex('3003020100')],
  ])('a response %s is refused', (_what, response) => {
    const { pair } = shake(how, { ...plain, ocspResponse: response() });
    expect(pair.client.error?.code).toBe('ERR_TLS_CERTIFICATE_REFUSED');
    expect(pair.client.error?.alert).toBe('bad_certificate_status_response');
  });

  it('RFC 6962 3.3: timestamps come to who asks for them', () => {
    const timestamps = [fromHex('00aa'), new Uint8Array(100).fill(7)];
    for (const asks of [true, false]) {
      const { pair, need } = shake(how, { ...plain, timestamps }, { client: { timestamps: asks } }, { minimumScts: 0 });
      expectConnected(pair);
      expect(need?.timestamps?.map(toHex)).toEqual(asks ? timestamps.map(toHex) : []);
    }
  });

  it('RFC 6066 8: a client that asks for another kind of status gets none', () => {
    const { pair, messages } = shake(how, withResponse(plain), {}, {}, ({ client }) =>
      puppet(client.engine, (name, raw) =>
        name === 'client_hello'
          ? [
              edited(clientHello, raw, (hello) => ({
                ...hello,
                extensions: withExtension(hello.extensions, EXTENSIONS.status_request.id, fromHex('0200000000')),
              })),
            ]
          : undefined,
      ),
    );
    expectConnected(pair);
    expect(messages).not.toContain('server certificate_status');
  });
});

describe('RFC 6066 8: CertificateStatus in TLS 1.2', () => {
  const identity = identityOf('p256');
  const tamper =
    (change: (name: string, raw: Uint8Array) => readonly Uint8Array[] | undefined) =>
    ({ server }: Pair): void =>
      puppet(server.engine, change);
  const status = (type: number, response: Uint8Array): Uint8Array =>
    handshake('certificate_status', concat(Uint8Array.of(type, 0, 0, response.length), response));
  const dropped = tamper((name) => (name === 'certificate_status' ? [] : undefined));

  it('promised and missing: as if there were none, which is enough for most and not for all', () => {
    expectConnected(shake('ECDHE', withResponse(identity), {}, {}, dropped).pair);
    const demanding = identityOf('p256', true);
    const { pair } = shake('ECDHE', withResponse(demanding), {}, {}, dropped);
    expectRefused(pair.client, 'ERR_TLS_CERTIFICATE_REFUSED', 'bad_certificate_status_response');
    const always = shake('ECDHE', withResponse(identity), {}, { mustStaple: 'always' }, dropped);
    expectRefused(always.pair.client, 'ERR_TLS_CERTIFICATE_REFUSED', 'bad_certificate_status_response');
  });

  it.each(['ECDHE', 'DHE', 'RSA'] as const)('%s: promised and missing, with every message that may follow', (how) => {
    const own = identityOf(how === 'ECDHE' ? 'p256' : 'rsa');
    for (const clientCertificate of ['none', 'request'] as const) {
      const { pair } = shake(how, withResponse(own), { server: { clientCertificate } }, {}, dropped);
      expectConnected(pair);
    }
  });

  it('of a type that was not asked for, and with an empty response', () => {
    const typed = tamper((name, raw) =>
      name === 'certificate_status'
        ? [edited(certificateStatus, raw, (body) => ({ ...body, status_type: 2 }))]
        : undefined,
    );
    const other = shake('ECDHE', withResponse(identity), {}, {}, typed).pair.client;
    expectRefused(other, 'ERR_TLS_ILLEGAL_VALUE', 'illegal_parameter');
    const empty = tamper((name) => (name === 'certificate_status' ? [status(1, new Uint8Array(0))] : undefined));
    expectRefused(shake('ECDHE', withResponse(identity), {}, {}, empty).pair.client, 'ERR_TLS_DECODE', 'decode_error');
  });

  it('twice, before the certificate, and without a promise: unexpected_message', () => {
    const one = status(1, fromHex('30030a0101'));
    const twiceOver = tamper((name, raw) => (name === 'certificate_status' ? [raw, raw] : undefined));
    const before = tamper((name, raw) => (name === 'certificate' ? [one, raw] : undefined));
    const unpromised = tamper((name, raw) => (name === 'certificate' ? [raw, one] : undefined));
    for (const [change, own] of [
      [twiceOver, withResponse(identity)],
      [before, withResponse(identity)],
      [unpromised, identity],
    ] as const) {
      const { client } = shake('ECDHE', own, {}, {}, change).pair;
      expectRefused(client, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
    }
  });

  it('promised to a client that did not ask', () => {
    const promising = tamper((name, raw) =>
      name === 'server_hello'
        ? [
            edited(serverHello, raw, (hello) => ({
              ...hello,
              extensions: withExtension(hello.extensions, EXTENSIONS.status_request.id, new Uint8Array(0)) as never,
            })),
          ]
        : undefined,
    );
    const client = { statusRequest: false };
    expectRefused(
      shake('ECDHE', identity, { client }, {}, promising).pair.client,
      'ERR_TLS_UNSOLICITED_EXTENSION',
      'unsupported_extension',
    );
  });

  it('in a resumed handshake there is no certificate, and no status', () => {
    const one = status(1, fromHex('30030a0101'));
    const again = twice('ticket', {}, {}, ({ server }) =>
      puppet(server.engine, (name, raw) => (name === 'server_hello' ? [raw, one] : undefined)),
    );
    expectRefused(again.pair.client, 'ERR_TLS_UNEXPECTED_MESSAGE', 'unexpected_message');
  });
});
