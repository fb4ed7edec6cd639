// A certificate that is refused: which one, which check, both values, the alert, how to go on; and what -k says when it goes on.

import { beforeAll, expect, test } from 'vitest';
import { describePeer } from '../peers/available.ts';
import { type Pki, pki, type Refused } from '../peers/pki.ts';
import { againstOpenssl } from './command.ts';

let trust: Pki;

beforeAll(async () => {
  trust = await pki();
});

describePeer('openssl', 'a certificate that is refused: exit code 60', () => {
  const cases: readonly (readonly [Refused, RegExp[], RegExp[]])[] = [
    [
      'expired',
      [
        /a certificate has expired/,
        /certificate +the leaf \(localhost\)/,
        /found +notAfter \d{4}-/,
        /certificate_expired \(45\), sent by us/,
      ],
      [
        /证书已过期/,
        /证书 +服务器证书（localhost）/,
        /应为 +notAfter 不早于 /,
        /certificate_expired（45），由本端发出/,
      ],
    ],
    [
      'wrong-name',
      [/for another name/, /expected +localhost/, /found +.*elsewhere\.example/, /\[name_mismatch\]/],
      [/证书与所访问的主机名不符/, /应为 +localhost/, /实为 +.*elsewhere\.example/],
    ],
    [
      'untrusted',
      [/not trusted|nobody trusted/, /unknown_ca \(48\)/, /--cacert FILE/],
      [/不受信任/, /unknown_ca（48）/, /--cacert FILE/],
    ],
  ];

  test.each(cases)(
    '%s: which certificate, which check, both values, the alert, what to do',
    async (name, english, chinese) => {
      const identity = trust.leaf(name);
      const en = await againstOpenssl({ identity }, []);
      const zh = await againstOpenssl({ identity }, ['--lang', 'zh']);
      expect([en.code, zh.code]).toEqual([60, 60]);
      for (const pattern of english) expect(en.stderr).toMatch(pattern);
      for (const pattern of chinese) expect(zh.stderr).toMatch(pattern);
      expect(en.stderr).toMatch(/gave up +this side \(client\), after Certificate \(11\) came/);
      expect(zh.stderr).toMatch(/放弃方 +本端（客户端），在收到 Certificate \(11\) 之后/);
      expect(en.stdout + zh.stdout).toBe('');
    },
  );

  test.each(cases)('%s with -k: goes on, and says loudly which check was skipped', async (name, english) => {
    const { code, stdout, stderr } = await againstOpenssl({ identity: trust.leaf(name) }, ['-k']);
    expect(code).toBe(0);
    expect(stdout).not.toBe('');
    expect(stderr).toMatch(/WARNING: -k skips this check/);
    expect(stderr).toMatch(english[0] as RegExp);
    expect(stderr).toMatch(/Nobody has proved who is at the other end/);
    const zh = await againstOpenssl({ identity: trust.leaf(name) }, ['-k', '--lang', 'zh']);
    expect(zh.stderr).toMatch(/警告：-k 跳过了这项检查/);
  });

  test('-k with a good certificate warns of nothing; -s is silent about everything', async () => {
    expect((await againstOpenssl({ identity: trust.leaf('rsa') }, ['-k'])).stderr).toBe('');
    expect(await againstOpenssl({ identity: trust.leaf('expired') }, ['-s'])).toMatchObject({
      code: 60,
      stderr: '',
      stdout: '',
    });
  });
});
