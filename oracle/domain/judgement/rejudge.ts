import type { Hex } from "viem";
import { agreement } from "../statistics/agreement.ts";
import { krippendorffAlpha } from "../statistics/krippendorff.ts";
import { ANSWERS, type Answer } from "./unit.ts";
import type { Verdict } from "./verdict.ts";

/** A unit that a node's judge judged, and another judge after it, from the same prompts. */
export interface JudgedAgain {
  readonly node: Hex;
  readonly round: number;
  /** Family of the judge on record, and of the one who judged again. */
  readonly family: string;
  readonly again: string;
  readonly criterion: string;
  /** Ids, in the order of the document. */
  readonly questions: readonly string[];
  readonly first: Verdict;
  readonly second: Verdict;
}

/** How far scores agree. Parts and coefficients are `null` where there is nothing to compare, or nothing ever varies. */
export interface ScoreAgreement {
  readonly units: number;
  /** Units of which both judges have a score; the rest of the figures are about them. */
  readonly scored: number;
  /** Part with the same score. */
  readonly exact: number | null;
  /** Krippendorff's alpha with interval distances. */
  readonly alpha: number | null;
  /** Mean absolute difference, basis points. */
  readonly meanDifference: number | null;
  /** Units without a score, by the judge on record and by the one after it. */
  readonly withoutVerdict: { readonly first: number; readonly second: number };
}

/** How far answers to a question agree, where both judges came as far as answering. */
export interface QuestionAgreement {
  readonly question: string;
  readonly items: number;
  readonly exact: number | null;
  /** Cohen's. */
  readonly kappa: number | null;
  /** Krippendorff's, with nominal distances. */
  readonly alpha: number | null;
}

/** How far judges agree with themselves, or with others, over a season. */
export interface RejudgeReport {
  readonly all: ScoreAgreement;
  /** Each judge of each node against each judge after it, in the order in which they first come. */
  readonly judges: readonly (ScoreAgreement & {
    readonly node: Hex;
    readonly family: string;
    readonly again: string;
  })[];
  readonly criteria: readonly (ScoreAgreement & {
    readonly criterion: string;
    readonly questions: readonly QuestionAgreement[];
  })[];
}

/** Compares what judges found with what others found after them. Depends on nothing but the verdicts and their order. */
export function compareJudges(judged: readonly JudgedAgain[]): RejudgeReport {
  const judges = groupsOf(judged, ({ node, family, again }) => JSON.stringify([node, family, again]));
  return {
    all: scoreAgreement(judged),
    judges: judges.map((own) => {
      const { node, family, again } = own[0]!;
      return { node, family, again, ...scoreAgreement(own) };
    }),
    criteria: groupsOf(judged, ({ criterion }) => criterion).map((own) => ({
      criterion: own[0]!.criterion,
      ...scoreAgreement(own),
      questions: [...new Set(own.flatMap(({ questions }) => questions))].map((question) =>
        questionAgreement(question, own),
      ),
    })),
  };
}

function scoreAgreement(judged: readonly JudgedAgain[]): ScoreAgreement {
  const scores = judged.map(({ first, second }) => [first.score, second.score] as const);
  const differences = scores.flatMap(([one, other]) => (one === null || other === null ? [] : [Math.abs(one - other)]));
  const scored = differences.length;
  return {
    units: judged.length,
    scored,
    exact: scored === 0 ? null : differences.filter((difference) => difference === 0).length / scored,
    alpha: krippendorffAlpha(scores, "interval").alpha,
    meanDifference: scored === 0 ? null : differences.reduce((sum, one) => sum + one, 0) / scored,
    withoutVerdict: {
      first: scores.filter(([one]) => one === null).length,
      second: scores.filter(([, other]) => other === null).length,
    },
  };
}

function questionAgreement(question: string, judged: readonly JudgedAgain[]): QuestionAgreement {
  const own = judged.filter(({ questions }) => questions.includes(question));
  const answers = own.map(({ first, second }) => [answerOf(first, question), answerOf(second, question)] as const);
  const { items, raw, kappa } = agreement(
    answers.map(([one]) => one),
    answers.map(([, other]) => other),
  );
  const numbers = answers.map((pair) => pair.map((one) => (one === null ? null : ANSWERS.indexOf(one))));
  return { question, items, exact: raw, kappa, alpha: krippendorffAlpha(numbers, "nominal").alpha };
}

/** `null` where the judge abstained before it answered anything. */
function answerOf({ rulings }: Verdict, question: string): Answer | null {
  return rulings.find((ruling) => ruling.question === question)?.answer ?? null;
}

/** In the order in which the first of each comes. */
function groupsOf(judged: readonly JudgedAgain[], keyOf: (one: JudgedAgain) => string): JudgedAgain[][] {
  const groups = new Map<string, JudgedAgain[]>();
  for (const one of judged) {
    const group = groups.get(keyOf(one)) ?? [];
    groups.set(keyOf(one), group);
    group.push(one);
  }
  return [...groups.values()];
}
