import { InputError } from "../errors.ts";
import type { SeasonOptions } from "./template.ts";

/** Refuses the options a template of one round without a window has no use for; `--rounds 1` is let be. */
export function checkOneRound(template: string, options: SeasonOptions): void {
  for (const option of ["from", "to"] as const) {
    const value = options[option];
    if (value === undefined) continue;
    throw new InputError(`the ${template} template takes no window`, {
      field: `--${option}`,
      value,
      limit: "no such option",
    });
  }
  if (options.rounds === undefined || options.rounds === 1) return;
  const fault = { field: "--rounds", value: String(options.rounds), limit: "1" };
  throw new InputError(`the ${template} template has one round`, fault);
}

/** Refuses an index other than 0, the only round of such a season. */
export function checkFirstRound(template: string, round: number): void {
  if (round === 0) return;
  const fault = { field: "round", value: String(round), limit: "0, the first round" };
  throw new InputError(`the ${template} template has one round`, fault);
}

/** Refuses no provider at all, and more than a pool can hold. */
export function checkProviderCount(file: string, field: string, count: number, most: number): void {
  if (count > 0 && count <= most) return;
  const problem = count === 0 ? "no provider to enrol" : "more providers than a pool holds";
  throw new InputError(problem, { file, field, value: String(count), limit: `1 to ${most} providers` });
}

/**
 * Puts what was assessed into the order of the roster. A roster id the evidence does not know, one that is there twice, and a
 * provider of the evidence that is not on the roster are each an `InputError`.
 * @param file the file, and `field` its column, that says who is assessed
 */
export function inRosterOrder<Item>(
  assessed: ReadonlyMap<string, Item>,
  providerIds: readonly string[],
  { file, field }: { readonly file: string; readonly field: string },
): Item[] {
  const roster = new Set<string>();
  const items = providerIds.map((id) => {
    const item = assessed.get(id);
    const fault = { file, field, value: id };
    if (roster.has(id)) throw new InputError("a provider is on the roster twice", { ...fault, limit: "each id once" });
    if (item === undefined) {
      throw new InputError("a provider of the roster is not in the evidence", {
        ...fault,
        limit: "an assessed provider",
      });
    }
    roster.add(id);
    return item;
  });
  const stranger = [...assessed.keys()].find((id) => !roster.has(id));
  if (stranger === undefined) return items;
  const fault = { file, field, value: stranger, limit: "only providers on the roster" };
  throw new InputError("a provider of the evidence is not on the roster", fault);
}
