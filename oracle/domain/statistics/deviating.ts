import { columnsOf, type Judgements } from "./effective-votes.ts";
import { midMedian } from "./median.ts";
import { checkRange, checkWhole, mean } from "./numbers.ts";

/** How far one judge is from the others. */
export interface JudgeDeviation {
  /** Column of the judge. */
  readonly judge: number;
  /** Items it judged that at least one other judged too. */
  readonly items: number;
  /** Mean absolute difference from the median of the others on these; null where there are fewer than `minItems`. */
  readonly deviation: number | null;
  readonly flagged: boolean;
}

/** When a judge is flagged. */
export interface DeviationRule {
  /** Fewest items to say anything. */
  readonly minItems: number;
  /** Nobody is flagged up to this deviation. */
  readonly tolerance: number;
  /** Nor up to so many times the median deviation of all judges. */
  readonly factor: number;
}

export const DEVIATION_RULE: DeviationRule = { minItems: 5, tolerance: 0.1, factor: 1.5 };

/**
 * Each judge's mean absolute deviation from the median of the others (the mean of the two middle ones where their number is even).
 * Flagged where it is above both `tolerance` and `factor` times the median deviation of all judges: so hard items, on which all are
 * apart, flag nobody. A flag is a reason to look, not a finding: who deviates may be the one who is right.
 */
export function judgeDeviations(judgements: Judgements, rule: DeviationRule = DEVIATION_RULE): JudgeDeviation[] {
  checkWhole(rule.minItems, "minItems", 1);
  checkRange(rule.tolerance, "tolerance", 0);
  checkRange(rule.factor, "factor", 1);
  const found = columnsOf(judgements).map((column, judge) => {
    const away = column.flatMap((value, item) => {
      const others = judgements[item]!.filter((other, place) => place !== judge && other !== null) as number[];
      return value === null || others.length === 0 ? [] : [Math.abs(value - midMedian(others))];
    });
    return { judge, items: away.length, deviation: away.length < rule.minItems ? null : mean(away) };
  });
  const known = found.flatMap(({ deviation }) => (deviation === null ? [] : [deviation]));
  const limit = known.length === 0 ? Infinity : Math.max(rule.tolerance, rule.factor * midMedian(known));
  return found.map((one) => ({ ...one, flagged: one.deviation !== null && one.deviation > limit }));
}
