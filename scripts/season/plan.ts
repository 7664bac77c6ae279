import { InputError } from "../../oracle/domain/errors.ts";
import { outcomeSpecSchema, type OutcomeSpec } from "../../oracle/domain/spec.ts";
import { templateNamed } from "../../oracle/domain/templates/index.ts";
import type { EvidenceFile, SeasonPlan } from "../../oracle/domain/templates/template.ts";
import { localAccount, lower } from "./accounts.ts";
import { intakeAddress, nodeAddresses, QUORUM } from "./nodes.ts";
import type { SeasonRequest } from "./request.ts";
import { splitBudget } from "./terms.ts";

/** A season before any money moves. */
export interface PlannedSeason {
  readonly plan: SeasonPlan<unknown>;
  readonly spec: OutcomeSpec;
  /** Funds of each round, base units. */
  readonly budgets: readonly bigint[];
}

/**
 * Turns evidence and options into a plan, an outcome spec and the rounds' funds.
 * @throws InputError where the evidence or an option cannot be used
 */
export function planSeason(request: SeasonRequest, files: readonly EvidenceFile[]): PlannedSeason {
  const { from, to, rounds, template } = request;
  const options = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(rounds === undefined ? {} : { rounds }),
  };
  const plan = templateNamed(template).plan(files, options);
  if (plan.providers.length === 0) throw new InputError("no provider to enrol", { file: files[0]?.name ?? template });
  const roster = plan.providers
    .map(({ id, name, weight }) => ({ id, name, weight, account: providerAccount(template, id) }))
    .sort((one, other) => (one.account < other.account ? -1 : 1));
  const spec = outcomeSpecSchema.parse({
    format: "guerdon/spec/1",
    title: plan.title,
    template,
    params: plan.params,
    criteria: plan.criteria,
    payment: plan.payment,
    oracle: { signers: nodeAddresses(), threshold: QUORUM, intake: intakeAddress() },
    roster,
  });
  return { plan, spec, budgets: splitBudget(request.budget, plan.evidence.length) };
}

/** Address a provider of the local run is paid at. */
function providerAccount(template: string, id: string): `0x${string}` {
  return lower(localAccount(`provider ${template} ${id}`).address);
}
