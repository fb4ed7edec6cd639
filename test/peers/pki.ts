// The throw-away PKI of the interop tests: root -> intermediate -> leaves for localhost and 127.0.0.1, one for each kind
// of key, beside leaves that must be refused. The root signs with ECDSA and the intermediate with RSA, so that every
// chain takes both verifications. Made once per run; nothing of it outlives the run.

import { generateKeyPair } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeCertificate } from './cert_writer.ts';
import { once } from './run_dir.ts';

export type KeyKind = 'rsa' | 'p256' | 'p384' | 'p521' | 'ed25519' | 'ed448' | 'rsa-pss';
export type Refused = 'expired' | 'wrong-name' | 'untrusted';

/** One end entity with everything a peer may want, as PEM text and as files. */
export interface Identity {
  readonly name: KeyKind | Refused;
  readonly cert: string;
  /** PKCS#8. */
  readonly key: string;
  /** The leaf, then the intermediate. */
  readonly fullChain: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly fullChainFile: string;
  /** The intermediate alone, for programs that take the chain apart from the leaf. */
  readonly chainFile: string;
}

export interface Pki {
  /** The root that tests trust. */
  readonly ca: string;
  readonly caFile: string;
  /** A root that signed nothing of the good leaves; the leaf `untrusted` comes from it. */
  readonly otherCa: string;
  readonly otherCaFile: string;
  /** Who issued the good leaves; its key also signs OCSP responses. */
  readonly intermediate: { readonly certFile: string; readonly keyFile: string };
  readonly leaf: (name: KeyKind | Refused) => Identity;
}

const LEAVES: readonly (KeyKind | Refused)[] = [
  'rsa',
  'p256',
  'p384',
  'p521',
  'ed25519',
  'ed448',
  'rsa-pss',
  'expired',
  'wrong-name',
  'untrusted',
];

/** The PKI of this run; the first caller makes it (well under a second), all others share it. */
export async function pki(): Promise<Pki> {
  const dir = await once('pki', makePki);
  const read = (file: string): string => readFileSync(join(dir, file), 'latin1');
  return {
    ca: read('root.crt'),
    caFile: join(dir, 'root.crt'),
    otherCa: read('other-root.crt'),
    otherCaFile: join(dir, 'other-root.crt'),
    intermediate: { certFile: join(dir, 'intermediate.crt'), keyFile: join(dir, 'intermediate.key') },
    leaf: (name) => ({
      name,
      cert: read(`${name}/cert.pem`),
      key: read(`${name}/key.pem`),
      fullChain: read(`${name}/fullchain.pem`),
      certFile: join(dir, name, 'cert.pem'),
      keyFile: join(dir, name, 'key.pem'),
      fullChainFile: join(dir, name, 'fullchain.pem'),
      chainFile: join(dir, name, 'chain.pem'),
    }),
  };
}

async function makePki(dir: string): Promise<void> {
  const good = await makeAuthority(dir, '');
  const other = await makeAuthority(dir, 'other-');
  await Promise.all(LEAVES.map((name) => makeLeaf(dir, name, name === 'untrusted' ? other : good)));
}

interface Authority {
  readonly cert: string;
  readonly key: string;
}

async function makeAuthority(dir: string, prefix: string): Promise<Authority> {
  const [rootKey, key] = await Promise.all([makeKey('p256'), makeKey('rsa')]);
  const title = prefix === '' ? 'glasstls test' : 'unrelated test';
  const valid = { notBefore: days(-1), notAfter: days(30) };
  const subject = (what: string) => [['O', title] as const, ['CN', `${title} ${what}`] as const];
  const root = writeCertificate({ subject: subject('root'), key: rootKey, ca: {}, ...valid });
  const issuer = { cert: root, key: rootKey };
  const cert = writeCertificate({ subject: subject('intermediate'), key, issuer, ca: { pathLength: 0 }, ...valid });
  writeFileSync(join(dir, `${prefix}root.crt`), root);
  writeFileSync(join(dir, `${prefix}intermediate.crt`), cert);
  writeFileSync(join(dir, `${prefix}intermediate.key`), key, { mode: 0o600 });
  return { cert, key };
}

async function makeLeaf(dir: string, name: KeyKind | Refused, issuer: Authority): Promise<void> {
  const kind: KeyKind = name === 'expired' || name === 'wrong-name' || name === 'untrusted' ? 'p256' : name;
  const key = await makeKey(kind);
  const expired = name === 'expired';
  const cert = writeCertificate({
    subject: [['CN', name === 'wrong-name' ? 'elsewhere.example' : 'localhost']],
    key,
    issuer,
    names: name === 'wrong-name' ? ['elsewhere.example'] : ['localhost', '127.0.0.1'],
    notBefore: days(expired ? -20 : -1),
    notAfter: days(expired ? -10 : 30),
  });
  const own = join(dir, name);
  if (!existsSync(own)) mkdirSync(own);
  writeFileSync(join(own, 'cert.pem'), cert);
  writeFileSync(join(own, 'key.pem'), key, { mode: 0o600 });
  writeFileSync(join(own, 'chain.pem'), issuer.cert);
  writeFileSync(join(own, 'fullchain.pem'), cert + issuer.cert);
}

const generate = promisify(generateKeyPair);

async function makeKey(kind: KeyKind): Promise<string> {
  const { privateKey } = await makePair(kind);
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function makePair(kind: KeyKind) {
  switch (kind) {
    case 'rsa':
      return generate('rsa', { modulusLength: 2048 });
    case 'rsa-pss':
      return generate('rsa-pss', { modulusLength: 2048 });
    case 'p256':
      return generate('ec', { namedCurve: 'P-256' });
    case 'p384':
      return generate('ec', { namedCurve: 'P-384' });
    case 'p521':
      return generate('ec', { namedCurve: 'P-521' });
    case 'ed25519':
      return generate('ed25519', {});
    case 'ed448':
      return generate('ed448', {});
  }
}

function days(from: number): Date {
  return new Date(Date.now() + from * 86_400_000);
}
