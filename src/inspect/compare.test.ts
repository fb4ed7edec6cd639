import { describe, expect, test } from 'vitest';
import { type ComparisonRow, compareHandshakes, renderComparison } from './compare.ts';
import { displayWidth, plainText } from './lines.ts';
import { failedTrace, sampleTrace } from './testing/handshakes.ts';
import { timelineOf } from './timeline.ts';

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

  test('a handshake that failed has gaps, not invented values', () => {
    const { rows } = compareHandshakes([timelineOf(failedTrace())]);
    const gaps = rows.filter((one) => one.cells[0]?.text.en === '–').map((one) => one.id);
    expect(gaps).toContain('roundTrips');
    expect(gaps).toContain('stolenKey');
    expect(gaps).toContain('certificate');
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
