import { erc20Abi, type Address, type Hex, type PublicClient } from "viem";
import { ROUND_PHASES, ROUND_STATES } from "../../../contracts/protocol/clock.ts";
import { outcomePoolFactoryAbi } from "../../../contracts/protocol/generated/abi.ts";
import { unpackTerms } from "../../../contracts/protocol/terms.ts";
import type { ChainExport, RoundAnswer } from "../../domain/chain-export.ts";
import { InputError } from "../../domain/errors.ts";
import { readLedger } from "./chain-ledger.ts";
import { readOracle, readProviders, readTerms } from "./pool-facts.ts";
import { lower, poolReader, type PoolAnswer, type PoolReader } from "./pool-reader.ts";

/** Most payouts asked for in one call: far below what nodes allow a call in gas. */
const PAYOUT_BATCH = 200;
const ROUND_BATCH = 50;

/**
 * Reads all the chain says of a pool at one block: terms, ledger, and the pool's own answers.
 * @param block its number; the latest where it is not given. Older ones need a node that keeps their state.
 * @throws InputError where there is no pool of that factory at the address, or the chain was reorganised while reading
 */
export async function exportChain(
  client: PublicClient,
  pool: Address,
  factory: Address,
  block?: bigint,
): Promise<ChainExport> {
  const head = await client.getBlock(block === undefined ? {} : { blockNumber: block });
  const where = { blockNumber: head.number };
  const read = poolReader(client, pool, where);
  const implementation = await checkPool(client, pool, factory, head.number);
  const packed = await readTerms(client, pool, where);
  const terms = unpackTerms(packed);
  const at = (address: Address) => ({ address, abi: erc20Abi, blockNumber: head.number }) as const;
  const count = (await read("enrolment", [[]], 1))[0]![0];
  const [token, oracle, providers, rounds, ledger, balance] = await Promise.all([
    readToken(client, terms.token, head.number),
    readOracle(client, terms.oracle, where),
    readProviders(read, count),
    readRounds(read, terms.rounds, count),
    readLedger(client, pool, terms.token, head.number),
    client.readContract({ ...at(terms.token), functionName: "balanceOf", args: [pool] }),
  ]);
  await checkCanonical(client, head.number, head.hash);
  return {
    format: "guerdon/chain/1",
    chainId: await client.getChainId(),
    factory: lower(factory),
    implementation: lower(implementation),
    pool: lower(pool),
    token,
    terms: packed,
    oracle,
    providers,
    ledger,
    rounds,
    balance: String(balance),
    head: { number: Number(head.number), hash: head.hash, time: Number(head.timestamp) },
  };
}

/** Address of the implementation; what the factory does not know as its own is no pool. */
async function checkPool(client: PublicClient, pool: Address, factory: Address, blockNumber: bigint): Promise<Address> {
  const at = { address: factory, abi: outcomePoolFactoryAbi, blockNumber } as const;
  if ((await client.getCode({ address: factory, blockNumber })) === undefined) {
    throw new InputError("there is no contract at the factory's address", { field: "factory", value: factory });
  }
  if (!(await client.readContract({ ...at, functionName: "isPool", args: [pool] }))) {
    throw new InputError("the factory made no pool at this address", { field: "pool", value: pool });
  }
  return client.readContract({ ...at, functionName: "implementation" });
}

async function readToken(client: PublicClient, token: Address, blockNumber: bigint): Promise<ChainExport["token"]> {
  const at = { address: token, abi: erc20Abi, blockNumber } as const;
  const [symbol, decimals] = await Promise.all([
    client.readContract({ ...at, functionName: "symbol" }),
    client.readContract({ ...at, functionName: "decimals" }),
  ]);
  return { address: lower(token), symbol, decimals };
}

async function readRounds(read: PoolReader, rounds: number, providers: bigint): Promise<RoundAnswer[]> {
  const numbers = Array.from({ length: rounds }, (_, round) => round);
  const views = await read(
    "roundInfo",
    numbers.map((round) => [round] as const),
    ROUND_BATCH,
  );
  const answers: RoundAnswer[] = [];
  for (const [round, view] of views.entries()) {
    const settled = ROUND_STATES[view.state] === "settled";
    answers.push({ ...roundAnswer(round, view), payouts: settled ? await readPayouts(read, round, providers) : [] });
  }
  return answers;
}

async function readPayouts(read: PoolReader, round: number, providers: bigint): Promise<RoundAnswer["payouts"]> {
  const questions = Array.from({ length: Number(providers) }, (_, index) => [round, BigInt(index)] as const);
  const answers = await read("payoutOf", questions, PAYOUT_BATCH);
  return answers.map(([, amount, claimed]) => ({ amount: String(amount), claimed }));
}

function roundAnswer(round: number, view: PoolAnswer<"roundInfo">): Omit<RoundAnswer, "payouts"> {
  return {
    round,
    state: ROUND_STATES[view.state]!,
    phase: ROUND_PHASES[view.phase]!,
    since: Number(view.since),
    funded: String(view.funded),
    evidenceRoot: view.evidenceRoot,
    challenger: lower(view.challenger),
    totalAward: String(view.totalAward),
    denominator: String(view.denominator),
    budget: String(view.budget),
    payable: String(view.payable_),
    fee: String(view.fee),
    feePaid: view.feePaid,
    bondPaid: view.bondPaid,
    arbiterPaid: view.arbiterPaid,
  };
}

/** Refuses figures of a block that is no longer part of the chain. */
async function checkCanonical(client: PublicClient, blockNumber: bigint, hash: Hex): Promise<void> {
  const block = await client.getBlock({ blockNumber });
  if (block.hash !== hash) throw new InputError("the chain was reorganised while it was read; try again");
}
