import { describe, expect, it } from 'vitest';
import { generatePrivateKey, nodeProvider } from '../providers/node.ts';
import { trustAnchors } from '../x509/anchors.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { makeTestPki } from '../x509/make_pki.ts';
import { pinOf } from '../x509/pins.ts';
import { WEB } from '../x509/policy.ts';
import { judge } from './trust.ts';

const NOW = Date.now();
const pki = makeTestPki({
  provider: nodeProvider,
  now: NOW,
  generateKey: () => generatePrivateKey('ec').privateKey,
});
const trust = { anchors: trustAnchors([pki.root.der]), provider: nodeProvider, policy: WEB };
const needFor = (chain: readonly Uint8Array[], serverName = 'localhost') =>
  ({ kind: 'verdict', role: 'server', chain, serverName, now: NOW }) as const;

describe('the verdict on a chain', () => {
  const chain = pki.chainOf(pki.issue({ names: ['localhost'] }));

  it('a trusted chain is authorised until its first certificate expires', () => {
    const { verdict } = judge(needFor(chain), trust);
    expect(verdict).toMatchObject({ accepted: true, authorized: true });
    expect(verdict.accepted && (verdict.validUntil ?? 0)).toBeGreaterThan(NOW);
  });

  it('another name is refused with its alert, and accepted without trust when nobody insists', () => {
    const need = needFor(chain, 'example.com');
    expect(judge(need, trust).verdict).toMatchObject({ accepted: false, alert: 'bad_certificate' });
    const { verdict } = judge(need, { ...trust, rejectUnauthorized: false });
    expect(verdict).toMatchObject({
      accepted: true,
      authorized: false,
      reason: expect.stringContaining('example.com'),
    });
  });

  it('RFC 7469 2.6: a key that is not pinned is refused, even by those who do not insist on trust; the pinned one passes', () => {
    const leaf = parseCertificate(chain[0] as Uint8Array);
    const right = [pinOf(leaf, nodeProvider)];
    const wrong = [new Uint8Array(32)];
    expect(judge(needFor(chain), { ...trust, pins: right }).verdict).toMatchObject({
      accepted: true,
      authorized: true,
    });
    for (const rejectUnauthorized of [true, false]) {
      for (const serverName of ['localhost', 'example.com']) {
        for (const pins of [wrong, []]) {
          const { verdict } = judge(needFor(chain, serverName), { ...trust, pins, rejectUnauthorized });
          expect(verdict).toMatchObject({ accepted: false, cause: { code: 'pin_mismatch' } });
        }
      }
    }
  });

  it('RFC 7633: a certificate that demands a stapled response is accepted while none is asked for', () => {
    // TLS feature (1.3.6.1.5.5.7.1.24): SEQUENCE { INTEGER 5 }, status_request.
    const extensions = [{ oid: '1.3.6.1.5.5.7.1.24', critical: false, value: Uint8Array.of(0x30, 3, 2, 1, 5) }];
    const stapled = pki.issue({ names: ['localhost'], overrides: { extensions } });
    expect(judge(needFor(pki.chainOf(stapled)), trust).verdict).toMatchObject({ accepted: true, authorized: true });
  });

  it('bytes that are no certificate are refused, with trust or without', () => {
    const need = needFor([Uint8Array.of(0x30, 1, 2)]);
    expect(judge(need, { ...trust, rejectUnauthorized: false }).verdict.accepted).toBe(false);
  });
});
