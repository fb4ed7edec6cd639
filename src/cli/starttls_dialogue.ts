// What the protocols of --starttls have in common: whom they talk to, and the two ways in which it can come to nothing.

import type { PlainTalk } from './plain_talk.ts';
import type { Text } from './text.ts';

export interface StarttlsEvents {
  /** A line for people: what was sent. */
  said(line: string): void;
  /** A line for people: what came. Hostile text. */
  heard(line: string): void;
}

export interface Dialogue {
  readonly talk: PlainTalk;
  readonly host: string;
  readonly events: StarttlsEvents;
}

/** The server will not, or cannot; `line` is what it said. */
export class Declined extends Error {
  override readonly name = 'Declined';
  readonly text: Text;
  readonly line: string;

  constructor(text: Text, line: string) {
    super(text.en);
    this.text = text;
    this.line = line;
  }
}

/** What it said belongs to no such protocol. */
export class Nonsense extends Error {
  override readonly name = 'Nonsense';
}
