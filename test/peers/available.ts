// Which peers this machine has. A missing one is skipped by name on a developer's machine and fails the run in CI, so
// that a run in CI can never be green for want of peers. The programs of programs.ts are a bonus and skipped everywhere.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { setSkipReason } from './matrix.ts';
import { postgresDirectory } from './postgres.ts';
import { peerEnv } from './process.ts';
import { type ProgramName, programFor } from './programs.ts';

export type PeerName =
  | 'openssl'
  | 'nginx'
  | 'curl'
  | 'gnutls'
  | 'chromium'
  | 'postgres'
  | 'microsocks'
  | 'zsh'
  | 'fish'
  | 'less'
  | 'node:tls'
  | ProgramName;

export type Availability = { readonly version: string } | { readonly missing: string };

/** Whether `name` can be used here: its version, or the reason why not. Looked up once. */
export function available(name: PeerName): Availability {
  let known = cache.get(name);
  if (!known) {
    known = lookUp(name);
    cache.set(name, known);
  }
  return known;
}

/**
 * A describe block for the tests of one peer; its title carries the version. When the peer is missing: under CI one
 * failing test, elsewhere a skipped block whose title and a printed line say why.
 */
export function describePeer(name: PeerName, title: string, body: () => void): void {
  const found = available(name);
  if ('version' in found) {
    describe(`${title} [${name} ${found.version}]`, body);
    return;
  }
  if (process.env.CI === 'true' && !isProgram(name)) {
    describe(`${title} [${name}]`, () => {
      test(`${name} is installed (CI must not skip it)`, () => {
        throw new Error(`${found.missing}; run scripts/install-peers.sh`);
      });
    });
    return;
  }
  const help = isProgram(name) ? '' : '; scripts/install-peers.sh installs it';
  console.warn(`skipped: ${title} [${name}]: ${found.missing}${help}`);
  setSkipReason(found.missing);
  describe.skip(`${title} [${name} skipped: ${found.missing}]`, body);
  setSkipReason(undefined);
}

const cache = new Map<PeerName, Availability>();

const PROGRAMS: Readonly<
  Record<Exclude<PeerName, 'node:tls' | 'postgres' | ProgramName>, readonly (readonly string[])[]>
> = {
  openssl: [['openssl', 'version']],
  nginx: [['nginx', '-v']],
  curl: [['curl', '-q', '--version']],
  gnutls: [
    ['gnutls-cli', '--version'],
    ['gnutls-serv', '--version'],
  ],
  less: [['less', '--version']],
  zsh: [['zsh', '--version']],
  fish: [['fish', '--version']],
  // These two have no version of their own to print; asking for help shows that they are there.
  microsocks: [['microsocks', '-h']],
  chromium: [
    [CHROMIUM, '--version', '--no-sandbox'],
    ['certutil', '-H'],
  ],
};

/** Those that a test file prepares, and that no machine must have. */
function isProgram(name: PeerName): name is ProgramName {
  return name === 'go' || name === 'node24';
}

function lookUp(name: PeerName): Availability {
  if (isProgram(name)) return programFor(name);
  if (name === 'node:tls') return { version: `${process.versions.node}, OpenSSL ${process.versions.openssl}` };
  if (name === 'postgres') {
    const found = postgresDirectory();
    if (found === undefined) return { missing: 'initdb and postgres are not found' };
    return versionOf([[join(found, 'postgres'), '--version']]);
  }
  return versionOf(PROGRAMS[name]);
}

function versionOf(programs: readonly (readonly string[])[]): Availability {
  let version = '';
  for (const [program = '', ...args] of programs) {
    const result = spawnSync(program, args, {
      encoding: 'latin1',
      timeout: 20_000,
      env: peerEnv(),
    });
    if (result.error) return { missing: `${program} does not start (${result.error.message})` };
    version ||= /\d+\.\d+(?:\.\d+)*/.exec(result.stdout + result.stderr)?.[0] ?? 'of unknown version';
  }
  return { version };
}
