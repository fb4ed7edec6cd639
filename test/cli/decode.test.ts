// `glasstls decode` as people run it, on captures of two engines: every format, the filters, what is missing, and files that are none.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { concat } from '../../src/bytes/bytes.ts';
import type { Observer } from '../../src/engine/observe.ts';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { writeSpki } from '../../src/x509/make.ts';
import { makeTestPki } from '../../src/x509/make_pki.ts';
import { writePem } from '../../src/x509/pem.ts';
import { makeSctList } from '../conformance/x509-pki.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { type Hooks, type Recorded, recording } from '../support/captured.ts';
import { exchange, makePair, world } from '../support/pair.ts';
import { converse } from '../support/sessions.ts';
import { commandFile, glasstls } from './command.ts';

const dir = scratch('decode');
const file = (name: string): string => join(dir, name);
const talk =
  (version: 'TLSv1.2' | 'TLSv1.3', watch: Observer = () => {}) =>
  ({ observe, keyLog, wire }: Hooks): void => {
    const limits = { minVersion: version, maxVersion: version } as const;
    const seen: Observer = (one) => {
      observe(one);
      watch(one);
    };
    converse(makePair({ client: { ...limits, observe: seen, keyLog }, server: limits }), wire);
  };

const makeRoot = (): Uint8Array =>
  makeTestPki({
    provider: nodeProvider,
    now: Date.now(),
    generateKey: () => generatePrivateKey('ec', 'secp256r1').privateKey,
  }).root.der;

let modern: Recorded;
let closed: Recorded;

beforeAll(() => {
  modern = recording(talk('TLSv1.3'));
  closed = recording(talk('TLSv1.2'), false);
  writeFileSync(file('modern.pcapng'), modern.file);
  writeFileSync(file('closed.pcapng'), closed.file);
  writeFileSync(file('closed.keys'), `${closed.keyLog.join('\n')}\n`);
  writeFileSync(file('cut.pcapng'), modern.file.subarray(0, modern.file.length - 30));
  writeFileSync(file('none.txt'), 'this is no capture\n');
});

