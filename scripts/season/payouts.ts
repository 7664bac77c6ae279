import { encodeFunctionData, type Address, type Hex } from "viem";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import { localAccount } from "./accounts.ts";
import type { LocalChain } from "./local-chain.ts";
import { BUYERS, contributions, sendBatches } from "./money.ts";

/** Providers who claim for themselves; the rest is paid in batches. */
const CLAIMANTS = 3;
/** Providers paid in one transaction: first payments to new holders stay under 8M gas. */
const PUSH_BATCH = 250;

/** Pays all but the first providers for a settled round, and its fee. */
export async function distribute(
  chain: LocalChain,
  pool: Address,
  round: number,
  count: number,
  feeDue: boolean,
): Promise<void> {
  const keeper = localAccount("keeper");
  for (let from = Math.min(CLAIMANTS, count); from < count; from += PUSH_BATCH) {
    const args = [round, BigInt(from), BigInt(Math.min(PUSH_BATCH, count - from))] as const;
    await chain.send(keeper, { to: pool, data: call("distribute", args) });
  }
  if (feeDue) await chain.send(keeper, { to: pool, data: call("payFee", [round]) });
}

/** The first providers claim all rounds, each in one transaction; then every buyer's refunds are paid. */
export async function claimAndRefund(
  chain: LocalChain,
  pool: Address,
  budgets: readonly bigint[],
  count: number,
): Promise<void> {
  const keeper = localAccount("keeper");
  const rounds = budgets.map((_, round) => round);
  for (let index = 0; index < Math.min(CLAIMANTS, count); index++) {
    for (const batch of batches(rounds, 100)) {
      await chain.send(keeper, { to: pool, data: call("claim", [BigInt(index), batch]) });
    }
  }
  for (const [place, { role }] of BUYERS.entries()) {
    const buyer = localAccount(role).address;
    const due = rounds.filter((round) => contributions(budgets[round]!)[place]! > 0n);
    await sendBatches(
      chain,
      keeper,
      pool,
      due.map((round) => call("refund", [round, buyer, buyer])),
    );
  }
}

type PoolCall = Parameters<typeof encodeFunctionData<typeof outcomePoolAbi>>[0];

function call(functionName: "distribute" | "payFee" | "claim" | "refund", args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: outcomePoolAbi, functionName, args } as PoolCall);
}

function batches<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size));
}
