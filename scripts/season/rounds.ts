import type { Address } from "viem";
import { clockTerms, DEFAULT_TERMS } from "../../contracts/protocol/terms.ts";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import { roundTimes } from "../../contracts/protocol/clock.ts";
import type { Bundle } from "../../oracle/domain/bundle.ts";
import { localAccount } from "./accounts.ts";
import { agree, assessCall } from "./agreement.ts";
import type { LocalChain } from "./local-chain.ts";
import type { RemoteNode } from "./nodes.ts";
import { distribute } from "./payouts.ts";
import type { PlannedSeason } from "./plan.ts";

/** Time the oracle takes after a round's end, on the chain's clock. */
const ASSESSMENT_SECONDS = 60;

/**
 * Plays all rounds by moving the chain's clock: each is assessed after its end, waits out the challenge window and is paid.
 * @param say told of every round
 */
export async function playRounds(
  chain: LocalChain,
  pool: Address,
  season: PlannedSeason,
  nodes: readonly RemoteNode[],
  say: (step: string) => void,
): Promise<Bundle[]> {
  const terms = await chain.client.readContract({ address: pool, abi: outcomePoolAbi, functionName: "terms" });
  const keeper = localAccount("keeper");
  const bundles: Bundle[] = [];
  for (const round of season.budgets.keys()) {
    const { end } = roundTimes(clockTerms(terms), round);
    await chain.moveTo(Number(end) + ASSESSMENT_SECONDS);
    const files = season.plan.evidence[round]!;
    const bundle = await agree({ chainId: chain.chainId, pool, round, spec: season.spec, files }, nodes);
    await chain.send(keeper, { to: pool, data: assessCall(bundle) });
    await chain.moveTo((await chain.now()) + DEFAULT_TERMS.challengeWindow);
    const fee = (season.budgets[round]! * BigInt(terms.feeBps)) / 10_000n;
    await distribute(chain, pool, round, season.spec.roster.length, fee > 0n);
    bundles.push(bundle);
    say(roundLine(bundle, season.budgets.length));
  }
  return bundles;
}

function roundLine(bundle: Bundle, rounds: number): string {
  const deviating = [...new Set(bundle.deviations.map(({ node }) => node))];
  const signed = `${bundle.reports.length} reports, ${bundle.signatures.length} signatures over the same result`;
  const apart = deviating.length === 0 ? "" : `; ${deviating.join(", ")} deviated and was left out`;
  return `round ${bundle.round + 1} of ${rounds} assessed, settled and distributed: ${signed}${apart}`;
}
