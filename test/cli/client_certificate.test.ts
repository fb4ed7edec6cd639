// Client certificates: `glasstls --cert FILE --key FILE --pass PHRASE` against openssl and serve, `serve --client-ca` against our
// client, openssl and curl; what is told about them, and what can be wrong with files, phrases and keys.

import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { generatePrivateKey, nodeProvider } from '../../src/providers/node.ts';
import { makeTestPki, type TestPki } from '../../src/x509/make_pki.ts';
import { writePem } from '../../src/x509/pem.ts';
import { describePeer } from '../peers/available.ts';
import { opensslClient, opensslServer } from '../peers/openssl.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { run, runOk } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls, type Served, startServe } from './command.ts';
import { expectReport } from './reports.ts';

const PHRASE = 'open sesame';

interface Files {
  readonly ca: string;
  readonly chain: string;
  readonly key: string;
  readonly encrypted: string;
  /** The old form, with headers in the PEM. */
  readonly traditional: string;
  /** Certificates and key. */
  readonly both: string;
  /** The key's certificate in the second place. */
  readonly reversed: string;
  readonly forServers: string;
  readonly expired: string;
}

let trust: Pki;
let alice: Files;
let stranger: Files;

beforeAll(async () => {
  trust = await pki();
  alice = makeFiles('The bank', 'Alice');
  stranger = makeFiles('Another bank', 'Mallory');
});

function makeFiles(label: string, commonName: string): Files {
  const dir = scratch('client');
  const generateKey = () => generatePrivateKey('ec').privateKey;
  const made: TestPki = makeTestPki({ provider: nodeProvider, now: Date.now(), generateKey, label });
  const { privateKey: key, pkcs8Pem } = generatePrivateKey('rsa');
  const file = (name: string, text: string | Buffer): string => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const pem = (ders: readonly Uint8Array[]): string => ders.map((der) => writePem('CERTIFICATE', der)).join('');
  const secret = { cipher: 'aes-256-cbc', passphrase: PHRASE };
  const object = createPrivateKey(pkcs8Pem);
  const chain = made.chainOf(made.issue({ role: 'client', commonName, key }));
  const past = { notBefore: Date.now() - 10 * 86_400_000, notAfter: Date.now() - 86_400_000 };
  return {
    ca: file('ca.pem', pem([made.root.der])),
    chain: file('chain.pem', `Bag Attributes\n    friendlyName: ${commonName}\n${pem(chain)}`),
    key: file('key.pem', pkcs8Pem),
    encrypted: file('encrypted.pem', object.export({ type: 'pkcs8', format: 'pem', ...secret })),
    traditional: file('traditional.pem', object.export({ type: 'pkcs1', format: 'pem', ...secret })),
    both: file('both.pem', pem(chain) + pkcs8Pem),
    reversed: file('reversed.pem', pem(chain.toReversed())),
    forServers: file('server.pem', pem(made.chainOf(made.issue({ role: 'server', names: ['localhost'], key })))),
    expired: file('expired.pem', pem(made.chainOf(made.issue({ role: 'client', key, commonName, overrides: past })))),
  };
}

/** A serve that asks for certificates of Alice's bank; its log when it has ended. */
async function serving(args: readonly string[], body: (served: Served) => Promise<void>): Promise<string> {
  const { fullChainFile, keyFile } = trust.leaf('p256');
  const served = await startServe(['--cert', fullChainFile, '--key', keyFile, '--client-ca', alice.ca, ...args]);
  try {
    await body(served);
  } finally {
    await served.end();
  }
  return served.log();
}

async function visit(port: number, args: readonly string[]): Promise<CommandResult> {
  return glasstls(['--cacert', trust.caFile, ...args, `https://localhost:${port}/`]);
}

const VERSIONS = [['1.2'], ['1.3']] as const;

