// Protection seen from outside: a watcher may have no key, or several that could be the one. Records are tried with each until
// one fits, and from then on that one alone is used; until then, or for ever, they stay sealed and count as empty.

import { EMPTY } from '../bytes/bytes.ts';
import type { Opener } from '../record/protection.ts';
import { CONTENT_TYPE } from '../wire/registry/names.ts';
import { TlsError } from '../wire/tls_error.ts';
import { type Attempts, type CountedOpener, SeekingOpener } from './seeking.ts';

export class TrialOpener implements Opener {
  readonly protects = true;
  readonly is13: boolean;
  innerType = 0;
  /** Whether the record that came last stayed sealed. */
  sealed = false;
  private readonly candidates: readonly CountedOpener[];
  private readonly tried: readonly Opener[];
  private chosen: Opener | undefined;

  /** Without candidates nothing is opened. `attempts`: the numbers of the next records are not known, and are looked for. */
  constructor(is13: boolean, candidates: readonly CountedOpener[] = [], attempts?: Attempts) {
    this.is13 = is13;
    this.candidates = candidates;
    this.tried = attempts === undefined ? candidates : candidates.map((one) => new SeekingOpener(one, attempts));
  }

  get padding(): number {
    return this.sealed ? 0 : (this.chosen?.padding ?? 0);
  }

  get opened(): number {
    return this.chosen?.opened ?? 0;
  }

  /** The place among the candidates of the one that fits. */
  get choice(): number | undefined {
    return this.chosen === undefined ? undefined : this.tried.indexOf(this.chosen);
  }

  /** The same keys, for records whose numbers are not known any more. */
  seeking(attempts: Attempts): TrialOpener {
    return new TrialOpener(this.is13, this.candidates, attempts);
  }

  /** Whether one of the keys opens this record next; nothing changes by the question. */
  fits(header: Uint8Array, fragment: Uint8Array): boolean {
    const { choice } = this;
    return this.candidates.some((candidate, i) => {
      if ((choice !== undefined && i !== choice) || tryOpen(candidate, header, fragment) === undefined) return false;
      candidate.move(-1);
      return true;
    });
  }

  /** @throws TlsError for a record that the key which opened those before does not open */
  open(header: Uint8Array, fragment: Uint8Array): Uint8Array {
    const { chosen } = this;
    if (chosen !== undefined) return this.take(chosen, chosen.open(header, fragment));
    for (const candidate of this.tried) {
      const content = tryOpen(candidate, header, fragment);
      if (content === undefined) continue;
      this.chosen = candidate;
      return this.take(candidate, content);
    }
    this.sealed = true;
    this.innerType = CONTENT_TYPE.application_data;
    return EMPTY;
  }

  private take(opener: Opener, content: Uint8Array): Uint8Array {
    this.sealed = false;
    this.innerType = opener.innerType;
    return content;
  }
}

function tryOpen(opener: Opener, header: Uint8Array, fragment: Uint8Array): Uint8Array | undefined {
  try {
    return opener.open(header, fragment);
  } catch (error) {
    if (error instanceof TlsError) return undefined;
    throw error;
  }
}
