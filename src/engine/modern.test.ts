// What a small bundle is made of, all together: the engine without legacy suites, the smaller noble provider, and the judgement
// without proofs, against a full server on node:crypto. scripts/bundle.mjs measures the same parts.

import { describe, expect, it } from 'vitest';
import {
  exchange,
  type KeyKind,
  makePair,
  type PairOptions,
  Side,
  shakeHands,
  world,
} from '../../test/support/pair.ts';
import { decode } from '../codec/run.ts';
import { judgeWith } from '../host/trust.ts';
import { nobleModernProvider } from '../providers/noble_modern.ts';
import { clientHello } from '../wire/messages.ts';
import { verifyChainWithoutProofs } from '../x509/verify.ts';
import { ModernTlsClient, ModernTlsServer, resolveModernServerOptions } from './modern.ts';
import type { MessageObservation } from './observe.ts';
import type { ServerOptions } from './options.ts';

const provider = nobleModernProvider;
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

function handshake(server: Partial<ServerOptions> = {}, options: PairOptions = {}) {
  const engine = new ModernTlsClient({ provider, serverName: 'localhost' });
  const client = new Side(engine, [], world().anchors, 'node');
  const pair = { ...makePair({ ...options, server }), client };
  client.hold = ({ kind }) => kind === 'verdict';
  shakeHands(pair);
  const [open] = client.held;
  if (open?.need.kind === 'verdict') {
    client.release(judgeWith(verifyChainWithoutProofs, open.need, { anchors: world().anchors, provider }).verdict);
  }
  exchange(pair);
  return pair;
}

describe('a client without legacy suites', () => {
  it.each(VERSIONS)('%s with every kind of key and every group', (version) => {
    const only = { minVersion: version, maxVersion: version };
    for (const kind of ['rsa', 'p256', 'p384', 'p521', 'ed25519'] satisfies KeyKind[]) {
      const { client, server } = handshake(only, { keys: [kind] });
      expect([kind, client.error?.message, server.error?.message]).toEqual([kind, undefined, undefined]);
      expect(client.agreement).toMatchObject({ authorized: true });
    }
    for (const group of provider.groups) {
      const { client } = handshake({ ...only, groups: [group] });
      expect([group, client.error?.message]).toEqual([group, undefined]);
    }
  });

  it('and a server that has CBC suites alone agree on nothing', () => {
    const { client, server } = handshake({
      legacy: true,
      maxVersion: 'TLSv1.2',
      cipherSuites: ['ECDHE-ECDSA-AES128-SHA'],
    });
    expect(client.error).toMatchObject({ code: 'ERR_TLS_ALERT_RECEIVED' });
    expect(server.error).toMatchObject({ expected: ['TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA'] });
  });

  it('refuses the option that it does not have, and so does the server', () => {
    const wanted = expect.objectContaining({ code: 'ERR_TLS_CONFIG' });
    expect(() => new ModernTlsClient({ provider, legacy: true })).toThrow(wanted);
    expect(() => new ModernTlsServer({ provider, credentials: [], askHello: true, legacy: true })).toThrow(wanted);
  });

  it('takes suites by number, and no others than TlsClient would', () => {
    const client = (cipherSuites: readonly number[]) => new ModernTlsClient({ provider, cipherSuites });
    const offered: unknown[] = [];
    const watched = new ModernTlsClient({
      provider,
      cipherSuites: [0x1301, 0xc02f, 0xc02b],
      observe: (seen) => offered.push(seen),
    });
    watched.start();
    const hello = offered.find((seen): seen is MessageObservation => (seen as MessageObservation).kind === 'message');
    const { cipher_suites } = decode(clientHello, hello?.raw.subarray(4) ?? new Uint8Array(0));
    expect(cipher_suites.filter((id) => id !== 0x00ff)).toEqual([0x1301, 0xc02f, 0xc02b]);
    for (const [id, problem] of [
      [0x009c, 'legacy'],
      [0x0a0a, '0x0a0a is not supported'],
      [0x1304, 'noble-modern cannot run cipher suite 0x1304'],
      [0xccac, 'needs a shared key'],
    ] as const) {
      expect(() => client([id])).toThrow(
        expect.objectContaining({ code: 'ERR_TLS_CONFIG', message: expect.stringContaining(problem) }),
      );
    }
  });

  it('trusts nobody whom the full judgement would not', () => {
    const need = { kind: 'verdict', role: 'server', serverName: 'localhost', now: Date.now() } as const;
    const { chain } = world().identities.p384;
    const trust = { anchors: world().anchors, provider };
    const judged = (change: object) => judgeWith(verifyChainWithoutProofs, { ...need, chain, ...change }, trust);
    expect(judged({}).verdict).toMatchObject({ accepted: true, authorized: true });
    expect(judged({ serverName: 'elsewhere' }).verdict).toMatchObject({ accepted: false });
    expect(judged({ now: 0 }).verdict).toMatchObject({ alert: 'certificate_expired' });
  });

  it('is not given proofs that it would not look at', () => {
    const options = { chain: [], anchors: world().anchors, role: 'server', now: 0, provider } as const;
    expect(() => verifyChainWithoutProofs(options)).not.toThrow();
    const proofs = [{ crls: [] }, { ctLogs: [] }, { ocspResponses: [] }, { sctList: new Uint8Array(2) }];
    for (const proof of proofs) {
      const given = { ...options, ...proof };
      expect(() => verifyChainWithoutProofs(given)).toThrow(RangeError);
    }
  });
});

describe('a server without legacy suites', () => {
  it.each(VERSIONS)('%s', (version) => {
    const only = { minVersion: version, maxVersion: version };
    const { chain, privateKey } = world().identities.p256;
    const credentials = [{ chain, key: privateKey.publicKey }];
    const engine = new ModernTlsServer({ provider, credentials });
    const server = new Side(engine, [world().identities.p256], world().anchors, 'node');
    const { client } = shakeHands({ ...makePair({ client: only }), server });
    expect([client.error, server.error]).toEqual([undefined, undefined]);
    expect(client.agreement).toBeDefined();
  });

  it('chooses its configuration by the hello, and errors call suites by number', () => {
    const { chain, privateKey } = world().identities.p256;
    const options = { provider, credentials: [{ chain, key: privateKey.publicKey }] };
    const config = resolveModernServerOptions({ ...options, cipherSuites: [0xc02b], maxVersion: 'TLSv1.2' });
    expect(config).toMatchObject({ usesServerName: true, suites: [{ id: 0xc02b }] });
    const engine = new ModernTlsServer({ ...options, maxVersion: 'TLSv1.2', cipherSuites: [0xc02b] });
    const server = new Side(engine, [world().identities.p256], world().anchors, 'node');
    shakeHands({
      ...makePair({ client: { cipherSuites: ['ECDHE-RSA-AES128-GCM-SHA256'], maxVersion: 'TLSv1.2' } }),
      server,
    });
    expect(server.error).toMatchObject({ expected: [0xc02b], actual: expect.arrayContaining([0xc02f]) });
  });
});
