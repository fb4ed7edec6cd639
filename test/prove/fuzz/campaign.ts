// One target, many inputs. First guided: batches under V8's counters, an input is kept when it ran something for the first time,
// and the work done is held against the size of the input. Then at full speed, on what was found. Everything follows from the
// seed but how far it comes in the time given.

import { setFlagsFromString } from 'node:v8';
import type { Coverage, Taken } from './coverage.ts';
import { minimise } from './minimise.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { Target } from './target.ts';

export interface Failure {
  readonly target: string;
  readonly seed: number;
  readonly problem: string;
  readonly input: Uint8Array;
}

export interface Report {
  readonly target: string;
  readonly inputs: number;
  readonly milliseconds: number;
  /** Inputs that reached something new, the first ones included. */
  readonly kept: number;
  /** The most blocks that were run for a byte, over a batch. */
  readonly work: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly failures: readonly Failure[];
  /** Bytes of heap after a collection: at the beginning, and at the end. */
  readonly heap: readonly [number, number];
}

export interface Settings {
  readonly seed: number;
  readonly milliseconds: number;
  /** No more inputs than that, however much time is left. */
  readonly inputs?: number;
  /** Absent: no counters, and nothing is guided. */
  readonly coverage?: Coverage | undefined;
  /** Told of each input before it is run, for whoever watches. */
  readonly running?: (input: Uint8Array, target: Target) => void;
}

const BATCH = { parser: 512, machine: 24 } as const;
/** Part of the time: without optimised code, cryptography in JavaScript takes twenty times as long. */
const GUIDED = { parser: 0.5, machine: 0.2 } as const;
/** Failures of one target after which it is given up: they are likely one fault. */
const ENOUGH = 5;

export function campaign(target: Target, settings: Settings): Report {
  return new Campaign(target, settings).run();
}

class Campaign {
  private readonly target: Target;
  private readonly settings: Settings;
  private readonly random: Random;
  private readonly corpus: Uint8Array[];
  private readonly outcomes = new Map<string, number>();
  private readonly failures = new Map<string, Failure>();
  private inputs = 0;
  private kept = 0;
  private most = 0;

  constructor(target: Target, settings: Settings) {
    this.target = target;
    this.settings = settings;
    this.random = new Random(settings.seed ^ hash(target.name));
    this.corpus = [...target.seeds()];
  }

  run(): Report {
    const began = performance.now();
    const { coverage, milliseconds } = this.settings;
    const until = (part: number): number => began + milliseconds * part;
    for (const seed of this.corpus) this.one(seed);
    if (coverage !== undefined) this.guided(coverage, until(GUIDED[this.target.kind]));
    const heap = this.heapNow();
    while (performance.now() < until(1) && !this.done) this.batch(this.next());
    return {
      target: this.target.name,
      inputs: this.inputs,
      milliseconds: performance.now() - began,
      kept: this.kept,
      work: this.most,
      outcomes: this.outcomes,
      failures: [...this.failures.values()],
      heap: [heap, this.heapNow()],
    };
  }

  private heapNow(): number {
    const { gc } = globalThis as { gc?: () => void };
    this.target.forget?.();
    gc?.();
    gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  }

  private get done(): boolean {
    return this.failures.size >= ENOUGH || this.inputs >= (this.settings.inputs ?? Number.POSITIVE_INFINITY);
  }

  /** V8 counts nothing in optimised code, so there is none here. */
  private guided(coverage: Coverage, until: number): void {
    setFlagsFromString('--no-opt');
    coverage.restart();
    for (const seed of this.corpus) this.one(seed);
    coverage.take();
    while (performance.now() < until && !this.done) {
      const inputs = this.next();
      this.batch(inputs);
      const taken = coverage.take(false);
      this.most = Math.max(this.most, taken.work / Math.max(1, sizeOf(inputs)));
      if (this.stands(taken, inputs)) this.search(coverage, inputs);
    }
    setFlagsFromString('--opt');
  }

  /** Which inputs of a batch reached what is new, or did too much? Halves that did neither are left alone. */
  private search(coverage: Coverage, inputs: readonly Uint8Array[]): void {
    this.batch(inputs);
    const [input] = inputs;
    if (inputs.length > 1 || input === undefined) {
      if (!this.stands(coverage.take(false), inputs)) return;
      const middle = inputs.length >> 1;
      this.search(coverage, inputs.slice(0, middle));
      this.search(coverage, inputs.slice(middle));
      return;
    }
    const { fresh, work } = coverage.take();
    if (fresh > 0) {
      this.corpus.push(input);
      this.kept++;
    }
    if (work > this.bound(inputs)) this.fail(input, `${work} blocks of work for ${input.length} bytes`);
  }

  private stands({ fresh, work }: Taken, inputs: readonly Uint8Array[]): boolean {
    return fresh > 0 || work > this.bound(inputs);
  }

  private bound(inputs: readonly Uint8Array[]): number {
    const { base, each } = this.target.work;
    return base * inputs.length + each * sizeOf(inputs);
  }

  private next(): readonly Uint8Array[] {
    const { batch, kind } = this.target;
    return Array.from({ length: batch ?? BATCH[kind] }, () => this.neighbour());
  }

  private neighbour(): Uint8Array {
    const { random, corpus, target } = this;
    const from = random.pick(corpus);
    if (target.vary === undefined || random.once(target.kind === 'parser' ? 2 : 10))
      return mutate(from, random, corpus);
    return target.vary(from, random, corpus) ?? mutate(from, random, corpus);
  }

  private batch(inputs: readonly Uint8Array[]): void {
    for (const input of inputs) this.one(input);
  }

  private one(input: Uint8Array): void {
    this.inputs++;
    this.settings.running?.(input, this.target);
    try {
      const outcome = this.target.run(input);
      this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    } catch (error) {
      this.fail(input, problemOf(error));
    }
  }

  /** Keeps one input for each problem, as small as it gets. */
  private fail(input: Uint8Array, problem: string): void {
    const kind = kindOf(problem);
    if (this.failures.has(kind)) return;
    const same = (smaller: Uint8Array): boolean => {
      this.settings.running?.(smaller, this.target);
      try {
        this.target.run(smaller);
        return false;
      } catch (error) {
        return kindOf(problemOf(error)) === kind;
      }
    };
    const { name } = this.target;
    this.failures.set(kind, { target: name, seed: this.settings.seed, problem, input: minimise(input, same) });
  }
}

const sizeOf = (inputs: readonly Uint8Array[]): number => inputs.reduce((sum, { length }) => sum + length, 0);

function problemOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The first line without its numbers: what a fault is told from another by. */
function kindOf(problem: string): string {
  return (problem.split('\n')[0] ?? '').replace(/[0-9a-f]{4,}|\d+/g, '#');
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
