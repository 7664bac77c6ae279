import type { CriterionDraft } from "../../criteria/criterion.ts";
import { rangeOf, unitOf, type Measure } from "../../criteria/measure.ts";
import { error, warning, type Check, type Finding } from "../finding.ts";

/** Directions, and where points begin and are full. */
export const achievement: Check = ({ criteria }) =>
  criteria.flatMap(({ id, direction, measure }, i) => {
    if (measure === undefined || direction === undefined) return [];
    const path = `criteria[${i}]`;
    if (measure.kind === "judged") {
      if (direction === "higher") return [];
      const fix = 'write "higher": questions say themselves which answer is good';
      return [error("direction", `${path}.direction`, `"${id}" is judged, so more good answers are better`, fix)];
    }
    const found: Finding[] = [];
    if (measure.kind === "items" && measure.scale.max <= measure.scale.min) {
      found.push(
        error("achievement", `${path}.measure.scale.max`, "the scale has no length", "give both ends of the scale"),
      );
    }
    if (measure.achievement === undefined) return found;
    const { threshold, benchmark } = measure.achievement;
    const ordered = direction === "higher" ? threshold < benchmark : threshold > benchmark;
    if (!ordered) {
      const message = `from ${threshold} to ${benchmark} is not ${direction}`;
      found.push(
        error(
          "achievement",
          `${path}.measure.achievement.benchmark`,
          message,
          "put the benchmark on the better side of the threshold",
        ),
      );
    }
    if (measure.kind === "telemetry") return found;
    const { min, max } = measure.scale;
    const off = [threshold, benchmark].some((value) => value < min || value > max);
    if (!off) return found;
    return [
      ...found,
      error(
        "achievement",
        `${path}.measure.achievement`,
        `points lie outside the scale of ${min} to ${max}`,
        "keep them on the scale",
      ),
    ];
  });

/** Baselines and smallest changes, in the measure's unit. */
export const changes: Check = ({ criteria }) =>
  criteria.flatMap((criterion, i) => {
    const { measure } = criterion;
    if (measure === undefined) return [];
    return [...smallestChange(criterion, measure, `criteria[${i}]`), ...baseline(criterion, measure, `criteria[${i}]`)];
  });

function smallestChange({ id, smallestChange: change }: CriterionDraft, measure: Measure, path: string): Finding[] {
  if (change === undefined) return [];
  const at = `${path}.smallestChange.amount`;
  if (change.amount <= 0) {
    return [error("smallest-change", at, `any change of "${id}" would count, noise too`, "give an amount above 0")];
  }
  const [low, high] = rangeOf(measure);
  if (change.amount <= high - low || high <= low) return [];
  const message = `${change.amount} ${unitOf(measure)} is more than lies between no points and all of them, ${high - low}`;
  return [error("smallest-change", at, message, "give an amount that can happen")];
}

function baseline({ id, baseline: compared, direction }: CriterionDraft, measure: Measure, path: string): Finding[] {
  if (compared?.kind !== "value") return [];
  const at = `${path}.baseline.value`;
  const { value } = compared;
  const ends =
    measure.kind === "judged" ? [0, 10_000] : measure.kind === "items" ? [measure.scale.min, measure.scale.max] : null;
  if (ends !== null && (value < ends[0]! || value > ends[1]!)) {
    return [
      error(
        "baseline",
        at,
        `${value} is no ${unitOf(measure)} from ${ends[0]} to ${ends[1]}`,
        "give it in the measure's unit",
      ),
    ];
  }
  const [low, high] = rangeOf(measure);
  const full = direction === "lower" ? value <= low : value >= high;
  if (!full || high <= low) return [];
  return [
    warning(
      "baseline",
      at,
      `"${id}" starts where points are full, so nothing is left to gain`,
      "move the benchmark, or say what is paid for",
    ),
  ];
}
