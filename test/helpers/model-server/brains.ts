/** What a brain sees of a request: all that a model would. */
export interface Asked {
  readonly model: string;
  readonly system: string;
  readonly user: string;
  /** Name of the schema; `null` where the request is for any JSON object. */
  readonly schemaName: string | null;
  readonly jsonSchema: Readonly<Record<string, unknown>> | null;
  readonly temperature: number | null;
  readonly seed: number | null;
  /** Of the requests the server has taken, from 0. */
  readonly count: number;
}

/** Finds the JSON value a model answers with; `Verbatim` where the text is to be another. */
export type Brain = (asked: Asked) => unknown;

/** An answer in these words, whether they are JSON or not. */
export class Verbatim {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Always the same value. */
export function constant(value: unknown): Brain {
  return () => value;
}

/** What it was asked. */
export function echo(): Brain {
  return ({ system, user }) => ({ system, user });
}
