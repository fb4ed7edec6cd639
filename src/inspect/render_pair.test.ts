import { describe, expect, test } from 'vitest';
import { displayWidth, lineWidth, plainText } from './lines.ts';
import { mergeTraces } from './merge_traces.ts';
import { renderLadder } from './render_ladder.ts';
import { PAIR_WIDTH, renderPair } from './render_pair.ts';
import { sampleTrace } from './testing/handshakes.ts';
import { type HandshakeKind, timelineOf } from './timeline.ts';

const drawn = (kind: HandshakeKind) =>
  timelineOf(mergeTraces(sampleTrace(kind, 'client'), sampleTrace(kind, 'server')));
const PAIR = [drawn('ecdhe12'), drawn('resumed12')] as const;
const TITLES = ['the first time', 'the second time'] as const;

describe('two ladders', () => {
  test.each([PAIR_WIDTH, 160, 201])('stand next to each other in %i columns, each as if it were alone', (width) => {
    for (const lang of ['en', 'zh'] as const) {
      const lines = renderPair(PAIR, { lang, width, titles: TITLES });
      for (const line of lines) expect(lineWidth(line)).toBeLessThanOrEqual(width);
      const text = plainText(lines).split('\n');
      expect(text[0]).toMatch(/^the first time +the second time$/);
      const each = Math.floor((width - 4) / 2);
      const [left, right] = PAIR.map((timeline, i) =>
        plainText(renderLadder(timeline, { lang, width: each, title: TITLES[i] ?? '' })).split('\n'),
      );
      expect(text).toHaveLength(Math.max(left?.length ?? 0, right?.length ?? 0));
      text.forEach((line, i) => {
        const one = left?.[i] ?? '';
        const other = right?.[i] ?? '';
        const gap = ' '.repeat(each + 4 - displayWidth(one));
        expect(line).toBe(other === '' ? one : one + gap + other);
      });
    }
  });

  test.each([60, 80, PAIR_WIDTH - 1])('stand one above the other in %i columns', (width) => {
    const text = plainText(renderPair(PAIR, { lang: 'en', width, titles: TITLES })).split('\n');
    for (const line of text) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    expect(text.indexOf('the second time')).toBeGreaterThan(20);
    expect(text[0]).toBe('the first time');
  });

  test('are called after their kinds when nobody gives them titles', () => {
    const [first] = plainText(renderPair(PAIR, { lang: 'en', width: 160, explain: 'none' })).split('\n');
    expect(first).toMatch(/^TLS 1\.2 with ECDHE key exchange +TLS 1\.2, a resumed session$/);
  });
});
