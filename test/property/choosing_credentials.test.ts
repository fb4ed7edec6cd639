// One of several certificates (RFC 8446 4.4.2.2 - 4.4.2.3, RFC 5246 7.4.2, RFC 6066 3): by name, issuer, scheme, curve and the
// signatures within the chain, at a server and at a client, and the decision that tells which.

import { describe, expect, it } from 'vitest';
import type { CurveName } from '../../src/crypto/keys.ts';
import type { PrivateKey } from '../../src/crypto/provider.ts';
import type { Observation } from '../../src/engine/observe.ts';
import { credentialOf, type Identity } from '../../src/host/credential.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { EXTENSIONS } from '../../src/wire/extensions.ts';
import { clientHello } from '../../src/wire/messages.ts';
import { trustAnchors } from '../../src/x509/anchors.ts';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { makeTestPki } from '../../src/x509/make_pki.ts';
import { edited, puppet, withExtension } from '../support/forge.ts';
import { makePair, NAMES, type Pair, type PairOptions, Side, shakeHands, world } from '../support/pair.ts';
import { by, chosen, expectConnected, hexes } from '../support/prove.ts';
import { merge } from '../support/resume.ts';

const ec = (curve?: CurveName): PrivateKey => generatePrivateKey('ec', curve).privateKey;
const rsa = generatePrivateKey('rsa', 2048).privateKey;
const pkiOf = (label: string, generateKey: () => PrivateKey) =>
  makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey, label });
/** Two authorities: one signs with ECDSA, one with RSA. */
const north = pkiOf('north', ec);
const south = pkiOf('south', () => rsa);
const anchors = trustAnchors([north.root.der, south.root.der]);
const nameOf = (der: Uint8Array): Uint8Array => parseCertificate(der).subjectRaw;

const under = (pki: typeof north, names: readonly string[], privateKey: PrivateKey): Identity => ({
  chain: pki.chainOf(pki.issue({ names, key: privateKey })),
  privateKey,
});
const customer = (pki: typeof north, privateKey: PrivateKey): Identity => ({
  chain: pki.chainOf(pki.issue({ commonName: 'customer', key: privateKey, role: 'client' })),
  privateKey,
});

interface Choice {
  readonly pair: Pair;
  /** The place that was taken, as the agreement says and as its certificate proves. */
  readonly place: number | undefined;
  readonly told: readonly (number | string | undefined)[];
}

function choose(identities: readonly Identity[], options: PairOptions, before?: (pair: Pair) => void): Choice {
  const observed: Observation[] = [];
  const server = { credentials: identities.map(credentialOf), observe: (one: Observation) => void observed.push(one) };
  const engines = makePair(merge(options, { server }));
  const pair = {
    client: new Side(engines.client.engine, [], anchors, options.client?.name ?? 'node'),
    server: new Side(engines.server.engine, identities, anchors, options.server?.name ?? 'node'),
  };
  before?.(pair);
  shakeHands(pair);
  expectConnected(pair);
  const place = pair.server.agreement?.credential;
  expect(hexes(pair.client.agreement?.peerChain)).toEqual(hexes(identities[place ?? -1]?.chain));
  return { pair, place, told: chosen(observed, 'certificate') };
}

describe.each(['1.3', 'ECDHE'] as const)('%s: a server', (how) => {
  const a = under(north, ['a.example'], ec());
  const wild = under(north, ['*.b.example'], ec());
  const both = under(north, ['c.example', 'd.example'], ec());
  const asking = (serverName: string): PairOptions => merge(by(how), { client: { serverName } });

  it.each([
    ['a.example', 0, 'a.example'],
    ['x.b.example', 1, '*.b.example'],
    ['d.example', 2, 'c.example, d.example'],
    ['C.EXAMPLE', 2, 'c.example, d.example'],
  ] as const)('RFC 6066 3: the one for %s', (serverName, place, told) => {
    const choice = choose([a, wild, both], asking(serverName));
    expect([choice.place, choice.told]).toEqual([place, [told]]);
  });

  it('its first, for a name that none is for, and without a name', () => {
    const trusting = (pair: Pair): void => {
      const { reply } = pair.client;
      Object.assign(pair.client, {
        reply: (need: Parameters<typeof reply>[0]) =>
          need.kind === 'verdict' ? reply({ ...need, serverName: 'a.example' }) : reply(need),
      });
    };
    expect(choose([a, wild, both], asking('z.example'), trusting).place).toBe(0);
    // RFC 9525 6.3: a wildcard stands for one label.
    expect(choose([a, wild, both], asking('b.example'), trusting).place).toBe(0);
    expect(choose([a, wild, both], asking('x.y.b.example'), trusting).place).toBe(0);
    const silent = merge(asking('z.example'), { client: { sendServerName: false } });
    expect(choose([a, wild, both], silent, trusting).place).toBe(0);
  });

  it.each(NAMES)('RFC 8446 4.2.3: on %s, the one whose key can sign as the client asks', (name) => {
    const localhost = { rsa: under(north, ['localhost'], rsa), p256: under(north, ['localhost'], ec()) };
    const wants = (...signatureSchemes: string[]): PairOptions =>
      merge(by(how, name), { client: { signatureSchemes } });
    const place = (...schemes: string[]): number | undefined =>
      choose([localhost.rsa, localhost.p256], wants(...schemes)).place;
    expect(place('rsa_pss_rsae_sha256')).toBe(0);
    expect(place('ecdsa_secp256r1_sha256')).toBe(1);
    // In TLS 1.2 the server's order of suites decides first.
    expect(place('rsa_pss_rsae_sha256', 'ecdsa_secp256r1_sha256')).toBe(how === '1.3' ? 0 : 1);
  });

  it('RFC 8446 4.2.3: the one whose chain is signed as signature_algorithms_cert asks', () => {
    const identities = [under(north, ['localhost'], ec()), under(south, ['localhost'], ec())];
    const asks = (...certificateSignatureSchemes: string[]): PairOptions =>
      merge(by(how), { client: { certificateSignatureSchemes } });
    expect(choose(identities, asks('rsa_pkcs1_sha256')).place).toBe(1);
    expect(choose(identities, asks('ecdsa_secp256r1_sha256')).place).toBe(0);
    // Neither: a wish that cannot be granted.
    expect(choose(identities, asks('ed25519')).place).toBe(0);
  });

  it('RFC 8446 4.2.4: the one of an authority that the client names', () => {
    const identities = [under(north, ['localhost'], ec()), under(south, ['localhost'], ec())];
    const naming =
      (der: Uint8Array) =>
      ({ client }: Pair): void =>
        puppet(client.engine, (message, raw) => {
          const name = nameOf(der);
          const length = (n: number): number[] => [n >> 8, n & 255];
          const list = Uint8Array.of(...length(name.length + 2), ...length(name.length), ...name);
          return message === 'client_hello'
            ? [
                edited(clientHello, raw, (hello) => ({
                  ...hello,
                  extensions: withExtension(hello.extensions, EXTENSIONS.certificate_authorities.id, list),
                })),
              ]
            : undefined;
        });
    expect(choose(identities, by(how), naming(south.root.der)).place).toBe(1);
    expect(choose(identities, by(how), naming(south.intermediate.der)).place).toBe(1);
    expect(choose(identities, by(how), naming(north.root.der)).place).toBe(0);
  });

  it('a name outweighs an issuer, and an issuer the signatures of the chain', () => {
    const identities = [under(north, ['localhost'], ec()), under(south, ['other.example'], ec())];
    const options = merge(by(how), { client: { certificateSignatureSchemes: ['rsa_pkcs1_sha256'] } });
    expect(choose(identities, options).place).toBe(0);
  });
});

