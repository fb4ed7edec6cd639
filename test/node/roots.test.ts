// Whom a program trusts that says nothing: Node's roots and NODE_EXTRA_CA_CERTS, in a process of its own since both modules read
// the variable once.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createServer } from '../../src/node/index.ts';
import { pki } from '../peers/pki.ts';

const run = promisify(execFile);
const OURS = join(import.meta.dirname, '../../dist/node/index.js');

const PROGRAM = `
const { connect } = await import(process.argv[1]);
const socket = connect({ port: Number(process.argv[2]), host: '127.0.0.1', servername: 'localhost' });
socket.on('error', (error) => console.log(error.code));
socket.on('secureConnect', () => { console.log('authorized', socket.authorized); socket.end(); socket.resume(); });
`;

const NAME = 'NODE_EXTRA_CA_CERTS is trusted beside Node’s roots; NODE_TLS_REJECT_UNAUTHORIZED is not heard';

test(NAME, { timeout: 180_000 }, async () => {
  const all = await pki();
  const { fullChain: cert, key } = all.leaf('p256');
  const server = createServer({ cert, key }, (socket) => socket.on('error', () => {}).resume());
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const outcome = async (module: string, extra: Record<string, string>): Promise<string> => {
    const { NODE_EXTRA_CA_CERTS: _, NODE_TLS_REJECT_UNAUTHORIZED: __, ...env } = process.env;
    const args = ['--input-type=module', '--eval', PROGRAM, '--', module, String(port)];
    const { stdout } = await run(process.execPath, args, { env: { ...env, ...extra } });
    return stdout.trim();
  };
  const refused = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
  for (const module of ['node:tls', OURS]) {
    expect(await outcome(module, { NODE_EXTRA_CA_CERTS: all.caFile })).toBe('authorized true');
    expect(await outcome(module, {})).toBe(refused);
    expect(await outcome(module, { NODE_EXTRA_CA_CERTS: '/nowhere/ca.pem' })).toBe(refused);
  }
  expect(await outcome(OURS, { NODE_TLS_REJECT_UNAUTHORIZED: '0' })).toBe(refused);
  server.close();
});
