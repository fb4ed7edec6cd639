import { describe, expect, test } from 'vitest';
import { displayWidth, plainText } from './lines.ts';
import { mergeTraces } from './merge_traces.ts';
import { type LadderOptions, renderLadder } from './render_ladder.ts';
import { failedTrace, SAMPLE_NAMES, type SampleName, sampleTrace } from './testing/handshakes.ts';
import { timelineOf } from './timeline.ts';
import type { Trace } from './trace.ts';

function draw(kind: SampleName, options: Partial<LadderOptions> = {}): string[] {
  const merged = mergeTraces(sampleTrace(kind, 'client'), sampleTrace(kind, 'server'));
  return plainText(renderLadder(timelineOf(merged), { lang: 'en', width: 80, ...options })).split('\n');
}

describe('a ladder', () => {
  test('of a refused handshake, line by line', () => {
    const lines = plainText(renderLadder(timelineOf(failedTrace()), { lang: 'en', width: 80 })).split('\n');
    expect(lines).toEqual([
      '            ms  Client                                                    Server',
      '          0.00 ├─ ClientHello · SNI "localhost" · ALPN "http/1.1" ─── 139 B ─►│',
      '               │   Offers versions, cipher suites and extensions;             │',
      '               │   brings random number one.                                  │',
      '               │                                                              │',
      '          1.10 │◄─ 2 B ─────────────────── Alert · fatal · handshake_failure ─┤',
      '               │                  Nothing in common: no cipher suite, group   │',
      '               │                  or signature scheme that both accept.       │',
      '               │                                                              │',
      '               ── in clear   ══ encrypted',
      '               Client · ERR_TLS_ALERT_RECEIVED',
      '               the peer sent \\x1b[31mhandshake_failure · alert handshake_failure',
    ]);
  });

  test('names every message once, in order, with arrows from its sender', () => {
    const arrows = draw('rsa12', { explain: 'none' }).filter((line) => /[►◄]/.test(line));
    expect(
      arrows.map(
        (line) =>
          `${line.includes('►') ? '>' : '<'} ${/[A-Z]\w+|application data/.exec(line.slice(15).replace(/\d+ B/, ''))?.[0]}`,
      ),
    ).toEqual([
      '> ClientHello',
      '< ServerHello',
      '< Certificate',
      '< ServerHelloDone',
      '> ClientKeyExchange',
      '> ChangeCipherSpec',
      '> Finished',
      '< ChangeCipherSpec',
      '< Finished',
      '> application data',
      '< application data',
      '< Alert',
      '> Alert',
    ]);
  });

  test('draws in double lines what is encrypted, and says from where on', () => {
    const lines = draw('tls13', { explain: 'none' });
    const at = lines.findIndex((line) => line.includes('the server encrypts from here on'));
    const before = lines.slice(0, at).filter((line) => line.includes('═'));
    expect(before).toEqual([]);
    expect(lines[at + 1]).toContain('EncryptedExtensions ═╡');
    expect(draw('rsa12').filter((line) => /Certificate ·.*┤$/.test(line))).toHaveLength(1);
  });

  test.each([
    ['rsa12', 2],
    ['ecdhe12', 2],
    ['tls13', 1],
  ] as const)('measures %s: %d round trips', (kind, trips) => {
    const text = draw(kind).join('\n');
    expect(text.match(/RTT \d ┌/g)).toHaveLength(trips);
    expect(text.match(/└/g)).toHaveLength(trips);
    expect(text).toContain(trips === 1 ? '1 round trip' : '2 round trips');
  });

  test('counts the records of each flight', () => {
    expect(draw('tls13').some((line) => line.includes('6 records, 846 bytes on the wire'))).toBe(true);
  });

  test('explains at length on request, and says what is often taught and not so', () => {
    const brief = draw('rsa12', { width: 100 }).length;
    expect(draw('rsa12', { width: 100, explain: 'paragraph' }).length).toBeGreaterThan(brief + 10);
    const corrected = draw('rsa12', { width: 120, lang: 'zh', corrections: true }).join('\n');
    expect(corrected).toContain('常见误解：服务器在 ServerKeyExchange 中发送自己的公钥。');
    expect(corrected).toContain('46 字节随机数');
    expect(draw('rsa12', { lang: 'zh' }).join('\n')).not.toContain('常见误解');
  });

  test('marks what never read', () => {
    const client = sampleTrace('tls13', 'client');
    const cut: Trace = { ...client, entries: client.entries.slice(0, 6) };
    const lines = renderLadder(timelineOf(mergeTraces(cut, sampleTrace('tls13', 'server'))), {
      lang: 'en',
      width: 100,
    });
    expect(plainText(lines)).toContain('CertificateVerify · never read');
  });

  test('marks what was changed on the way, and what the other side never sent', () => {
    const client = sampleTrace('tls13', 'client');
    const server = sampleTrace('tls13', 'server');
    const drawn = (entries: Trace['entries']): string => {
      const merged = timelineOf(mergeTraces({ ...client, entries }, server));
      return plainText(renderLadder(merged, { lang: 'en', width: 100 }));
    };
    const altered = client.entries.map((entry) => {
      const { observation: o } = entry;
      if (o.kind !== 'message' || o.name !== 'certificate_verify') return entry;
      return {
        ...entry,
        observation: { ...o, raw: o.raw.map((byte, i) => (i === o.raw.length - 1 ? byte ^ 1 : byte)) },
      };
    });
    expect(drawn(altered)).toContain('CertificateVerify · changed on the way');
    const made = client.entries.map((entry) => {
      const { observation: o } = entry;
      if (o.kind !== 'message' || o.name !== 'encrypted_extensions') return entry;
      return { ...entry, observation: { ...o, name: 'key_update' as const, raw: Uint8Array.of(24, 0, 0, 1, 0) } };
    });
    expect(drawn(made)).toContain('KeyUpdate · never sent');
    expect(drawn(made)).toContain('EncryptedExtensions · never read');
  });

  test('a client certificate: who asks, who shows, who signs, at 80 columns', () => {
    const arrows = draw('mutual12', { explain: 'none' }).filter((line) => /[►◄]/.test(line));
    expect(
      arrows
        .map((line) =>
          line
            .slice(15)
            .replace(/[─═]{3,}/g, '─')
            .trim(),
        )
        .slice(2, 11),
    ).toEqual([
      '│◄─ 930 B ─ Certificate · 2 certificates ─┤',
      '│◄─ 340 B ─ CertificateStatus · OCSP ─┤',
      '│◄─ 114 B ─ ServerKeyExchange · x25519 ─┤',
      '│◄─ 123 B ─ CertificateRequest · 1 authority ─┤',
      '│◄─ 4 B ─ ServerHelloDone ─┤',
      '├─ Certificate · 2 certificates ─ 961 B ─►│',
      '├─ ClientKeyExchange ─ 37 B ─►│',
      '├─ CertificateVerify · ecdsa_secp256r1_sha256 ─ 80 B ─►│',
      '├─ ChangeCipherSpec ─ 1 B ─►│',
    ]);
    expect(draw('mutual12')[0]).toBe('TLS 1.2 with ECDHE key exchange, client certificate');
    expect(draw('mutual12', { lang: 'zh', width: 160 }).join('\n')).toContain('附带 OCSP 响应 · 客户端证书');
  });

  test('what the caller reads for the ladder stands in it', () => {
    const readers = { ocspResponse: () => 'good' };
    expect(draw('mutual12', { readers }).join('\n')).toContain('CertificateStatus · OCSP good');
  });

  test('early data is drawn before the answer, encrypted, and said to be open to replay', () => {
    const lines = draw('resumed13');
    const early = lines.findIndex((line) => line.includes('early data (0-RTT) ═'));
    expect(lines[early - 1]).toContain('the client encrypts from here on');
    expect(lines.findIndex((line) => line.includes('ServerHello ·'))).toBeGreaterThan(early);
    expect(lines.slice(early + 1, early + 3).join(' ')).toContain('recorded it can send it');
    expect(lines.filter((line) => line.includes('the client encrypts'))).toHaveLength(1);
    expect(lines.find((line) => line.includes('ClientHello'))).toContain('SNI "server" · PSK · early data');
    expect(draw('resumed13')[0]).toBe('TLS 1.3 with a pre-shared key, early data');
  });

  test('names the shared key, its hint, and the group of a DHE prime', () => {
    expect(draw('psk12').join('\n')).toMatch(/ServerKeyExchange · hint "the hint"/);
    expect(draw('psk12').join('\n')).toContain('ClientKeyExchange · identity "Client_identity"');
    expect(draw('dhe12', { lang: 'zh', width: 160 }).join('\n')).toContain('ServerKeyExchange · ffdhe2048');
    expect(draw('dhe_psk12').join('\n')).toContain('MODP group 14');
  });

  test('tells the second ClientHello from the first, and what comes after the handshake from what belongs to it', () => {
    const retried = draw('retried13', { width: 120 }).join('\n');
    expect(retried).toContain('The hello again, now with a public key in the group that the server named.');
    expect(retried).toContain('ClientHello · SNI "server" · cookie');
    const late = draw('late13', { width: 120 }).join('\n');
    expect(late).toContain('Asks for a client certificate in the middle of the connection.');
    expect(late).toContain('Closes the answer: a keyed digest of all of this.');
  });

  test('a title given by the caller is escaped', () => {
    expect(draw('tls13', { title: 'x\u001b[2Jy' })[0]).toBe('x\\x1b[2Jy');
    expect(draw('tls13', { lang: 'zh' })[0]).toBe('TLS 1.3');
  });
});

describe.each([60, 80, 100, 120, 160, 200])('at %d columns', (width) => {
  test.each(SAMPLE_NAMES)('%s stays within the width, its rails straight, in both languages', (kind) => {
    for (const lang of ['en', 'zh'] as const) {
      for (const explain of ['line', 'paragraph'] as const) {
        for (const line of draw(kind, { lang, width, explain, corrections: true })) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(width);
          // A rung ends with the right rail, in the same column everywhere.
          if (/[│┤╡]$/.test(line)) expect(displayWidth(line), line).toBe(width - 1);
        }
      }
    }
  });
});
