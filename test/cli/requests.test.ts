// What connect asks for and how: methods, headers, bodies, redirects, HTTP/1.1 and HTTP/2, and what it writes about it (-w, --json).

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { nodeServer } from '../peers/node_tls.ts';
import { type Pki, pki } from '../peers/pki.ts';
import { run } from '../peers/process.ts';
import { scratch } from '../peers/run_dir.ts';
import { type CommandResult, glasstls } from './command.ts';
import { httpsServer, type Loopback } from './http_servers.ts';

let trust: Pki;
let server: Loopback;
let other: Loopback;

/** Tells what came: `METHOD path HTTP/version`, chosen headers, and the body. */
const echo: Parameters<typeof httpsServer>[1] = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [, status, target] = /^\/go\/(\d+)\/(.*)$/.exec(request.url ?? '') ?? [];
    if (status !== undefined) {
      const to = decodeURIComponent(target ?? '');
      response.writeHead(Number(status), { location: to, 'content-length': '5' });
      response.end(request.method === 'HEAD' ? undefined : 'moved');
      return;
    }
    const { authorization = '-', 'x-one': one = '-', accept = '-', 'content-type': type = '-' } = request.headers;
    const lines = [
      `${request.method} ${request.url} HTTP/${request.httpVersion}`,
      `auth=${authorization} one=${String(one)} accept=${accept} type=${type}`,
      Buffer.concat(chunks).toString('utf8'),
    ];
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'text/plain', 'x-seen': 'yes' });
    response.end(request.method === 'HEAD' ? undefined : `${lines.join('\n')}\n`);
  });
};

beforeAll(async () => {
  trust = await pki();
  server = await httpsServer(trust.leaf('p256'), echo);
  other = await httpsServer(trust.leaf('rsa'), echo);
});
afterAll(async () => {
  await server.stop();
  await other.stop();
});

function ask(args: readonly string[], path = '/', input?: string): Promise<CommandResult> {
  return glasstls(['--cacert', trust.caFile, ...args, `https://localhost:${server.port}${path}`], {
    ...(input !== undefined && { input }),
  });
}

describe.each([
  ['HTTP/2', [], '2.0'],
  ['HTTP/1.1', ['--http1.1'], '1.1'],
] as const)('%s', (_name, flags, version) => {
  test('GET, and what it sends of itself', async () => {
    const { code, stdout, stderr } = await ask(flags, '/a?b=c');
    expect(stderr).toBe('');
    expect(stdout).toBe(`GET /a?b=c HTTP/${version}\nauth=- one=- accept=*/* type=-\n\n`);
    expect(code).toBe(0);
  });

  test('-d asks with POST and sends a form; two are joined; @FILE loses its line ends, --data-binary keeps them', async () => {
    const file = join(scratch('data'), 'body');
    writeFileSync(file, 'x\ny\n');
    const posted = await ask([...flags, '-d', 'a=1', '-d', `@${file}`]);
    expect(posted.stdout).toContain(`POST / HTTP/${version}\n`);
    expect(posted.stdout).toContain('type=application/x-www-form-urlencoded\na=1&xy\n');
    expect((await ask([...flags, '--data-binary', `@${file}`])).stdout).toContain('\nx\ny\n\n');
    expect((await ask([...flags, '-d', '@-'], '/', 'from stdin')).stdout).toContain('\nfrom stdin\n');
  });

  test('-X, -H: methods and headers of one’s own, left out, and empty', async () => {
    const { stdout } = await ask([...flags, '-X', 'PUT', '-H', 'X-One: 1', '-H', 'accept:', '-d', 'z']);
    expect(stdout).toContain(`PUT / HTTP/${version}\n`);
    expect(stdout).toContain('one=1 accept=- ');
    expect((await ask([...flags, '-H', 'X-One;'])).stdout).toContain('one= ');
  });

  test('-I asks with HEAD and shows the headers', async () => {
    const { code, stdout } = await ask([...flags, '-I']);
    expect(code).toBe(0);
    expect(stdout).toMatch(version === '2.0' ? /^HTTP\/2 200\r\n/ : /^HTTP\/1\.1 200 OK\r\n/);
    expect(stdout).toMatch(/x-seen: yes\r\n/);
  });

  test('-L follows; without it the answer is shown as it is', async () => {
    const stay = await ask(flags, '/go/302/%2Fnext');
    expect([stay.stdout, stay.code]).toEqual(['moved', 0]);
    const went = await ask(['-L', ...flags], '/go/302/%2Fnext');
    expect(went.stdout).toContain(`GET /next HTTP/${version}\n`);
    expect(went.stdout).not.toContain('moved');
  });

  test.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'q=1'],
    [308, 'POST', 'q=1'],
  ])('RFC 9110 15.4: a POST that is answered with %i goes on as %s', async (status, method, body) => {
    const { stdout } = await ask(['-L', ...flags, '-d', 'q=1'], `/go/${status}/%2Fnext`);
    expect(stdout).toContain(`${method} /next HTTP/${version}\n`);
    expect(stdout.trimEnd().endsWith(body)).toBe(true);
  });

  test('-f: a status of 400 or more is exit code 22, without its body', async () => {
    expect(await ask(flags, '/missing')).toMatchObject({ code: 0, stdout: expect.stringContaining('GET /missing') });
    expect(await ask(['-f', ...flags], '/missing')).toMatchObject({
      code: 22,
      stdout: '',
      stderr: expect.stringContaining('status 404'),
    });
  });
});

