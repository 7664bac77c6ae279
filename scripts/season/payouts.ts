import { encodeFunctionData, type Address } from "viem";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import { localAccount } from "./accounts.ts";
import type { LocalChain } from "./local-chain.ts";
import { BUYERS, contributions, sendBatches } from "./money.ts";

/** Every buyer's refunds are paid; anyone may push them. */
export async function refundAll(chain: LocalChain, pool: Address, budgets: readonly bigint[]): Promise<void> {
  const keeper = localAccount("keeper");
  for (const [place, { role }] of BUYERS.entries()) {
    const buyer = localAccount(role).address;
    const due = [...budgets.keys()].filter((round) => contributions(budgets[round]!)[place]! > 0n);
    const calls = due.map((round) =>
      encodeFunctionData({ abi: outcomePoolAbi, functionName: "refund", args: [round, buyer, buyer] }),
    );
    await sendBatches(chain, keeper, pool, calls);
  }
}
