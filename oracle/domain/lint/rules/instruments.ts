import type { CriterionDraft } from "../../criteria/criterion.ts";
import { spaced } from "../../criteria/phrases.ts";
import { error, warning, type Check, type Finding } from "../finding.ts";

/** What the linter knows of an instrument; the interviewer's plug-ins have all of it. */
export interface KnownInstrument {
  readonly id: string;
  readonly licence: { readonly name: string; readonly commercial: boolean };
  readonly scales: readonly {
    readonly id: string;
    readonly min: number;
    readonly max: number;
    readonly better: "higher" | "lower";
    readonly smallestChange?: number;
  }[];
}

type ItemsMeasure = Extract<CriterionDraft["measure"], { kind: "items" }>;

/** How likely somebody is to recommend is no measure of good, and is not asked for here. */
const REFUSED = ["nps", "net promoter", "promoter score"];

/** Questionnaires are used as their makers say. */
export function instruments(known: ReadonlyMap<string, KnownInstrument>): Check {
  return ({ criteria }) =>
    criteria.flatMap((criterion, i) =>
      criterion.measure?.kind === "items" ? findings(criterion, criterion.measure, `criteria[${i}]`, known) : [],
    );
}

function findings(
  { direction, smallestChange }: CriterionDraft,
  measure: ItemsMeasure,
  path: string,
  known: ReadonlyMap<string, KnownInstrument>,
): Finding[] {
  const at = `${path}.measure`;
  if (REFUSED.some((name) => spaced(measure.instrument).includes(` ${name} `))) {
    return [
      error(
        "instrument",
        `${at}.instrument`,
        "a promoter score says little about what was good",
        "ask what was reached, or how people are",
      ),
    ];
  }
  const instrument = known.get(measure.instrument);
  if (instrument === undefined) {
    const fix = `use one of ${[...known.keys()].join(", ")}, or take its figures in as a registry's`;
    return [error("instrument", `${at}.instrument`, `no interviewer knows ${measure.instrument}`, fix)];
  }
  const found: Finding[] = [];
  const { name, commercial } = instrument.licence;
  if (measure.licence !== name) {
    found.push(
      error(
        "instrument",
        `${at}.licence`,
        `${instrument.id} is under ${name}, not ${measure.licence}`,
        `write ${name}`,
      ),
    );
  }
  if (!commercial) {
    const message = `${instrument.id} is not free for commercial use, which paying by its answers may be`;
    found.push(
      warning("instrument", `${at}.licence`, message, "get its holder's leave, or use a free one such as ons4"),
    );
  }
  const scale = instrument.scales.find(({ id }) => id === measure.item);
  if (scale === undefined) {
    const fix = `use one of ${instrument.scales.map(({ id }) => id).join(", ")}`;
    return [...found, error("instrument", `${at}.item`, `${instrument.id} has no scale ${measure.item}`, fix)];
  }
  const { min, max, better } = scale;
  if (measure.scale.min !== min || measure.scale.max !== max) {
    found.push(
      error("instrument", `${at}.scale`, `the scale runs from ${min} to ${max}`, "give it as the instrument has it"),
    );
  }
  if (direction !== undefined && direction !== better) {
    found.push(error("direction", `${path}.direction`, `on this scale ${better} is better`, `write "${better}"`));
  }
  if (
    scale.smallestChange !== undefined &&
    smallestChange !== undefined &&
    smallestChange.amount < scale.smallestChange
  ) {
    const message = `a change below ${scale.smallestChange} points is no real one on this scale`;
    found.push(
      warning("smallest-change", `${path}.smallestChange.amount`, message, `give ${scale.smallestChange} or more`),
    );
  }
  return found;
}
