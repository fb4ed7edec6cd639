// PostgreSQL as a server that accepts connections over TLS alone: a cluster of its own, made in a directory of its own and
// removed with it. It refuses to run as root, so that there it is given to the user that its package makes.

import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Identity } from './pki.ts';
import { type Peer, Running, run, runOk, startOnFreePort } from './process.ts';

/** Debian keeps the server's programs out of the way. */
const DEBIAN = '/usr/lib/postgresql';

/** Where `initdb` and `postgres` are; undefined where they are not. */
export function postgresDirectory(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((one) => join(DEBIAN, one, 'bin')), ...(process.env.PATH ?? '').split(':')];
  return places.find((place) => ['initdb', 'postgres'].every((name) => existsSync(join(place, name))));
}

/** The user `glass` may come in over TLS, without a password. */
export async function postgres(identity: Identity): Promise<Peer> {
  const programs = postgresDirectory();
  if (programs === undefined) throw new Error('PostgreSQL is not installed');
  const dir = mkdtempSync(join(tmpdir(), 'glasstls-postgres-'));
  const user = process.getuid?.() === 0 ? await serverUser() : undefined;
  const own = (file: string): string => {
    if (user !== undefined) chownSync(file, user.uid, user.gid);
    return file;
  };
  own(dir);
  const as = (program: string, args: readonly string[]): [string, string[]] =>
    user === undefined
      ? [join(programs, program), [...args]]
      : ['setpriv', [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', join(programs, program), ...args]];
  const data = join(dir, 'data');
  try {
    await runOk(...as('initdb', ['-D', data, '-U', 'glass', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']), {
      cwd: dir,
      lifetime: 60_000,
    });
    const write = (name: string, text: string): string => {
      const file = join(dir, name);
      writeFileSync(file, text, { mode: 0o600 });
      return own(file);
    };
    const settings = {
      ssl: 'on',
      ssl_cert_file: write('server.crt', identity.fullChain),
      ssl_key_file: write('server.key', identity.key),
      hba_file: write('hba.conf', 'hostssl all glass 127.0.0.1/32 trust\n'),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
    };
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const { port, running } = await startOnFreePort(
      (port) => new Running(...as('postgres', ['-D', data, '-p', String(port), ...given]), { cwd: dir }),
    );
    // It listens before it answers.
    for (const end = Date.now() + 20_000; !/ready to accept connections/.test(running.log()); await sleep(10)) {
      if (Date.now() < end && !running.ended) continue;
      await running.stop();
      throw new Error(`PostgreSQL did not come up:\n${running.log()}`);
    }
    return {
      port,
      log: () => running.log(),
      stop: async () => {
        await running.stop();
        rmSync(dir, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

async function serverUser(): Promise<{ uid: number; gid: number }> {
  const ask = async (what: string): Promise<number> => {
    const { code, stdout } = await run('id', [what, 'postgres']);
    if (code !== 0) throw new Error('PostgreSQL cannot run as root, and there is no user named postgres');
    return Number(stdout.toString());
  };
  return { uid: await ask('-u'), gid: await ask('-g') };
}
