import { combinationRules, vetoName } from "../criteria/rules.ts";
import type { Criterion } from "../criteria/criterion.ts";
import type { CriteriaDocument } from "../criteria/document.ts";
import { cautiousBound } from "../statistics/bound.ts";
import { combine, toBasisPoints, type Combined } from "../statistics/combine.ts";
import type { Level } from "../statistics/level.ts";
import { shrinkSamples, type Shrunk } from "../statistics/shrinkage.ts";
import type { Estimate } from "./group.ts";
import { supportedScore } from "./support.ts";

const WHOLE = 10_000;

/** Group of the people who were asked: a sample, so drawn towards the others and bounded. What other groups say is taken as it is. */
export const SAMPLED = "participant";

/** What a claim is about, beside the provider: a group of sources under a criterion, or the criterion's veto. */
export interface Cell {
  readonly criterion: Criterion;
  /** `null`: the veto, whose score is 10,000 where none of its questions is met, 0 where one is, `null` where that is not known. */
  readonly group: string | null;
}

/** Everything claimed about one provider, in this order: criterion by criterion its groups as its sources first name them, its veto. */
export function cellsOf({ criteria }: CriteriaDocument): Cell[] {
  return criteria.flatMap((criterion) => [
    ...groupsOf(criterion).map((group) => ({ criterion, group })),
    ...(criterion.guard.kind === "veto" ? [{ criterion, group: null }] : []),
  ]);
}

export function groupsOf({ sources }: Pick<Criterion, "sources">): string[] {
  return [...new Set(sources.map(({ group }) => group))];
}

/** What came of one criterion for one provider. Basis points; `null` where nothing is known. */
export interface CriterionScore {
  readonly id: string;
  readonly groups: readonly {
    readonly group: string;
    readonly count: number;
    readonly estimate: number | null;
    /** The cautious end. */
    readonly bound: number | null;
    /** Whether there is evidence that no judge answered about. */
    readonly unanswered: boolean;
  }[];
  readonly estimate: number | null;
  readonly payable: number | null;
}

/** What came of one provider. Basis points. */
export interface ProviderScore {
  readonly criteria: readonly CriterionScore[];
  /** What is paid on now, and how it came about; its score is `null` where the provider abstains. */
  readonly payable: Combined;
  /** By how much the estimate is above what is paid on now: for a follow-up round. */
  readonly heldBack: number;
}

/**
 * Scores all providers from what all nodes' claims amount to.
 * Under each criterion, people's scores are shrunk towards those of all providers and bounded at the document's confidence; then as far
 * as two groups reach counts, where there is one group alone no more than the baseline, or all where the criterion gives a reason for a
 * single source. A criterion abstains where only one group says something because no judge answered about another. Estimates and bounds are joined by the document's weights, floors and vetoes.
 * @param estimates for each provider all cells, provider by provider
 * @param level the document's confidence
 * @throws RangeError where there are not as many estimates as cells
 */
export function scoreProviders(
  document: CriteriaDocument,
  providers: number,
  estimates: readonly Estimate[],
  level: Level,
): ProviderScore[] {
  const cells = cellsOf(document);
  if (estimates.length !== cells.length * providers) {
    throw new RangeError(`${estimates.length} estimates for ${providers} providers of ${cells.length} cells`);
  }
  const of = (provider: number, cell: number): Estimate => estimates[provider * cells.length + cell]!;
  const columns = cells.map(({ group }, cell) => {
    const column = Array.from({ length: providers }, (_, provider) => of(provider, cell));
    return group === SAMPLED ? sampled(column, document.abstention.minInterviews, level) : column.map(taken);
  });
  return Array.from({ length: providers }, (_, provider) => {
    const known = cells.map((cell, i) => {
      const { score, count } = of(provider, i);
      return { ...cell, ...columns[i]![provider]!, count, unanswered: score === null && count > 0 };
    });
    return scoreOf(document, known);
  });
}

interface Known {
  readonly estimate: number | null;
  readonly bound: number | null;
}

const taken = ({ score }: Estimate): Known => ({ estimate: score, bound: score });

/** Shrunk and bounded, with whoever has too few interviews left out of it all. */
function sampled(column: readonly Estimate[], least: number, level: Level): Known[] {
  const samples = column.map(({ score, count, spread }) => {
    if (score === null || count < Math.max(1, least)) return { n: 0, mean: null, variance: null };
    const mean = score / WHOLE;
    // What is claimed is the spread of the voices themselves; a sample's variance has n − 1 below.
    const most = mean * (1 - mean);
    const variance = Math.min((spread / WHOLE) * (spread / WHOLE), most);
    return { n: count, mean, variance: count < 2 ? null : (variance * count) / (count - 1) };
  });
  return shrinkSamples(samples).providers.map((one: Shrunk | null) => {
    if (one === null) return { estimate: null, bound: null };
    return { estimate: toBasisPoints(one.mean), bound: toBasisPoints(cautiousBound(one, level)) };
  });
}

function scoreOf(
  document: CriteriaDocument,
  known: readonly (Cell & Known & { readonly count: number; readonly unanswered: boolean })[],
): ProviderScore {
  const criteria = document.criteria.map((criterion): CriterionScore => {
    const own = known.filter((one) => one.criterion === criterion && one.group !== null);
    const groups = own.map(({ group, count, estimate, bound, unanswered }) => {
      return { group: group!, count, estimate, bound, unanswered };
    });
    const waits = groups.some((one) => one.unanswered) && groups.filter(({ bound }) => bound !== null).length === 1;
    const joined = (part: "estimate" | "bound"): number | null =>
      waits
        ? null
        : supportedScore(
            groups.map((one) => ({ type: one.group, estimate: { score: one[part] } })),
            aloneLimit(criterion),
          );
    return { id: criterion.id, groups, estimate: joined("estimate"), payable: joined("bound") };
  });
  const vetoes = new Map(known.flatMap((one) => (one.group === null ? [[one.criterion.id, one.estimate]] : [])));
  const rules = combinationRules(document.criteria);
  const whole = (part: "estimate" | "payable"): Combined => {
    const scores = new Map(criteria.map((one) => [one.id, one[part]]));
    const byRule = rules.map(({ name }) => {
      const score = scores.has(name) ? scores.get(name)! : vetoOf(name, vetoes);
      return score === null ? null : score / WHOLE;
    });
    return combine(rules, byRule, document.abstention.maxAbstainedBps / WHOLE);
  };
  const [payable, estimate] = [whole("payable"), whole("estimate")];
  return { criteria, payable, heldBack: Math.max(0, (estimate.score ?? 0) - (payable.score ?? estimate.score ?? 0)) };
}

function vetoOf(name: string, vetoes: ReadonlyMap<string, number | null>): number | null {
  const found = [...vetoes].find(([id]) => vetoName(id) === name);
  return found?.[1] ?? null;
}

/** What one group of sources may reach by itself. */
function aloneLimit({ singleSourceReason, baseline, measure }: Criterion): number {
  if (singleSourceReason !== undefined) return WHOLE;
  return baseline.kind === "value" && measure.kind === "judged"
    ? Math.max(0, Math.min(WHOLE, Math.floor(baseline.value)))
    : 0;
}
