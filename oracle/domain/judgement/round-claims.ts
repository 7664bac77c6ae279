import type { Criterion } from "../criteria/criterion.ts";
import type { CriteriaDocument } from "../criteria/document.ts";
import { lowerMedian } from "../statistics/median.ts";
import { toBasisPoints } from "../statistics/combine.ts";
import { standardise } from "../statistics/strata.ts";
import { estimateOf, NOTHING, voiceScore, type Estimate, type Voice } from "./group.ts";
import type { RoundSource } from "./round-sources.ts";
import { roundUnits, unitKey } from "./round-units.ts";
import { cellsOf, SAMPLED, type Cell } from "./score.ts";
import { joinParts, NO_WORDS, UNJUDGED, type WordsFound } from "./words.ts";

/** What a node's judges found, by the key of the unit; units that are not there abstain. */
export type FoundWords = ReadonlyMap<string, WordsFound>;

const MOST = 0xffff;
const WHOLE = 10_000;

/** What a node claims of a round: for each provider all cells, provider by provider. */
export function claimsOf(
  document: CriteriaDocument,
  providers: number,
  sources: readonly RoundSource[],
  found: FoundWords,
): Estimate[] {
  const cells = cellsOf(document);
  const words = wordsBySource(document, sources, found);
  const byProvider = Array.from({ length: providers }, (_, provider) =>
    sources.filter((source) => source.provider === provider && source.weight > 0),
  );
  const columns = cells.map((cell) => columnFor(cell, byProvider, words));
  return byProvider.flatMap((_, provider) => columns.map((column) => column[provider]!));
}

/** Units each provider delivered: the lower median of what senders other than providers say, 0 where nobody does. */
export function unitsDelivered(providers: number, sources: readonly RoundSource[]): number[] {
  return Array.from({ length: providers }, (_, provider) => {
    const said = sources.flatMap((source) => {
      const counts = source.provider === provider && source.group !== "provider";
      return counts && source.units !== null ? [source.units] : [];
    });
    return said.length === 0 ? 0 : lowerMedian(said);
  });
}

type WordsBySource = (source: RoundSource, criterion: Criterion) => WordsFound;

function wordsBySource(document: CriteriaDocument, sources: readonly RoundSource[], found: FoundWords): WordsBySource {
  const parts = new Map<string, WordsFound[]>();
  for (const { unit, key } of roundUnits(sources, document)) {
    const name = unitKey(unit.source, unit.criterion.id, 0);
    const own = parts.get(name) ?? [];
    parts.set(name, own);
    own.push(found.get(key) ?? UNJUDGED);
  }
  return ({ source }, { id }) => joinParts(parts.get(unitKey(source, id, 0)) ?? [NO_WORDS]);
}

/** Estimates of all providers in one cell. */
function columnFor(
  { criterion, group }: Cell,
  byProvider: readonly (readonly RoundSource[])[],
  words: WordsBySource,
): Estimate[] {
  const named = byProvider.map((sources) => sources.filter((one) => isNamedBy(criterion, one)));
  if (group === null) return named.map((sources) => vetoOf(criterion, sources, words));
  const voices = named.map((sources) => {
    return sources.filter((one) => one.group === group).map((source) => voiceOf(source, criterion, words));
  });
  const estimates = voices.map((own) => bounded(estimateOf(own)));
  return group === SAMPLED && criterion.stratum.kind === "strata" ? atPoolMix(estimates, voices) : estimates;
}

interface StratifiedVoice extends Voice {
  readonly stratum: string;
}

function voiceOf(source: RoundSource, criterion: Criterion, words: WordsBySource): StratifiedVoice {
  const { score: said, unanswered } = words(source, criterion);
  return {
    items: source.items.get(criterion.id) ?? null,
    words: said,
    weight: source.weight,
    // What a provider sends of its own must not turn missing evidence into an abstention.
    unanswered: unanswered && source.group !== "provider",
    stratum: source.stratum ?? "",
  };
}

function bounded({ score, count, spread }: Estimate): Estimate {
  return { score, count: Math.min(MOST, count), spread: Math.min(MOST, spread) };
}

/** The same estimates at the pool's mix of strata: nobody gains by serving easy cases. Counts and spreads stay those of the voices. */
function atPoolMix(estimates: readonly Estimate[], voices: readonly (readonly StratifiedVoice[])[]): Estimate[] {
  const results = voices.map((own) => {
    const scores = new Map<string, number[]>();
    for (const voice of own) {
      const score = voiceScore(voice);
      if (score !== null) scores.set(voice.stratum, [...(scores.get(voice.stratum) ?? []), score]);
    }
    return [...scores].map(([stratum, of]) => {
      return { stratum, n: of.length, mean: of.reduce((sum, score) => sum + score, 0) / of.length / WHOLE };
    });
  });
  return standardise(results).map(({ score }, i) => {
    const estimate = estimates[i]!;
    if (estimate.score === null) return estimate;
    return score === null ? NOTHING : { ...estimate, score: toBasisPoints(score) };
  });
}

/** Whether a criterion rests on such a source; an interview also speaks where it names the person's fixed answers only. */
export function isNamedBy({ sources }: Pick<Criterion, "sources">, { type, group }: RoundSource): boolean {
  return sources.some(
    (one) =>
      one.group === group &&
      (one.type === type || (one.type === "participant-item" && type === "participant-interview")),
  );
}

/**
 * A veto: 0 where sources of at least two groups say that one of its questions is met, 10,000 where nobody but one group does, and
 * nothing where nobody answers any. So no group by itself can end a provider's pay, and none can silence a guard. Of the people
 * who were asked, more than half of those who answer a question must say so.
 */
function vetoOf(criterion: Criterion, sources: readonly RoundSource[], words: WordsBySource): Estimate {
  const { guard } = criterion;
  if (guard.kind !== "veto") return NOTHING;
  const answering = new Set<RoundSource>();
  const groupsSay = guard.questions.map((question) => {
    const met = new Map<string, { yes: number; no: number }>();
    for (const source of sources) {
      const answer = words(source, criterion).answers.get(question) ?? "insufficient";
      if (answer === "insufficient") continue;
      answering.add(source);
      const own = met.get(source.group) ?? { yes: 0, no: 0 };
      met.set(source.group, own);
      own[answer === "met" ? "yes" : "no"] += 1;
    }
    return [...met].filter(([group, { yes, no }]) => (group === SAMPLED ? yes > no : yes > 0)).length;
  });
  if (answering.size === 0) return NOTHING;
  const score = groupsSay.some((groups) => groups >= 2) ? 0 : 10_000;
  return { score, count: Math.min(MOST, answering.size), spread: 0 };
}
