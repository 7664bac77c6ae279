import type { CriteriaDraft } from "../criteria/document.ts";

/** Every rule, and what it asks for. */
export const RULES = {
  form: "the document has the properties of its format, of their types",
  missing: "people have decided everything that is theirs to decide",
  blank: "no text is empty or a placeholder, and none holds characters that nobody sees",
  "thin-reason": "a reason says why, in at least four words",
  id: "ids are readable, short and distinct",
  "policy-unmapped": "every policy of every card maps to a criterion",
  "policy-unknown": "criteria serve policies that exist",
  "policy-unasked": "where there are cards, every criterion serves a policy",
  "proxy-unnamed": "what stands for something else says what is really meant",
  "proxy-alone": "no policy is served by proxies alone",
  "independent-sources": "every criterion rests on two independent sources, or says why not",
  "source-group": "sources belong to whoever can shape them",
  "source-fit": "a criterion has the sources its measure needs",
  "text-only": "nothing is paid on the provider's own word alone",
  weights: "weights add up to 10,000, and each counts",
  guard: "a floor or veto can be reached, and some criterion has one",
  direction: "the direction fits the measure",
  baseline: "a baseline lies where providers can differ from it",
  "smallest-change": "the smallest change that counts is above 0 and can happen",
  window: "evidence is from within the round, late evidence from after it and in time",
  stratum: "strata are at least two, and distinct",
  achievement: "points begin before they are full, in the direction of good",
  question: "questions are for yes or no, ask one thing, suggest nothing and compare with something named",
  "question-count": "a judged criterion has 2 to 7 questions, the document not more than people can answer",
  "question-balance": "questions look for the bad too",
  guidance: "examples are about questions that are there",
  instrument: "instruments are known, used as their makers say, and their licence is stated",
  "held-out": "not too much is held out, and every commitment is there once",
  "unseen-drift": "something shows whether paid criteria still track what was meant",
  abstention: "scores abstain before too little is known",
  confidence: "payouts follow a cautious bound",
  version: "the first version replaces nothing, later ones do",
  language: "wording is checked in English only",
  unconfirmed: "people have confirmed the criteria",
} as const;

export type RuleName = keyof typeof RULES;

/** What is wrong with a document of criteria. Errors keep it out of pools; warnings are for people to weigh. */
export interface Finding {
  readonly rule: RuleName;
  readonly severity: "error" | "warning";
  /** Where, such as `criteria[2].window.endDay`. */
  readonly path: string;
  readonly message: string;
  /** How to mend it. */
  readonly fix: string;
}

/** A rule's findings about a document. Rules throw for no document of the right form. */
export type Check = (document: CriteriaDraft) => Finding[];

export function error(rule: RuleName, path: string, message: string, fix: string): Finding {
  return { rule, severity: "error", path, message, fix };
}

export function warning(rule: RuleName, path: string, message: string, fix: string): Finding {
  return { rule, severity: "warning", path, message, fix };
}

/** A path in the spelling of findings. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}