describe('which keys go with the version', () => {
  const identities = [under(north, ['localhost'], ec('secp256r1')), under(north, ['localhost'], ec('secp384r1'))];

  it('RFC 8422 5.1: in TLS 1.2 the groups of the client say which curves it can verify', () => {
    const groups = (...names: ('x25519' | 'secp256r1' | 'secp384r1')[]): PairOptions =>
      merge(by('ECDHE'), { client: { groups: names } });
    expect(choose(identities, groups('x25519', 'secp384r1')).place).toBe(1);
    expect(choose(identities, groups('x25519', 'secp256r1')).place).toBe(0);
    expect(choose(identities, groups('x25519', 'secp384r1', 'secp256r1')).place).toBe(0);
  });

  it('RFC 8446 4.2.3: in TLS 1.3 the scheme fixes the curve, in TLS 1.2 it does not', () => {
    const client = { signatureSchemes: ['ecdsa_secp384r1_sha384'] };
    expect(choose(identities, merge(by('1.3'), { client })).place).toBe(1);
    expect(choose(identities, merge(by('ECDHE'), { client })).place).toBe(0);
  });

  it('RFC 5246 7.4.2: RSA key exchange takes the first certificate whose key may decrypt', () => {
    const overrides = { keyUsage: ['digitalSignature'] } as const;
    const leaf = north.issue({ names: ['localhost'], key: rsa, overrides });
    const signing: Identity = { chain: north.chainOf(leaf), privateKey: rsa };
    const ready = under(north, ['localhost'], rsa);
    expect(choose([identities[0] as Identity, signing, ready], by('RSA')).place).toBe(2);
  });
});

describe.each(['1.3', 'ECDHE'] as const)('%s: a client', (how) => {
  const identities = [customer(north, ec()), customer(south, ec()), customer(south, rsa)];

  function show(server: PairOptions['server'], kind: 'p256' | 'rsa' = 'p256'): [number | undefined, ...unknown[]] {
    const observed: Observation[] = [];
    const client = { credentials: identities.map(credentialOf), observe: (o: Observation) => void observed.push(o) };
    const asking = { client, server: { clientCertificate: 'require', ...server }, keys: [kind] } as const;
    const engines = makePair(merge(by(how), asking));
    const pair = {
      client: new Side(engines.client.engine, identities, world().anchors, 'node'),
      server: new Side(engines.server.engine, [world().identities[kind]], anchors, 'node'),
    };
    expectConnected(shakeHands(pair));
    const place = pair.client.agreement?.credential;
    expect(hexes(pair.server.agreement?.peerChain)).toEqual(hexes(identities[place ?? -1]?.chain));
    return [place, ...chosen(observed, 'client_certificate')];
  }

  const west = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey: ec, label: 'west' });
  it.each([
    ['nothing: its first', [], 0, 'credential 0'],
    ['the other authority', [nameOf(south.root.der)], 1, 'credential 1'],
    ['its intermediate', [nameOf(south.intermediate.der)], 1, 'credential 1'],
    ['both', [nameOf(south.root.der), nameOf(north.root.der)], 0, 'credential 0'],
    [
      'one that none comes from: its first all the same',
      [nameOf(west.root.der)],
      0,
      'credential 0, of an authority that the server does not name',
    ],
  ] as const)('RFC 5246 7.4.4, RFC 8446 4.2.4: the server names %s', (_what, clientAuthorities, place, told) => {
    expect(show({ clientAuthorities })).toEqual([place, told]);
  });

  it('the one whose key can sign as asked, whatever its place', () => {
    expect(show({ signatureSchemes: ['rsa_pss_rsae_sha256'] }, 'rsa')).toEqual([2, 'credential 2']);
  });
});
