import { isNode, LineCounter, parseDocument, type Document } from "yaml";
import { z } from "zod";
import { decode } from "../../csv.ts";
import { InputError } from "../../errors.ts";
import type { EvidenceFile } from "../template.ts";

const amount = z.number().nonnegative();
const weight = z.number().min(0).max(1_000_000);

// Settings go into the outcome spec, and text with half a surrogate pair has no hash.
const HALVES = /\p{Cs}/u;
const wholeMessage = "expected text of whole characters";
const text = z
  .string()
  .min(1)
  .refine((value) => !HALVES.test(value), wholeMessage);
const weights = z
  .record(z.string(), weight)
  .refine((values) => !Object.keys(values).some((name) => HALVES.test(name)), wholeMessage);

/** At least one weight must be above 0, or every score would be 0. */
const someWeight = (values: Readonly<Record<string, number>>): boolean =>
  Object.values(values).some((value) => value > 0);
const someWeightMessage = "expected at least one weight above 0";

// Strict where a setting decides about money: one that is not understood, or misspelt, must not pass unseen.
const SETTINGS = z.object({
  simulation: z.strictObject({
    periods: z
      .strictObject({ previous: text, current: text })
      .refine(({ previous, current }) => previous !== current, "expected two different periods"),
    eligibility_filter: z.boolean(),
    chains: weights
      .default({})
      .refine(
        (chains) => new Set(Object.keys(chains).map(chainKey)).size === Object.keys(chains).length,
        "expected each chain once",
      ),
    tvl_minimum: amount.default(0),
    tvl_maximum: amount.default(0),
    metrics: weights.refine(someWeight, someWeightMessage),
    metric_variants: z
      .strictObject({ adoption: weight, growth: weight, retention: weight })
      .refine(someWeight, someWeightMessage),
    percentile_cap: z.number().gt(0).max(100).default(100),
  }),
  allocation: z.strictObject({
    budget: z.number().gt(0),
    min_amount_per_project: amount,
    max_share_per_project: z.number().gt(0).max(1),
  }),
});

/**
 * The rule of a round as its YAML states it: weights of chains, metrics and variants, and how the budget (in whole tokens) is
 * split. A `tvl_minimum` or `tvl_maximum` of 0 is none.
 */
export type ImpactSettings = z.infer<typeof SETTINGS>;

/** Reads a round's YAML; a fault is an `InputError` with the line and the path of the setting. */
export function readSettings(file: EvidenceFile): ImpactSettings {
  const lines = new LineCounter();
  const document = parseDocument(decode(file), { lineCounter: lines });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) {
    throw new InputError(`not valid YAML: ${fault.code}`, { file: file.name, line: lines.linePos(fault.pos[0]).line });
  }
  const parsed = SETTINGS.safeParse(plainValue(file, document));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") throw faultAt(file, document, lines, path, issue.message);
  throw faultAt(file, document, lines, [...path, issue.keys[0]!], "only settings of the published rule");
}

/** Whether two rounds have the same rule, whatever the order of their keys. */
export function sameSettings(a: ImpactSettings, b: ImpactSettings): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Chain names are compared without regard to case. */
export function chainKey(chain: string): string {
  return chain.toUpperCase();
}

function plainValue(file: EvidenceFile, document: Document): unknown {
  try {
    return document.toJS();
  } catch {
    // What parses but has no plain value: an alias without anchor, or aliases that multiply without end.
    throw new InputError("aliases cannot be resolved", { file: file.name, limit: "plain settings" });
  }
}

function faultAt(
  file: EvidenceFile,
  document: Document,
  lines: LineCounter,
  path: readonly string[],
  limit: string,
): InputError {
  const node = document.getIn(path, true);
  const value = document.getIn(path);
  const range = isNode(node) ? node.range : undefined;
  const found = ["string", "number", "boolean"].includes(typeof value) ? { value: String(value) } : {};
  const line = range ? { line: lines.linePos(range[0]).line } : {};
  const problem = "the setting cannot be used";
  return new InputError(problem, {
    file: file.name,
    ...line,
    field: path.join(".") || "settings",
    ...found,
    limit: inWords(limit),
  });
}

/** Validation messages read "… expected X …"; the limit of a fault is the X. */
function inWords(message: string): string {
  return message.replace(/^(?:Invalid input|Too small|Too big): /, "").replace(/^expected /, "");
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, sorted(item)]);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
