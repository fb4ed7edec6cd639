// s_client and gnutls-cli as somebody at a keyboard has them: lines typed one by one, for s_client its commands (K and k for
// new keys) among them.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpensslMessage, parseMessages } from './openssl.ts';
import type { Identity } from './pki.ts';
import { Running } from './process.ts';
import { scratch } from './run_dir.ts';

export interface TypingClient {
  /** One line; to s_client, what begins with K, k, Q, R or B is an order when nothing else is on the line. */
  type(line: string): void;
  /** Everything that it has printed. */
  said(): string;
  messages(): OpensslMessage[];
  log(): string;
  stop(): Promise<void>;
}

export interface TypingOptions {
  readonly port: number;
  readonly caFile: string;
  readonly identity?: Identity | undefined;
  readonly args?: readonly string[];
}

/** gnutls-cli connects with TLS 1.3, and stays. */
export function typingGnutls({
  port,
  caFile,
  args = [],
}: Omit<TypingOptions, 'identity'>): Omit<TypingClient, 'messages'> {
  return keyboard(
    new Running(
      'gnutls-cli',
      [
        ...[
          '--port',
          String(port),
          '--x509cafile',
          caFile,
          '--sni-hostname',
          'localhost',
          '--verify-hostname',
          'localhost',
        ],
        ...['--priority', 'NORMAL:-VERS-ALL:+VERS-TLS1.3', ...args, '127.0.0.1'],
      ],
      { lifetime: 25_000 },
    ),
  );
}

/** s_client connects with TLS 1.3, and stays. */
export function typingOpenssl({ port, caFile, identity, args = [] }: TypingOptions): TypingClient {
  const file = join(scratch('s_client'), 'messages');
  const running = new Running(
    'openssl',
    [
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-tls1_3'],
      ...['-CAfile', caFile, '-verify_return_error', '-msg', '-msgfile', file],
      ...(identity ? ['-cert', identity.certFile, '-key', identity.keyFile, '-cert_chain', identity.chainFile] : []),
      ...args,
    ],
    { lifetime: 25_000 },
  );
  const messages = (): OpensslMessage[] => (existsSync(file) ? parseMessages(readFileSync(file, 'latin1')) : []);
  return { ...keyboard(running), messages };
}

function keyboard(running: Running): Omit<TypingClient, 'messages'> {
  return {
    type: (line) => void running.child.stdin.write(`${line}\n`),
    said: () => running.stdout().toString('latin1'),
    log: () => running.log(),
    stop: () => running.stop(),
  };
}
