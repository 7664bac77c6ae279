import type { Address } from "viem";
import { DEFAULT_TERMS, type Terms } from "../../contracts/protocol/terms.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { specHash, type OutcomeSpec } from "../../oracle/domain/spec.ts";

/** Time between making the pool and the notice: enrolment happens in it, the chain's clock runs with every block. */
const ENROLMENT_SECONDS = 3_600;

/** What the terms of a local season follow from. */
export interface SeasonTerms {
  readonly spec: OutcomeSpec;
  readonly token: Address;
  readonly oracle: Address;
  readonly manager: Address;
  readonly arbiter: Address;
  readonly feeRecipient: Address;
  readonly feeBps: number;
  /** Funds of each round, base units. */
  readonly budgets: readonly bigint[];
  /** Block time now, seconds. */
  readonly now: number;
}

/** Terms of the season's pool: defaults for the clock, a tenth of the smallest round's funds as minimum and bond. */
export function seasonTerms(of: SeasonTerms): Terms {
  const { spec, budgets } = of;
  const smallest = budgets.reduce((least, budget) => (budget < least ? budget : least));
  const minimum = smallest / 10n || 1n;
  const hash = specHash(spec);
  return {
    ...DEFAULT_TERMS,
    ...spec.payment,
    token: of.token,
    oracle: of.oracle,
    manager: of.manager,
    arbiter: of.arbiter,
    feeRecipient: of.feeRecipient,
    feeBps: of.feeBps,
    minimum,
    bond: minimum,
    rounds: budgets.length,
    start: of.now + DEFAULT_TERMS.notice + ENROLMENT_SECONDS,
    specHash: hash,
    specURI: `urn:guerdon:spec:${hash}`,
  };
}

/**
 * Splits the season's funds into rounds: the floor of equal parts, the rest in the last.
 * @throws InputError where a round would have nothing
 */
export function splitBudget(total: bigint, rounds: number): bigint[] {
  const part = total / BigInt(rounds);
  if (part === 0n) {
    const fault = {
      field: "--budget",
      value: `${total} base units`,
      limit: `at least 1 base unit for each of ${rounds} rounds`,
    };
    throw new InputError("too little for the rounds of the season", fault);
  }
  return Array.from({ length: rounds }, (_, i) => (i < rounds - 1 ? part : total - part * BigInt(rounds - 1)));
}
