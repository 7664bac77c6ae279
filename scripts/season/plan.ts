import { InputError } from "../../oracle/domain/errors.ts";
import { outcomeSpecSchema, type OutcomeSpec } from "../../oracle/domain/spec.ts";
import { judgedSpecParts } from "../../oracle/domain/criteria/agreed.ts";
import { templateNamed, type TemplateName } from "../../oracle/domain/templates/index.ts";
import type { EvidenceFile, SeasonPlan } from "../../oracle/domain/templates/template.ts";
import { localAccount, lower } from "./accounts.ts";
import { exampleParams, type ExampleSeason } from "./example.ts";
import { senderRole } from "./interviews.ts";
import { intakeAddress, nodeAddresses, QUORUM } from "./nodes.ts";
import type { SeasonRequest } from "./request.ts";
import { splitBudget } from "./terms.ts";

/** A season before any money moves. */
export interface PlannedSeason {
  readonly plan: SeasonPlan<unknown>;
  readonly spec: OutcomeSpec;
  /** Funds of each round, base units. */
  readonly budgets: readonly bigint[];
  /** What people and papers say, where words are judged. */
  readonly example?: ExampleSeason;
}

/**
 * Plans a season whose words are judged, from an example.
 * @throws InputError where an option cannot be used
 */
export function planExample(request: SeasonRequest, example: ExampleSeason): PlannedSeason {
  const { template } = request;
  checkNoOptions(request);
  const { agreement, example: told } = example;
  const params = exampleParams(example, (sender) => lower(localAccount(senderRole(template, sender)).address));
  const parts = judgedSpecParts(agreement, params);
  const title = `${agreement.criteria.title} (example: nobody of it is real)`;
  const plan: SeasonPlan<unknown> = {
    ...{ title, params, criteria: parts.criteria, payment: parts.payment },
    providers: told.providers.map(({ id, name, weight }) => ({ id, name, weight })),
    evidence: told.rounds.map(() => []),
    notes: [told.note, ...agreement.cannotTell.map((what) => `cannot tell: ${what}`)],
  };
  const spec = outcomeSpecSchema.parse({
    format: "guerdon/spec/1",
    title,
    ...parts,
    ...oracleAndRoster(plan, template),
  });
  return { plan, spec, budgets: splitBudget(request.budget, plan.evidence.length), example };
}

/** Options of templates that compute; an example is played as it stands. */
function checkNoOptions({ template, data, from, to, rounds }: SeasonRequest): void {
  const given = Object.entries({ data, from, to, rounds }).find(([, value]) => value !== undefined);
  if (given === undefined) return;
  const fault = { field: `--${given[0]}`, value: String(given[1]), limit: "no such option" };
  throw new InputError(`the example ${template} is played as it stands`, fault);
}

function oracleAndRoster(plan: SeasonPlan<unknown>, template: string): Pick<OutcomeSpec, "oracle" | "roster"> {
  const roster = plan.providers
    .map(({ id, name, weight }) => ({ id, name, weight, account: providerAccount(template, id) }))
    .sort((one, other) => (one.account < other.account ? -1 : 1));
  return { oracle: { signers: nodeAddresses(), threshold: QUORUM, intake: intakeAddress() }, roster };
}

/**
 * Turns evidence and options into a plan, an outcome spec and the rounds' funds.
 * @throws InputError where the evidence or an option cannot be used
 */
export function planSeason(
  request: SeasonRequest & { readonly template: TemplateName },
  files: readonly EvidenceFile[],
): PlannedSeason {
  const { from, to, rounds, template } = request;
  const options = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(rounds === undefined ? {} : { rounds }),
  };
  const plan = templateNamed(template).plan(files, options);
  if (plan.providers.length === 0) throw new InputError("no provider to enrol", { file: files[0]?.name ?? template });
  const spec = outcomeSpecSchema.parse({
    format: "guerdon/spec/1",
    title: plan.title,
    template,
    params: plan.params,
    criteria: plan.criteria,
    payment: plan.payment,
    ...oracleAndRoster(plan, template),
  });
  return { plan, spec, budgets: splitBudget(request.budget, plan.evidence.length) };
}

/** Account of a provider of the local run. */
export function providerRole(template: string, id: string): string {
  return `provider ${template} ${id}`;
}

function providerAccount(template: string, id: string): `0x${string}` {
  return lower(localAccount(providerRole(template, id)).address);
}
