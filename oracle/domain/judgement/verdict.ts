import type { SheetAnswers } from "./judge.ts";
import type { Answer, JudgedCriterion, Quote } from "./unit.ts";

/** Why a unit has no score. */
export const ABSTENTIONS = [
  /** No quote was found verbatim. */
  "no-quotes",
  /** A call failed, or was not answered in the form asked for. */
  "no-answer",
  /** A decoy was answered wrongly: whoever answered was talked into something, or did not read. */
  "decoy",
  /** Fewer than half of the questions have an answer that all calls agree on. */
  "insufficient",
] as const;
export type Abstention = (typeof ABSTENTIONS)[number];

/** What a judge found about one question. */
export interface Ruling {
  readonly question: string;
  readonly answer: Answer;
  /** On which it rests in one call or another, each once. */
  readonly quotes: readonly Quote[];
}

/** What a judge found about a unit. */
export interface Verdict {
  readonly rulings: readonly Ruling[];
  /** Basis points: the share of answered questions whose answer is the good one, rounded down; `null` where it abstains. */
  readonly score: number | null;
  readonly abstention: Abstention | null;
}

/**
 * Joins the calls of a judgement. A question counts where every call gave the same answer, met or not met.
 * @param sheets one per call, `null` for one that failed
 */
export function verdictOf({ questions }: JudgedCriterion, sheets: readonly (SheetAnswers | null)[]): Verdict {
  const given = sheets.filter((sheet) => sheet !== null);
  if (given.length < sheets.length || given.length === 0) return abstain("no-answer");
  if (!given.every(({ awake }) => awake)) return abstain("decoy");
  const rulings = questions.map(({ id }) => rulingOf(id, given));
  const good = questions.filter(({ met }, i) => rulings[i]!.answer === (met === "good" ? "met" : "not-met")).length;
  const answered = rulings.filter(({ answer }) => answer !== "insufficient").length;
  if (answered * 2 < questions.length || answered === 0) return { rulings, score: null, abstention: "insufficient" };
  return { rulings, score: Math.floor((good * 10_000) / answered), abstention: null };
}

/** A verdict without anything found. */
export function abstain(abstention: Abstention): Verdict {
  return { rulings: [], score: null, abstention };
}

function rulingOf(question: string, sheets: readonly SheetAnswers[]): Ruling {
  const all = sheets.map(({ answers }) => answers.get(question)!);
  const [first] = all;
  const agreed = all.every(({ answer }) => answer === first!.answer);
  const quotes = [...new Map(all.flatMap((one) => one.quotes.map((quote) => [quote.text, quote]))).values()];
  return { question, answer: agreed ? first!.answer : "insufficient", quotes };
}
