// Measuring: CPU of this process (user and system, all its threads), and wall time, over a number of asynchronous runs.
// Contestants take turns in short rounds, so that a drift of the machine's speed touches all of them; medians are reported.

/** Microseconds of CPU for each of `count` runs of `once`. */
export async function cpuPerRun(once, count) {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) await once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

/** Seconds of wall time of one run. */
export async function wallSeconds(once) {
  const before = process.hrtime.bigint();
  await once();
  return Number(process.hrtime.bigint() - before) / 1e9;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Runs every contestant in turn, `rounds` times after `warmUp` of them; returns the median figure of each by name. What is
 * compiled while it runs has its own cost, of which long warm-ups leave little.
 */
export async function inTurns(contestants, rounds, measure, warmUp = 1) {
  const figures = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const figure = await measure(run);
      if (round >= 0) figures[name].push(figure);
    }
  }
  return Object.fromEntries(Object.entries(figures).map(([name, list]) => [name, median(list)]));
}

/** Microseconds for one call of a synchronous function. */
export function microseconds(call, milliseconds) {
  for (let i = 0; i < 20; i++) call();
  let count = 0;
  const start = process.hrtime.bigint();
  const stop = start + BigInt(milliseconds) * 1_000_000n;
  let now = start;
  while (now < stop) {
    for (let i = 0; i < 10; i++) call();
    count += 10;
    now = process.hrtime.bigint();
  }
  return Number(now - start) / 1000 / count;
}
