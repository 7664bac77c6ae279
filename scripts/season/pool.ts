import { encodeFunctionData, type Address, type Hex } from "viem";
import { outcomePoolAbi, outcomePoolFactoryAbi } from "../../contracts/protocol/generated/abi.ts";
import { PROVIDERS_PER_BATCH } from "../../contracts/protocol/limits.ts";
import { checkTerms } from "../../contracts/protocol/terms.ts";
import { encodeProviders } from "../../contracts/protocol/vector.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { localAccount, lower } from "./accounts.ts";
import type { LocalChain } from "./local-chain.ts";
import type { PlannedSeason } from "./plan.ts";
import { seasonTerms } from "./terms.ts";

/** Makes the season's pool and enrols its providers. */
export async function makePool(chain: LocalChain, season: PlannedSeason, feeBps: number): Promise<Address> {
  const manager = localAccount("manager");
  const terms = seasonTerms({
    spec: season.spec,
    budgets: season.budgets,
    token: chain.token,
    oracle: chain.quorum,
    manager: manager.address,
    arbiter: localAccount("arbiter").address,
    feeRecipient: localAccount("fee recipient").address,
    feeBps,
    now: await chain.now(),
  });
  const problem = checkTerms(terms, BigInt(await chain.now()));
  if (problem !== null) throw new InputError(problem);
  const abi = outcomePoolFactoryAbi;
  const data = encodeFunctionData({ abi, functionName: "create", args: [terms] });
  await chain.send(manager, { to: chain.factory, data });
  const pool = await chain.client.readContract({ address: chain.factory, abi, functionName: "predict", args: [terms] });
  for (const call of enrolCalls(season)) await chain.send(manager, { to: pool, data: call });
  return lower(pool);
}

function enrolCalls({ spec }: PlannedSeason): Hex[] {
  const calls: Hex[] = [];
  for (let from = 0; from < spec.roster.length; from += PROVIDERS_PER_BATCH) {
    const batch = spec.roster.slice(from, from + PROVIDERS_PER_BATCH);
    const records = encodeProviders(batch.map(({ account, weight }) => ({ address: account, weight: BigInt(weight) })));
    calls.push(encodeFunctionData({ abi: outcomePoolAbi, functionName: "enrol", args: [records] }));
  }
  return calls;
}
