// Certificates by the openssl command, for the test PKI. `openssl ca` and not `openssl x509 -req`, because only it takes
// absolute dates in every release since 1.1. Each certificate gets a directory of its own: `ca` keeps a database there.

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertRequest, CertWriter } from './pki.ts';
import { runOk } from './process.ts';
import { scratch } from './run_dir.ts';

export const opensslWriter: CertWriter = {
  async issue(request: CertRequest): Promise<string> {
    const dir = scratch('ca');
    const at = (file: string): string => join(dir, file);
    writeFileSync(at('index.txt'), '');
    writeFileSync(at('serial'), `7F${randomBytes(8).toString('hex').toUpperCase()}\n`);
    writeFileSync(at('subject.key'), request.key, { mode: 0o600 });
    writeFileSync(at('openssl.cnf'), config(dir, request));
    const common = ['-config', at('openssl.cnf')];
    await runOk('openssl', [
      'req',
      '-new',
      ...common,
      '-key',
      at('subject.key'),
      '-subj',
      request.subject,
      '-out',
      at('subject.csr'),
    ]);
    const signer = request.issuer ?? { cert: '', key: request.key };
    writeFileSync(at('issuer.crt'), signer.cert);
    writeFileSync(at('issuer.key'), signer.key, { mode: 0o600 });
    const who = request.issuer ? ['-cert', at('issuer.crt')] : ['-selfsign'];
    await runOk('openssl', [
      'ca',
      '-batch',
      '-notext',
      '-preserveDN',
      ...common,
      ...who,
      '-keyfile',
      at('issuer.key'),
      '-in',
      at('subject.csr'),
      '-startdate',
      stamp(request.notBefore),
      '-enddate',
      stamp(request.notAfter),
      '-extensions',
      'ext',
      '-out',
      at('out.crt'),
    ]);
    return readFileSync(at('out.crt'), 'latin1');
  },
};

function config(dir: string, request: CertRequest): string {
  const names = [...(request.dns ?? []).map((name) => `DNS:${name}`), ...(request.ip ?? []).map((ip) => `IP:${ip}`)];
  const { ca } = request;
  const length = ca?.pathLength === undefined ? '' : `,pathlen:${ca.pathLength}`;
  const extensions = [
    `basicConstraints = critical,CA:${ca ? `TRUE${length}` : 'FALSE'}`,
    `keyUsage = critical,${ca ? 'keyCertSign,cRLSign' : `digitalSignature${request.keyEncipherment ? ',keyEncipherment' : ''}`}`,
    'subjectKeyIdentifier = hash',
    ...(request.issuer ? ['authorityKeyIdentifier = keyid:always'] : []),
    ...(ca ? [] : ['extendedKeyUsage = serverAuth,clientAuth']),
    ...(names.length > 0 ? [`subjectAltName = ${names.join(',')}`] : []),
  ];
  return `
[ca]
default_ca = here
[here]
database = ${dir}/index.txt
serial = ${dir}/serial
new_certs_dir = ${dir}
default_md = sha256
unique_subject = no
policy = any
[any]
organizationName = optional
commonName = supplied
[req]
distinguished_name = dn
prompt = no
string_mask = utf8only
[dn]
[ext]
${extensions.join('\n')}
`;
}

// GeneralizedTime as `openssl ca` wants it: YYYYMMDDHHMMSSZ.
function stamp(time: Date): string {
  return `${time.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