describe('connect and serve', () => {
  test.each(VERSIONS)('TLS %s: certificate and key from every kind of file', async (version) => {
    const log = await serving(['--require-client-cert'], async ({ port, log: soFar }) => {
      expect(soFar()).toMatch(/Clients must have a certificate/);
      for (const args of [
        ['--cert', alice.chain, '--key', alice.key],
        ['--cert', alice.both],
        ['-E', alice.both],
        ['--cert', alice.chain, '--key', alice.encrypted, '--pass', PHRASE],
        ['--cert', `${alice.chain}:${PHRASE}`, '--key', alice.encrypted],
        ['--cert', alice.chain, '--key', alice.traditional, '--pass', PHRASE],
      ]) {
        const { code, stdout, stderr } = await visit(port, ['--tls-max', version, ...args]);
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout).toContain('your certificate: Alice\n');
      }
    });
    expect(log.match(/ {2}client Alice {2}/g)).toHaveLength(6);
  });

  test.each(VERSIONS)(
    'TLS %s: -v tells what the server asks for and what it gets, in both languages',
    async (version) => {
      await serving([], async ({ port }) => {
        const own = ['--cert', alice.chain, '--key', alice.key];
        const told = async (...args: string[]): Promise<string> =>
          (await visit(port, ['-v', '--tls-max', version, ...args])).stderr;
        const en = await told(...own);
        expect(en).toContain(`* Client certificate: Alice, from ${alice.chain}\n`);
        expect(en).toContain('* Client certificate: the server asks for one of The bank root\n');
        expect(en).toMatch(
          /\(OUT\), TLS handshake, CERT verify \(15\):\n\* Client certificate: sent, and proved with rsa_pss_/,
        );
        expect(await told(...own, '--lang', 'zh')).toContain('* 客户端证书：服务器要求提供，应由 The bank root 签发\n');
        const none = await told();
        expect(none).toContain('* Client certificate: there is none to send (--cert FILE gives one)');
        expect(none).not.toContain('CERT verify (15):\n* Client');
        expect(await told('--cert', stranger.both)).toContain('no authority that the server names has issued it');
      });
    },
  );

  test.each(VERSIONS)('TLS %s: --client-ca alone lets in who has none, and says so', async (version) => {
    const log = await serving(['--lang', 'zh'], async ({ port, log: soFar }) => {
      expect(soFar().replaceAll('\n', '')).toContain('没有证书也可连接');
      expect((await visit(port, ['--tls-max', version])).stdout).toContain('你的证书: 无\n');
    });
    expect(log).toContain('  无客户端证书  ');
  });

  test.each([
    ['1.2', 'handshake_failure'],
    ['1.3', 'certificate_required'],
  ])('TLS %s: --require-client-cert ends %s: 98, and both sides say what to do', async (version, alert) => {
    const log = await serving(['--require-client-cert'], async ({ port }) => {
      const { code, stderr } = await visit(port, ['--tls-max', version]);
      expect(code).toBe(98);
      expect(stderr).toContain(`${alert} (`);
      expect(stderr).toMatch(/server trusts +The bank root\n/);
      expect(stderr).toMatch(/got none\. Give one: --cert FILE/);
      // What was agreed on before is no part of the trouble.
      expect(stderr).not.toContain('we offered');
      const zh = await visit(port, ['--tls-max', version, '--lang', 'zh']);
      expect(zh.stderr).toMatch(/服务器信任 +The bank root\n/);
    });
    expect(log).toContain('the client sent no certificate');
    expect(log).toMatch(/what to do +The client has to bring one/);
  });

  test.each([
    [
      'of another authority',
      () => stranger.both,
      [],
      /the chain leads to|nobody trusted|its root is not trusted/,
      'unknown_ca',
    ],
    ['made for servers', () => alice.forServers, ['--key'], /not for TLS clients/, 'unsupported_certificate'],
    ['that has expired', () => alice.expired, ['--key'], /a certificate has expired/, 'certificate_expired'],
  ] as const)('a certificate %s is refused, and why is told on both sides', async (_what, cert, key, why, alert) => {
    const args = ['--cert', cert(), ...(key.length > 0 ? ['--key', alice.key] : [])];
    const log = await serving([], async ({ port, saying }) => {
      const { code, stderr } = await visit(port, ['--tls-max', '1.2', ...args]);
      expect(code).toBe(35);
      expect(stderr).toContain(`${alert} (`);
      expect(stderr.replaceAll(/\n +/g, ' ')).toMatch(/probably refuses ours|The server refuses our certificate/);
      await saying(/what to do/);
    });
    expect(log).toMatch(why);
    expect(log).toMatch(/certificate +(the certificate of the client|certificate 1 of the chain) \(/);
    expect(log).not.toContain('-k goes on');
    expect(log).not.toContain('--cacert FILE');
  });

  test('a resumed session knows whose it is, and another certificate does not get it', async () => {
    const file = join(scratch('session'), 'session.pem');
    const log = await serving(['--tls-max', '1.2'], async ({ port }) => {
      const come = (cert: string): Promise<CommandResult> => visit(port, ['-v', '--session', file, '--cert', cert]);
      expect((await come(alice.both)).stdout).toContain('your certificate: Alice\n');
      const again = await come(alice.both);
      expect(again.stdout).toMatch(/session: resumed\n[\s\S]*your certificate: Alice\n/);
      const { stdout, stderr } = await glasstls([
        ...['-v', '--session', file, '--cacert', trust.caFile],
        `https://localhost:${port}/`,
      ]);
      expect(stderr).toContain('not offered: another trust policy');
      expect(stdout).toMatch(/session: new\n[\s\S]*your certificate: none\n/);
    });
    expect(log).toMatch(/resumed by ticket .*client Alice/);
  });
});

