import { describe, expect, test } from 'vitest';
import { type ComparisonRow, compareHandshakes, renderComparison } from './compare.ts';
import { displayWidth, plainText } from './lines.ts';
import { failedTrace, SAMPLE_NAMES, type SampleName, sampleTrace } from './testing/handshakes.ts';
import { type Timeline, timelineOf } from './timeline.ts';

const THREE = compareHandshakes(
  (['rsa12', 'ecdhe12', 'tls13'] as const).map((kind) => timelineOf(sampleTrace(kind, 'client'))),
);

function row(id: ComparisonRow['id']): string[] {
  return THREE.rows.find((one) => one.id === id)?.cells.map((cell) => cell.text.en) ?? [];
}

describe('the three handshakes side by side', () => {
  test('what was counted comes from the timelines', () => {
    expect(row('roundTrips')).toEqual(['2', '2', '1']);
    expect(row('messages')).toEqual([
      '7, and 2 ChangeCipherSpec',
      '8, and 2 ChangeCipherSpec',
      '7, and 2 ChangeCipherSpec',
    ]);
    expect(row('bytes')[2]).toBe('client 265\nserver 846\ntogether 1111');
    expect(row('encrypted')).toEqual([
      'Finished, number 6 of 7',
      'Finished, number 7 of 8',
      'EncryptedExtensions, number 3 of 7',
    ]);
    expect(row('certificate').map((text) => text.slice(0, 9))).toEqual(['in clear:', 'in clear:', 'encrypted']);
  });

  test('who proves what, and what a stolen key reveals', () => {
    expect(row('serverProof').map((text) => text.split(':')[0])).toEqual([
      'only indirectly',
      'ServerKeyExchange',
      'CertificateVerify',
    ]);
    expect(row('forwardSecrecy')).toEqual(['no', 'yes', 'yes']);
    expect(row('stolenKey')[0]).toContain('can decrypt every connection of this kind ever recorded');
    expect(row('stolenKey')[1]).toContain('recorded before stay secret');
    expect(row('clientProof')).toEqual(Array(3).fill('nothing: the server did not ask'));
  });

  const compared = (...names: SampleName[]): ((id: ComparisonRow['id']) => string[]) => {
    const { rows } = compareHandshakes(names.map((name) => timelineOf(sampleTrace(name, 'client'))));
    return (id) => rows.find((one) => one.id === id)?.cells.map((cell) => cell.text.en) ?? [];
  };

  test('full and resumed: what it goes on from, who proves what, what is not sent', () => {
    const cells = compared('ecdhe12', 'resumed12', 'tls13', 'resumed13');
    expect(cells('resumption').map((text) => text.split(':')[0])).toEqual([
      'nothing',
      'ticket',
      'nothing',
      'pre-shared key with a binder',
    ]);
    expect(cells('roundTrips')).toEqual(['2', '1', '1', '0 for early data, 1 for the rest']);
    expect(cells('certificate').map((text) => text.split(':')[0])).toEqual([
      'in clear',
      'none is sent',
      'encrypted',
      'none is sent',
    ]);
    expect(cells('forwardSecrecy')).toEqual([
      'yes',
      'only once the session and the keys of tickets are forgotten',
      'yes',
      'yes, but not for the early data',
    ]);
    expect(cells('earlyData').map((text) => text.split(':')[0])).toEqual(['none', 'none', 'none', 'accepted']);
    expect(cells('status')).toEqual([]);
  });

  test('with and without a client certificate, a stapled response, and proof that came late', () => {
    const cells = compared('ecdhe12', 'mutual12', 'mutual13', 'late13');
    expect(cells('clientProof')).toEqual([
      'nothing: the server did not ask',
      'CertificateVerify: a signature over the handshake',
      'CertificateVerify: a signature over the handshake',
      'CertificateVerify after the handshake, when the server asked',
    ]);
    expect(cells('status').map((text) => text.split(' ')[0])).toEqual(['nothing', 'the', 'nothing', 'nothing']);
    expect([cells('resumption'), cells('earlyData')]).toEqual([[], []]);
  });

  test('shared keys: alone without forward secrecy, with Diffie-Hellman not', () => {
    const cells = compared('psk12', 'dhe_psk12', 'ecdhe_psk12', 'dhe12');
    expect(cells('forwardSecrecy')).toEqual(['no', 'yes', 'yes', 'yes']);
    expect(cells('clientProof').slice(0, 3)).toEqual(Array(3).fill('Finished: it knows the shared key'));
    expect(cells('stolenKey')[0]).toContain('can decrypt every connection ever recorded');
    expect(cells('stolenKey')[1]).toContain('recorded before stay secret');
  });

  test('RFC 8446 4.2.9: a pre-shared key without (EC)DHE is not taken for one with it', () => {
    const timeline = timelineOf(sampleTrace('resumed13', 'client'));
    const alone: Timeline = {
      ...timeline,
      negotiated: { ...timeline.negotiated, keyExchange: 'psk', group: undefined },
    };
    const { rows } = compareHandshakes([alone]);
    const cell = (id: ComparisonRow['id']): string | undefined => rows.find((one) => one.id === id)?.cells[0]?.text.en;
    expect(cell('secret')).toContain('psk_ke');
    expect(cell('forwardSecrecy')).toBe('no');
    expect(cell('stolenKey')).toContain('can decrypt all that was recorded');
  });

  test('a handshake that failed has gaps, not invented values', () => {
    const { rows } = compareHandshakes([timelineOf(failedTrace())]);
    const gaps = rows.filter((one) => one.cells[0]?.text.en === '–').map((one) => one.id);
    expect(gaps).toContain('roundTrips');
    expect(gaps).toContain('stolenKey');
    expect(gaps).toContain('certificate');
  });

  test('every two handshakes fit beside each other', () => {
    for (const name of SAMPLE_NAMES) {
      const two = compareHandshakes([
        timelineOf(sampleTrace(name, 'server')),
        timelineOf(sampleTrace('tls13', 'server')),
      ]);
      for (const lang of ['en', 'zh'] as const) {
        const widths = plainText(renderComparison(two, { lang, width: 80 }))
          .split('\n')
          .map(displayWidth);
        expect([name, ...new Set(widths)]).toHaveLength(2);
        expect(widths[0]).toBeLessThanOrEqual(80);
      }
    }
  });

  test.each([80, 100, 120, 160])('the table is straight and fits into %d columns', (width) => {
    for (const lang of ['en', 'zh'] as const) {
      const lines = plainText(renderComparison(THREE, { lang, width })).split('\n');
      const widths = new Set(lines.map(displayWidth));
      expect(widths.size).toBe(1);
      expect([...widths][0]).toBeLessThanOrEqual(width);
      expect(lines.length).toBeGreaterThan(24);
    }
  });
});
