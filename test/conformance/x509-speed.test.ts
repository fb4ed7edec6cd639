// Figures, never assertions on time: what reading a certificate costs, and what a judgement costs beside its signature
// checks alone. CPU time, the best of eight rounds; the sets are chains out of x509-limbo and one made here.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { nodeProvider } from '../../src/providers/node.ts';
import { readCertificate } from '../../src/x509/certificate.ts';
import { parseCertificate, readPem, trustAnchors, type VerifyOptions, verifyChain } from '../../src/x509/index.ts';
import { anchors, leaf, NOW, pki } from './x509-pki.ts';

interface Case {
  readonly id: string;
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string;
  readonly expected_peer_name: { readonly value: string };
}

/** Microseconds of CPU time for each of `runs`, measured by turns, so that a busy machine treats them alike. */
function cpu(count: number, ...runs: readonly (() => void)[]): number[] {
  const best = runs.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 8; round++) {
    for (const [which, run] of runs.entries()) {
      const start = process.cpuUsage();
      for (let i = 0; i < count; i++) run();
      const { user, system } = process.cpuUsage(start);
      best[which] = Math.min(best[which] as number, (user + system) / count);
    }
  }
  return best;
}

const us = (value: number | undefined, digits = 0): string => `${(value ?? Number.NaN).toFixed(digits)} us`;

const fixed = { role: 'server', provider: nodeProvider } as const;
const made: [string, VerifyOptions] = [
  'P-256, made here',
  { ...fixed, chain: pki.chainOf(leaf()), anchors, serverName: 'example.com', now: NOW },
];
const file = new URL('../vectors/limbo/limbo-half.json.gz', import.meta.url);
const { testcases } = JSON.parse(gunzipSync(readFileSync(file)).toString()) as { testcases: readonly Case[] };
const wanted = ['online::cloudflare.com', 'online::s3.amazonaws.com'];
const published = testcases
  .filter(({ id }) => wanted.includes(id))
  .map((test): [string, VerifyOptions] => [
    test.id,
    {
      ...fixed,
      chain: readPem([test.peer_certificate, ...test.untrusted_intermediates].join('\n')).map(({ der }) => der),
      anchors: trustAnchors(test.trusted_certs),
      serverName: test.expected_peer_name.value,
      now: Date.parse(test.validation_time),
    },
  ]);

it.each([made, ...published])('speed of %s', (name, options) => {
  const judgement = verifyChain(options);
  expect(judgement.ok).toBe(true);
  if (!judgement.ok) return;
  const { path } = judgement;
  const signatures = (): void => {
    for (let i = 0; i + 1 < path.length; i++) {
      const [child, issuer] = [path[i], path[i + 1]];
      if (child?.signatureAlgorithm.signature === undefined || issuer?.spki.key === undefined)
        throw new Error('no key');
      nodeProvider.verify(issuer.spki.key, child.signatureAlgorithm.signature, child.tbs, child.signature);
    }
  };
  // The optimizer has seen this code many times before it is measured; signatures themselves need no warming.
  const sure = { ...options, provider: { ...nodeProvider, verify: () => true } };
  for (let i = 0; i < 5000; i++) verifyChain(sure);
  const [whole = 0, alone = 1, own] = cpu(
    150,
    () => verifyChain(options),
    signatures,
    () => verifyChain(sure),
  );
  const [der] = options.chain as [Uint8Array];
  const [fields, all] = cpu(
    1000,
    () => readCertificate(der),
    () => parseCertificate(der),
  );
  const kinds = path.map(({ spki }) => spki.key?.kind).join(', ');
  console.log(
    `${name} (${kinds}): ${us(whole)} for the chain, ${us(alone)} for its ${path.length - 1} signatures alone, ` +
      `ratio ${(whole / alone).toFixed(2)}; ${us(own)} without any signature; leaf of ${der.length} bytes read in ` +
      `${us(fields, 1)}, with all its extensions in ${us(all, 1)}`,
  );
});
