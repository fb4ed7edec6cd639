// What somebody probably meant: the known words that begin with what was typed, else those a letter or two away.

/** At most four of `known`, the likeliest first; empty when nothing is near. */
export function nearest(typed: string, known: readonly string[]): readonly string[] {
  const word = typed.toLowerCase();
  if (word === '' || word.length > LONGEST) return [];
  const begun = known.filter((one) => one.toLowerCase().startsWith(word));
  if (begun.length > 0) return begun.slice(0, 4);
  const limit = word.length <= 3 ? 1 : word.length <= 8 ? 2 : 3;
  return known
    .map((one) => ({ one, far: distance(word, one.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far)
    .slice(0, 4)
    .map(({ one }) => one);
}

/** What is longer is no slip of the finger. */
const LONGEST = 100;

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
