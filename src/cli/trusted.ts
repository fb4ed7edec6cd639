// Whom connect trusts: --cacert, --capath and --ca-native, else SSL_CERT_FILE and SSL_CERT_DIR, else Node's built-in roots;
// NODE_EXTRA_CA_CERTS adds to the latter two. What cannot be read or holds no certificate is an error (77) and never an empty list.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as tls from 'node:tls';
import { TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import { parseCrl } from '../x509/crl.ts';
import { readPem } from '../x509/pem.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { filled } from './text.ts';
import { TRUST } from './texts/trust.ts';

export interface Trusted {
  /** PEM for glasstls/node; undefined for the built-in roots. */
  readonly ca: readonly string[] | undefined;
  /** Where they came from, for the verbose output. */
  readonly source: string;
}

export interface TrustFlags {
  readonly cacert: string | undefined;
  readonly capath: string | undefined;
  readonly native: boolean;
}

/** @throws CliError with exit code 77 */
export function trustedBy({ cacert, capath, native }: TrustFlags, env: NodeJS.ProcessEnv): Trusted {
  const extra = env.NODE_EXTRA_CA_CERTS ? [fromFile(env.NODE_EXTRA_CA_CERTS)] : [];
  if (cacert !== undefined || capath !== undefined || native) {
    return together([
      ...(cacert === undefined ? [] : [fromFile(cacert)]),
      ...(capath === undefined ? [] : [fromFolder(capath)]),
      ...(native ? [fromSystem()] : []),
    ]);
  }
  const given = [
    ...(env.SSL_CERT_FILE ? [fromFile(env.SSL_CERT_FILE)] : []),
    ...(env.SSL_CERT_DIR ? [fromFolder(env.SSL_CERT_DIR)] : []),
  ];
  if (given.length > 0) return together([...given, ...extra]);
  // Without `ca`, glasstls/node takes the built-in roots and reads NODE_EXTRA_CA_CERTS itself.
  const added = env.NODE_EXTRA_CA_CERTS ? ` + ${env.NODE_EXTRA_CA_CERTS}` : '';
  return { ca: undefined, source: `Node.js ${process.versions.node} (${tls.rootCertificates.length})${added}` };
}

interface Found {
  readonly pem: readonly string[];
  readonly source: string;
}

function together(found: readonly Found[]): Trusted {
  return { ca: found.flatMap(({ pem }) => pem), source: found.map(({ source }) => source).join(' + ') };
}

function fromFile(file: string): Found {
  return { pem: [readCertificates(file)], source: file };
}

/** SSL_CERT_DIR may be several folders, separated by colons, of which some may not exist, as with OpenSSL. */
function fromFolder(folders: string): Found {
  const pem = [...new Set(folders.split(delimiter).flatMap(certificatesUnder))];
  if (pem.length > 0) return { pem, source: folders };
  throw new CliError(
    EXIT.caFile,
    filled(TRUST.emptyFolder, { folder: JSON.stringify(folders) }),
    TRUST.emptyFolderHint,
  );
}

function certificatesUnder(folder: string): string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const file = join(folder, name);
      if (!statSync(file).isFile() || statSync(file).size > MAX_FILE) return [];
      const text = readFileSync(file, 'latin1');
      return anchorsIn(text).size > 0 ? [text] : [];
    } catch {
      return [];
    }
  });
}

/** A folder may hold anything; what is larger is no certificate. */
const MAX_FILE = 4 * 1024 * 1024;

/** Where distributions keep the bundle of what they trust. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

type Tls = typeof tls & { getCACertificates?(type: 'system'): string[] };

function fromSystem(): Found {
  // Node 22.15 and later ask the operating system.
  const asked = (tls as Tls).getCACertificates?.('system') ?? [];
  if (asked.length > 0) return { pem: asked, source: `system (${asked.length})` };
  const file = BUNDLES.find((one) => existsSync(one));
  if (file !== undefined) return fromFile(file);
  throw new CliError(EXIT.caFile, TRUST.noSystem, filled(TRUST.noSystemHint, { node: process.versions.node }));
}

/** The CRLs of a file, in DER. @throws CliError with exit code 82 */
export function readCrlFile(file: string): readonly Uint8Array[] {
  const shown = JSON.stringify(file);
  try {
    const ders = readPem(readFileSync(file, 'latin1'), 'X509 CRL').map(({ der }) => der);
    for (const der of ders) parseCrl(der);
    if (ders.length > 0) return ders;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new CliError(EXIT.crlFile, filled(TRUST.crlUnreadable, { file: shown, code }));
  }
  throw new CliError(EXIT.crlFile, filled(TRUST.noCrl, { file: shown }), TRUST.noCrlHint);
}

/** The PEM text of a file of certificates to trust. @throws CliError with exit code 77 */
export function readCertificates(file: string): string {
  const shown = JSON.stringify(file);
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'error';
    throw new CliError(EXIT.caFile, {
      en: `the certificates to trust, ${shown}, cannot be read (${why})`,
      zh: `无法读取受信任证书文件 ${shown}（${why}）`,
    });
  }
  if (anchorsIn(text).size > 0) return text;
  throw new CliError(
    EXIT.caFile,
    { en: `${shown} holds no certificate that can be read`, zh: `${shown} 中没有可用的证书` },
    {
      en: 'It has to be PEM: blocks that begin with -----BEGIN CERTIFICATE-----.',
      zh: '文件应为 PEM 格式，证书以 -----BEGIN CERTIFICATE----- 开头。',
    },
  );
}

function anchorsIn(text: string): TrustAnchors {
  try {
    return trustAnchors([text]);
  } catch {
    return new TrustAnchors([]);
  }
}
