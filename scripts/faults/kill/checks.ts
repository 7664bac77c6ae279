import { decodeFunctionData, erc20Abi, type Hex } from "viem";
import { z } from "zod";
import { outcomePoolAbi } from "../../../contracts/protocol/generated/abi.ts";
import { canonicalJson } from "../../../oracle/domain/canonical.ts";
import { frozenSchema } from "../../../oracle/domain/frozen.ts";
import { receiptProblem, type Receipt } from "../../../oracle/domain/receipt.ts";
import { envelopeSchema } from "../../../oracle/domain/round/envelope.ts";
import { patiently } from "../support/evidence-client.ts";
import { jsonAt, payoutOf, type Played } from "../support/round-end.ts";

/** Assessments of a round that nodes brought into the chain. */
export interface Assessments {
  readonly succeeded: number;
  readonly reverted: number;
}

/** Counts what nodes had mined for a round in blocks after one. */
export async function countAssessments(
  { chain, small, nodes }: Played,
  round: number,
  after: bigint,
): Promise<Assessments> {
  const counts = { succeeded: 0, reverted: 0 };
  const last = await chain.client.getBlockNumber({ cacheTime: 0 });
  for (let number = after + 1n; number <= last; number++) {
    const { transactions } = await chain.client.getBlock({ blockNumber: number, includeTransactions: true });
    for (const { from, to, input, hash } of transactions) {
      if (to !== small.pool || nodes.every(({ address }) => address !== from)) continue;
      if (!isAssessment(input, round)) continue;
      const { status } = await chain.client.getTransactionReceipt({ hash });
      counts[status === "success" ? "succeeded" : "reverted"] += 1;
    }
  }
  return counts;
}

function isAssessment(data: Hex, round: number): boolean {
  const { functionName, args } = decodeFunctionData({ abi: outcomePoolAbi, data });
  return functionName === "assess" && args[0] === round;
}

/** Acknowledged evidence that is not in what the intake closed, or whose receipt does not hold. */
export async function lostEvidence(
  { nodes, small }: Played,
  round: number,
  receipts: readonly Receipt[],
): Promise<string[]> {
  const path = `/v1/pools/${small.pool}/rounds/${round}/frozen`;
  const { leaves } = frozenSchema.parse(await patiently(() => jsonAt(nodes[0]!.url, path)));
  const known = new Set(leaves);
  const lost: string[] = [];
  for (const receipt of receipts) {
    if (!known.has(receipt.leaf)) lost.push(`item ${receipt.leaf} is not in the evidence`);
    else if (leaves[receipt.position - 1] !== receipt.leaf) lost.push(`item ${receipt.leaf} has another position`);
    const problem = await receiptProblem(receipt);
    if (problem !== null) lost.push(`the receipt of item ${receipt.leaf} does not hold: ${problem}`);
  }
  return lost;
}

const messagesSchema = z.object({ messages: z.array(envelopeSchema) });

/** Nodes that said two different things of one kind, by all that any node was told. */
export async function saidTwice({ nodes, small }: Played, round: number): Promise<string[]> {
  const path = `/v1/pools/${small.pool}/rounds/${round}/messages`;
  const told = await Promise.all(
    nodes.map(async ({ url }) => messagesSchema.parse(await patiently(() => jsonAt(url, path))).messages),
  );
  const bodies = new Map<string, Set<string>>();
  for (const { kind, node, body } of told.flat()) {
    // Who publishes again after a restart may do so with more signatures: bundles are kept apart by their hash.
    if (kind === "bundle") continue;
    const key = `${kind} of ${node}`;
    bodies.set(key, (bodies.get(key) ?? new Set()).add(canonicalJson(body)));
  }
  return [...bodies].filter(([, said]) => said.size > 1).map(([key, said]) => `${said.size} different: ${key}`);
}

/** What accounts hold that are paid, by address. */
export async function balances({ chain, small }: Played): Promise<Map<Hex, bigint>> {
  const accounts = [...small.spec.roster.map(({ account }) => account), small.terms.feeRecipient];
  const holding = (account: Hex): Promise<bigint> =>
    chain.client.readContract({ address: chain.token, abi: erc20Abi, functionName: "balanceOf", args: [account] });
  const amounts = await Promise.all(accounts.map(holding));
  return new Map(accounts.map((account, i) => [account, amounts[i]!]));
}

/** Who did not get, once, what it is owed. */
export async function wrongPayouts(played: Played, round: number, before: Map<Hex, bigint>): Promise<string[]> {
  const { chain, small } = played;
  const after = await balances(played);
  const wrong: string[] = [];
  for (const [index, { account }] of small.spec.roster.entries()) {
    const { amount } = await payoutOf(chain, small.pool, round, index);
    const got = after.get(account)! - before.get(account)!;
    if (got !== amount) wrong.push(`provider ${index} was paid ${got} of ${amount}`);
  }
  return wrong;
}
