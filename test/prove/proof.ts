// A proof: something that holds of the whole stack and takes longer to show than a test may. `npm run prove -- NAME ...` runs one,
// prints its figures, and ends with 0 only if it passed.

export interface Proof {
  readonly name: string;
  /** One line, for `--list`. */
  readonly description: string;
  /**
   * Runs it, with the arguments that stood behind its name, and prints its figures. False when it failed.
   * @throws an error with a sentence for the user when the arguments cannot be read
   */
  readonly run: (args: readonly string[]) => Promise<boolean>;
}
