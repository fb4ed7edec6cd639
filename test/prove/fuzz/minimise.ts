// A failing input made small: pieces are taken out and bytes set to zero as long as it fails in the same way.

/** Runs that it may take: a machine's input is a whole handshake. */
const RUNS = 2000;

export function minimise(input: Uint8Array, fails: (smaller: Uint8Array) => boolean): Uint8Array {
  let best = input;
  let runs = 0;
  const better = (candidate: Uint8Array): boolean => {
    if (runs++ >= RUNS || !fails(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.length; ) {
      const without = new Uint8Array(best.length - Math.min(size, best.length - at));
      without.set(best.subarray(0, at));
      without.set(best.subarray(Math.min(best.length, at + size)), at);
      if (!better(without)) at += size;
    }
  }
  for (let at = 0; at < best.length; at++) {
    if (best[at] === 0) continue;
    const zero = best.slice();
    zero[at] = 0;
    better(zero);
  }
  return best;
}
