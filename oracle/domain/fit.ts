import type { Hex } from "viem";
import { decodeProviders } from "../../contracts/protocol/vector.ts";
import type { Terms } from "../../contracts/protocol/terms.ts";
import { firstDifference } from "./difference.ts";
import type { Oracle } from "./signatures.ts";
import type { OutcomeSpec } from "./spec.ts";

/*
 * Whether an outcome spec says of a pool what the pool is. Its hash alone does not: whoever made the pool chose payment rule, oracle
 * and providers beside it. Each function gives the first difference in words, or `null`.
 */

/** @param terms of the pool */
export function paymentProblem({ payment }: OutcomeSpec, terms: Terms): string | null {
  const { metered, curve, fullPayBar, defaultRate } = terms;
  return firstDifference(payment, { metered, curve: curve.map(({ x, y }) => ({ x, y })), fullPayBar, defaultRate });
}

/** @param oracle accounts that make up the pool's oracle, in any order */
export function oracleProblem({ oracle: named }: OutcomeSpec, oracle: Oracle): string | null {
  const sorted = ({ signers, threshold }: Oracle): Oracle => ({ signers: [...signers].sort(), threshold });
  return firstDifference(sorted(oracle), sorted(named));
}

/** @param providers the pool's records, 24 bytes each */
export function rosterProblem({ roster }: OutcomeSpec, providers: Hex): string | null {
  const listed = decodeProviders(providers).map(({ address, weight }) => {
    return { account: address.toLowerCase(), weight: Number(weight) };
  });
  return firstDifference(
    listed,
    roster.map(({ account, weight }) => ({ account, weight })),
  );
}
