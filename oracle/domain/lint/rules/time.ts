import type { CriteriaDraft } from "../../criteria/document.ts";
import type { CriterionDraft, Window } from "../../criteria/criterion.ts";
import { spaced } from "../../criteria/phrases.ts";
import { error, warning, type Check, type Finding } from "../finding.ts";

/** Windows of evidence within the round, late ones after them and in time for whatever they are paid in. */
export const windows: Check = (document) =>
  document.criteria.flatMap(({ window }, i) =>
    window === undefined ? [] : windowFindings(window, document, `criteria[${i}].window`),
  );

function windowFindings({ startDay, endDay, late }: Window, document: CriteriaDraft, path: string): Finding[] {
  const { roundDays, assessmentDays } = document;
  const found: Finding[] = [];
  if (endDay <= startDay)
    found.push(error("window", `${path}.endDay`, "the window is empty", "end it after it starts"));
  if (roundDays !== undefined && endDay > roundDays) {
    const message = `the window ends on day ${endDay}, the round on day ${roundDays}`;
    found.push(
      error("window", `${path}.endDay`, message, "end it within the round, or make what comes after a late window"),
    );
  }
  if (late === undefined) return found;
  if (late.endDay <= late.startDay) {
    found.push(error("window", `${path}.late.endDay`, "the late window is empty", "end it after it starts"));
  }
  if (late.startDay < endDay) {
    const message = "the late window starts before the first has ended";
    found.push(error("window", `${path}.late.startDay`, message, "look again later than that"));
  }
  if (late.settles === "later-round" || roundDays === undefined || assessmentDays === undefined) return found;
  const last = roundDays + assessmentDays;
  if (late.endDay <= last) return found;
  const message = `it ends on day ${late.endDay}, this round is assessed by day ${last}`;
  return [...found, error("window", `${path}.late.endDay`, message, "end it by then, or settle it in a later round")];
}

/** How cases are made comparable. */
export const strata: Check = ({ criteria }) =>
  criteria.flatMap(({ id, stratum }: CriterionDraft, i) => {
    if (stratum?.kind !== "strata") return [];
    const path = `criteria[${i}].stratum.names`;
    if (stratum.names.length < 2) {
      return [error("stratum", path, `"${id}" has fewer than two strata`, "name them, or none with a reason")];
    }
    if (new Set(stratum.names.map(spaced)).size < stratum.names.length) {
      return [error("stratum", path, `"${id}" names a stratum twice`, "name each once")];
    }
    return [];
  });

/** Most weight that may abstain before a warning: beyond it, a minority of criteria would decide. */
const HALF = 5000;

/** Fewest interviews whose mean says much of anything. */
const FEW_INTERVIEWS = 5;

/** Confidence below this is hardly cautious. */
const CAUTIOUS = 8000;

/** When a score abstains, and how cautiously it is paid. */
export const caution: Check = ({ abstention, confidenceBps, criteria }) => {
  const found: Finding[] = [];
  const interviewed = criteria.some(({ sources = [] }) => sources.some(({ group }) => group === "participant"));
  if (abstention !== undefined && abstention.maxAbstainedBps >= HALF) {
    const message = "a score stands although half or more of the weight abstains";
    found.push(warning("abstention", "abstention.maxAbstainedBps", message, `set it below ${HALF}`));
  }
  if (abstention !== undefined && interviewed && abstention.minInterviews === 0) {
    const message = "a criterion that rests on people stands although nobody was asked";
    found.push(error("abstention", "abstention.minInterviews", message, "ask for at least one interview"));
  } else if (abstention !== undefined && interviewed && abstention.minInterviews < FEW_INTERVIEWS) {
    const message = `${abstention.minInterviews} interviews leave much to chance`;
    found.push(
      warning(
        "abstention",
        "abstention.minInterviews",
        message,
        `ask for ${FEW_INTERVIEWS} or more where there are so many`,
      ),
    );
  }
  if (confidenceBps !== undefined && (confidenceBps < HALF || confidenceBps === 10_000)) {
    const message = `${confidenceBps} basis points bound nothing that can be used`;
    found.push(error("confidence", "confidenceBps", message, "choose between 5000 and 9999, such as 9000"));
  } else if (confidenceBps !== undefined && confidenceBps < CAUTIOUS) {
    found.push(warning("confidence", "confidenceBps", "the bound is hardly cautious", `choose ${CAUTIOUS} or more`));
  }
  return found;
};

/** Versions and what they replace. */
export const versions: Check = ({ version, replaces }) => {
  if (version === 1 && replaces !== null) {
    return [
      error("version", "replaces", "a first version replaces something", "make it null, or count the version up"),
    ];
  }
  if (version === 1 || replaces !== null) return [];
  return [error("version", "replaces", `version ${version} replaces nothing`, "give the hash of the version before")];
};
