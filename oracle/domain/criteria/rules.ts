import type { CriterionRule } from "../statistics/combine.ts";
import type { Criterion as SpecCriterion } from "../templates/template.ts";
import type { Criterion } from "./criterion.ts";

const WHOLE = 10_000;

/**
 * How criteria count when `combine` joins their scores. A veto is a rule of its own, without weight: its score is 1 where none of the
 * veto's questions is met, 0 where one is, and not judged where that is not known.
 * @returns one or two rules a criterion, in its order; a veto's is named by `vetoName`
 */
export function combinationRules(criteria: readonly Criterion[]): CriterionRule[] {
  return criteria.flatMap(({ id, weight, guard }): CriterionRule[] => {
    switch (guard.kind) {
      case "none":
        return [{ name: id, weight }];
      case "floor": {
        const cap = guard.effect === "zero" ? 0 : guard.bps / WHOLE;
        return [{ name: id, weight, floor: { below: guard.bps / WHOLE, cap } }];
      }
      case "veto":
        return [
          { name: id, weight },
          { name: vetoName(id), weight: 0, vetoBelow: 1 },
        ];
    }
  });
}

/** Name of the rule that a criterion's veto becomes; no criterion can have it as an id that the linter takes. */
export function vetoName(id: string): string {
  return `${id}!veto`;
}

/** Criteria as an outcome spec lists them; the rest of each stands in the document. Source types are each there once. */
export function specCriteria(criteria: readonly Criterion[]): SpecCriterion[] {
  return criteria.map(({ id, statement, direction, weight, sources, singleSourceReason }) => ({
    id,
    statement,
    direction,
    weight,
    sourceTypes: [...new Set(sources.map(({ type }) => type))],
    ...(singleSourceReason === undefined ? {} : { singleSourceReason }),
  }));
}