describe('what is wrong with the own certificate', () => {
  test.each([
    [() => ['--cert', alice.chain], 'holds no private key', '--key FILE'],
    [() => ['--cert', alice.key], 'holds no certificate', 'PKCS#12'],
    [() => ['--cert', alice.chain, '--key', alice.encrypted], 'is encrypted', '--pass PHRASE'],
    [() => ['--cert', alice.chain, '--key', alice.traditional], 'is encrypted', '--pass PHRASE'],
    [() => ['--cert', alice.chain, '--key', alice.encrypted, '--pass', 'no'], 'the pass phrase does not open', ''],
    [() => ['--cert', `${alice.chain}:no`, '--key', alice.encrypted], 'the pass phrase does not open', ''],
    [() => ['--cert', alice.chain, '--key', stranger.key], 'does not belong to the certificate', 'is Alice'],
    [() => ['--cert', alice.reversed, '--key', alice.key], 'does not belong', 'certificate 2 of the file'],
    [() => ['--cert', '/nonexistent:x'], '"/nonexistent" cannot be read (ENOENT)', ''],
    [() => ['--cert', alice.chain, '--key', '/nonexistent'], '(ENOENT)', ''],
  ] as const)(
    'is said before anything is sent, by connect and by serve, with code 58 (%#)',
    async (args, problem, hint) => {
      for (const command of [['connect', 'https://localhost:1/'], ['serve']]) {
        const { code, stderr } = await glasstls([...command, ...args()]);
        expect(stderr).toContain(problem);
        expect(stderr).toContain(hint);
        expect(stderr).not.toContain(PHRASE);
        expect(code).toBe(58);
        const chinese = await glasstls([...command, ...args(), '--lang', 'zh']);
        expect(chinese.stderr).toMatch(/\p{Script=Han}/u);
        expect(chinese.code).toBe(58);
      }
    },
  );

  test('a colon in the name of a file: the whole name counts first, then what stands before `:`, and `\\:` is one', async () => {
    const dir = scratch('colon');
    const [odd, plain] = [join(dir, 'a:b.pem'), join(dir, 'a')];
    writeFileSync(odd, readFileSync(alice.both));
    await serving([], async ({ port }) => {
      for (const name of [odd, odd.replace(':', '\\:'), `${odd.replace(':', '\\:')}:phrase`]) {
        expect((await visit(port, ['--cert', name])).stdout).toContain('your certificate: Alice\n');
      }
      writeFileSync(plain, readFileSync(stranger.both));
      expect((await visit(port, ['--cert', odd])).stdout).toContain('your certificate: Alice\n');
    });
  });
});

