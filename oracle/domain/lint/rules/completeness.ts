import { DECISIONS } from "../../criteria/criterion.ts";
import { DOCUMENT_DECISIONS } from "../../criteria/document.ts";
import { wordCount } from "../../criteria/phrases.ts";
import { plainText } from "../../plain-text.ts";
import { error, pathText, warning, type Check, type Finding } from "../finding.ts";

/** How each decision is made. */
const HOW: Record<(typeof DECISIONS)[number] | (typeof DOCUMENT_DECISIONS)[number], string> = {
  direction: 'write "higher" or "lower"',
  weight: "give its share of the total in basis points",
  sources: "list at least two sources of different types and from different hands",
  guard: "give a floor, a veto, or why there is none",
  baseline: "give the value it is compared with, the first round, or why there is none",
  smallestChange: "give the smallest change that people would notice, and where that is known from",
  window: "give the days of the round from which evidence counts",
  stratum: "name strata of cases that are comparable, or why none are needed",
  measure: "give questions, questionnaire items or a figure",
  roundDays: "give the length of a round in days",
  assessmentDays: "give the days after a round within which it is assessed",
  abstention: "say how much may abstain, and how many interviews there must be",
  confidenceBps: "give the confidence of the interval whose lower end is paid, in basis points",
};

/** Decisions that are still open. */
export const missing: Check = (document) => [
  ...DOCUMENT_DECISIONS.filter((name) => document[name] === undefined).map((name) =>
    error("missing", name, `${name} is not decided`, HOW[name]),
  ),
  ...(document.criteria.length === 0
    ? [error("missing", "criteria", "there are no criteria", "write down at least one")]
    : []),
  ...document.criteria.flatMap((criterion, i) =>
    DECISIONS.filter((name) => criterion[name] === undefined).map((name) =>
      error("missing", `criteria[${i}].${name}`, `${name} of "${criterion.id}" is not decided`, HOW[name]),
    ),
  ),
];

/** Criteria that nobody stands behind. */
export const unconfirmed: Check = ({ criteria }) => {
  const drafts = criteria.flatMap(({ id, state }, i) =>
    state.kind === "draft"
      ? [
          error(
            "unconfirmed",
            `criteria[${i}].state`,
            `"${id}" is a draft that nobody confirmed`,
            "have buyers read and confirm it",
          ),
        ]
      : [],
  );
  const ready = criteria.findIndex(({ state }) => state.kind === "template");
  if (ready === -1) return drafts;
  const message = "criteria of a template are nobody's yet";
  return [
    ...drafts,
    warning("unconfirmed", `criteria[${ready}].state`, message, "have the buyers of this pool read and confirm them"),
  ];
};

/** Words that hold the place of a text. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  "todo",
  "tbd",
  "tba",
  "xxx",
  "n/a",
  "na",
  "none",
  "-",
  "–",
  "?",
  "...",
  "…",
]);

/** Fewest words of a reason. */
const REASON_WORDS = 4;

/** Texts that say nothing, wherever they stand. */
export const blank: Check = (document) => texts(document, []).flatMap(([path, text]) => textFindings(path, text));

function textFindings(path: readonly PropertyKey[], text: string): Finding[] {
  const at = pathText(path);
  const shown = text.trim();
  const open = shown === "" || PLACEHOLDERS.has(shown.toLowerCase());
  if (open)
    return [error("blank", at, "the text says nothing", "write it, or take the property out where it may be left out")];
  if (plainText(text) !== text) {
    return [
      error(
        "blank",
        at,
        "the text holds characters that nobody sees or that have another form",
        "write it in plain characters (NFKC)",
      ),
    ];
  }
  if (!isReason(path) || wordCount(text) >= REASON_WORDS) return [];
  return [error("thin-reason", at, `"${shown}" is no reason`, `say why, in at least ${REASON_WORDS} words`)];
}

function isReason(path: readonly PropertyKey[]): boolean {
  const name = path.at(-1);
  const guidance = path.includes("guidance");
  return !guidance && (name === "reason" || name === "because" || name === "singleSourceReason");
}

/** Every text of a document but those that say which of several forms something has; `none` is one of them. */
function texts(value: unknown, path: readonly PropertyKey[]): [readonly PropertyKey[], string][] {
  if (typeof value === "string") return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((one, i) => texts(one, [...path, i]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === "kind" ? [] : texts(one, [...path, key])));
}
