// Everything that reads X.509 (RFC 5280, 6960, 6962), and the judgement about a chain: only DecodeErrors, nothing lost in reading,
// and no chain accepted whose leaf is not one that was signed.

import { concat, equal, toHex } from '../../../src/bytes/bytes.ts';
import { DecodeError } from '../../../src/bytes/decode_error.ts';
import { generatePrivateKey, importPrivateKey, nodeProvider } from '../../../src/providers/node.ts';
import { decodeAll, parseCertificate, readCertificate } from '../../../src/x509/certificate.ts';
import { parseCrl } from '../../../src/x509/crl.ts';
import { parseName } from '../../../src/x509/names.ts';
import { parseOcspResponse } from '../../../src/x509/ocsp.ts';
import { outline } from '../../../src/x509/outline.ts';
import { readPem } from '../../../src/x509/pem.ts';
import { parseSctList } from '../../../src/x509/sct.ts';
import { parseSpki } from '../../../src/x509/spki.ts';
import { verifyChain } from '../../../src/x509/verify.ts';
import { makeCrl, makeOcsp, makeSctList, NOW } from '../../conformance/x509-pki.ts';
import { world } from '../../support/pair.ts';
import type { Collected } from './collect.ts';
import type { Random } from './random.ts';
import { varyDer } from './structure.ts';
import { attempt, hold, type Target } from './target.ts';

const WORK = { base: 30_000, each: 400 };

export function x509Targets({ certificates }: Collected): readonly Target[] {
  const { pki, identities } = world();
  const own = Object.values(identities).flatMap(({ chain }) => chain);
  const all = [...own, ...certificates];
  const [leaf = new Uint8Array(0)] = identities.p256.chain;
  const parts = all.flatMap((der) => {
    const read = attempt(() => readCertificate(der));
    return 'value' in read ? [read.value] : [];
  });
  const crls = [[], [Uint8Array.of(1)], [Uint8Array.of(1), Uint8Array.of(0x7f, 2)]].map((serials) =>
    makeCrl({ issuer: pki.intermediate, serials }),
  );
  const responses = (['good', 'revoked', 'unknown'] as const).flatMap((status) => [
    makeOcsp({ subject: leaf, issuer: pki.intermediate, status }),
    makeOcsp({ subject: leaf, issuer: pki.intermediate, status, hash: 'sha256' }),
  ]);
  const sct = makeSctList(pki.intermediate.key, { x509: leaf }, NOW);
  return [
    der('certificate', all, certificate),
    der('crl', crls, (input) => void parseCrl(input)),
    der('ocsp', responses, (input) => void parseOcspResponse(input)),
    der(
      'spki',
      parts.map(({ spkiRaw }) => spkiRaw),
      (input) => void parseSpki(input),
    ),
    der(
      'name',
      parts.map(({ issuerRaw }) => issuerRaw),
      (input) => void parseName(input),
    ),
    der('outline', [...all, ...crls, ...responses], (input) => void outline(input)),
    der(
      'scts',
      [sct, concat(Uint8Array.of(0, 2 * (sct.length - 2)), sct.subarray(2), sct.subarray(2))],
      (input) => void parseSctList(input),
    ),
    keys(),
    chains(all),
  ];
}

function der(name: string, seeds: readonly Uint8Array[], read: (input: Uint8Array) => void): Target {
  return {
    name: `x509/${name}`,
    kind: 'parser',
    seeds: () => seeds,
    vary: varyDer,
    run: (input) => {
      const outcome = attempt(() => read(input));
      return 'refused' in outcome ? outcome.refused : 'read';
    },
    work: WORK,
  };
}

/** What was read completely never throws afterwards, and reading lazily says the same. */
function certificate(input: Uint8Array): void {
  const lazy = attempt(() => {
    const one = readCertificate(input);
    decodeAll(one);
    return one;
  });
  const whole = attempt(() => parseCertificate(input));
  hold('refused' in lazy === 'refused' in whole, 'read lazily, it ends otherwise');
  if ('refused' in whole) throw new DecodeError(whole.refused, 0);
  hold(equal(whole.value.der, input), 'its bytes are others');
  outline(input);
}

/** Private keys are the host's own files: a TypeError says what is the matter, and nothing else is thrown. */
function keys(): Target {
  const made = [
    generatePrivateKey('ec'),
    generatePrivateKey('ec', 'secp521r1'),
    generatePrivateKey('ed25519'),
    generatePrivateKey('ed448'),
    generatePrivateKey('rsa', 1024),
  ];
  const seeds = made.flatMap(({ pkcs8Pem }) => readPem(pkcs8Pem).map((block) => block.der));
  return {
    name: 'x509/privateKey',
    kind: 'parser',
    native: true,
    seeds: () => seeds,
    vary: varyDer,
    run: (input) => {
      try {
        const key = importPrivateKey(input);
        return key.publicKey.kind;
      } catch (error) {
        hold(error instanceof TypeError, `not a TypeError: ${String(error)}`);
        return 'TypeError';
      }
    },
    work: WORK,
  };
}

/** Certificates behind lengths of two bytes, judged as a server's chain under our own root. */
function chains(pool: readonly Uint8Array[]): Target {
  const { anchors, identities } = world();
  const honest = Object.values(identities).map(({ chain }) => chain);
  const signed = new Set(honest.map(([leaf]) => toHex(leaf ?? new Uint8Array(0))));
  const now = Date.now();
  return {
    name: 'x509/chain',
    kind: 'parser',
    native: true,
    seeds: () => honest.map(join),
    vary: (input, random) => varyChain(input, random, pool),
    run: (input) => {
      const chain = split(input);
      const judgement = verifyChain({
        chain,
        anchors,
        role: 'server',
        serverName: 'localhost',
        now,
        provider: nodeProvider,
      });
      if (!judgement.ok) return judgement.refusal.code;
      hold(signed.has(toHex(chain[0] ?? new Uint8Array(0))), 'a leaf was accepted that nobody signed');
      return 'accepted';
    },
    // Each signature that is tried costs thousands of blocks of arithmetic on either provider.
    work: { base: 2_000_000, each: 2_000 },
  };
}

const join = (chain: readonly Uint8Array[]): Uint8Array =>
  concat(...chain.flatMap((one) => [Uint8Array.of(one.length >> 8, one.length), one]));

function split(input: Uint8Array): Uint8Array[] {
  const chain: Uint8Array[] = [];
  for (let at = 0; at < input.length; ) {
    const length = ((input[at] ?? 0) << 8) | (input[at + 1] ?? 0);
    chain.push(input.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return chain;
}

function varyChain(input: Uint8Array, random: Random, pool: readonly Uint8Array[]): Uint8Array {
  const chain = split(input);
  const at = random.below(chain.length);
  const other = varyDer(chain[at] ?? new Uint8Array(0), random, pool);
  switch (random.below(5)) {
    case 0:
      chain.splice(at, 0, random.pick(pool));
      break;
    case 1:
      chain.push(...chain.splice(at, 1));
      break;
    default:
      if (other !== undefined) chain.splice(at, random.below(2), other);
  }
  return join(chain);
}
