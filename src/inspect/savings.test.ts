import { describe, expect, test } from 'vitest';
import { renderComparison } from './compare.ts';
import { displayWidth, plainText } from './lines.ts';
import { compareCosts, costOf, workTotal } from './savings.ts';
import { failedTrace, sampleTrace } from './testing/handshakes.ts';
import { type HandshakeKind, timelineOf } from './timeline.ts';

const seen = (kind: HandshakeKind) => timelineOf(sampleTrace(kind, 'client'));

describe('the cost of a handshake', () => {
  test('RSA: the client checks two certificates and encrypts, the server decrypts', () => {
    const { work, roundTrips, messages } = costOf(seen('rsa12'));
    expect({ roundTrips, messages }).toEqual({ roundTrips: 2, messages: 7 });
    expect(work.client).toMatchObject({ verifications: 2, encryptions: 1, keyPairs: 0, agreements: 0 });
    expect(work.server).toMatchObject({ decryptions: 1, signatures: 0, keyPairs: 0 });
  });

  test('ECDHE: both make a key pair and agree, the server signs once, the client checks three signatures', () => {
    const { work } = costOf(seen('ecdhe12'));
    expect(work.client).toMatchObject({ keyPairs: 1, agreements: 1, verifications: 3, signatures: 0, encryptions: 0 });
    expect(work.server).toMatchObject({ keyPairs: 1, agreements: 1, signatures: 1, verifications: 0, decryptions: 0 });
  });

  test('TLS 1.3 with one certificate: the same operations, in one round trip', () => {
    const { work, roundTrips } = costOf(seen('tls13'));
    expect(roundTrips).toBe(1);
    expect(work.client).toMatchObject({ keyPairs: 1, agreements: 1, verifications: 2 });
    expect(work.server).toMatchObject({ keyPairs: 1, agreements: 1, signatures: 1 });
  });

  test('a resumed one takes no public-key operation, and tickets are messages like others', () => {
    const { work, messages } = costOf(seen('resumed12'));
    expect([workTotal(work.client), workTotal(work.server)]).toEqual([0, 0]);
    expect(messages).toBe(5);
  });

  test('of a handshake that failed is what was seen of it', () => {
    const { work, messages, time } = costOf(timelineOf(failedTrace()));
    expect([messages, time, workTotal(work.client)]).toEqual([1, undefined, 0]);
  });
});

describe('what resuming saves', () => {
  const table = compareCosts(seen('ecdhe12'), seen('resumed12'));
  const row = (label: RegExp, lang: 'en' | 'zh' = 'en'): string[] =>
    table.rows.find((one) => label.test(one.label.en))?.cells.map((cell) => cell.text[lang]) ?? [];

  test('is counted in both timelines', () => {
    expect(row(/Round trips/)).toEqual(['2', '1', '1 (50 %)']);
    expect(row(/messages/)).toEqual(['8', '5', '3 (38 %)']);
    const [full = '', resumed = '', saved = ''] = row(/bytes/);
    const together = (cell: string): number => Number(/together (\d+)/.exec(cell)?.[1]);
    expect(Number(saved.split(' ')[0])).toBe(together(full) - together(resumed));
    expect(row(/of the client/)).toEqual([
      '1 key pair made\n1 key agreement\n3 signatures checked',
      'none',
      'all of them',
    ]);
    expect(row(/of the server/, 'zh')).toEqual(['生成密钥对 1\n密钥协商 1\n签名 1', '无', '全部']);
  });

  test('nothing is saved by the same handshake again', () => {
    const same = compareCosts(seen('ecdhe12'), seen('ecdhe12'));
    expect(same.rows.map((one) => one.cells[2]?.text.en)).toEqual([
      '0 (0 %)',
      '0 (0 %)',
      '0 (0 %)',
      '0 (0 %)',
      '0 (0 %)',
      '0.00 ms (0 %)',
    ]);
    expect(same.rows.some((one) => one.cells[2]?.tone === 'good')).toBe(false);
  });

  test.each([60, 80, 100])('the table is straight and fits into %i columns', (width) => {
    for (const lang of ['en', 'zh'] as const) {
      const widths = new Set(plainText(renderComparison(table, { lang, width })).split('\n').map(displayWidth));
      expect(widths.size).toBe(1);
      expect([...widths][0]).toBeLessThanOrEqual(width);
    }
  });
});
