// Unit tests of the peer library that start no peer: what it reads out of the programs' texts, in the spelling of several
// releases, and the table of the interop matrix.

import { describe, expect, test } from 'vitest';
import { parseGnutls } from './gnutls.ts';
import { type Entry, renderMatrix, unexplained } from './matrix_table.ts';
import { parseMessages, parseReport } from './openssl.ts';
import { Running, run } from './process.ts';
import { gnutlsPriority, groupFrom } from './vocabulary.ts';

describe('openssl', () => {
  test('-brief of 3.0', () => {
    const said =
      'Protocol version: TLSv1.2\nCiphersuite: ECDHE-RSA-AES128-GCM-SHA256\nServer Temp Key: ECDH, prime256v1, 256 bits\n';
    expect(parseReport(said)).toMatchObject({
      version: 'TLSv1.2',
      suite: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
      group: 'secp256r1',
    });
  });

  test('the full report, of 3.0 and of 3.5', () => {
    const old =
      'Server Temp Key: X25519, 253 bits\nNew, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256\nALPN protocol: h2\n';
    expect(parseReport(old)).toMatchObject({ version: 'TLSv1.3', group: 'x25519', alpn: 'h2' });
    const now = 'Negotiated TLS1.3 group: secp384r1\nNew, TLSv1.3, Cipher is TLS_AES_128_GCM_SHA256\n';
    expect(parseReport(now)).toMatchObject({ suite: 'TLS_AES_128_GCM_SHA256', group: 'secp384r1', alpn: undefined });
    expect(parseReport('    Extended master secret: no\n').extendedMasterSecret).toBe(false);
  });

  test('-msg: record headers are left out, and an alert that openssl cannot name gets its name', () => {
    const said = [
      '<<< TLS 1.0, RecordHeader [length 0005]\n    16 03 01 00 ea',
      '<<< TLS 1.3, Handshake [length 00e5], ClientHello\n    01 00 00 e1 03 03',
      '>>> TLS 1.3, ChangeCipherSpec [length 0001]\n    01',
      '>>> TLS 1.3, InnerContent [length 0001]\n    15',
      '>>> TLS 1.3, Alert [length 0002], fatal ???\n    02 78\n',
    ].join('\n');
    expect(parseMessages(said)).toEqual([
      { direction: 'in', kind: 'Handshake', name: 'ClientHello' },
      { direction: 'out', kind: 'ChangeCipherSpec', name: '' },
      { direction: 'out', kind: 'Alert', name: 'fatal no_application_protocol' },
    ]);
  });
});

describe('gnutls', () => {
  test('the description line', () => {
    const said =
      '- Description: (TLS1.2-X.509)-(ECDHE-SECP256R1)-(ECDSA-SHA256)-(AES-256-GCM)\n- Options: safe renegotiation,\n';
    expect(parseGnutls(said)).toEqual({
      version: 'TLSv1.2',
      suite: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
      group: 'secp256r1',
      alpn: undefined,
      extendedMasterSecret: false,
    });
    const rsa =
      '- Description: (TLS1.2-X.509)-(RSA)-(AES-128-GCM)\n- Options: extended master secret, x\n- Application protocol: h2\n';
    expect(parseGnutls(rsa)).toMatchObject({ suite: 'TLS_RSA_WITH_AES_128_GCM_SHA256', group: undefined, alpn: 'h2' });
  });

  test('a priority string allows what is pinned and nothing else', () => {
    const pins = {
      version: 'TLSv1.2',
      suites: ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
      groups: ['secp384r1'],
    } as const;
    expect(gnutlsPriority(pins)).toBe(
      'NONE:+VERS-TLS1.2:+ECDHE-RSA:+AES-128-GCM:+AEAD:+GROUP-SECP384R1:+SIGN-ALL:+COMP-NULL:+CTYPE-X509',
    );
  });
});

test('a group that is not ours keeps its name', () => {
  expect(groupFrom('ffdhe2048')).toBe('ffdhe2048');
  expect(groupFrom('P-521')).toBe('secp521r1');
});

describe('programs', () => {
  test('a program that takes too long is killed', async () => {
    const result = await run('sleep', ['20'], { lifetime: 200 });
    expect(result.timedOut).toBe(true);
    expect(result.code).not.toBe(0);
  });

  test('stop ends a program that ignores SIGTERM', async () => {
    const running = new Running('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done']);
    while (!running.stdout().includes('ready')) await new Promise((resolve) => setTimeout(resolve, 5));
    await running.stop();
    expect(running.ended).toBe(true);
  });

  test('a program that is not there is a result and not a crash', async () => {
    expect((await run('glasstls-no-such-program', [])).code).not.toBe(0);
  });
});

describe('matrix', () => {
  const entry = (feature: string, peer: string, outcome: string): Entry => {
    return { feature, peer, role: 'client', provider: 'node', outcome };
  };

  test('an empty cell has a reason', () => {
    const table = renderMatrix([
      entry('a', 'curl', 'ok'),
      entry('b', 'curl', 'why not'),
      entry('b', 'nginx', 'FAILED: x'),
    ]);
    expect(table.split('\n')).toEqual([
      'Our client against  curl node  nginx node',
      'a                   ok         [1]',
      'b                   [2]        FAILED [3]',
      '[1] no test',
      '[2] why not',
      '[3] FAILED: x',
    ]);
  });

  test('a cell with neither test nor reason is found, once every peer has tests', () => {
    const curl = [entry('a', 'curl', 'ok'), entry('b', 'curl', 'why not')];
    expect(unexplained([...curl, entry('a', 'nginx', 'did not run')])).toEqual(['client: b, nginx node']);
    expect(unexplained([...curl, entry('a', 'nginx', 'ok'), entry('b', 'nginx', ' ')])).toEqual([
      'client: b, nginx node',
    ]);
    expect(unexplained([...curl, entry('a', 'nginx', 'FAILED: x'), entry('b', 'nginx', 'why not')])).toEqual([]);
    // nginx's own file did not run.
    expect(unexplained([...curl, entry('a', 'nginx', 'why not')])).toEqual([]);
  });

  test('a result counts more than a reason, whichever came first', () => {
    for (const outcomes of [
      ['ok', 'a reason'],
      ['a reason', 'ok'],
    ]) {
      const table = renderMatrix(outcomes.map((outcome) => entry('a', 'curl', outcome)));
      expect(table.split('\n')[1]).toBe('a                   ok');
    }
  });
});
