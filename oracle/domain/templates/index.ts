import { engineTemplate } from "./engine.ts";
import { hospitalTemplate } from "./hospital.ts";
import { impactTemplate } from "./impact.ts";
import { slaTemplate } from "./sla.ts";
import type { EvidenceFile, Finding, SeasonOptions, SeasonPlan, Template } from "./template.ts";

/** Names of all templates. */
export const TEMPLATE_NAMES = ["sla", "hospital", "engine", "impact"] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** A template whose parameters have been through the outcome spec, and so are plain JSON. */
export interface AnyTemplate {
  readonly name: string;
  readonly files: readonly string[] | null;
  mediaType(name: string): EvidenceFile["mediaType"];
  plan(files: readonly EvidenceFile[], options: SeasonOptions): SeasonPlan<unknown>;
  assess(params: unknown, providerIds: readonly string[], evidence: readonly EvidenceFile[], round: number): Finding[];
}

const templates: Readonly<Record<TemplateName, AnyTemplate>> = {
  sla: erase(slaTemplate),
  hospital: erase(hospitalTemplate),
  engine: erase(engineTemplate),
  impact: erase(impactTemplate),
};

/** The template of that name. */
export function templateNamed(name: TemplateName): AnyTemplate {
  return templates[name];
}

/** Forgets the type of a template's parameters; the hash of the spec they stand in vouches that they are its own. */
function erase<Params>(template: Template<Params>): AnyTemplate {
  return {
    ...template,
    assess: (params, ids, evidence, round) => template.assess(params as Params, ids, evidence, round),
  };
}
