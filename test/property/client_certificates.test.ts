// Clients that prove themselves (RFC 5246 7.4.4 - 7.4.8, RFC 8446 4.3.2, 4.4): every kind of key with every way of agreeing on
// keys, given or not, asked for or required; and what comes of certificates and signatures that do not suffice.

import { describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes/bytes.ts';
import type { Observation } from '../../src/engine/observe.ts';
import type { Verdict } from '../../src/handshake/shared/needs.ts';
import { credentialOf, type Identity } from '../../src/host/credential.ts';
import { judge } from '../../src/host/trust.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { makeTestPki } from '../../src/x509/make_pki.ts';
import {
  type KeyKind,
  makePair,
  NAMES,
  PAIRS,
  type Pair,
  type PairOptions,
  Side,
  shakeHands,
  world,
} from '../support/pair.ts';
import {
  by,
  chosen,
  expectConnected,
  expectRefused,
  expectTold,
  type How,
  hexes,
  messagesOf,
} from '../support/prove.ts';
import { expectData, merge } from '../support/resume.ts';

const KINDS: readonly KeyKind[] = ['rsa', 'p256', 'p384', 'p521', 'ed25519'];
const HOWS: readonly How[] = ['1.3', 'ECDHE', 'DHE', 'RSA'];
const asking = (how: How, clientCertificate: 'request' | 'require', more: PairOptions = {}): PairOptions =>
  merge(merge(by(how), { server: { clientCertificate } }), more);

describe.each(HOWS)('%s', (how) => {
  describe.each(['request', 'require'] as const)('%s', (asks) => {
    describe.each(NAMES)('on %s', (name) => {
      it.each(KINDS)(
        'RFC 5246 7.4.6, RFC 8446 4.4.2: a certificate with a %s key is shown, proved and trusted',
        (kind) => {
          const pair = shakeHands(makePair(merge(asking(how, asks, { clientKeys: [kind] }), by(how, name))));
          expectConnected(pair);
          const { client, server } = pair;
          expect(hexes(server.agreement?.peerChain)).toEqual(hexes(world().clientIdentities[kind].chain));
          expect(server.agreement).toMatchObject({ authorized: true, authorizationProblem: undefined });
          expect(client.agreement?.credential).toBe(0);
          expect(client.agreement?.certificateRequest?.schemes.length).toBeGreaterThan(0);
          expectData(pair);
        },
      );
    });
  });

  it.each(PAIRS)('client on %s, server on %s: without a certificate, where one is only asked for', (c, s) => {
    const pair = shakeHands(makePair(asking(how, 'request', { client: { name: c }, server: { name: s } })));
    expectConnected(pair);
    expect(pair.server.agreement).toMatchObject({ peerChain: [], authorized: false });
    expect(pair.client.agreement?.credential).toBeUndefined();
    expect(pair.client.agreement?.certificateRequest).toBeDefined();
    expectData(pair);
  });

  it.each(NAMES)(
    'on %s: RFC 5246 7.4.6: handshake_failure, RFC 8446 4.4.2.4: certificate_required, where one must be shown',
    (name) => {
      const pair = shakeHands(makePair(merge(asking(how, 'require'), by(how, name))));
      const alert = how === '1.3' ? 'certificate_required' : 'handshake_failure';
      expectRefused(pair.server, 'ERR_TLS_NO_CLIENT_CERTIFICATE', alert);
      expectTold(pair.client, alert);
      // RFC 8446 4.4.4: a client of TLS 1.3 is done with its own Finished, and learns of it afterwards.
      expect(pair.client.agreement !== undefined).toBe(how === '1.3');
    },
  );

  it('what nobody asks for is not shown', () => {
    const pair = shakeHands(makePair(merge(by(how), { clientKeys: ['p256'] })));
    expectConnected(pair);
    expect(pair.server.agreement?.peerChain).toEqual([]);
    expect([pair.client.agreement?.certificateRequest, pair.client.agreement?.credential]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('a verdict that refuses ends it with the alert of the refusal; one without trust goes on and says why', () => {
    const answered = (verdict: (key: Verdict) => Verdict): Pair => {
      const pair = makePair(asking(how, 'request', { clientKeys: ['p256'] }));
      const { reply } = pair.server;
      Object.assign(pair.server, {
        reply: (need: Parameters<typeof reply>[0]) => {
          const honest = reply(need)?.answer as unknown as Verdict;
          return { answer: need.kind === 'verdict' ? verdict(honest) : honest };
        },
      });
      return shakeHands(pair);
    };
    const refused = answered(() => ({ accepted: false, alert: 'certificate_revoked', reason: 'it was stolen' }));
    expectRefused(refused.server, 'ERR_TLS_CERTIFICATE_REFUSED', 'certificate_revoked');
    expect(refused.server.error?.message).toContain("the client's certificate is refused: it was stolen");
    expectTold(refused.client, 'certificate_revoked');
    const untrusted = answered((honest) => ({ ...honest, authorized: false, reason: 'nobody knows it' }) as Verdict);
    expectConnected(untrusted);
    expect(untrusted.server.agreement).toMatchObject({
      authorized: false,
      authorizationProblem: 'nobody knows it',
      peerChain: { length: 2 },
    });
  });

  it('a signature by another key than that of the certificate, and none, are refused', () => {
    for (const other of ['p256', undefined] as const) {
      const pair = makePair(asking(how, 'require', { clientKeys: ['p256'] }));
      const stranger = generatePrivateKey('ec').privateKey;
      pair.client.hold = (need) => need.kind === 'signature';
      shakeHands(pair);
      const [event] = pair.client.held;
      if (event?.need.kind !== 'signature') throw new Error('no signature was asked for');
      const { algorithm, data } = event.need;
      const signature = other && stranger.sign(algorithm, data);
      pair.client.handle(pair.client.engine.answer(event.id, signature));
      for (const bytes of [pair.client.drain()]) pair.server.handle(pair.server.engine.receive(bytes));
      if (signature === undefined) {
        expectRefused(pair.client, 'ERR_TLS_ANSWER', 'internal_error');
        expectTold(pair.server, 'internal_error');
      } else expectRefused(pair.server, 'ERR_TLS_BAD_SIGNATURE', 'decrypt_error');
    }
  });
});

/** A client of another authority, or with a certificate of another kind. */
function stranger(identity: Identity, how: How, asks: 'request' | 'require'): Pair {
  const pair = makePair(asking(how, asks, { client: { credentials: [credentialOf(identity)] } }));
  return { ...pair, client: new Side(pair.client.engine, [identity], world().anchors, 'node') };
}

describe.each(['1.3', 'ECDHE'] as const)('%s: what x509 says of a client', (how) => {
  const { pki } = world();
  const key = generatePrivateKey('ec').privateKey;

  it('an authority that the server does not know is refused with unknown_ca', () => {
    const generateKey = () => generatePrivateKey('ec').privateKey;
    const other = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey, label: 'elsewhere' });
    const identity = { chain: other.chainOf(other.issue({ commonName: 'x', key, role: 'client' })), privateKey: key };
    const { server, client } = shakeHands(stranger(identity, how, 'request'));
    expectRefused(server, 'ERR_TLS_CERTIFICATE_REFUSED', 'unknown_ca');
    expectTold(client, 'unknown_ca');
  });

  it('RFC 5280 4.2.1.12: a certificate for servers is none for clients', () => {
    const identity = { chain: pki.chainOf(pki.issue({ names: ['localhost'], key })), privateKey: key };
    const { server } = shakeHands(stranger(identity, how, 'request'));
    expect(server.error).toMatchObject({ code: 'ERR_TLS_CERTIFICATE_REFUSED', alert: 'unsupported_certificate' });
  });

  it('an expired one is refused with certificate_expired, by the clock of the configuration', () => {
    const identity = { chain: pki.chainOf(pki.issue({ commonName: 'x', key, role: 'client' })), privateKey: key };
    const pair = stranger(identity, how, 'request');
    const late = { ...asking(how, 'request'), server: { ...asking(how, 'request').server } };
    const now = (): number => Date.now() + 91 * 86_400_000;
    const { server } = shakeHands({ ...makePair(merge(late, { server: { now } })), client: pair.client });
    expectRefused(server, 'ERR_TLS_CERTIFICATE_REFUSED', 'certificate_expired');
  });

  it('RFC 5280 4.2.1.3: without digitalSignature it is not offered, and refused when it is shown all the same', () => {
    const overrides = { keyUsage: ['keyAgreement'] } as const;
    const leaf = pki.issue({ commonName: 'x', key, role: 'client', overrides });
    const identity = { chain: pki.chainOf(leaf), privateKey: key };
    const honest = shakeHands(stranger(identity, how, 'request'));
    expectConnected(honest);
    expect(honest.server.agreement?.peerChain).toEqual([]);
    // Somebody whose program does not look.
    const credential = { ...credentialOf(identity), usage: undefined };
    const pair = makePair(asking(how, 'request', { client: { credentials: [credential] } }));
    const client = new Side(pair.client.engine, [identity], world().anchors, 'node');
    const { server } = shakeHands({ ...pair, client });
    expect(server.error?.code).toMatch(/^ERR_TLS_(KEY_USAGE|CERTIFICATE_REFUSED)$/);
    expect(server.agreement).toBeUndefined();
  });

  it('RFC 5280 4.2.1.3: whatever the verdict, a key that must not sign does not sign', () => {
    const pair = makePair(asking(how, 'request', { clientKeys: ['p256'] }));
    const trust = { anchors: world().anchors, provider: nodeProvider };
    const { reply } = pair.server;
    Object.assign(pair.server, {
      reply: (need: Parameters<typeof reply>[0]) =>
        need.kind === 'verdict'
          ? { answer: { ...judge(need, trust).verdict, usage: { digitalSignature: false, keyEncipherment: true } } }
          : reply(need),
    });
    expectRefused(shakeHands(pair).server, 'ERR_TLS_KEY_USAGE', 'illegal_parameter');
  });
});

describe('RFC 5246 7.4.4, RFC 8446 4.3.2: what the request says', () => {
  const watched = (how: How, more: PairOptions): { pair: Pair; observed: Observation[] } => {
    const observed: Observation[] = [];
    const client = { observe: (one: Observation): void => void observed.push(one) };
    return { pair: shakeHands(makePair(merge(asking(how, 'request', more), { client }))), observed };
  };

  it.each(['1.3', 'ECDHE'] as const)(
    '%s: no key that can sign as asked: an empty list, and the decision says so',
    (how) => {
      const server = { signatureSchemes: ['ecdsa_secp256r1_sha256'] };
      const { pair, observed } = watched(how, { server, clientKeys: ['rsa', 'ed25519'] });
      expectConnected(pair);
      expect(pair.server.agreement?.peerChain).toEqual([]);
      expect(chosen(observed, 'client_certificate')).toEqual(['none: none can sign as asked']);
      expect(messagesOf(observed, 'client').filter((one) => one === 'client certificate_verify')).toEqual([]);
      const none = watched(how, { server });
      expect(chosen(none.observed, 'client_certificate')).toEqual(['none: there is none']);
    },
  );

  it('its types, schemes and authorities reach the host of the client', () => {
    const authorities = [Uint8Array.of(0x30, 0), Uint8Array.of(0x30, 2, 0x31, 0)];
    const server = { clientAuthorities: authorities, signatureSchemes: ['ecdsa_secp256r1_sha256', 'ed25519'] };
    for (const how of ['1.3', 'ECDHE'] as const) {
      const info = watched(how, { server }).pair.client.agreement?.certificateRequest;
      expect(info?.schemes).toEqual([0x0403, 0x0807]);
      expect(hexes(info?.authorities)).toEqual(authorities.map(toHex));
      // RFC 8422 5.5: EdDSA goes under ecdsa_sign (64).
      expect(info?.types).toEqual(how === '1.3' ? undefined : [64]);
    }
  });

  it('RFC 8446 4.2.3: signature_algorithms_cert is asked of the client too', () => {
    const server = { certificateSignatureSchemes: ['rsa_pkcs1_sha256'] };
    const { pair } = watched('1.3', { server, clientKeys: ['p256'] });
    expectConnected(pair);
    expect(pair.client.agreement?.certificateRequest?.certificateSchemes).toEqual([0x0401]);
    // A wish, not a condition: there is no other certificate.
    expect(pair.client.agreement?.credential).toBe(0);
  });
});
