// nginx as a server: a configuration made on the spot, in the foreground, everything it writes in a directory of the
// run. GET / tells what nginx sees of the connection; PUT /files/NAME stores and GET /files/NAME returns bytes.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from './pki.ts';
import { type Peer, Running, startOnFreePort } from './process.ts';
import { scratch } from './run_dir.ts';
import { GROUPS, opensslSuites, type Pins } from './vocabulary.ts';

export interface NginxOptions extends Pins {
  readonly identity: Identity;
  /** `http2` accepts h2 beside http/1.1; http/1.1 alone otherwise. nginx takes no other ALPN. */
  readonly http2?: boolean;
  /** More lines for the server block. */
  readonly directives?: string;
}

/** GET / answers lines `protocol=TLSv1.2`, `cipher=...` (OpenSSL's name), `curve=...`, `alpn=...`, `reused=r` or `reused=.`, `early=1` or `early=`, `sni=...`, `verify=SUCCESS`, `subject=CN=...`. */
export async function nginx(options: NginxOptions): Promise<Peer> {
  const dir = scratch('nginx');
  mkdirSync(join(dir, 'files'));
  mkdirSync(join(dir, 'temp'));
  const file = join(dir, 'nginx.conf');
  const { port, running } = await startOnFreePort((port) => {
    writeFileSync(file, config(dir, port, options));
    return new Running('nginx', ['-p', dir, '-e', join(dir, 'error.log'), '-c', file]);
  });
  return {
    port,
    stop: () => running.stop(),
    log: () => `${running.log()}\n${readFileSync(join(dir, 'error.log'), 'latin1')}`,
  };
}

function config(dir: string, port: number, options: NginxOptions): string {
  const suites = opensslSuites(options.suites ?? []);
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${dir}/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  error_log ${dir}/error.log info;
  ${temp.map((name) => `${name}_temp_path ${dir}/temp/${name};`).join('\n  ')}
  client_max_body_size 64m;
  server {
    listen 127.0.0.1:${port} ssl${options.http2 ? ' http2' : ''};
    server_name localhost;
    ssl_certificate ${options.identity.fullChainFile};
    ssl_certificate_key ${options.identity.keyFile};
    ssl_protocols ${options.version ?? 'TLSv1.2 TLSv1.3'};
    ${suites.tls12 ? `ssl_ciphers ${suites.tls12};` : ''}
    ${suites.tls13 ? `ssl_conf_command Ciphersuites ${suites.tls13};` : ''}
    ${options.groups ? `ssl_ecdh_curve ${options.groups.map((group) => GROUPS[group].nginx).join(':')};` : ''}
    ${options.directives ?? ''}
    root ${dir};
    location /files/ { dav_methods PUT; }
    location = / {
      default_type text/plain;
      return 200 "protocol=$ssl_protocol\\ncipher=$ssl_cipher\\ncurve=$ssl_curve\\nalpn=$ssl_alpn_protocol\\nreused=$ssl_session_reused\\nearly=$ssl_early_data\\nsni=$ssl_server_name\\nverify=$ssl_client_verify\\nsubject=$ssl_client_s_dn\\n";
    }
  }
}
`;
}
