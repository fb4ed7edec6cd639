// The table of what the RFCs demand: every row has tests or a reason, every test that is named exists, and the reading of an RFC's
// text that the table was made by finds what it should.

import { describe, expect, it } from 'vitest';
import { label, problems, type Requirement, requirements } from '../prove/musts/requirements.ts';
import { demands, fewWords } from '../prove/musts/sentences.ts';

const row: Requirement = {
  rfc: 8446,
  id: '4#1',
  digest: '00000000',
  binds: 'both',
  words: 'MUST',
  why: 'absent',
  because: 'it is not there at all',
};

describe('the table of demands', () => {
  it('has a test or a reason for each, and no test that is not there', () => {
    const rows = requirements();
    expect(new Set(rows.map(({ rfc }) => rfc))).toEqual(new Set([5246, 5280, 6066, 8446]));
    expect(rows.length).toBeGreaterThan(700);
    expect(problems(rows)).toEqual([]);
  });

  it('what is left is short, and says why', () => {
    const left = requirements().filter(({ why }) => why === 'left');
    expect(left.length, left.map(label).join(', ')).toBeLessThan(20);
  });

  it('finds rows that say nothing or too much, that are there twice, and names that are gone', () => {
    const here = 'test/project/musts.test.ts: finds rows that say nothing or too much';
    const { why: _why, because: _because, ...bare } = row;
    expect(problems([row])).toEqual([]);
    expect(problems([{ ...bare, tests: [here] }])).toEqual([]);
    expect(problems([row, row])).toEqual(['RFC 8446 4#1 is there twice']);
    expect(problems([bare])).toEqual(['RFC 8446 4#1 has neither a test nor a reason']);
    expect(problems([{ ...bare, why: 'absent' }])).toHaveLength(1);
    expect(problems([{ ...row, tests: [here] }])).toEqual(['RFC 8446 4#1 has both tests and a reason']);
    const stale = `${here.slice(0, 28)} a test that was ${'renamed'}`;
    expect(problems([{ ...bare, tests: [stale] }])).toHaveLength(1);
    expect(problems([{ ...bare, tests: ['test/project/gone.test.ts: finds rows'] }])).toHaveLength(1);
  });
});

describe('the sentences of an RFC that demand something', () => {
  const text = [
    'Table of Contents',
    '   1.1.  Conventions ..................... 3',
    '',
    '1.  Introduction',
    '',
    '   It is said.  A client MUST do this (e.g. Now) and',
    '',
    'Somebody                Standards Track                 [Page 2]',
    '\f',
    'RFC 1                   Something                  August 2018',
    '',
    '   that.  A server must not.  It SHALL NOT.',
    '',
    '   -  An item that is REQUIRED: yes',
    '   -  Another, which MUST NOT be',
    '',
    'Appendix A.  More',
    '',
    '   The last MUST stand here.',
  ].join('\n');

  it('are found with their section, over a page break, and apart from their neighbours', () => {
    expect(demands(text).map(({ id, text: words }) => `${id} ${words}`)).toEqual([
      '1#1 A client MUST do this (e.g. Now) and that.',
      '1#2 It SHALL NOT.',
      '1#3 - An item that is REQUIRED: yes',
      '1#4 - Another, which MUST NOT be',
      'A#1 The last MUST stand here.',
    ]);
  });

  it('are known by their words, whatever the spaces', () => {
    const [first] = demands(text);
    expect(demands(text.replace('client', 'server'))[0]?.digest).not.toBe(first?.digest);
    expect(demands(text.replace('A client MUST', 'A  client\n   MUST'))[0]?.digest).toBe(first?.digest);
    expect(fewWords(first?.text ?? '')).toBe('A client MUST do this (e.g. Now) and that.');
  });
});
