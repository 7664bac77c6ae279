import { InputError } from "../errors.ts";
import { checkShare } from "./numbers.ts";

/** The middle value, the lower of the two where their number is even. @throws RangeError of nothing */
export function lowerMedian(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("nothing has no median");
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;
}

/** The middle value, the mean of the two where their number is even: without the tilt of `lowerMedian`, for comparisons. */
export function midMedian(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("nothing has no median");
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(values.length - 1) >> 1]! + sorted[values.length >> 1]!) / 2;
}

/**
 * Joins what all nodes say about one criterion of one provider: abstained (null) unless more than half of all nodes judged; else
 * the lower median of what was judged. It lies within what honest nodes judged as long as false ones are fewer than half of those that
 * judged: honest nodes that abstain weaken it, so of 7 with 3 false, none may.
 * @param scores one per node, 0 to 1, null where the node abstained
 */
export function medianScore(scores: readonly (number | null)[]): number | null {
  const judged = scores.filter((score) => score !== null).map((score) => checkShare(score, "score"));
  return judged.length * 2 > scores.length ? lowerMedian(judged) : null;
}

/**
 * Joins the nodes' scores criterion by criterion.
 * @param nodes one list per node, at least one, each with a score or null per criterion, in the same order of criteria
 */
export function medianScores(nodes: readonly (readonly (number | null)[])[]): (number | null)[] {
  const [first] = nodes;
  if (first === undefined) throw new RangeError("no node's scores to join");
  const odd = nodes.find(({ length }) => length !== first.length);
  if (odd !== undefined) {
    throw new InputError("wrong number of criteria", {
      value: String(odd.length),
      limit: `${first.length}, as others`,
    });
  }
  return first.map((_, criterion) => medianScore(nodes.map((scores) => scores[criterion]!)));
}
