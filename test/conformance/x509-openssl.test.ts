// A second opinion: openssl judges what is made here, this house judges what openssl makes, and both judge certificates
// that are mutated and signed anew. What this house accepts and openssl refuses must stand in LISTED with its reason.
// SEED=n repeats a run; the seed is printed.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { equal } from '../../src/bytes/bytes.ts';
import type { PrivateKey } from '../../src/crypto/provider.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import * as der from '../../src/x509/der_write.ts';
import { KEY_USAGES } from '../../src/x509/extensions.ts';
import {
  type Certificate,
  type CertificateSource,
  COMPATIBLE,
  makeCertificate,
  makeTestPki,
  parseCertificate,
  readPem,
  trustAnchors,
  WEB,
  writePem,
} from '../../src/x509/index.ts';
import { writeSignatureAlgorithm } from '../../src/x509/make.ts';
import { code, DAY, generateKey, intermediate, judge, maker, NOW, pki, under } from './x509-pki.ts';

const SEED = Number(process.env.SEED ?? 20261122);
let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'x509-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string, text: string): string => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};
const certificateFile = (name: string, ...ders: readonly Uint8Array[]): string =>
  file(name, ders.map((bytes) => writePem('CERTIFICATE', bytes)).join(''));

/** What openssl says about each of `leaves`: true for OK, else its message. */
function opensslVerify(
  root: Uint8Array,
  untrusted: readonly Uint8Array[],
  leaves: readonly Uint8Array[],
  extra: readonly string[] = [],
): (true | string)[] {
  const names = leaves.map((leaf, i) => certificateFile(`leaf${i}.pem`, leaf));
  const rootFile = certificateFile('root.pem', root);
  const pool = untrusted.length === 0 ? [] : ['-untrusted', certificateFile('pool.pem', ...untrusted)];
  const time = ['-attime', String(Math.floor(NOW / 1000))];
  const arguments_ = [
    'verify',
    '-CAfile',
    rootFile,
    '-no-CApath',
    '-no-CAstore',
    ...pool,
    ...time,
    '-purpose',
    'sslserver',
    ...extra,
    ...names,
  ];
  const { stdout, stderr } = spawnSync('openssl', arguments_, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return names.map((name) => {
    if (stdout.includes(`${name}: OK`)) return true;
    // Messages come without the file's name, so only a single one can be told.
    return names.length > 1
      ? 'refused'
      : (/error \d+ at \d+ depth lookup: .*/.exec(stderr)?.[0] ??
          (stderr.split('\n')[1] ?? 'no message').replace(/^.*?error:/, ''));
  });
}

describe('what is made here, openssl accepts under -x509_strict', () => {
  const kinds: [string, () => PrivateKey][] = [
    ['P-256', () => generatePrivateKey('ec').privateKey],
    ['P-384', () => generatePrivateKey('ec', 'secp384r1').privateKey],
    ['P-521', () => generatePrivateKey('ec', 'secp521r1').privateKey],
    ['Ed25519', () => generatePrivateKey('ed25519').privateKey],
    ['RSA-2048', () => generatePrivateKey('rsa', 2048).privateKey],
  ];
  it.each(kinds)('%s', (_name, generate) => {
    const mine = makeTestPki({ ...maker, generateKey: generate });
    const { der: leaf } = mine.issue({ names: ['example.com', '*.example.com', '192.0.2.1', '2001:db8::1'] });
    const strict = ['-x509_strict', '-verify_hostname', 'example.com'];
    expect(opensslVerify(mine.root.der, [mine.intermediate.der], [leaf], strict)).toEqual([true]);
  });
});

describe('what openssl makes, this house reads', () => {
  it('a chain, a CRL and an OCSP response made by openssl are judged as they should be', () => {
    const run = (...arguments_: string[]): void =>
      void execFileSync('openssl', arguments_, { cwd: directory, stdio: 'pipe' });
    file(
      'ca.cnf',
      '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=30\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n',
    );
    file(
      'leaf.ext',
      'subjectAltName=DNS:example.com\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\nbasicConstraints=critical,CA:FALSE\n',
    );
    run(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-subj',
      '/O=openssl/CN=CA',
      '-days',
      '30',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
    );
    for (const name of ['good', 'bad']) {
      run(
        'req',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
        '-subj',
        `/CN=${name}`,
      );
      run(
        'x509',
        '-req',
        '-in',
        `${name}.csr`,
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-set_serial',
        name === 'good' ? '0x1234' : '0x9876',
        '-days',
        '20',
        '-extfile',
        'leaf.ext',
        '-out',
        `${name}.pem`,
      );
    }
    file('index.txt', '');
    file('crlnumber', '01\n');
    run('ca', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-valid', 'good.pem');
    run(
      'ca',
      '-config',
      'ca.cnf',
      '-cert',
      'ca.pem',
      '-keyfile',
      'ca.key',
      '-revoke',
      'bad.pem',
      '-crl_reason',
      'keyCompromise',
    );
    run('ca', '-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-gencrl', '-out', 'crl.pem');
    for (const name of ['good', 'bad']) {
      run('ocsp', '-issuer', 'ca.pem', '-cert', `${name}.pem`, '-reqout', `${name}.req`, '-no_nonce');
      run(
        'ocsp',
        '-index',
        'index.txt',
        '-CA',
        'ca.pem',
        '-rsigner',
        'ca.pem',
        '-rkey',
        'ca.key',
        '-reqin',
        `${name}.req`,
        '-respout',
        `${name}.resp`,
        '-ndays',
        '7',
      );
    }
    const pem = (name: string): Uint8Array =>
      readPem(readFileSync(join(directory, name), 'utf8'))[0]?.der ?? new Uint8Array(0);
    const now = Date.now();
    const more = { anchors: trustAnchors([pem('ca.pem')]), now, crls: [pem('crl.pem')] };
    const response = (name: string) => ({
      ...more,
      ocspResponses: [new Uint8Array(readFileSync(join(directory, `${name}.resp`)))],
      crls: [],
    });
    expect(code([pem('good.pem')], more)).toBe('accepted');
    expect(code([pem('bad.pem')], more)).toBe('revoked_by_crl');
    const good = judge([pem('good.pem')], response('good'));
    expect(good.ok && good.ocsp?.status).toBe('good');
    expect(code([pem('bad.pem')], response('bad'))).toBe('revoked_by_ocsp');
    expect(code([pem('good.pem')], response('bad'))).toBe('ocsp_wrong_certificate');
  });
});

/** Reasons for accepting what openssl refuses; each says exactly which certificates it is about. */
const LISTED: readonly {
  readonly reason: string;
  readonly applies: (message: string, policy: string, leaf: Certificate, issuer: Certificate) => boolean;
}[] = [
  {
    reason: 'anyExtendedKeyUsage in an intermediate allows TLS under web (policy row anyPurposeInIssuers)',
    applies: (message, policy, _leaf, issuer) =>
      policy === 'web' && message.includes('purpose') && issuer.extendedKeyUsage?.includes('2.5.29.37.0') === true,
  },
  {
    reason: 'key identifiers are a hint for path building (RFC 4158 3.5.12); RFC 5280 6.1 does not compare them',
    applies: (message, _policy, leaf, issuer) =>
      message.startsWith('error 20') &&
      !equal(leaf.authorityKeyIdentifier?.keyId ?? new Uint8Array(0), issuer.subjectKeyIdentifier ?? new Uint8Array(0)),
  },
  {
    reason:
      "whether the leaf's point lies on its curve is found where the key is used: no signature of the handshake verifies with it",
    applies: (message, _policy, leaf) => {
      const key = leaf.spki.key;
      if (!message.startsWith('error 1 ') || key?.kind !== 'ec') return false;
      return !nodeProvider.generateKeyShare('secp256r1').derive(key.point);
    },
  },
];

interface Tally {
  accepted: number;
  refused: number;
  stricter: number;
  listed: number;
}

function compare(tally: Tally, chain: readonly Uint8Array[], openssl: true | string): string[] {
  const problems: string[] = [];
  for (const policy of [WEB, COMPATIBLE]) {
    const judgement = judge(chain, { policy });
    if (judgement.ok && openssl !== true) {
      const pool = chain.slice(1);
      const [message] = opensslVerify(pki.root.der, pool, chain.slice(0, 1), ['-verify_hostname', 'example.com']);
      const [leaf, issuer] = chain.map(parseCertificate) as [Certificate, Certificate];
      const listed = LISTED.some(({ applies }) => applies(String(message), policy.name, leaf, issuer));
      if (listed) tally.listed++;
      else
        problems.push(`${policy.name} accepts what openssl refuses (${message}): ${inShort(chain[0] as Uint8Array)}`);
    } else if (judgement.ok) tally.accepted++;
    else if (openssl === true) tally.stricter++;
    else tally.refused++;
  }
  return problems;
}

/** The certificate on one line. */
const inShort = (certificate: Uint8Array): string =>
  writePem('CERTIFICATE', certificate).split('\n').slice(1, -2).join('');

describe('mutated certificates, signed anew', () => {
  const issuer = intermediate({ pathLength: 1 });
  const key = generateKey();
  const template = parseCertificate(
    under(issuer, {
      subject: [
        ['C', 'XX'],
        ['CN', 'example.com'],
      ],
      san: ['example.com', '*.example.com', '192.0.2.1', 'email:a@example.com'],
      caIssuerUrl: 'http://ca.example/',
      publicKey: key.publicKey,
    }).der,
  ).tbs;

  const sign = (tbs: Uint8Array): Uint8Array => {
    const algorithm = { kind: 'ecdsa', hash: 'sha256' } as const;
    return der.sequence(tbs, writeSignatureAlgorithm(algorithm), der.bitString(issuer.key.sign(algorithm, tbs)));
  };

  it('bytes of the signed part changed: nothing is accepted that openssl refuses', () => {
    const edit = fc.record({
      at: fc.nat(template.length - 1),
      value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 4, 5, 6, 0x0c, 0x13, 0x30, 0x31, 0x80, 0x81, 0x82, 0xff)),
    });
    const mutants = fc
      .sample(fc.array(edit, { minLength: 1, maxLength: 3 }), { numRuns: 600, seed: SEED })
      .map((edits) => {
        const tbs = template.slice();
        for (const { at, value } of edits) tbs[at] = value;
        return sign(tbs);
      });
    const answers = opensslVerify(pki.root.der, [issuer.der], mutants, ['-verify_hostname', 'example.com']);
    const tally: Tally = { accepted: 0, refused: 0, stricter: 0, listed: 0 };
    const problems = mutants.flatMap((mutant, i) => compare(tally, [mutant, issuer.der], answers[i] ?? 'no answer'));
    console.log(`byte mutants, seed ${SEED}: ${JSON.stringify(tally)}`);
    expect(problems).toEqual([]);
    expect(tally.accepted).toBeGreaterThan(0);
  });

  it('random fields of leaf and intermediate: nothing is accepted that openssl refuses', () => {
    const usage = fc.option(fc.uniqueArray(fc.constantFrom(...KEY_USAGES), { minLength: 1, maxLength: 4 }), {
      nil: undefined,
      freq: 3,
    });
    const purposes = fc.option(
      fc.uniqueArray(fc.constantFrom('serverAuth', 'clientAuth', 'ocspSigning', 'any'), { minLength: 1, maxLength: 2 }),
      { nil: undefined, freq: 2 },
    );
    const names = fc.uniqueArray(
      fc.constantFrom(
        'example.com',
        'com',
        'www.example.com',
        'example.org',
        '192.0.2.0/24',
        '2001:db8::/32',
        'email:example.com',
        '',
      ),
      { minLength: 1, maxLength: 3 },
    );
    const hosts = fc.uniqueArray(
      fc.constantFrom(
        'example.com',
        '*.example.com',
        '*.com',
        'www.example.com',
        'example.org',
        '192.0.2.1',
        '198.51.100.1',
        '2001:db8::1',
        'email:a@example.com',
        'email:a@example.org',
        'uri:https://example.com/',
      ),
      { minLength: 1, maxLength: 3 },
    );
    const bounds = fc.record({
      before: fc.constantFrom(...Array(9).fill(-DAY), DAY),
      after: fc.constantFrom(...Array(9).fill(2 * DAY), -DAY / 2),
    });
    const ca = fc.record({
      isCa: fc.constantFrom(...Array(9).fill(true), false),
      pathLength: fc.option(fc.nat(1), { nil: undefined }),
      usage: fc.option(usage, { nil: ['keyCertSign', 'cRLSign'] as const, freq: 1 }),
      purposes,
      permitted: fc.option(names, { nil: undefined, freq: 1 }),
      excluded: fc.option(names, { nil: undefined, freq: 1 }),
      bounds,
    });
    const leaf = fc.record({
      usage,
      purposes,
      san: fc.option(hosts, { nil: undefined, freq: 5 }),
      commonName: fc.constantFrom('example.com', 'x'),
      isCa: fc.constantFrom(...Array(9).fill(false), true),
      bounds,
    });
    const tally: Tally = { accepted: 0, refused: 0, stricter: 0, listed: 0 };
    const problems: string[] = [];
    for (const [upper, lower] of fc.sample(fc.tuple(ca, leaf), { numRuns: 160, seed: SEED })) {
      const { permitted, excluded } = upper;
      const constraints = { ...(permitted && { permitted }), ...(excluded && { excluded }) };
      const signer = intermediate({
        isCa: upper.isCa,
        ...(upper.pathLength !== undefined && upper.isCa && { pathLength: upper.pathLength }),
        ...(upper.usage === undefined ? { omit: ['keyUsage'] as const } : { keyUsage: upper.usage }),
        ...(upper.purposes && { extKeyUsage: upper.purposes }),
        ...(permitted || excluded ? { nameConstraints: constraints } : {}),
        notBefore: NOW + upper.bounds.before,
        notAfter: NOW + upper.bounds.after,
      });
      const end = generateKey();
      const source: CertificateSource = {
        subject: [['CN', lower.commonName]],
        issuer: signer.subject,
        publicKey: end.publicKey,
        signer: signer.key,
        provider: nodeProvider,
        isCa: lower.isCa,
        ...(lower.usage === undefined ? { omit: ['keyUsage'] as const } : { keyUsage: lower.usage }),
        ...(lower.purposes && { extKeyUsage: lower.purposes }),
        ...(lower.san && { san: lower.san }),
        notBefore: NOW + lower.bounds.before,
        notAfter: NOW + lower.bounds.after,
      };
      const certificate = makeCertificate(source);
      const [answer = 'no answer'] = opensslVerify(
        pki.root.der,
        [signer.der],
        [certificate],
        ['-verify_hostname', 'example.com'],
      );
      problems.push(...compare(tally, [certificate, signer.der], answer));
    }
    console.log(`field mutants, seed ${SEED}: ${JSON.stringify(tally)}`);
    expect(problems).toEqual([]);
    expect(tally.accepted).toBeGreaterThan(0);
  });
});
