import type { Hex } from "viem";
import type { CriteriaDocument } from "../criteria/document.ts";
import { rangeOf } from "../criteria/measure.ts";
import type { Level } from "../statistics/level.ts";
import { cellsOf, scoreProviders, type Cell, type ProviderScore } from "./score.ts";
import type { Estimate } from "./group.ts";
import type { Answer, Quote } from "./unit.ts";

const WHOLE = 10_000;

/** What was answered to one question over a provider's sources. */
export interface QuestionFeedback {
  readonly question: string;
  readonly text: string;
  /** Sources by the answer found in them. */
  readonly answers: Readonly<Record<Answer, number>>;
  /** Words the answers rest on that may be shown, each with its answer: of public sources, or of the reader's own. */
  readonly quotes: readonly (SourcedQuote & { readonly answer: Answer })[];
}

/** A quote, and the item it stands in as far as that is told. */
export type SourcedQuote = Quote & { readonly source?: Hex };

/** What a provider is told about a criterion that is not held out. Basis points. */
export interface CriterionFeedback {
  readonly criterion: string;
  readonly statement: string;
  readonly payable: number | null;
  readonly questions: readonly QuestionFeedback[];
  /** Groups of sources that said nothing, as the criterion describes them. */
  readonly missing: readonly string[];
  /** The group that holds the criterion where it is: the others reach at least as far. `null` where none does. */
  readonly heldBy: string | null;
  /**
   * By how much the whole score would be higher had every group reached one smallest change more, all else the same; `null` where
   * the provider would still abstain.
   */
  readonly gain: number | null;
}

/** A verdict as feedback counts it. */
export interface SeenRuling {
  readonly criterion: string;
  readonly question: string;
  readonly answer: Answer;
  /** Those that may be shown to the provider. */
  readonly quotes: readonly SourcedQuote[];
}

export interface FeedbackOrder {
  readonly document: CriteriaDocument;
  readonly providers: number;
  /** All providers' cells, as `scoreProviders` takes them. */
  readonly estimates: readonly Estimate[];
  readonly level: Level;
  readonly provider: number;
  readonly rulings: readonly SeenRuling[];
}

/** What a provider is told, the criterion that would raise its score most first; in the document's order where they are alike. */
export function feedbackFor(order: FeedbackOrder): CriterionFeedback[] {
  const { document, providers, estimates, level, provider } = order;
  const now = scoreProviders(document, providers, estimates, level)[provider]!;
  const told = document.criteria.map((criterion, i): CriterionFeedback => {
    const own = now.criteria[i]!;
    const silent = own.groups.filter(({ estimate }) => estimate === null).map(({ group }) => group);
    return {
      criterion: criterion.id,
      statement: criterion.statement,
      payable: own.payable,
      questions: questionsOf(order, criterion.id),
      missing: criterion.sources.filter(({ group }) => silent.includes(group)).map(({ what }) => what),
      heldBy: holderOf(own),
      gain: gainOf(order, criterion.id, now),
    };
  });
  return told.sort((one, other) => (other.gain ?? -1) - (one.gain ?? -1));
}

function questionsOf({ document, rulings }: FeedbackOrder, id: string): QuestionFeedback[] {
  const { measure } = document.criteria.find((one) => one.id === id)!;
  if (measure.kind !== "judged") return [];
  return measure.questions.map(({ id: question, text }) => {
    const own = rulings.filter((one) => one.criterion === id && one.question === question);
    const count = (answer: Answer): number => own.filter((one) => one.answer === answer).length;
    return {
      ...{ question, text },
      answers: { met: count("met"), "not-met": count("not-met"), insufficient: count("insufficient") },
      quotes: own.flatMap(({ answer, quotes }) => quotes.map((quote) => ({ ...quote, answer }))),
    };
  });
}

/** The second highest group: what two groups reach is what it reaches. */
function holderOf({ groups }: ProviderScore["criteria"][number]): string | null {
  const known = groups.flatMap(({ group, bound }) => (bound === null ? [] : [{ group, bound }]));
  return known.sort((one, other) => other.bound - one.bound)[1]?.group ?? null;
}

function gainOf(order: FeedbackOrder, id: string, now: ProviderScore): number | null {
  const { document, providers, estimates, level, provider } = order;
  const cells = cellsOf(document);
  const raised = estimates.map((estimate, i) => {
    const cell = cells[i % cells.length]!;
    const concerned = Math.floor(i / cells.length) === provider && cell.criterion.id === id;
    return concerned ? better(cell, estimate) : estimate;
  });
  const then = scoreProviders(document, providers, raised, level)[provider]!;
  return then.payable.score === null ? null : Math.max(0, then.payable.score - (now.payable.score ?? 0));
}

/** One smallest change more, in basis points of the measure's range where it has another unit. */
function better({ criterion, group }: Cell, estimate: Estimate): Estimate {
  if (group === null || estimate.score === null) return estimate;
  return { ...estimate, score: Math.min(WHOLE, estimate.score + stepOf(criterion)) };
}

function stepOf({ measure, smallestChange }: Cell["criterion"]): number {
  const [low, high] = rangeOf(measure);
  return high === low ? 0 : Math.min(WHOLE, Math.ceil((Math.abs(smallestChange.amount) * WHOLE) / (high - low)));
}
