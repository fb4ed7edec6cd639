// C2SP/x509-limbo under the policy `web`: every BetterTLS case right, and of the others all but those listed here with
// their reasons. A case that is listed and comes out right is an error too, so that the list cannot rot.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nobleProvider } from '../../src/providers/noble.ts';
import { nodeProvider } from '../../src/providers/node.ts';
import { type Judgement, readPem, trustAnchors, verifyChain, WEB } from '../../src/x509/index.ts';

interface Case {
  readonly id: string;
  readonly description: string;
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly expected_peer_name: { readonly kind: string; readonly value: string } | null;
  readonly max_chain_depth: number | null;
  readonly crls: readonly string[];
}

/** Cases whose expectation is not met, and why. */
const LISTED: Readonly<Record<string, string>> = {
  'webpki::san::public-suffix-multi-label-wildcard-san':
    'no public suffix list is carried: *.co.uk is not told from *.example.uk',
  'webpki::san::public-suffix-private-namespace-wildcard-san': 'no public suffix list is carried',
  'webpki::cn::not-in-san':
    'the common name is not compared with subjectAltName: no browser does, and BetterTLS (tc1708 and 43 more) and ' +
    'webpki::san::leftmost-wildcard-san want such certificates accepted',
  'webpki::cn::punycode-not-in-san': 'the same',
  'rfc5280::aki::cross-signed-root-missing-aki':
    'anchors need no authorityKeyIdentifier: cve::cve-2024-0567 has just such an anchor and wants it accepted',
};

const path = new URL('../vectors/limbo/limbo-half.json.gz', import.meta.url);
const { testcases } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as { testcases: readonly Case[] };

function judge(test: Case, provider = nodeProvider): Judgement {
  const anchors = trustAnchors(test.trusted_certs);
  const pem = [test.peer_certificate, ...test.untrusted_intermediates].join('\n');
  return verifyChain({
    chain: readPem(pem, 'CERTIFICATE').map(({ der }) => der),
    anchors,
    role: test.validation_kind === 'SERVER' ? 'server' : 'client',
    serverName: test.expected_peer_name?.value,
    now: test.validation_time === null ? Date.UTC(2026, 10, 22) : Date.parse(test.validation_time),
    provider,
    policy: test.max_chain_depth === null ? WEB : { ...WEB, maxIntermediates: test.max_chain_depth },
    ...(test.crls.length > 0
      ? { crls: test.crls.flatMap((crl) => readPem(crl, 'X509 CRL').map(({ der }) => der)) }
      : {}),
  });
}

const wrong = (test: Case, judgement: Judgement): boolean => judgement.ok !== (test.expected_result === 'SUCCESS');

describe('x509-limbo, policy web', () => {
  it('every BetterTLS case is right', () => {
    const cases = testcases.filter(({ id }) => id.startsWith('bettertls::'));
    const failures = cases.flatMap((test) => {
      const judgement = judge(test);
      return wrong(test, judgement) ? [`${test.id} ${judgement.ok ? 'accepted' : judgement.refusal.text}`] : [];
    });
    expect(cases.length).toBe(1201);
    expect(failures).toEqual([]);
  });

  it('every other case is right, or listed with its reason', () => {
    const cases = testcases.filter(({ id }) => !id.startsWith('bettertls::'));
    const codes = new Map<string, number>();
    const failures: string[] = [];
    for (const test of cases) {
      const judgement = judge(test);
      const outcome = judgement.ok ? 'accepted' : judgement.refusal.code;
      codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
      if (process.env.LIMBO_ALL) console.log(test.id, outcome);
      if (wrong(test, judgement) !== test.id in LISTED)
        failures.push(`${test.id} ${judgement.ok ? 'accepted' : judgement.refusal.text}`);
    }
    const listed = Object.keys(LISTED).length;
    console.log(
      `limbo: ${cases.length - listed} of ${cases.length} right; listed: ${JSON.stringify(LISTED, undefined, 1)}`,
    );
    console.log('limbo outcomes:', Object.fromEntries([...codes].sort((a, b) => b[1] - a[1])));
    expect(failures).toEqual([]);
    expect(cases.length - listed).toBeGreaterThanOrEqual(92);
  });

  it('both providers judge a sample alike', () => {
    const sample = testcases.filter(({ id }, index) => !id.startsWith('bettertls::') || index % 60 === 0);
    const outcome = (judgement: Judgement): string => (judgement.ok ? 'accepted' : judgement.refusal.code);
    for (const test of sample) {
      expect([test.id, outcome(judge(test, nobleProvider))]).toEqual([test.id, outcome(judge(test, nodeProvider))]);
    }
  });
});
