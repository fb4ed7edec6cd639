// What `glasstls serve` proves itself with: the certificate and key that were given, or a small CA and a certificate made on the
// spot. The made keys stay in memory; only the CA's certificate, which is public, can be written to a file.

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { PrivateKey } from '../crypto/provider.ts';
import { nodeProvider } from '../providers/node.ts';
import { generatePrivateKey } from '../providers/node_keys.ts';
import { parseServerName } from '../x509/identity.ts';
import { makeTestPki } from '../x509/make_pki.ts';
import { readPem, writePem } from '../x509/pem.ts';
import { type Arguments, usage } from './arguments.ts';
import { chainFaults, faultText, nameAt } from './chain_lint.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { type OwnIdentity, ownIdentities } from './own_identity.ts';
import { cannotWrite } from './private_file.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { CHAIN } from './texts/chain.ts';

export interface ServeIdentity {
  /** PEM, own certificate first; the one that fits the name that a client asks for is shown. */
  readonly certs: readonly string[];
  /** As many as there are in `certs`. */
  readonly keys: readonly PrivateKey[];
  /** Where those came from that were given. */
  readonly files: readonly string[];
  /** The names of a made certificate; undefined for one that was given. */
  readonly made:
    | { readonly names: readonly string[]; readonly kind: KeyKind; readonly caFile: string | undefined }
    | undefined;
  /** What is untidy about the chains that were given. */
  readonly remarks: readonly Text[];
}

export type KeyKind = 'rsa' | 'ecdsa' | 'ed25519';

/** @throws CliError 2, 23 or 58 */
export function serveIdentity(args: Arguments): ServeIdentity {
  const own = ownIdentities(args);
  if (own.length === 0) return makeIdentity(args);
  const idle = (['name', 'ca-out', 'rsa', 'ecdsa', 'ed25519'] as const).find((flag) => args.has(flag));
  if (idle !== undefined) {
    throw usage(
      {
        en: `--${idle} is about a made certificate; --cert gives one`,
        zh: `--${idle} 用于当场生成的证书，而 --cert 已经给出了证书`,
      },
      'serve',
    );
  }
  for (const one of own) requireOrder(one);
  return {
    certs: own.map(({ cert }) => cert),
    keys: own.map(({ key }) => key),
    files: own.map(({ file }) => file),
    made: undefined,
    remarks: own.flatMap(remarksOn),
  };
}

/** RFC 5246 7.4.2: "Each following certificate MUST directly certify the one preceding it." @throws CliError 58 */
function requireOrder({ file, cert }: OwnIdentity): void {
  const chain = derOf(cert);
  const faults = chainFaults(chain).filter(({ kind }) => kind === 'order' || kind === 'duplicate');
  if (faults.length === 0) return;
  const texts = faults.map((fault) => faultText(fault, placeIn(chain)));
  throw new CliError(
    EXIT.ownCertificate,
    filled(CHAIN.badFile, { file: JSON.stringify(safe(file)) }),
    filled(CHAIN.badFileHint, {
      faults: { en: texts.map(({ en }) => en).join('; '), zh: texts.map(({ zh }) => zh).join('；') },
    }),
  );
}

/** What in the chain need not be there. */
function remarksOn({ file, cert }: OwnIdentity): readonly Text[] {
  const chain = derOf(cert);
  return chainFaults(chain).map((fault) =>
    filled(CHAIN.inFile, { file: safe(file), text: faultText(fault, placeIn(chain)) }),
  );
}

function placeIn(chain: readonly Uint8Array[]): (at: number) => Text {
  return (at) => filled(CHAIN.file, { n: at + 1, subject: nameAt(chain, at) });
}

function derOf(pem: string): readonly Uint8Array[] {
  return readPem(pem, 'CERTIFICATE').map(({ der }) => der);
}

function makeIdentity(args: Arguments): ServeIdentity {
  const kind = kindOf(args);
  const names = namesOf(args);
  const pki = makeTestPki({
    provider: nodeProvider,
    generateKey: () => generatePrivateKey('ec').privateKey,
    now: Date.now(),
    label: `glasstls serve on ${hostname().slice(0, 40) || 'this machine'}`,
  });
  const { privateKey } =
    kind === 'rsa'
      ? generatePrivateKey('rsa')
      : kind === 'ecdsa'
        ? generatePrivateKey('ec')
        : generatePrivateKey('ed25519');
  const issued = pki.issue({ names, commonName: names[0] ?? 'localhost', key: privateKey });
  const caFile = args.value('ca-out');
  if (caFile !== undefined) writeCa(caFile, writePem('CERTIFICATE', pki.root.der));
  const cert = pki
    .chainOf(issued)
    .map((der) => writePem('CERTIFICATE', der))
    .join('');
  return { certs: [cert], keys: [privateKey], files: [], made: { names, kind, caFile }, remarks: [] };
}

function kindOf(args: Arguments): KeyKind {
  const asked = (['rsa', 'ecdsa', 'ed25519'] as const).filter((kind) => args.has(kind));
  const [first, second] = asked;
  if (second !== undefined) {
    throw usage({ en: `--${first} or --${second}, not both`, zh: `--${first} 和 --${second} 只能选一个` }, 'serve');
  }
  return first ?? (args.has('legacy') ? 'rsa' : 'ecdsa');
}

function namesOf(args: Arguments): readonly string[] {
  const more = args.values('name');
  for (const name of more) {
    // A wildcard is judged by what stands behind it.
    if (parseServerName(name.replace(/^\*\./, '')) !== undefined) continue;
    const shown = JSON.stringify(name);
    throw usage(
      {
        en: `--name wants a host name or an address, not ${shown}`,
        zh: `--name 应为主机名或 IP 地址，而不是 ${shown}`,
      },
      'serve',
    );
  }
  return [...new Set([...more, 'localhost', '127.0.0.1', '::1'])];
}

function writeCa(file: string, pem: string): void {
  try {
    writeFileSync(file, pem);
  } catch (error) {
    throw cannotWrite(file, error);
  }
}
