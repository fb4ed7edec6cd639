// curl as a client. Reads only what is the same in every release: the exit code, `-w` values and the connection line.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './pki.ts';
import { type RunResult, run } from './process.ts';
import { scratch } from './run_dir.ts';
import { GROUPS, groupFrom, type Negotiated, opensslSuites, type Pins, suiteFromOpenssl } from './vocabulary.ts';

export interface CurlOptions extends Pins {
  /** `https://localhost:PORT/path` */
  readonly url: string;
  readonly caFile?: string;
  /** What it proves itself with when the server asks. */
  readonly identity?: Identity | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** Sent as the body of a POST. */
  readonly upload?: Uint8Array;
  readonly args?: readonly string[];
}

export interface CurlResult extends RunResult, Negotiated {
  readonly body: Buffer;
  /** HTTP status; 0 when there was no response. */
  readonly status: number;
  readonly httpVersion: string;
}

export async function curl(options: CurlOptions): Promise<CurlResult> {
  const dir = scratch('curl');
  const suites = opensslSuites(options.suites ?? []);
  if (options.upload) writeFileSync(join(dir, 'upload'), options.upload);
  const result = await run(
    'curl',
    [
      ...['-q', '-sS', '-v', '-4', '--noproxy', '*', '--max-time', '20'],
      ...['-w', '%{stderr}\nstatus=%{http_code} version=%{http_version}\n'],
      ...(options.caFile ? ['--cacert', options.caFile] : []),
      ...(options.identity ? ['--cert', options.identity.fullChainFile, '--key', options.identity.keyFile] : []),
      ...versionArgs(options),
      ...(suites.tls12 ? ['--ciphers', suites.tls12] : []),
      ...(suites.tls13 ? ['--tls13-ciphers', suites.tls13] : []),
      ...(options.groups ? ['--curves', options.groups.map((group) => GROUPS[group].openssl).join(':')] : []),
      ...(options.alpn ? [] : ['--http1.1']),
      ...(options.upload ? ['-H', 'Expect:', '--data-binary', `@${join(dir, 'upload')}`] : []),
      ...(options.args ?? []),
      options.url,
    ],
    { lifetime: 25_000, env: options.env ?? {} },
  );
  const line = /SSL connection using (\S+) \/ (\S+)(?: \/ (\S+))?/.exec(result.stderr);
  const end = /status=(\d+) version=(\S+)/.exec(result.stderr);
  return {
    ...result,
    body: result.stdout,
    status: Number(end?.[1] ?? 0),
    httpVersion: end?.[2] ?? '',
    version: line?.[1],
    suite: suiteFromOpenssl(line?.[2]),
    group: groupFrom(line?.[3]),
    alpn: /ALPN[:,] server accepted (?:to use )?(\S+)/.exec(result.stderr)?.[1],
  };
}

// curl offers http/1.1 with --http1.1 and both protocols without; nothing else can be asked for.
function versionArgs(options: CurlOptions): string[] {
  if (options.version === undefined) return [];
  return options.version === 'TLSv1.2' ? ['--tlsv1.2', '--tls-max', '1.2'] : ['--tlsv1.3'];
}
