// What of the sources was run, from V8's block counters (node:inspector). Asking costs milliseconds, so that a campaign asks once
// for a batch of inputs and looks for the one that mattered only when the batch reached something new. The same counters
// say how much work was done, without a clock.

import { Session } from 'node:inspector';

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

export interface Taken {
  /** Characters of source that ran for the first time. */
  readonly fresh: number;
  /** Blocks that were run since the last time, each as often as it ran. */
  readonly work: number;
}

export class Coverage {
  private readonly session = new Session();
  private readonly prefix: string;
  /** Which characters of each file have run. */
  private readonly files = new Map<string, Uint8Array>();
  private scratch = new Uint8Array(0);

  /** `prefix`: of the URLs of the files that count. */
  constructor(prefix: string) {
    this.prefix = prefix;
    this.session.connect();
    this.session.post('Profiler.enable');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Throws away optimised code, in which nothing is counted. */
  restart(): void {
    this.session.post('Profiler.stopPreciseCoverage');
    this.session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** What happened since the last call. Unless `keep` is set, what is new stays new. */
  take(keep = true): Taken {
    let scripts: readonly Script[] = [];
    this.session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    let fresh = 0;
    let work = 0;
    for (const { url, functions } of scripts) {
      if (!url.startsWith(this.prefix)) continue;
      for (const { ranges } of functions) for (const { count } of ranges) work += count;
      fresh += this.mark(url, functions, keep);
    }
    return { fresh, work };
  }

  /** Characters that have run, of all those that are in a file at all. */
  get reached(): { readonly covered: number; readonly total: number; readonly files: number } {
    let covered = 0;
    let total = 0;
    for (const file of this.files.values()) {
      total += file.length;
      for (const one of file) covered += one;
    }
    return { covered, total, files: this.files.size };
  }

  stop(): void {
    this.session.post('Profiler.stopPreciseCoverage');
    this.session.disconnect();
  }

  private mark(url: string, functions: Script['functions'], keep: boolean): number {
    // The first function is the module itself, from its first character to its last.
    const end = functions.reduce((most, { ranges }) => Math.max(most, ranges[0]?.endOffset ?? 0), 0);
    let file = this.files.get(url);
    if (file === undefined || file.length < end) {
      const larger = new Uint8Array(end);
      if (file !== undefined) larger.set(file);
      this.files.set(url, larger);
      file = larger;
    }
    if (this.scratch.length < end) this.scratch = new Uint8Array(end);
    const { scratch } = this;
    scratch.fill(0, 0, end);
    // Inner functions and inner blocks come behind the outer ones, and overrule them.
    for (const { ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) scratch.fill(count > 0 ? 1 : 0, startOffset, endOffset);
    }
    let fresh = 0;
    for (let i = 0; i < end; i++) {
      if (scratch[i] === 1 && file[i] === 0) {
        if (keep) file[i] = 1;
        fresh++;
      }
    }
    return fresh;
  }
}
