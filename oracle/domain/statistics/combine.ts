import { InputError } from "../errors.ts";
import { checkShare, checkWhole } from "./numbers.ts";

/** How one criterion counts. All its scores are 0 to 1 with more being better; who reads one the other way turns it first. */
export interface CriterionRule {
  readonly name: string;
  /** Whole number, 0 for a criterion that only guards a floor or veto. */
  readonly weight: number;
  /** A score under `below` keeps the whole from passing `cap`; 0 for nothing at all. Both 0 to 1. */
  readonly floor?: { readonly below: number; readonly cap: number };
  /** A score under this makes the whole 0. */
  readonly vetoBelow?: number;
}

/** The whole, and how it came about. */
export interface Combined {
  /** Basis points, rounded down; null where the provider abstains. */
  readonly score: number | null;
  /** The weighted mean before floors and vetoes, basis points rounded down; null where no judged criterion has weight. */
  readonly mean: number | null;
  /** Names of the criteria, in the order of the rules: whose veto or floor applied, and which were not judged. */
  readonly vetoedBy: readonly string[];
  readonly cappedBy: readonly string[];
  readonly abstained: readonly string[];
  /** Why the provider abstains; null where it has a score. */
  readonly reason: "guard not judged" | "too little judged" | null;
}

/** Part of all weight that may be unjudged where not said: a quarter. */
export const MAX_ABSTAINED = 0.25;

const BASIS_POINTS = 10_000n;
/** Scores are counted in billionths, to the nearest, so that 0.57 is 5,700 basis points and not 5,699 for a double's sake. */
const UNIT = 1e9;

/**
 * Joins a provider's criteria into one score. In this order:
 * 1. a judged score under its veto, or under a floor with cap 0, makes the whole 0, whatever else is unjudged;
 * 2. where a criterion with a floor or veto is not judged, the provider abstains: nobody gets past a guard by silencing it;
 * 3. where more than `maxAbstained` of all weight is not judged, or all of it, the provider abstains;
 * 4. else the weighted mean of the judged criteria, their weights standing for the rest, and not above the cap of any floor missed.
 * Exact in whole numbers, rounded down once, so it depends neither on the order of criteria nor on the machine.
 * @param scores one per rule, 0 to 1, null where not judged
 * @throws InputError for a name twice, another number of scores, a weight, score or limit out of range
 */
export function combine(
  rules: readonly CriterionRule[],
  scores: readonly (number | null)[],
  maxAbstained: number = MAX_ABSTAINED,
): Combined {
  check(rules, scores, maxAbstained);
  const criteria = rules.map((rule, i) => ({ rule, score: scores[i]! }));
  const judged = criteria.flatMap(({ rule, score }) => (score === null ? [] : [{ rule, score: billionths(score) }]));
  const abstained = criteria.filter(({ score }) => score === null).map(({ rule }) => rule);
  const vetoes = judged.filter(({ rule, score }) => rule.vetoBelow !== undefined && score < billionths(rule.vetoBelow));
  const missed = judged.filter(({ rule, score }) => rule.floor !== undefined && score < billionths(rule.floor.below));
  const mean = weightedMean(judged);
  const found = { mean, vetoedBy: namesOf(vetoes), cappedBy: namesOf(missed), abstained: abstained.map(nameOf) };
  const caps = missed.map(({ rule }) => toBasisPoints(rule.floor!.cap));
  if (vetoes.length > 0 || caps.includes(0)) return { ...found, score: 0, reason: null };
  if (abstained.some(isGuard)) return { ...found, score: null, reason: "guard not judged" };
  const unjudged = abstained.reduce((total, { weight }) => total + weight, 0);
  const all = rules.reduce((total, { weight }) => total + weight, 0);
  if (mean === null || unjudged > maxAbstained * all) return { ...found, score: null, reason: "too little judged" };
  return { ...found, score: Math.min(mean, ...caps), reason: null };
}

/** A score of 0 to 1 in basis points, rounded down after it was taken to the nearest billionth. */
export function toBasisPoints(score: number): number {
  return Number((billionths(score) * BASIS_POINTS) / BigInt(UNIT));
}

type Judged = { readonly rule: CriterionRule; readonly score: bigint };

function weightedMean(judged: readonly Judged[]): number | null {
  const weight = judged.reduce((total, { rule }) => total + BigInt(rule.weight), 0n);
  if (weight === 0n) return null;
  const weighted = judged.reduce((total, { rule, score }) => total + BigInt(rule.weight) * score, 0n);
  return Number((weighted * BASIS_POINTS) / (weight * BigInt(UNIT)));
}

function billionths(score: number): bigint {
  return BigInt(Math.round(checkShare(score, "score") * UNIT));
}

function isGuard({ floor, vetoBelow }: CriterionRule): boolean {
  return floor !== undefined || vetoBelow !== undefined;
}

function namesOf(judged: readonly Judged[]): string[] {
  return judged.map(({ rule }) => rule.name);
}

function nameOf({ name }: CriterionRule): string {
  return name;
}

function check(rules: readonly CriterionRule[], scores: readonly (number | null)[], maxAbstained: number): void {
  if (scores.length !== rules.length) {
    throw new InputError("wrong number of scores", { value: String(scores.length), limit: `${rules.length} criteria` });
  }
  checkShare(maxAbstained, "maxAbstained");
  const names = new Set<string>();
  for (const { name, weight, floor, vetoBelow } of rules) {
    if (names.has(name)) throw new InputError("the criterion occurs twice", { field: "name", value: name });
    names.add(name);
    checkWhole(weight, `${name}.weight`, 0, 1_000_000);
    if (vetoBelow !== undefined) checkShare(vetoBelow, `${name}.vetoBelow`);
    if (floor === undefined) continue;
    checkShare(floor.below, `${name}.floor.below`);
    checkShare(floor.cap, `${name}.floor.cap`);
  }
}
