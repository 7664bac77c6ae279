import type { CriterionDraft } from "../../criteria/criterion.ts";
import { groupProblem, hasIndependentPair, type SourceType } from "../../criteria/sources.ts";
import { error, warning, type Check, type Finding } from "../finding.ts";

/** Where figures can come from. */
const FIGURES: readonly SourceType[] = ["telemetry", "registry", "laboratory-test", "inspection"];

/** What criteria rest on. */
export const sources: Check = ({ criteria }) =>
  criteria.flatMap((criterion, i) => [
    ...groups(criterion, `criteria[${i}]`),
    ...independence(criterion, `criteria[${i}]`),
    ...fit(criterion, `criteria[${i}]`),
  ]);

function groups({ sources: list = [] }: CriterionDraft, path: string): Finding[] {
  return list.flatMap((source, s) => {
    const problem = groupProblem(source);
    if (problem === null) return [];
    return [error("source-group", `${path}.sources[${s}].group`, problem, "name who could shape what the source says")];
  });
}

function independence({ id, sources: list, singleSourceReason }: CriterionDraft, path: string): Finding[] {
  if (list === undefined) return [];
  if (list.length === 0) {
    return [error("independent-sources", `${path}.sources`, `"${id}" has no source`, "say what it is known from")];
  }
  const independent = hasIndependentPair(list);
  if (!independent && singleSourceReason === undefined) {
    const fix = "add a source of another type from other hands, or give singleSourceReason";
    return [error("independent-sources", `${path}.sources`, `"${id}" has no two independent sources`, fix)];
  }
  if (!independent || singleSourceReason === undefined) return [];
  return [
    warning(
      "independent-sources",
      `${path}.singleSourceReason`,
      "there are two independent sources",
      "leave the reason out",
    ),
  ];
}

function fit({ id, sources: list, measure }: CriterionDraft, path: string): Finding[] {
  if (list === undefined || list.length === 0) return [];
  const types = new Set(list.map(({ type }) => type));
  const found: Finding[] = [];
  if (list.every(({ group }) => group === "provider")) {
    const message = `"${id}" rests on the provider's own word alone`;
    found.push(error("text-only", `${path}.sources`, message, "add a source that the provider cannot write"));
  } else if (list.every(({ type }) => type.endsWith("-document"))) {
    const message = `"${id}" rests on documents alone, and text alone may not raise a score`;
    found.push(error("text-only", `${path}.sources`, message, "add people's answers, an inspection or figures"));
  }
  if (measure === undefined) return found;
  const needs = (kinds: readonly SourceType[], why: string): void => {
    if (kinds.some((kind) => types.has(kind))) return;
    const message = `"${id}" ${why}, and has none of ${kinds.join(", ")}`;
    found.push(error("source-fit", `${path}.sources`, message, "add the source, or measure it otherwise"));
  };
  if (measure.kind === "telemetry") needs(FIGURES, "is computed from figures");
  if (measure.kind === "items") needs(["participant-item"], "is asked by questionnaire");
  if (measure.kind === "judged" && measure.questions.some(({ about }) => about === "experience")) {
    needs(["participant-interview"], "asks what people lived through");
  }
  return found;
}