describe('redirects', () => {
  test('credentials do not follow to another port of the same name', async () => {
    const target = encodeURIComponent(`https://localhost:${other.port}/there`);
    const flags = ['-L', '-H', 'Authorization: Bearer secret', '-H', 'X-One: kept'];
    const { stdout } = await ask(flags, `/go/302/${target}`);
    expect(stdout).toContain('GET /there');
    expect(stdout).toContain('auth=- one=kept');
    expect((await ask(flags, '/go/302/%2Fhere')).stdout).toContain('auth=Bearer secret');
  });

  test('out of TLS is not followed: exit code 1, and where it would have led', async () => {
    const { code, stderr } = await ask(['-L'], `/go/302/${encodeURIComponent('http://localhost/plain')}`);
    expect(code).toBe(1);
    expect(stderr).toMatch(/redirects to "http:\/\/localhost\/plain", where there is no TLS/);
  });

  test('more than --max-redirs: exit code 47', async () => {
    const round = '/go/302/%2Fgo%2F302%2F%252Fend';
    expect((await ask(['-L', '--max-redirs', '2'], round)).code).toBe(0);
    expect((await ask(['-L', '--max-redirs', '1'], round)).code).toBe(47);
    expect((await ask(['-L', '--max-redirs', '0', '--lang', 'zh'], round)).stderr).toContain('重定向超过 0 次');
  });
});