describe('decode', () => {
  test('lists the connection frame by frame, in the words of Wireshark', async () => {
    const { code, stdout, stderr } = await glasstls(['decode', file('modern.pcapng')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^#1 {2}127\.0\.0\.1:50000 → 127\.0\.0\.1:4433 {2}localhost {2}TLSv1\.3 {2}TLS_AES_/);
    expect(stdout).toMatch(/ 1 +4 +0\.000250 {2}→ TLSv1\.3 Client Hello \(SNI=localhost\)\n/);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '← TLSv1.3 Server Hello, Change Cipher Spec, Encrypted Extensions, Certificate, Certificate Verify, Finished',
    );
    expect(stdout).toContain('Alert (Level: Warning, Description: Close Notify)');
    expect(stdout).not.toContain('Missing');
  });

  test('without secrets says what is sealed, and how to open it; with --keylog it is open', async () => {
    const { stdout } = await glasstls(['decode', file('closed.pcapng')]);
    expect(stdout).toContain('Encrypted Handshake Message');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      '3 records of the client and 3 of the server are sealed: no secrets were given',
    );
    const zh = await glasstls(['decode', '--lang', 'zh', file('closed.pcapng')]);
    expect(zh.stdout).toContain('缺失：客户端有 3 条、服务器有 3 条记录未解密');
    const open = await glasstls(['decode', '--keylog', file('closed.keys'), file('closed.pcapng')]);
    expect(open.stdout).not.toMatch(/Encrypted|Missing/);
    expect(open.stdout).toContain('Finished');
  });

  test('--format json: one object a connection, no key twice, fields and bytes with --hex', async () => {
    const { stdout } = await glasstls(['decode', '--format', 'json', '--hex', file('modern.pcapng')]);
    expect(stdout.trimEnd().split('\n').length).toBe(1);
    const report = JSON.parse(stdout) as Record<string, unknown> & { messages: Record<string, unknown>[] };
    expect(report).toMatchObject({ connection: 1, server_name: 'localhost', version: 'TLSv1.3', missing: [] });
    const [hello] = report.messages;
    expect(hello).toMatchObject({ number: 1, from: 'client', content_type: 22 });
    expect(hello?.hex).toMatch(/^01/);
    expect(JSON.stringify(hello?.fields)).toContain('supported_versions');
    // Whoever writes a name twice in an object loses it in JSON.parse.
    expect(JSON.stringify(report)).toBe(stdout.trimEnd());
  });

  test.each([
    ['ladder', /ClientHello · SNI "localhost"/],
    ['curl', /\* TLSv1\.3 \(OUT\), TLS handshake, Client hello \(1\):/],
    ['fields', /legacy_version: 0x0303/],
  ])('--format %s', async (format, pattern) => {
    const { code, stdout } = await glasstls(['decode', '--format', format, file('modern.pcapng')]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(pattern)]);
  });

  test('--message N --hex puts the bytes beside the fields; --type and --connection choose', async () => {
    const { stdout } = await glasstls(['decode', '--message', '2', '--hex', file('modern.pcapng')]);
    expect(stdout).toMatch(/^ServerHello {2}/);
    expect(stdout).toMatch(/02 +msg_type: 2/);
    const alerts = await glasstls(['decode', '--type', 'alert', '--type', 'client_hello', file('modern.pcapng')]);
    expect(alerts.stdout.match(/→|←/g)?.length).toBe(4);
    const none = await glasstls(['decode', '--connection', '7', file('modern.pcapng')]);
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('none of the 1 connections') });
    const missing = await glasstls(['decode', '--message', '99', file('modern.pcapng')]);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('has no message 99') });
  });

  test('application data: its first lines, or its first bytes, escaped, in fields, in a message, and in the JSON', async () => {
    const limits = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
    const page = `HTTP/1.1 200 OK\r\nServer: \u202e\r\n\r\n${'<p>long</p>'.repeat(200)}`;
    const recorded = recording(({ observe, keyLog, wire }) => {
      const pair = makePair({ client: { ...limits, observe, keyLog }, server: limits });
      const { client, server } = pair;
      server.handle(server.engine.start());
      client.handle(client.engine.start());
      exchange(pair, wire);
      client.handle(client.engine.write(Buffer.from('GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n')));
      exchange(pair, wire);
      server.handle(server.engine.write(Buffer.from(page)));
      server.handle(server.engine.write(Buffer.from('00ff1b5b324a41', 'hex')));
      exchange(pair, wire);
    });
    writeFileSync(file('data.pcapng'), recorded.file);
    const fields = (await glasstls(['decode', '--format', 'fields', '--type', 'Application Data', file('data.pcapng')]))
      .stdout;
    expect(fields).toMatch(/→ {2}Application Data {2}41 bytes\n {4}GET \/secret HTTP\/1\.1\n {4}Host: localhost\n/);
    expect(fields).toContain('    HTTP/1.1 200 OK\n    Server: \\u{202e}\n');
    expect(fields).toContain('    0000  00 ff 1b 5b 32 4a 41');
    // Bounded, and nothing of it is an escape sequence.
    expect(fields.match(/<p>long/g)?.length).toBeLessThan(30);
    expect(fields).not.toContain('\u001b[2J');
    const numbers = [...fields.matchAll(/^(\d+) .*Application Data/gm)].map(([, number = '']) => number);
    const [request = '', response = ''] = numbers;
    const one = await glasstls(['decode', '--message', response, file('data.pcapng')]);
    expect(one.stdout).toMatch(/^Application Data {2}2\d{3} bytes, the first 1024\n {4}HTTP\/1\.1 200 OK\n/);
    const dump = await glasstls(['decode', '--message', request, '--hex', file('data.pcapng')]);
    expect(dump.stdout).toContain('    0000  47 45 54 20 2f 73 65 63 ');
    const json = await glasstls(['decode', '--format', 'json', '--hex', file('data.pcapng')]);
    const report = JSON.parse(json.stdout) as { messages: { name: string; length: number; hex?: string }[] };
    const data = report.messages.filter(({ name }) => name === 'Application Data');
    expect(data[0]).toMatchObject({
      length: 41,
      hex: Buffer.from('GET /secret HTTP/1.1\r\nHost: localhost\r\n\r\n').toString('hex'),
    });
    expect([data[1]?.length, data[1]?.hex?.length]).toEqual([Buffer.byteLength(page), 2 * 256]);
    // Without having asked for it nobody gets to see what is inside.
    const plain = await glasstls(['decode', file('data.pcapng')]);
    expect(plain.stdout).not.toContain('secret');
  });

  test('a file that ends too early gives what is there; one that is none, or is not there, an error', async () => {
    const cut = await glasstls(['decode', file('cut.pcapng')]);
    expect(cut.stdout).toContain('Client Hello');
    expect(cut.stderr).toContain('the file ends in the middle of a packet');
    expect(await glasstls(['decode', file('none.txt')])).toMatchObject({
      code: 26,
      stderr: expect.stringContaining('neither pcap nor pcapng'),
    });
    expect(await glasstls(['decode', file('absent')])).toMatchObject({
      code: 26,
      stderr: expect.stringContaining('cannot be read (ENOENT)'),
    });
    expect(await glasstls(['decode'])).toMatchObject({ code: 2, stderr: expect.stringContaining('needs a file') });
  });

  test('what was proved wrong is said, and the exit code is 35; a chain counts when it was said whom to trust', async () => {
    const right = await glasstls(['decode', '--keylog', file('closed.keys'), file('closed.pcapng')]);
    expect(right.code).toBe(0);
    expect(right.stdout).toMatch(/✓ right: signature in ServerKeyExchange \(frame 5\)/);
    expect(right.stdout).toMatch(/✓ right: the server's Finished/);
    const exchange = closed.observed.find((one) => one.kind === 'message' && one.name === 'server_key_exchange');
    if (exchange?.kind !== 'message') throw new Error('there was no ServerKeyExchange');
    const changed = Buffer.from(closed.file);
    const last = changed.indexOf(exchange.raw) + exchange.raw.length - 1;
    changed[last] = (changed[last] ?? 0) ^ 1;
    writeFileSync(file('changed.pcapng'), changed);
    const wrong = await glasstls(['decode', file('changed.pcapng')]);
    expect(wrong).toMatchObject({
      code: 35,
      stdout: expect.stringContaining('✗ WRONG: signature in ServerKeyExchange'),
    });
    writeFileSync(file('other.pem'), writePem('CERTIFICATE', makeRoot()));
    const untrusted = await glasstls(['decode', '--cacert', file('other.pem'), file('modern.pcapng')]);
    expect(untrusted).toMatchObject({
      code: 60,
      stdout: expect.stringContaining("✗ WRONG: the server's certificate chain"),
    });
    writeFileSync(file('root.pem'), writePem('CERTIFICATE', world().rootDer));
    expect((await glasstls(['decode', '--cacert', file('root.pem'), file('modern.pcapng')])).code).toBe(0);
  });

  test('--ct-logs: timestamps are verified with the keys of a list or of PEM; without, it is said that they are not', async () => {
    const limits = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;
    const log = generatePrivateKey('ec', 'secp256r1').privateKey;
    const { p256 } = world().identities;
    const sct = makeSctList(log, { x509: p256.chain[0] ?? new Uint8Array(0) }, Date.now() - 1000).subarray(4);
    const recorded = recording(({ observe, keyLog, wire }) => {
      const identities = [{ ...p256, timestamps: [sct] }];
      converse(
        makePair({ client: { ...limits, timestamps: true, observe, keyLog }, server: limits, identities }),
        wire,
      );
    });
    writeFileSync(file('sct.pcapng'), recorded.file);
    writeFileSync(file('sct-root.pem'), writePem('CERTIFICATE', world().rootDer));
    const key = writeSpki(log.publicKey);
    writeFileSync(file('log.pem'), writePem('PUBLIC KEY', key));
    const listed = { description: 'a log', key: Buffer.from(key).toString('base64') };
    const retired = { ...listed, state: { retired: { timestamp: '2020-01-01T00:00:00Z' } } };
    const listOf = (one: object): string =>
      JSON.stringify({ operators: [{ name: 'somebody', logs: [{ key: 'x' }, one] }] });
    writeFileSync(file('log_list.json'), listOf(listed));
    writeFileSync(file('retired.json'), listOf(retired));
    const decoded = async (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
      glasstls(['decode', '--cacert', file('sct-root.pem'), ...args, file('sct.pcapng')]);
    expect((await decoded()).stdout).toContain('· not checked: timestamp of a log');
    for (const name of ['log.pem', 'log_list.json']) {
      expect((await decoded('--ct-logs', file(name))).stdout).toContain('✓ right: timestamp of a log');
    }
    const late = await decoded('--ct-logs', file('retired.json'));
    expect([late.code, late.stdout]).toEqual([60, expect.stringContaining('✗ WRONG: timestamp of a log')]);
    const none = await decoded('--ct-logs', file('sct-root.pem'));
    expect(none).toMatchObject({ code: 77, stderr: expect.stringContaining('holds no key of a log') });
    expect(await decoded('--ct-logs', file('absent'))).toMatchObject({ code: 77 });
  });

  test('NODE_EXTRA_CA_CERTS adds to whom chains are judged by', async () => {
    writeFileSync(file('extra.pem'), writePem('CERTIFICATE', world().rootDer));
    const env = { NODE_EXTRA_CA_CERTS: file('extra.pem') };
    const { stdout } = await glasstls(['decode', file('modern.pcapng')], { env });
    expect(stdout).toContain("✓ right: the server's certificate chain");
  });

  test('a dump in hexadecimal, on standard input too', async () => {
    const hello = modern.observed.find((one) => one.kind === 'message' && one.name === 'client_hello');
    if (hello?.kind !== 'message') throw new Error('there was no ClientHello');
    const length = hello.raw.length.toString(16).padStart(4, '0');
    writeFileSync(file('hello.txt'), `160301${length}${Buffer.from(hello.raw).toString('hex')}\n`);
    const { stdout } = await glasstls(['decode', '--message', '1', file('hello.txt')]);
    expect(stdout).toMatch(/^ClientHello {2}/);
    const piped = await run('sh', [
      '-c',
      `'${process.execPath}' '${await commandFile()}' decode - < '${file('hello.txt')}'`,
    ]);
    expect(piped.stdout.toString()).toContain('Client Hello (SNI=localhost)');
  });

  test('two captures one behind the other in a file are two sections, and two connections', async () => {
    writeFileSync(file('both.pcapng'), concat(closed.file, modern.file));
    const { stdout } = await glasstls(['decode', '--server-name', 'localhost', file('both.pcapng')]);
    expect(stdout.match(/^#\d/gm)).toEqual(['#1', '#2']);
  });
});
