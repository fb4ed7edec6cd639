// Whom connect trusts: --cacert, else SSL_CERT_FILE, else Node's built-in roots; NODE_EXTRA_CA_CERTS adds to the latter two. A
// file that cannot be read or holds no certificate is an error (77) and never an empty list.

import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { TrustAnchors, trustAnchors } from '../x509/anchors.ts';
import { CliError, EXIT } from './exit_codes.ts';

export interface Trusted {
  /** PEM for glasstls/node; undefined for the built-in roots. */
  readonly ca: readonly string[] | undefined;
  /** Where they came from, for the verbose output. */
  readonly source: string;
}

/** @throws CliError with exit code 77 */
export function trustedBy(cacert: string | undefined, env: NodeJS.ProcessEnv): Trusted {
  if (cacert !== undefined) return { ca: [readCertificates(cacert)], source: cacert };
  const extra = env.NODE_EXTRA_CA_CERTS ? readCertificates(env.NODE_EXTRA_CA_CERTS) : undefined;
  const added = env.NODE_EXTRA_CA_CERTS ? ` + ${env.NODE_EXTRA_CA_CERTS}` : '';
  if (env.SSL_CERT_FILE) {
    const file = readCertificates(env.SSL_CERT_FILE);
    return { ca: extra === undefined ? [file] : [file, extra], source: env.SSL_CERT_FILE + added };
  }
  // Without `ca`, glasstls/node takes the built-in roots and reads NODE_EXTRA_CA_CERTS itself.
  return { ca: undefined, source: `Node.js ${process.versions.node} (${rootCertificates.length})${added}` };
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
