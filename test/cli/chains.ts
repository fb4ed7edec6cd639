// A server on loopback with a chain made for the case: root, intermediate and leaf, each with something of its own, and what of it is
// sent and what is trusted.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { nodeProvider } from '../../src/providers/node.ts';
import { type GeneratedKey, generatePrivateKey } from '../../src/providers/node_keys.ts';
import { type CertificateSource, makeCertificate, type NameSource } from '../../src/x509/make.ts';
import { writePem } from '../../src/x509/pem.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { pki } from '../peers/pki.ts';
import { scratch } from '../peers/run_dir.ts';

export const HOUR = 3_600_000;

/** A validity that is over. */
export const PAST = { notBefore: Date.now() - 48 * HOUR, notAfter: Date.now() - HOUR };

export interface Chain {
  readonly root?: Partial<CertificateSource>;
  readonly leaf?: Partial<CertificateSource>;
  readonly intermediate?: Partial<CertificateSource>;
  /** The leaf's key; an EC one unless told. */
  readonly key?: GeneratedKey;
  readonly selfSigned?: boolean;
  /** What the server sends; leaf and intermediate unless told. */
  readonly sent?: (made: MadeChain) => readonly Uint8Array[];
  /** What the client trusts; the root unless told. */
  readonly trusted?: (made: MadeChain) => readonly Uint8Array[];
  readonly flags?: readonly string[];
  /** More for node's server. */
  readonly server?: TlsOptions;
  readonly onConnection?: (socket: TLSSocket) => void;
}

export interface MadeChain {
  readonly root: Uint8Array;
  readonly intermediate: Uint8Array;
  readonly leaf: Uint8Array;
  readonly rootKey: GeneratedKey;
  readonly leafKey: GeneratedKey;
  readonly rootName: NameSource;
}

/** Valid now. */
export const SOUND = { provider: nodeProvider, notBefore: Date.now() - 24 * HOUR, notAfter: Date.now() + 24 * HOUR };

export function makeChain(chain: Pick<Chain, 'root' | 'leaf' | 'intermediate' | 'key' | 'selfSigned'>): MadeChain {
  const [rootKey, middleKey] = [generatePrivateKey('ec'), generatePrivateKey('ec')];
  const leafKey = chain.key ?? generatePrivateKey('ec');
  const rootName = [['CN', 'catalogue root']] as const;
  const middleName = [['CN', 'catalogue intermediate']] as const;
  const root = makeCertificate({
    ...SOUND,
    subject: rootName,
    publicKey: rootKey.privateKey.publicKey,
    signer: rootKey.privateKey,
    isCa: true,
    ...chain.root,
  });
  const intermediate = makeCertificate({
    ...SOUND,
    subject: middleName,
    issuer: rootName,
    publicKey: middleKey.privateKey.publicKey,
    signer: rootKey.privateKey,
    isCa: true,
    ...chain.intermediate,
  });
  const leaf = makeCertificate({
    ...SOUND,
    subject: [['CN', 'localhost']],
    publicKey: leafKey.privateKey.publicKey,
    san: ['localhost'],
    extKeyUsage: ['serverAuth'],
    ...(chain.selfSigned ? { signer: leafKey.privateKey } : { signer: middleKey.privateKey, issuer: middleName }),
    ...chain.leaf,
  });
  return { root, intermediate, leaf, rootKey, leafKey, rootName };
}

export function pemOf(certificates: readonly Uint8Array[]): string {
  return certificates.map((der) => writePem('CERTIFICATE', der)).join('');
}

/** A server with such a chain, and the arguments to ask it with. */
export async function withChain(chain: Chain, body: (args: readonly string[]) => Promise<void>): Promise<void> {
  const made = makeChain(chain);
  const sent = chain.sent?.(made) ?? (chain.selfSigned ? [made.leaf] : [made.leaf, made.intermediate]);
  const { leaf } = await pki();
  const server = await nodeServer({
    identity: { ...leaf('p256'), fullChain: pemOf(sent), key: made.leafKey.pkcs8Pem },
    onConnection: chain.onConnection ?? ((socket) => void socket.end()),
    ...(chain.server !== undefined && { more: chain.server }),
  });
  const file = join(scratch('catalogue'), 'trusted.pem');
  writeFileSync(file, pemOf(chain.trusted?.(made) ?? [made.root]));
  try {
    await body([...(chain.flags ?? []), '--cacert', file, `https://localhost:${server.port}/`]);
  } finally {
    await server.stop();
  }
}
