import { describe, expect, it } from 'vitest';
import { toHex } from '../bytes/bytes.ts';
import { nobleProvider } from '../providers/noble.ts';
import { generatePrivateKey, nodeProvider } from '../providers/node.ts';
import { TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { makeTestPki } from '../x509/make_pki.ts';
import { COMPATIBLE, WEB } from '../x509/policy.ts';
import { clientBinding, serverBinding } from './binding.ts';
import { judge, type Trust } from './trust.ts';

const generateKey = () => generatePrivateKey('ec', 'secp256r1').privateKey;
const NOW = Date.UTC(2026, 0, 2);
const made = makeTestPki({ provider: nodeProvider, now: NOW, generateKey });
const { der } = made.root;
const other = makeTestPki({ provider: nodeProvider, now: NOW, generateKey }).root.der;
const key = generateKey();
const chain = made.chainOf(made.issue({ names: ['localhost'], key }));

describe('the binding of a client', () => {
  const anchors = trustAnchors([der]);
  const [root] = anchors.all;
  const trust: Trust = { anchors, provider: nodeProvider, policy: WEB };
  const binding = (change: Partial<Trust> = {}, parts?: readonly Uint8Array[]): string =>
    toHex(clientBinding({ ...trust, ...change }, parts));

  it('is the same for the same trust, read again, with defaults spelt out, under another name of the policy', () => {
    expect(binding()).toMatch(/^[0-9a-f]{64}$/);
    const same: readonly Partial<Trust>[] = [
      {},
      { anchors: trustAnchors([der]) },
      { policy: undefined },
      { policy: { ...WEB, name: 'ours' } },
      { policy: Object.fromEntries(Object.entries(WEB).reverse()) as unknown as typeof WEB },
      { rejectUnauthorized: true },
      { provider: nobleProvider, anchors: trustAnchors([der]) },
    ];
    for (const one of same) expect(binding(one)).toBe(binding());
  });

  it('differs in whatever the trust depends on', () => {
    const all = [
      binding(),
      binding({ anchors: trustAnchors([other]) }),
      binding({ anchors: trustAnchors([der, other]) }),
      binding({ anchors: trustAnchors([der], { vetted: true }) }),
      binding({ anchors: trustAnchors([{ subject: root?.name.raw ?? der, spki: root?.spki.raw ?? der }]) }),
      binding({ anchors: trustAnchors([]) }),
      binding({ anchors: new TrustAnchors(anchors.all, [], [parseCertificate(made.intermediate.der)]) }),
      binding({ anchors: new TrustAnchors([...anchors.all, ...trustAnchors([made.intermediate.der]).all]) }),
      binding({ policy: COMPATIBLE }),
      binding({ policy: { ...WEB, minRsaBits: 3072 } }),
      binding({ rejectUnauthorized: false }),
      binding({ serverName: 'example.org' }),
      binding({}, [der]),
      binding({}, [der.subarray(0, 9), der.subarray(9)]),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('hashes a store once', () => {
    let hashed = 0;
    const counting = {
      ...nodeProvider,
      hash: (name: 'sha256') => {
        const hash = nodeProvider.hash(name);
        return {
          digest: () => hash.digest(),
          update: (data: Uint8Array) => {
            hashed += data.length;
            hash.update(data);
          },
        };
      },
    } as typeof nodeProvider;
    const store: TrustAnchors = trustAnchors([der, other]);
    const cost = (): number => {
      hashed = 0;
      clientBinding({ ...trust, anchors: store, provider: counting });
      return hashed;
    };
    expect(cost()).toBeGreaterThan(der.length + other.length);
    expect(cost()).toBeLessThan(der.length + other.length);
  });
});

describe('the binding of a server', () => {
  it('differs in certificates and application protocols, and in how they are split', () => {
    const credential = (...ders: Uint8Array[]) => ({ chain: ders, key: key.publicKey });
    const of = (credentials: ReturnType<typeof credential>[], alpn?: string[], parts?: Uint8Array[]): string =>
      toHex(serverBinding({ provider: nodeProvider, credentials, ...(alpn && { alpn }) }, parts));
    const all = [
      of([credential(der)]),
      of([credential(other)]),
      of([credential(der, other)]),
      of([credential(der), credential(other)]),
      of([credential(der)], ['h2']),
      of([credential(der)], ['h2', 'http/1.1']),
      of([credential(der)], ['http/1.1', 'h2']),
      of([credential(der)], [], [der]),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(of([credential(der)], [])).toBe(all[0]);
  });
});

describe('how long a verdict holds', () => {
  const need = { kind: 'verdict', role: 'server', chain, serverName: 'localhost', now: NOW } as const;
  const trust: Trust = { anchors: trustAnchors([der]), provider: nodeProvider };

  it('as long as every certificate of the path', () => {
    const { verdict, judgement } = judge(need, trust);
    expect(judgement.ok && judgement.validUntil).toBeGreaterThan(NOW);
    expect(verdict).toMatchObject({ accepted: true, validUntil: judgement.ok ? judgement.validUntil : 0 });
  });

  it('a day, when it was accepted without trust', () => {
    const { verdict } = judge(need, { ...trust, anchors: trustAnchors([other]), rejectUnauthorized: false });
    expect(verdict).toMatchObject({ accepted: true, authorized: false, validUntil: NOW + 86_400_000 });
  });
});
