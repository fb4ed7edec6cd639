// Whether two series of times have one mean, as dudect does it (Reparaz, Balasch, Verbauwhede 2017): measurements of two kinds of
// input taken in random order, the slowest of them left out, since they tell of interruptions and garbage collections and not of the
// code, and Welch's t-test on the rest.

export interface Sample {
  /** 0 or 1: which kind of input. */
  readonly kind: 0 | 1;
  readonly nanoseconds: number;
}

export interface Comparison {
  /** Welch's t; its sign says which kind took longer (positive: kind 0). */
  readonly t: number;
  /** Measurements that were counted. */
  readonly count: number;
  /** Means of both kinds, in nanoseconds. */
  readonly means: readonly [number, number];
}

/** Below it two means are taken for one: for normal noise it is passed once in 150,000 comparisons. */
export const T_EQUAL = 4.5;
/** From it on there is no doubt. */
export const T_LEAKS = 10;

/** Welch's t of the samples below the quantile `keep` of all of them together. */
export function compare(samples: readonly Sample[], keep: number): Comparison {
  const sorted = Float64Array.from(samples, ({ nanoseconds }) => nanoseconds).sort();
  const limit = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * keep))] ?? Number.POSITIVE_INFINITY;
  const kinds = [new Moments(), new Moments()] as const;
  for (const { kind, nanoseconds } of samples) if (nanoseconds <= limit) kinds[kind].add(nanoseconds);
  const [a, b] = kinds;
  const spread = Math.sqrt(a.variance / a.count + b.variance / b.count);
  const difference = a.mean - b.mean;
  const t = spread > 0 ? difference / spread : difference === 0 ? 0 : Math.sign(difference) * Number.POSITIVE_INFINITY;
  return { t, count: a.count + b.count, means: [a.mean, b.mean] };
}

/** The comparison whose t is furthest from zero, of several croppings: a leak may show in the fast measurements alone. */
export function furthest(samples: readonly Sample[]): Comparison {
  const all = KEPT.map((keep) => compare(samples, keep));
  return all.reduce((worst, one) => (Math.abs(one.t) > Math.abs(worst.t) ? one : worst));
}

/** Few, so that the worst of them is not far from what one of them would be by chance. */
const KEPT = [0.5, 0.8, 0.95];

/** Welford's running mean and variance. */
class Moments {
  count = 0;
  mean = 0;
  private squares = 0;

  add(value: number): void {
    this.count++;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.squares += delta * (value - this.mean);
  }

  /** Of the sample: undefined below two values, where it is taken for zero. */
  get variance(): number {
    return this.count < 2 ? 0 : this.squares / (this.count - 1);
  }
}
