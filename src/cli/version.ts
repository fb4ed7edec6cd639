// The version of the package and of what it runs on.

import { readFileSync } from 'node:fs';

/** `glasstls 0.1.0 (node 20.20.2, openssl 3.0.19)` */
export function versionText(): string {
  return `glasstls ${packageVersion()} (node ${process.versions.node}, openssl ${process.versions.openssl})`;
}

/** The version in package.json, which stands two folders above this file, in src/ as in dist/. */
export function packageVersion(): string {
  try {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const { version } = JSON.parse(text) as { version?: unknown };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}
