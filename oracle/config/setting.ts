import type { z } from "zod";

/** One setting of a node. Types, validation at start, censoring and docs/settings.md all follow from the tables of them. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** What it is for, with units: one sentence or two. */
  readonly description: string;
  readonly schema: Schema;
  /** In the form of the environment variable. Without one the setting is unset. */
  readonly default?: string;
  readonly example?: string;
  /** Its value appears nowhere, not in errors, logs or stores: a key, or a URL that may hold one. */
  readonly secret?: true;
  /** There is no default, and no node starts without it. */
  readonly required?: true;
}

/** Settings by environment variable: our own, and those by which programs commonly find a model. */
export type SettingTable = Readonly<Record<`GUERDON_${string}` | `OPENAI_${string}`, Setting>>;