describe('HTTP/2', () => {
  test('-v names the pseudo headers and shows the answer; credentials are not shown', async () => {
    const { stderr } = await ask(['-v', '-H', 'Authorization: Bearer secret']);
    expect(stderr).toContain('* ALPN: offers h2,http/1.1\n');
    expect(stderr).toContain('* ALPN: server accepted h2\n');
    expect(stderr).toContain(`> :method: GET\n> :scheme: https\n> :authority: localhost:${server.port}\n> :path: /\n`);
    expect(stderr).toContain('> authorization: [...]\n');
    expect(stderr).not.toContain('secret');
    expect(stderr).toContain('< HTTP/2 200\n');
  });

  test('a large body comes whole, through flow control', async () => {
    const large = await httpsServer(trust.leaf('p256'), (_request, response) =>
      response.end('0123456789'.repeat(90_000)),
    );
    try {
      const file = join(scratch('large'), 'out');
      const { code } = await glasstls(['--cacert', trust.caFile, '-o', file, `https://localhost:${large.port}/`]);
      expect(code).toBe(0);
      expect(readFileSync(file, 'latin1')).toBe('0123456789'.repeat(90_000));
    } finally {
      await large.stop();
    }
  });

  test('a stream that the server breaks off: exit code 92', async () => {
    const rude = await httpsServer(trust.leaf('p256'), (request) => {
      if ('stream' in request) request.stream.close(2);
    });
    try {
      const { code, stderr } = await glasstls(['--cacert', trust.caFile, `https://localhost:${rude.port}/`]);
      expect(stderr).toContain('NGHTTP2_INTERNAL_ERROR');
      expect(code).toBe(92);
    } finally {
      await rude.stop();
    }
  });

  test('a server that agrees on h2 and speaks something else: exit code 16', async () => {
    const liar = await nodeServer({
      identity: trust.leaf('p256'),
      alpn: ['h2'],
      onConnection: (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nnot frames at all, by any means'),
    });
    try {
      const { code } = await glasstls(['-m', '5', '--cacert', trust.caFile, `https://localhost:${liar.port}/`]);
      expect(code).toBe(16);
    } finally {
      await liar.stop();
    }
  });
});

describe('what is wrong with a request is said before anything is sent', () => {
  test.each([
    [['-X', 'GE T'], 'name of a method'],
    [['-H', 'no colon'], 'Name: value'],
    [['-H', 'A: b\r\nC: d'], 'Name: value'],
    [['-I', '-d', 'x'], 'leave out -d'],
    [['--max-redirs', 'many', '-L'], 'whole number'],
    [['--raw', '-d', 'x'], '--data has no meaning'],
    [['--alpn', 'h2', '--no-alpn'], '--alpn + --no-alpn do not go together'],
    [['--session', 's', '--tls-earlydata', '-d', 'x'], 'GET and HEAD alone'],
    [['--repeat', '0'], 'whole number'],
    [['-4', '-6'], 'no address'],
    [['--starttls', 'gopher'], '--starttls is one of smtp'],
  ])('%j: exit code 2', async (flags, text) => {
    const { code, stderr } = await ask(flags);
    expect(stderr).toContain(text);
    expect(code).toBe(2);
  });

  test('a body that cannot be read: exit code 26', async () => {
    expect((await ask(['-d', '@/nonexistent'])).code).toBe(26);
  });
});

describe('-w', () => {
  test("curl's variables, escapes, and ours of TLS", async () => {
    const format =
      '%{http_code} %{http_version} %{num_certs} %{scheme} %{content_type} %header{X-Seen} %{size_download}\\t%%%{tls_version} %{tls_cipher} %{tls_group} %{tls_resumed}\\n';
    const { stdout, code } = await ask(['-o', '/dev/null', '-w', format]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^200 2 2 https text\/plain yes \d+\t%TLSv1\.3 TLS_AES_\S+ (?:x25519|X25519MLKEM768|secp256r1) 0\n$/,
    );
  });

  test('times come in the order of the stages', async () => {
    const names = ['namelookup', 'connect', 'appconnect', 'pretransfer', 'starttransfer', 'total'];
    const { stdout } = await ask(['-o', '/dev/null', '-w', names.map((name) => `%{time_${name}}`).join(' ')]);
    expect(stdout).toMatch(/^(\d+\.\d{6} ?){6}$/);
    const times = stdout.split(' ').map(Number);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[2]).toBeGreaterThan(times[1] ?? 0);
  });

  test('after a failure too: exit code and message; %{stderr} and %{onerror}', async () => {
    const format = '%{exitcode} %{http_code}%{stderr}%{errormsg}\\n';
    const { stdout, stderr, code } = await glasstls(['-s', '-w', format, `https://localhost:${server.port}/`]);
    expect(code).toBe(60);
    expect(stdout).toBe('60 000');
    expect(stderr).toMatch(/^\S.*\n$/);
    expect((await ask(['-o', '/dev/null', '-w', 'well%{onerror}ill'])).stdout).toBe('well');
  });

  describePeer('curl', 'as curl has it', () => {
    // But for num_connects: each request of ours has a connection of its own.
    const names = [
      ...['content_type', 'exitcode', 'http_code', 'http_connect', 'http_version', 'local_ip', 'method'],
      ...['num_headers', 'num_redirects', 'redirect_url', 'remote_port', 'response_code'],
      ...['size_download', 'size_upload', 'ssl_verify_result', 'url_effective', 'urlnum', 'filename_effective'],
    ];
    const format = names.map((name) => `${name}=%{${name}}\\n`).join('');

    test.each([
      [['--http1.1'], '/?a=b'],
      [['-d', 'a=b'], '/'],
      [['-I'], '/'],
      [['--http1.1'], '/go/302/%2Fthere'],
      [['--http1.1', '-L'], '/go/302/%2Fthere'],
    ])('%j %s', async (flags, path) => {
      const file = join(scratch('format'), 'body');
      const url = `https://localhost:${server.port}${path}`;
      const all = ['-4', '-s', '-o', file, '-w', format, '--cacert', trust.caFile, ...flags, url];
      const [ours, theirs] = [await glasstls(all), await run('curl', ['-q', ...all])];
      expect(ours.stdout).toBe(theirs.stdout.toString());
      expect(ours.stdout).toContain('exitcode=0\n');
    });

    // With -k curl trusts nobody: every chain ends in nothing for it.
    test.each(['expired', 'untrusted', 'p256'] as const)('ssl_verify_result with -k: %s', async (name) => {
      const bare = await httpsServer(trust.leaf(name), (_request, response) => response.end());
      const flags = ['-4', '-k', '-s', '-o', '/dev/null', '-w', '%{ssl_verify_result}'];
      const url = `https://localhost:${bare.port}/`;
      const [ours, theirs] = [await glasstls([...flags, url]), await run('curl', ['-q', ...flags, url])];
      const trusting = await glasstls([...flags, '--cacert', trust.caFile, url]);
      await bare.stop();
      expect(ours.stdout).toBe(theirs.stdout.toString());
      // X509_V_ERR_CERT_HAS_EXPIRED, and that no issuer is trusted.
      expect(trusting.stdout).toBe({ expired: '10', untrusted: ours.stdout, p256: '0' }[name]);
    });
  });

  test('parts of the address, typed and reached; whether there was a proxy', async () => {
    const format = '%{url.path} %{urle.path}?%{urle.query} %{url.port} %{url.host} %{proxy_used}';
    const { stdout } = await ask(['-o', '/dev/null', '-L', '-w', format], '/go/302/%2Fthere%3Fa=b');
    expect(stdout).toBe(`/go/302/%2Fthere%3Fa=b /there?a=b ${server.port} localhost 0`);
  });

  test('a name that does not exist is told and left out; @FILE; %{json} is JSON', async () => {
    const file = join(scratch('format'), 'w');
    writeFileSync(file, '<%{nosuch}>');
    const { stdout, stderr } = await ask(['-o', '/dev/null', '-w', `@${file}`]);
    expect(stdout).toBe('<>');
    expect(stderr).toContain('%{nosuch}');
    const json = JSON.parse((await ask(['-o', '/dev/null', '-w', '%{json}'])).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({ http_code: '200', http_version: '2', exitcode: 0, tls_version: 'TLSv1.3' });
    expect(typeof json.time_total).toBe('number');
  });
});

describe('--json', () => {
  test('one object: TLS, certificates, HTTP, times; the body goes nowhere', async () => {
    const { stdout, code } = await ask(['--json']);
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as { certificates: { subject: string; pem: string }[] };
    expect(told).toMatchObject({
      format: 1,
      exit: 0,
      tls: { established: true, version: 'TLSv1.3', alpn: 'h2', resumed: false, verified: true },
      http: { method: 'GET', status: 200, version: '2' },
      redirects: 0,
    });
    expect(told.certificates.map(({ subject }) => subject)).toEqual([
      'CN=localhost',
      expect.stringContaining('intermediate'),
    ]);
  });

  test('of a failure: the code, who gave up, the refusal, and how far the handshake came', async () => {
    const { stdout, code } = await glasstls(['--json', '-s', `https://localhost:${server.port}/`]);
    expect(code).toBe(60);
    const told = JSON.parse(stdout) as { tls: { messages: { name: string }[] } };
    expect(told).toMatchObject({
      exit: 60,
      failure: { exit: 60, title: expect.any(String) },
      tls: { established: false, verified: false, refusal: expect.any(String) },
    });
    expect(told.tls.messages.map(({ name }) => name)).toContain('certificate');
  });
});

describe('silence', () => {
  test('-s says nothing of a failure, -sS does', async () => {
    const url = `https://localhost:${server.port}/`;
    expect(await glasstls(['-s', url])).toMatchObject({ code: 60, stderr: '' });
    expect((await glasstls(['-sS', url])).stderr).toContain('glasstls: (60)');
    expect((await glasstls(['-sS', '--nosuch', url])).stderr).toContain('--nosuch');
  });

  test('a handshake that fails leaves the file of -o as it was', async () => {
    const file = join(scratch('kept'), 'out');
    await glasstls(['-s', '-o', file, `https://localhost:${server.port}/`]);
    expect(existsSync(file)).toBe(false);
  });
});
