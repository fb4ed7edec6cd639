// The two languages in which glasstls explains itself, and the shape of everything that is said in both. Texts are data:
// they stand in tables under texts/, and a text that lacks one language does not compile.

export type Lang = 'en' | 'zh';

/** One statement in both languages. */
export interface Text {
  readonly en: string;
  readonly zh: string;
}

/** What a field is for. `rfc` stands only where it differs from the section of the enclosing message or extension. */
export interface FieldText extends Text {
  readonly rfc?: string;
}

/** A line for a list or a diagram, and a short paragraph for who wants to know more. */
export interface Explanation {
  readonly line: Text;
  readonly paragraph: Text;
}
