import type { CriterionDraft } from "../../criteria/criterion.ts";
import { error, warning, type Check, type Finding } from "../finding.ts";

/** Floors and vetoes. */
export const guards: Check = ({ criteria }) => {
  const found = criteria.flatMap((criterion, i) => guardFindings(criterion, `criteria[${i}].guard`));
  const decided = criteria.length > 0 && criteria.every(({ guard }) => guard !== undefined);
  if (!decided || criteria.some(({ guard }) => guard?.kind !== "none")) return found;
  const message = "no criterion has a floor or veto, so any harm can be outweighed";
  return [...found, warning("guard", "criteria", message, "ask buyers what must not happen whatever else is good")];
};

function guardFindings({ id, guard, measure }: CriterionDraft, path: string): Finding[] {
  if (guard === undefined || guard.kind === "none") return [];
  if (guard.kind === "floor") {
    if (guard.bps > 0) return [];
    return [
      error(
        "guard",
        `${path}.bps`,
        `no score is below the floor of "${id}"`,
        "give a floor above 0, or none with a reason",
      ),
    ];
  }
  if (measure === undefined) return [];
  if (measure.kind !== "judged") {
    return [error("guard", `${path}.kind`, `"${id}" asks no questions that could veto`, "give a floor instead")];
  }
  if (guard.questions.length === 0) {
    return [error("guard", `${path}.questions`, `the veto of "${id}" names no question`, "name at least one")];
  }
  return guard.questions.flatMap((name, q) => {
    const question = measure.questions.find((one) => one.id === name);
    const at = `${path}.questions[${q}]`;
    if (question === undefined)
      return [error("guard", at, `there is no question ${name}`, "name a question of this criterion")];
    if (question.met === "bad") return [];
    return [
      error(
        "guard",
        at,
        `"${name}" is met when things are good, so it cannot veto`,
        "name a question about something bad",
      ),
    ];
  });
}
