import type { CriterionDraft } from "../../criteria/criterion.ts";
import { spaced } from "../../criteria/phrases.ts";
import { error, warning, type Check, type Finding } from "../finding.ts";
import { wordingProblems } from "./wording.ts";

/** Questions of a judged criterion. */
const MIN_QUESTIONS = 2;
const MAX_QUESTIONS = 7;

/** Questions of a document: more than people can talk about in one interview, and than anybody reads. */
const MANY_IN_ALL = 40;
const MAX_IN_ALL = 80;

type Judged = Extract<CriterionDraft["measure"], { kind: "judged" }>;

interface Asked {
  readonly id: string;
  readonly path: string;
  readonly measure: Judged;
}

/** How questions are put, how many there are, and what they look for. */
export const questions: Check = ({ criteria, language }) => {
  const asked = criteria.flatMap(({ id, measure }, i): Asked[] =>
    measure?.kind === "judged" ? [{ id, path: `criteria[${i}].measure`, measure }] : [],
  );
  const english = language === "en" || language.startsWith("en-");
  return [
    ...asked.flatMap((one) => [...counts(one), ...balance(one), ...guidance(one)]),
    ...(english ? asked.flatMap(wording) : unchecked(asked)),
    ...repeated(asked),
    ...total(asked),
  ];
};

function counts({ id, path, measure }: Asked): Finding[] {
  const count = measure.questions.length;
  if (count >= MIN_QUESTIONS && count <= MAX_QUESTIONS) return [];
  const fix =
    count < MIN_QUESTIONS ? "split it into small questions" : "keep those that matter most, or make two criteria of it";
  return [
    error(
      "question-count",
      `${path}.questions`,
      `"${id}" has ${count} questions, not ${MIN_QUESTIONS} to ${MAX_QUESTIONS}`,
      fix,
    ),
  ];
}

function balance({ id, path, measure }: Asked): Finding[] {
  if (measure.questions.length === 0 || measure.questions.some(({ met }) => met === "bad")) return [];
  const fix = "add one about what got worse, or did not help";
  return [warning("question-balance", `${path}.questions`, `"${id}" looks for good things only`, fix)];
}

function guidance({ path, measure }: Asked): Finding[] {
  return (measure.guidance ?? []).flatMap(({ question }, g) =>
    measure.questions.some(({ id }) => id === question)
      ? []
      : [
          error(
            "guidance",
            `${path}.guidance[${g}].question`,
            `there is no question ${question}`,
            "name one of this criterion",
          ),
        ],
  );
}

function wording({ path, measure }: Asked): Finding[] {
  return measure.questions.flatMap(({ text }, q) =>
    wordingProblems(text).map(({ severity, message, fix }): Finding => ({
      rule: "question",
      severity,
      path: `${path}.questions[${q}].text`,
      message,
      fix,
    })),
  );
}

function unchecked(asked: readonly Asked[]): Finding[] {
  if (asked.length === 0) return [];
  const message = "rules of wording are for English, so nothing of it is checked here";
  return [
    warning("language", "language", message, "have two people read every question for what the rules would find"),
  ];
}

function repeated(asked: readonly Asked[]): Finding[] {
  const seen = new Set<string>();
  return asked.flatMap(({ path, measure }) =>
    measure.questions.flatMap(({ text }, q) => {
      const key = spaced(text);
      if (seen.has(key))
        return [error("question", `${path}.questions[${q}].text`, "it is asked already", "ask it once")];
      seen.add(key);
      return [];
    }),
  );
}

function total(asked: readonly Asked[]): Finding[] {
  const count = asked.reduce((sum, { measure }) => sum + measure.questions.length, 0);
  if (count <= MANY_IN_ALL) return [];
  const severity = count > MAX_IN_ALL ? error : warning;
  return [
    severity(
      "question-count",
      "criteria",
      `there are ${count} questions in all`,
      `keep to ${MANY_IN_ALL}, at most ${MAX_IN_ALL}`,
    ),
  ];
}
