import { lowerMedian } from "../statistics/median.ts";
import type { Answer } from "./unit.ts";
import type { Verdict } from "./verdict.ts";

/** What judges made of words: a score, and an answer to each question. */
export interface WordsFound {
  /** Basis points; `null` where they abstained. */
  readonly score: number | null;
  readonly answers: ReadonlyMap<string, Answer>;
  /** Whether no judge answered: there is none, or its endpoint gave nothing. */
  readonly unanswered: boolean;
}

/** Of a source that has no words under a criterion. */
export const NO_WORDS: WordsFound = { score: null, answers: new Map(), unanswered: false };
/** Of words that nobody judged. */
export const UNJUDGED: WordsFound = { ...NO_WORDS, unanswered: true };

/**
 * Joins what a node's judges found about one unit: a score where more than half of them have one, their lower median; an answer where
 * more than half of them gave it.
 */
export function joinJudges(verdicts: readonly Pick<Verdict, "score" | "rulings" | "abstention">[]): WordsFound {
  const silent = verdicts.filter(({ abstention }) => abstention === "no-answer").length;
  const scores = verdicts.flatMap(({ score }) => (score === null ? [] : [score]));
  const counts = new Map<string, Map<Answer, number>>();
  for (const { question, answer } of verdicts.flatMap(({ rulings }) => rulings)) {
    const own = counts.get(question) ?? new Map<Answer, number>();
    counts.set(question, own.set(answer, (own.get(answer) ?? 0) + 1));
  }
  const answers = [...counts].map(([question, own]): [string, Answer] => {
    const most = [...own].find(([, count]) => count * 2 > verdicts.length);
    return [question, most?.[0] ?? "insufficient"];
  });
  const score = scores.length * 2 > verdicts.length ? lowerMedian(scores) : null;
  return { score, answers: new Map(answers), unanswered: silent * 2 >= verdicts.length };
}

/**
 * Joins the parts of one source under one criterion: the mean score of those that have one, rounded down; a question is met where it
 * is in any part, else not met where it is in any.
 */
export function joinParts(parts: readonly WordsFound[]): WordsFound {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const scores = parts.flatMap(({ score }) => (score === null ? [] : [score]));
  const answers = new Map<string, Answer>();
  for (const rank of ["insufficient", "not-met", "met"] as const) {
    for (const part of parts)
      for (const [question, answer] of part.answers) if (answer === rank) answers.set(question, rank);
  }
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const unanswered = parts.every((part) => part.unanswered);
  return { score: scores.length === 0 ? null : Math.floor(mean), answers, unanswered };
}
