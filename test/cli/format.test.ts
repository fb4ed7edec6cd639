// --format and -v to -vvvv: one connection in the forms that people know from other tools, to the right streams, and no escapes in pipes.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { displayWidth } from '../../src/inspect/lines.ts';
import { describePeer } from '../peers/available.ts';
import { tsharkVersion } from '../peers/capturing.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls, inTerminal } from './command.ts';
import { httpsServer, type Loopback } from './http_servers.ts';

let trust: Pki;
let server: Loopback;
let url: string;

beforeAll(async () => {
  trust = await pki();
  server = await httpsServer(trust.leaf('p256'), (_request, response) => response.end('body\n'));
  url = `https://localhost:${server.port}/`;
});
afterAll(() => server.stop());

const drawn = (form: string, flags: readonly string[] = [], env: Record<string, string> = {}): Promise<CommandResult> =>
  glasstls(['--format', form, ...flags, '--cacert', trust.caFile, url], { env });

describe('--format', () => {
  test.each([
    ['curl', '* TLSv1.3 (OUT), TLS handshake, Client hello (1):'],
    ['openssl', '>>> TLS 1.3, Handshake [length '],
    ['wireshark', 'Client Hello (SNI=localhost)'],
    ['ladder', 'ClientHello · SNI "localhost"'],
  ])('%s goes to standard error, the body to standard output', async (form, text) => {
    const { code, stdout, stderr } = await drawn(form);
    expect(code).toBe(0);
    expect(stdout).toBe('body\n');
    expect(stderr).toContain(text);
    expect(stderr).not.toContain('\u001b');
  });

  test('HTTP/2 ends with our close_notify, as HTTP/1.1 does', async () => {
    expect((await drawn('wireshark')).stderr).toMatch(
      /client → server.*Alert \(Level: Warning, Description: Close Notify\)/,
    );
  });

  test('json is data: one object on standard output and nothing else', async () => {
    const { stdout, stderr } = await drawn('json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ format: 1, kind: 'tls13', negotiated: { alpn: 'h2' } });
  });

  test('a server that stays after its answer has cut nothing off: it is us who go', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbody\n';
    const staying = await nodeServer({
      identity: trust.leaf('p256'),
      onConnection: (socket) => socket.once('data', () => socket.write(answer)),
    });
    const args = ['--format', 'ladder', '--cacert', trust.caFile, `https://localhost:${staying.port}/`];
    const { code, stdout, stderr } = await glasstls(args);
    await staying.stop();
    expect([code, stdout]).toEqual([0, 'body\n']);
    expect(stderr).toContain('close_notify');
    expect(stderr).not.toContain('ERR_TLS');
  });

  test('a handshake that fails is drawn as far as it came', async () => {
    const { code, stderr } = await glasstls(['--format', 'openssl', url]);
    expect(code).toBe(60);
    expect(stderr).toMatch(/>>> TLS 1\.3, Alert \[length 0002\], fatal unknown_ca/);
    expect(stderr).toContain('Verification error: ');
    expect(stderr).toContain('glasstls: (60)');
  });

  test.each(['60', '80', '120'])('the ladder keeps to %s columns, in both languages', async (columns) => {
    for (const lang of ['en', 'zh']) {
      const { stderr } = await drawn('ladder', ['-v', '--lang', lang], { COLUMNS: columns });
      for (const line of stderr.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(Number(columns));
    }
  });

  test('in a terminal: colours, and its width', async () => {
    const args = ['--format', 'wireshark', '-o', '/dev/null', '--cacert', trust.caFile, url];
    const { stdout } = await inTerminal(args, 72);
    expect(stdout).toContain('\u001b[');
    expect((await inTerminal(args, 72, { NO_COLOR: '1' })).stdout).not.toContain('\u001b[');
  });

  test('what is wrong with it: exit code 2', async () => {
    expect((await drawn('tcpdump')).stderr).toContain('--format is one of curl, openssl, wireshark, ladder, json');
    expect((await drawn('json', ['--json'])).code).toBe(2);
  });
});

describePeer('openssl', 'beside the tools themselves', () => {
  test.each([
    ['TLS 1.3', [], []],
    ['TLS 1.2', ['--tls-max', '1.2'], ['-tls1_2']],
  ] as const)('openssl: the messages of s_client -msg, %s', async (_version, ours, theirs) => {
    const peer = await opensslServer({ identity: trust.leaf('p256'), mode: 'www', args: ['-num_tickets', '0'] });
    // What is no record, and what neither has to send at the end, is left out.
    const messages = (said: string): string[] =>
      [...said.matchAll(/^(?:>>>|<<<) TLS 1\.\d, (?:Handshake|ChangeCipherSpec) \[length [0-9a-f]{4}\].*$/gm)]
        .map(([line]) => line.replace(/\[length [0-9a-f]+\]/, ''))
        .filter((line) => !/ChangeCipherSpec|NewSessionTicket/.test(line));
    const url = `https://localhost:${peer.port}/`;
    const { stderr } = await glasstls(['--format', 'openssl', ...ours, '--cacert', trust.caFile, url]);
    const at = ['-connect', `localhost:${peer.port}`, '-servername', 'localhost', '-CAfile', trust.caFile];
    const client = await run('openssl', ['s_client', '-msg', ...theirs, ...at], { input: 'Q\n' });
    await peer.stop();
    expect(messages(stderr).length).toBeGreaterThan(5);
    expect(messages(stderr)).toEqual(messages(client.stdout.toString('latin1')));
  });
});

const tshark = tsharkVersion();
if (tshark === undefined) console.warn('tshark is not installed: --format wireshark is not compared with it');

test.skipIf(tshark === undefined).each([
  ['TLS 1.3', []],
  ['TLS 1.2', ['--tls-max', '1.2']],
] as const)('wireshark: what tshark calls each message of the same connection, %s', async (_version, flags) => {
  const file = join(scratch('format'), 'one.pcapng');
  const { stderr } = await drawn('wireshark', ['--http1.1', ...flags, '--pcapng', file]);
  const fields = ['-T', 'fields', '-e', '_ws.col.Info'];
  const { stdout } = await run('tshark', ['-r', file, '-Y', 'tls', ...fields], { lifetime: 30_000 });
  const names = (lines: readonly string[]): string[] =>
    lines
      .flatMap((line) => line.split(/, (?!Description)/))
      .map((name) => name.replace(/ \(SNI=.*/, '').trim())
      // HTTP is HTTP to tshark, and what comes behind it depends on who closes first.
      .filter((name) => name !== '' && !/^(?:GET|HTTP|Application Data|Alert|New Session)/.test(name));
  const ours = stderr
    .split('\n')
    .slice(1)
    .map((line) => line.slice(line.search(/\d {2}(?=[A-Z][a-z])/) + 3));
  expect(names(ours).length).toBeGreaterThan(6);
  expect(names(ours)).toEqual(names(stdout.toString('utf8').split('\n')));
});

test('-v to -vvvv: lines, fields, bytes beside the fields, keys', async () => {
  const said = async (flag: string): Promise<string> => (await glasstls([flag, '--cacert', trust.caFile, url])).stderr;
  const [v, vv, vvv, vvvv] = [await said('-v'), await said('-vv'), await said('-vvv'), await said('-vvvv')];
  const [field, bytes, key] = [/legacy_version: 0x0303/, /\d-\d +03 03 +legacy_version: 0x0303/, /HKDF-Extract\(/];
  expect([v, vv, vvv, vvvv].map((text) => field.test(text))).toEqual([false, true, true, true]);
  expect([v, vv, vvv, vvvv].map((text) => bytes.test(text))).toEqual([false, false, true, true]);
  expect([v, vv, vvv, vvvv].map((text) => key.test(text))).toEqual([false, false, false, true]);
});
