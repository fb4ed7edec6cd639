// The file of --session: one session as a PEM block of our own, in a file that only its owner may read. A file that holds
// anything else is never written to: it may be somebody's key.

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { decodeSession, type Session } from '../handshake/shared/session.ts';
import { suiteNames } from '../inspect/negotiated.ts';
import { codePoint } from '../inspect/summary.ts';
import { versionName } from '../wire/registry/names.ts';
import { readPem, writePem } from '../x509/pem.ts';
import { writePrivate } from './private_file.ts';
import { filled, type Text } from './text.ts';
import { SESSION } from './texts/session.ts';

export type SessionFile =
  /** There is no such file, or it is empty. */
  | { readonly kind: 'none' }
  | { readonly kind: 'session'; readonly bytes: Uint8Array; readonly session: Session }
  /** Ours, but of another version: it may be replaced. */
  | { readonly kind: 'outdated' }
  /** Not ours to touch. */
  | { readonly kind: 'foreign'; readonly problem: Text };

const LABEL = 'GLASSTLS SESSION';
/** A session holds at most a chain and a ticket. */
const LARGEST = 1_000_000;

/** Never throws: what cannot be read or understood is a kind of its own. */
export function readSessionFile(file: string): SessionFile {
  let text: string;
  try {
    text = readBounded(file);
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? { kind: 'none' } : { kind: 'foreign', problem: filled(SESSION.unreadable, { code }) };
  }
  if (text.trim() === '') return { kind: 'none' };
  if (!text.includes(`-----BEGIN ${LABEL}-----`)) {
    const openssl = text.includes('-----BEGIN SSL SESSION PARAMETERS-----');
    return { kind: 'foreign', problem: openssl ? SESSION.openssl : SESSION.noSession };
  }
  try {
    const [block] = readPem(text, LABEL);
    if (block === undefined) return { kind: 'outdated' };
    return { kind: 'session', bytes: block.der, session: decodeSession(block.der) };
  } catch {
    return { kind: 'outdated' };
  }
}

/** Writes what a `session` event gave, and returns it decoded. @throws CliError with exit code 23 */
export function writeSessionFile(file: string, bytes: Uint8Array): Session {
  const session = decodeSession(bytes);
  const { serverName, version, suite } = session;
  const what = [JSON.stringify(serverName), codePoint(version, versionName), suiteNames(suite).openssl].join(', ');
  const lines = [
    `# A TLS session of glasstls for ${what}; good until ${sessionEnd(session)}.`,
    '# It is a secret: who has it can resume the session, and read what was said when it was resumed.',
    writePem(LABEL, bytes),
  ];
  writePrivate(file, lines.join('\n'));
  return session;
}

/** Takes out a ticket that was used. @throws CliError with exit code 23 */
export function emptySessionFile(file: string): void {
  writePrivate(file, '');
}

/** When it can no longer be resumed, as `2026-01-31T12:00:00Z`. */
export function sessionEnd({ created, lifetime, validUntil }: Session): string {
  const end = new Date(Math.min(created + 1000 * lifetime, validUntil));
  return end.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** At most LARGEST bytes of a regular file: a device or a pipe might never end. */
function readBounded(file: string): string {
  if (!statSync(file).isFile()) return '(not a regular file)';
  const descriptor = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(LARGEST);
    let length = 0;
    for (let read = -1; read !== 0; length += read) read = readSync(descriptor, buffer, length, LARGEST - length, null);
    return buffer.toString('latin1', 0, length);
  } finally {
    closeSync(descriptor);
  }
}
