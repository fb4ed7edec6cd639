// OCSP responses for the leaves of the test PKI, made by `openssl ocsp` as a responder would: signed by the issuer itself,
// good for a day. (For one that is out of date, a test sets its own clock forward.)

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCertificate } from '../../src/x509/certificate.ts';
import { readPem } from '../../src/x509/pem.ts';
import type { Identity, Pki } from './pki.ts';
import { runOk } from './process.ts';
import { scratch } from './run_dir.ts';

export interface Staple {
  readonly der: Buffer;
  readonly file: string;
}

/** @throws Error with openssl's output when it makes none */
export async function ocspResponse(ca: Pki, identity: Identity, status: 'good' | 'revoked'): Promise<Staple> {
  const dir = scratch('ocsp');
  const [index, request, file] = ['index.txt', 'request.der', 'response.der'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const [block] = readPem(identity.cert, 'CERTIFICATE');
  if (block === undefined) throw new Error('the identity has no certificate');
  const serial = Buffer.from(parseCertificate(block.der).serial).toString('hex').toUpperCase();
  const state =
    status === 'good' ? ['V', opensslTime(30), ''] : ['R', opensslTime(30), `${opensslTime(-1)},keyCompromise`];
  writeFileSync(index, `${[...state, serial, 'unknown', '/CN=localhost'].join('\t')}\n`);
  writeFileSync(`${index}.attr`, 'unique_subject = no\n');
  const { certFile, keyFile } = ca.intermediate;
  const about = ['-issuer', certFile, '-cert', identity.certFile, '-no_nonce'];
  await runOk('openssl', ['ocsp', ...about, '-reqout', request]);
  const responder = ['-index', index, '-CA', certFile, '-rsigner', certFile, '-rkey', keyFile];
  await runOk('openssl', ['ocsp', ...responder, '-reqin', request, '-respout', file, '-ndays', '1']);
  return { der: readFileSync(file), file };
}

/** YYMMDDHHMMSSZ, `days` from now. */
function opensslTime(days: number): string {
  return `${new Date(Date.now() + days * 86_400_000)
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2, 14)}Z`;
}
