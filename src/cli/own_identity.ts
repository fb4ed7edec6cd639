// The own certificate and private key, of either role: --cert FILE (curl's FILE:PHRASE too), --key FILE, --pass PHRASE. PEM, the
// key encrypted or not, both in one file or in two. Whatever is wrong with them is said before anything is sent, with code 58.

import { existsSync, readFileSync } from 'node:fs';
import type { PrivateKey } from '../crypto/provider.ts';
import { equalKeys } from '../host/trust.ts';
import { importPrivateKey } from '../providers/node_keys.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { displayName } from '../x509/names.ts';
import { readPem, writePem } from '../x509/pem.ts';
import { type Arguments, usage } from './arguments.ts';
import { CliError, EXIT } from './exit_codes.ts';
import { safe } from './terminal.ts';
import { filled, type Text } from './text.ts';
import { IDENTITY } from './texts/identity.ts';

export interface OwnIdentity {
  readonly file: string;
  /** PEM: own certificate first, nothing but certificates. */
  readonly cert: string;
  readonly key: PrivateKey;
  /** Whose certificate it is, escaped. */
  readonly subject: string;
}

/** The last one of those given; undefined without --cert. @throws CliError 2 or 58 */
export function ownIdentity(args: Arguments): OwnIdentity | undefined {
  return ownIdentities(args).at(-1);
}

/** One for each --cert; keys and pass phrases belong to them in the order in which they stand. @throws CliError 2 or 58 */
export function ownIdentities(args: Arguments): readonly OwnIdentity[] {
  const [certs, keys, phrases] = [args.values('cert'), args.values('key'), args.values('pass')];
  if (keys.length > certs.length) throw usage(IDENTITY.keyAlone);
  if (phrases.length > certs.length) throw usage(IDENTITY.passAlone);
  return certs.map((given, i) => identityOf(given, keys[i], phrases[i] ?? phrases.at(-1)));
}

function identityOf(given: string, keyGiven: string | undefined, pass: string | undefined): OwnIdentity {
  const { file, phrase } = splitPhrase(given);
  const text = readOwn(file);
  const chain = certificatesIn(file, text);
  const keyFile = keyGiven ?? file;
  const key = keyIn(keyFile, keyFile === file ? text : readOwn(keyFile), pass ?? phrase);
  checkPair(chain, key, file, keyFile);
  const cert = chain.map(({ der }) => writePem('CERTIFICATE', der)).join('');
  return { file, cert, key, subject: subjectOf(chain[0]) };
}

/** curl's form: what stands behind the first colon is the pass phrase, unless there is a file of the whole name or `\:` is written. */
function splitPhrase(given: string): { readonly file: string; readonly phrase: string | undefined } {
  if (existsSync(given)) return { file: given, phrase: undefined };
  const [, file = '', phrase] = /^((?:\\.|[^\\:])*)(?::([\s\S]*))?$/.exec(given) ?? [undefined, given];
  return { file: file.replaceAll(/\\([\\:])/g, '$1'), phrase };
}

function readOwn(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw unusable(IDENTITY.unreadable, { file, code });
  }
}

function certificatesIn(file: string, text: string): readonly Certificate[] {
  let chain: readonly Certificate[] = [];
  try {
    chain = readPem(text, 'CERTIFICATE').map(({ der }) => parseCertificate(der));
  } catch {
    // What does not read as a certificate is none.
  }
  if (chain.length === 0) throw unusable(IDENTITY.noCertificate, { file }, IDENTITY.pem);
  return chain;
}

const KEY = /-----BEGIN ((?:[A-Z0-9]+ )*PRIVATE KEY)-----[\s\S]*?-----END \1-----/;

function keyIn(file: string, text: string, phrase: string | undefined): PrivateKey {
  const [pem, label = ''] = KEY.exec(text) ?? [];
  if (pem === undefined) throw unusable(IDENTITY.noKey, { file }, IDENTITY.keyFile);
  const encrypted = label.startsWith('ENCRYPTED') || /^Proc-Type: *4, *ENCRYPTED/m.test(pem);
  if (encrypted && phrase === undefined) throw unusable(IDENTITY.encrypted, { file }, IDENTITY.givePass);
  try {
    return importPrivateKey(`${pem}\n`, encrypted ? phrase : undefined);
  } catch (error) {
    if (encrypted) throw unusable(IDENTITY.wrongPass, { file });
    const problem = error instanceof Error ? error.message : String(error);
    throw unusable(IDENTITY.badKey, { file, problem });
  }
}

function checkPair(chain: readonly Certificate[], key: PrivateKey, file: string, keyFile: string): void {
  const matches = ({ spki }: Certificate): boolean => spki.key !== undefined && equalKeys(spki.key, key.publicKey);
  const place = chain.findIndex(matches);
  if (place === 0) return;
  const hint =
    place > 0
      ? filled(IDENTITY.order, { n: place + 1 })
      : filled(IDENTITY.certificateIs, { subject: subjectOf(chain[0]) });
  throw unusable(IDENTITY.mismatch, { file, key: JSON.stringify(keyFile) }, hint);
}

function subjectOf(certificate: Certificate | undefined): string {
  try {
    return certificate === undefined ? '' : displayName(certificate.subject);
  } catch {
    return '(unreadable)';
  }
}

function unusable(text: Text, values: { readonly file: string } & Record<string, string>, hint?: Text): CliError {
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, safe(value)]));
  return new CliError(EXIT.ownCertificate, filled(text, { ...shown, file: JSON.stringify(values.file) }), hint);
}
