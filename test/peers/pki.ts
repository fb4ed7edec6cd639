// The throw-away PKI of the interop tests: root -> intermediate -> leaves for localhost and 127.0.0.1, one for each kind
// of key, beside leaves that must be refused. The root signs with ECDSA and the intermediate with RSA, so that every
// chain takes both verifications. Made once per run; nothing of it outlives the run.

import { generateKeyPair } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { opensslWriter } from './cert_writer.ts';
import { once } from './run_dir.ts';

export type KeyKind = 'rsa' | 'p256' | 'p384' | 'p521' | 'ed25519' | 'rsa-pss';
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
  readonly leaf: (name: KeyKind | Refused) => Identity;
}

/** What a certificate shall say. Times are absolute, so that expired ones can be made. */
export interface CertRequest {
  readonly subject: string;
  /** Subject's private key, PKCS#8 PEM. */
  readonly key: string;
  /** Undefined: self-signed. */
  readonly issuer?: { readonly cert: string; readonly key: string };
  readonly ca?: { readonly pathLength?: number };
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  /** RSA key exchange wants keyEncipherment (RFC 5246 7.4.2). */
  readonly keyEncipherment?: boolean;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Makes certificates. The seam at which the project's own writer can take openssl's place. */
export interface CertWriter {
  /** The certificate as PEM. */
  issue(request: CertRequest): Promise<string>;
}

const LEAVES: readonly (KeyKind | Refused)[] = [
  'rsa',
  'p256',
  'p384',
  'p521',
  'ed25519',
  'rsa-pss',
  'expired',
  'wrong-name',
  'untrusted',
];

/** The PKI of this run; the first caller makes it (about a second), all others share it. */
export async function pki(writer: CertWriter = opensslWriter): Promise<Pki> {
  const dir = await once('pki', (part) => makePki(part, writer));
  const read = (file: string): string => readFileSync(join(dir, file), 'latin1');
  return {
    ca: read('root.crt'),
    caFile: join(dir, 'root.crt'),
    otherCa: read('other-root.crt'),
    otherCaFile: join(dir, 'other-root.crt'),
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

async function makePki(dir: string, writer: CertWriter): Promise<void> {
  const good = await makeAuthority(dir, writer, '');
  const other = await makeAuthority(dir, writer, 'other-');
  await Promise.all(LEAVES.map((name) => makeLeaf(dir, writer, name, name === 'untrusted' ? other : good)));
}

interface Authority {
  readonly cert: string;
  readonly key: string;
}

async function makeAuthority(dir: string, writer: CertWriter, prefix: string): Promise<Authority> {
  const [rootKey, key] = await Promise.all([makeKey('p256'), makeKey('rsa')]);
  const title = prefix === '' ? 'glasstls test' : 'unrelated test';
  const valid = { notBefore: days(-1), notAfter: days(30) };
  const root = await writer.issue({ subject: `/O=${title}/CN=${title} root`, key: rootKey, ca: {}, ...valid });
  const cert = await writer.issue({
    subject: `/O=${title}/CN=${title} intermediate`,
    key,
    issuer: { cert: root, key: rootKey },
    ca: { pathLength: 0 },
    ...valid,
  });
  writeFileSync(join(dir, `${prefix}root.crt`), root);
  return { cert, key };
}

async function makeLeaf(dir: string, writer: CertWriter, name: KeyKind | Refused, issuer: Authority): Promise<void> {
  const kind: KeyKind = name === 'expired' || name === 'wrong-name' || name === 'untrusted' ? 'p256' : name;
  const key = await makeKey(kind);
  const expired = name === 'expired';
  const cert = await writer.issue({
    subject: `/CN=${name === 'wrong-name' ? 'elsewhere.example' : 'localhost'}`,
    key,
    issuer,
    dns: name === 'wrong-name' ? ['elsewhere.example'] : ['localhost'],
    ip: name === 'wrong-name' ? [] : ['127.0.0.1'],
    keyEncipherment: kind === 'rsa',
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
  }
}

function days(from: number): Date {
  return new Date(Date.now() + from * 86_400_000);
}
