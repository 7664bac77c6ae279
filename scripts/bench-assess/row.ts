/** One line of the marks table: what has to be reached, from where, and how it is measured. */
export interface Row {
  /** A short name, for `--row`. */
  readonly name: string;
  readonly what: string;
  /** What was known before, and from where. */
  readonly anchor: string;
  /** What has to be reached, in words. */
  readonly mark: string;
  /** What is simulated or replayed, and what stands in for a language model. */
  readonly basis: string;
  /** Measures once; the same seed gives the same figures. */
  measure(seed: number): Measured | Promise<Measured>;
}

/** What a measurement found. */
export interface Measured {
  /** The figures that the mark is about, in words. */
  readonly value: string;
  readonly passed: boolean;
  /** Further figures that no mark is about, one a line: limits above all. */
  readonly notes?: readonly string[];
}
