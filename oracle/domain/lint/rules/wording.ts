import { findPhrase, spaced, wordCount } from "../../criteria/phrases.ts";

/** What is wrong with how a question is put, and how to mend it. */
export interface WordingProblem {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly fix: string;
}

/** First words of questions that yes or no answers. */
const BINARY = new Set(
  "am is are was were do does did has have had can could will would may might must should".split(" "),
);

/** Words that ask for more than yes or no. */
const OPEN = [
  "how much",
  "how many",
  "how far",
  "how often",
  "how well",
  "to what extent",
  "to what degree",
  "on a scale",
];

/** Joins of two questions. */
const JOINS = ["and", "or", "as well as", "but also", "and/or", "while also", "nor"];

const LEADING = [
  "don't you",
  "do you not",
  "doesn't it",
  "isn't it",
  "wouldn't you",
  "didn't it",
  "would you agree",
  "do you agree",
  "surely",
  "obviously",
  "clearly",
  "of course",
  "undoubtedly",
  "as expected",
  "as everybody knows",
  "admittedly",
  "fortunately",
  "unfortunately",
];

const COMPARATIVES = [
  "better",
  "worse",
  "more",
  "less",
  "fewer",
  "faster",
  "slower",
  "quicker",
  "higher",
  "lower",
  "cheaper",
  "easier",
  "harder",
  "safer",
  "stronger",
  "weaker",
  "greater",
  "larger",
  "bigger",
  "smaller",
  "longer",
  "shorter",
  "sooner",
  "happier",
  "healthier",
  "closer",
  "improved",
  "improve",
  "improvement",
  "increased",
  "reduced",
  "enhanced",
  "worsened",
];

/** Words that name what is compared with. */
const ANCHORS = [
  "than",
  "before",
  "since",
  "compared",
  "compared with",
  "compared to",
  "at the start",
  "baseline",
  "as it was",
];

const NO_COMPARISON = ["no longer", "any longer", "no more", "once more"];

const VAGUE = [
  "often",
  "regularly",
  "significantly",
  "substantially",
  "adequate",
  "adequately",
  "appropriate",
  "appropriately",
  "sufficient",
  "sufficiently",
  "reasonable",
  "reasonably",
  "high quality",
  "user friendly",
  "meaningful",
];

const NEGATIONS = ["not", "never", "no", "without", "cannot", "didn't", "doesn't", "wasn't", "isn't"];

const MAX_LENGTH = 240;

/**
 * Problems of a question's wording by stated rules for English. What stands in double quotes is somebody's words: there a join is
 * only a warning, and the other rules do not look.
 */
export function wordingProblems(text: string): WordingProblem[] {
  const own = text.replaceAll(/"[^"]*"|\u201c[^\u201d]*\u201d/g, " ");
  // A span is one thing, whatever joins its ends.
  const joined = own.replaceAll(/\bbetween [^,?]{1,40}? and /gi, "within ");
  const found: WordingProblem[] = [];
  const add = (severity: "error" | "warning", message: string, fix: string): void => {
    found.push({ severity, message, fix });
  };
  if (!isBinary(own))
    add(
      "error",
      "it cannot be answered by yes or no",
      "begin with is, did, has or the like, and end with one question mark",
    );
  const join = /\w\/\w/.test(own) ? "/" : findPhrase(joined, JOINS);
  if (join !== null)
    add("error", `"${join}" makes two questions of it`, "ask one thing; ask the other in a question of its own");
  else if (findPhrase(text, JOINS) !== null && own !== text) {
    add("warning", "what is quoted may be two things", "phrase it as one thing, or split it");
  }
  const leading = findPhrase(own, LEADING);
  if (leading !== null) add("error", `"${leading}" suggests the answer`, "leave it out");
  const comparative = comparativeIn(own);
  if (comparative !== null) add("error", `"${comparative}" compares with nothing`, "say than what, or since when");
  const vague = findPhrase(own, VAGUE);
  if (vague !== null) add("warning", `"${vague}" means something else to everybody`, "say what can be seen or counted");
  if (NEGATIONS.filter((word) => spaced(own).includes(` ${word} `)).length > 1) {
    add("warning", "two negations are easily misread", "ask what is there, not what is not");
  }
  if (text.length > MAX_LENGTH) add("warning", `it has ${text.length} characters`, `use at most ${MAX_LENGTH}`);
  if (wordCount(own) < 3) add("error", "it says too little to be answered", "name what is asked about");
  return found;
}

/** Whether a text is one question that begins, at once or after an opening clause, with a word that asks for yes or no. */
function isBinary(text: string): boolean {
  const trimmed = text.trim();
  if (!trimmed.endsWith("?") || trimmed.split("?").length !== 2) return false;
  if (findPhrase(trimmed, OPEN) !== null) return false;
  return trimmed.split(",").some((clause) => BINARY.has(spaced(clause).split(" ")[1] ?? ""));
}

function comparativeIn(text: string): string | null {
  const words = NO_COMPARISON.reduce((left, phrase) => left.replaceAll(` ${phrase} `, " "), spaced(text));
  const found = findPhrase(words, COMPARATIVES);
  return found === null || findPhrase(words, ANCHORS) !== null ? null : found;
}