/** s_server that insists on a certificate of Alice's authority. */
function demanding(version: '1.2' | '1.3'): ReturnType<typeof opensslServer> {
  return opensslServer({
    identity: trust.leaf('rsa'),
    mode: 'www',
    version: version === '1.2' ? 'TLSv1.2' : 'TLSv1.3',
    args: ['-Verify', '3', '-verify_return_error', '-CAfile', alice.ca],
  });
}

describePeer('openssl', 'with openssl', () => {
  test.each(VERSIONS)('TLS %s: s_server -Verify sees our certificate', async (version) => {
    const server = await demanding(version);
    try {
      const { code, stdout } = await visit(server.port, ['--cert', alice.chain, '--key', alice.key]);
      expect(stdout).toMatch(/Client certificate\n[\s\S]*Subject: CN ?= ?Alice/);
      expect(code).toBe(0);
      expect((await visit(server.port, [])).code).toBe(98);
    } finally {
      await server.stop();
    }
  });

  test.each([
    ['1.2', 35],
    ['1.3', 56],
  ] as const)(
    '16 TLS %s: our certificate is of an authority that the server does not name: code %i',
    async (version, code) => {
      const server = await demanding(version);
      try {
        await expectReport(['--cert', stranger.both, '--cacert', trust.caFile, `https://localhost:${server.port}/`], {
          code,
          en: [
            /gave up +the other side \(server\), after we sent/,
            /unknown_ca \(48\), sent by them/,
            /server trusts +The bank root\n +we showed +Mallory, issued by Another bank intermediate\n/,
            /what to do +The server refuses our certificate; its own is not in question, so that --cacert and -k change nothing/,
            /have Another bank intermediate accepted there \(--client-ca/,
          ],
          zh: [
            /放弃方 +对端（服务器）/,
            /unknown_ca（48），由对端发出/,
            /服务器信任 +The bank root\n +本端出示 +Mallory，由 Another bank intermediate 签发\n/,
            /怎么办 +被拒绝的是本端出示的证书，而不是服务器的证书/,
          ],
          others:
            'OpenSSL: tlsv1 alert unknown ca; Node: ERR_SSL_TLSV1_ALERT_UNKNOWN_CA; Java: Received fatal alert: unknown_ca',
        });
      } finally {
        await server.stop();
      }
    },
  );

  test('an encrypted key that openssl made, and s_client with a certificate against serve', async () => {
    const encrypted = join(scratch('key'), 'encrypted.pem');
    await runOk('openssl', ['pkcs8', '-topk8', '-in', alice.key, '-out', encrypted, '-passout', 'pass:geheim']);
    const log = await serving(['--require-client-cert'], async ({ port }) => {
      const ours = await visit(port, ['--cert', alice.chain, '--key', encrypted, '--pass', 'geheim']);
      expect(ours.stdout).toContain('your certificate: Alice\n');
      for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
        const { stdout } = await opensslClient({
          ...{ port, version, caFile: trust.caFile, input: 'GET / HTTP/1.0\r\n\r\n' },
          args: ['-cert', alice.chain, '-key', alice.key, '-cert_chain', alice.chain],
        });
        expect(stdout.toString('latin1')).toContain('your certificate: Alice\n');
      }
    });
    expect(log.match(/ {2}client Alice {2}/g)).toHaveLength(3);
  });
});

describePeer('curl', 'with curl', () => {
  test('serve --client-ca reads its certificate too, and curl ends as it does when it has none', async () => {
    await serving(['--require-client-cert'], async ({ port }) => {
      const args = ['-qsS', '--cacert', trust.caFile, `https://localhost:${port}/`];
      const { stdout } = await run('curl', [...args, '--cert', alice.chain, '--key', alice.key]);
      expect(stdout.toString()).toContain('your certificate: Alice\n');
      expect((await run('curl', args)).code).not.toBe(0);
    });
  });
});
