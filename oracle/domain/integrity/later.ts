import { z } from "zod";
import type { Criterion } from "../criteria/criterion.ts";
import { InputError } from "../errors.ts";
import { checkReveals } from "../held-out.ts";
import { estimateOf } from "../judgement/group.ts";
import type { OpenedRound } from "../judgement/opened-round.ts";
import { roundSources } from "../judgement/round-sources.ts";
import { basisPointsSchema } from "../schema.ts";
import { findDrift, type DriftFinding, type DriftPair } from "./drift.ts";

/** What came out later of what a paid criterion stands for: by a held-out criterion, a late follow-up, people who looked. */
export const laterScoreSchema = z.strictObject({
  round: z.int().min(0),
  /** Id in the roster. */
  provider: z.string(),
  /** The paid criterion it is held against, or `total`. */
  criterion: z.string(),
  score: basisPointsSchema,
  /** What it was found by, for people. */
  by: z.string().min(1).max(200),
});
export type LaterScore = z.output<typeof laterScoreSchema>;

/** Stands for all paid criteria together, where a held-out one names none of them. */
export const TOTAL = "total";

/** What paid and later scores of a criterion say together. */
export interface CriterionDrift extends DriftFinding {
  readonly criterion: string;
  readonly by: string;
}

/**
 * Whether paid criteria still go with what they stand for, over all rounds of a season.
 * @throws InputError for a score of a round, provider or criterion that is not there, or one that is there twice
 */
export function driftOf(rounds: readonly OpenedRound[], later: readonly LaterScore[]): CriterionDrift[] {
  check(rounds, later);
  const kinds = new Map(later.map(({ criterion, by }) => [JSON.stringify([criterion, by]), { criterion, by }]));
  return [...kinds.values()].map(({ criterion, by }) => {
    const own = later.filter((one) => one.criterion === criterion && one.by === by);
    const history = rounds.map((round) => pairsOf(round, criterion, own));
    return { criterion, by, ...findDrift(history) };
  });
}

function pairsOf({ bundle, joint }: OpenedRound, criterion: string, later: readonly LaterScore[]): DriftPair[] {
  return bundle.spec.roster.flatMap(({ id }, provider): DriftPair[] => {
    const { criteria, payable } = joint.scores[provider]!;
    const paid = criterion === TOTAL ? payable.score : criteria.find((one) => one.id === criterion)!.payable;
    const found = later.find((one) => one.round === bundle.round && one.provider === id);
    return paid === null || found === undefined
      ? []
      : [{ provider: id, paid: paid / 10_000, later: found.score / 10_000 }];
  });
}

function check(rounds: readonly OpenedRound[], later: readonly LaterScore[]): void {
  const seen = new Set<string>();
  for (const { round, provider, criterion, by } of later) {
    const of = rounds.find(({ bundle }) => bundle.round === round);
    const fault = (field: string, value: string): InputError =>
      new InputError("a later score of what is not there", { field, value, limit: "what the season's bundles have" });
    if (of === undefined) throw fault("round", String(round));
    if (!of.bundle.spec.roster.some(({ id }) => id === provider)) throw fault("provider", provider);
    if (criterion !== TOTAL && !of.params.document.criteria.some(({ id }) => id === criterion)) {
      throw fault("criterion", criterion);
    }
    const key = JSON.stringify([round, provider, criterion, by]);
    if (seen.has(key)) throw new InputError("a later score is there twice", { value: key, limit: "each once" });
    seen.add(key);
  }
}

/**
 * Scores under held-out criteria that were revealed, as far as code can compute them from the evidence: from fixed answers and figures.
 * Held against each paid criterion that serves one of the same policies, else against all together. What needs a judge is not here.
 * @param reveals as the audit takes them; those that do not hold are passed over
 */
export function revealedScores(rounds: readonly OpenedRound[], reveals: readonly unknown[]): LaterScore[] {
  return rounds.flatMap((round) => {
    const { document } = round.params;
    return checkReveals(document, reveals).flatMap((outcome) =>
      outcome.kind === "revealed" ? scoresUnder(round, outcome.id, outcome.criterion) : [],
    );
  });
}

function scoresUnder({ bundle, params, items }: OpenedRound, place: string, criterion: Criterion): LaterScore[] {
  const { document } = params;
  const widened = { ...params, document: { ...document, criteria: [...document.criteria, criterion] } };
  const sources = roundSources(bundle.spec, widened, items);
  const kin = document.criteria.filter((one) => one.policies.some((policy) => criterion.policies.includes(policy)));
  const against = kin.length === 0 ? [TOTAL] : kin.map(({ id }) => id);
  return bundle.spec.roster.flatMap(({ id }, provider) => {
    const voices = sources.flatMap((source) => {
      const said = source.provider === provider ? (source.items.get(criterion.id) ?? null) : null;
      return said === null ? [] : [{ items: said, words: null, weight: source.weight }];
    });
    const { score } = estimateOf(voices);
    if (score === null) return [];
    return against.map((paid) => ({
      ...{ round: bundle.round, provider: id, criterion: paid, score },
      by: `held-out ${place}: ${criterion.id}`,
    }));
  });
}
