import type { Address, PublicClient } from "viem";
import { ROUND_STATES } from "../../../contracts/protocol/clock.ts";
import { unpackTerms, type Terms } from "../../../contracts/protocol/terms.ts";
import { InputError } from "../../domain/errors.ts";
import type { OwedPayout, PoolFacts, RoundFacts } from "../../ports.ts";
import type { At } from "./blocks.ts";
import { readOracle, readProviders, readTerms } from "./pool-facts.ts";
import { poolReader } from "./pool-reader.ts";

/** Most payouts asked for in one call: far below what nodes allow a call in gas. */
const PAYOUT_BATCH = 200;

/** Terms, providers and oracle of a pool at a block. */
export async function readPoolFacts(
  client: PublicClient,
  chainId: number,
  pool: Address,
  where: At,
): Promise<PoolFacts> {
  const terms = termsOf(pool, await readTerms(client, pool, where));
  const read = poolReader(client, pool, where);
  const [oracle, [enrolment]] = await Promise.all([
    readOracle(client, terms.oracle, where),
    read("enrolment", [[]], 1),
  ]);
  return { chainId, terms, providers: await readProviders(read, enrolment![0]), oracle };
}

function termsOf(pool: Address, packed: `0x${string}`): Terms {
  try {
    return unpackTerms(packed);
  } catch {
    throw new InputError("there is no pool with readable terms at this address", { field: "pool", value: pool });
  }
}

/** State and money of a round at a block. */
export async function readRoundFacts(
  client: PublicClient,
  pool: Address,
  round: number,
  where: At,
): Promise<RoundFacts> {
  // Terms first: what has none is no pool, which a call alone would not tell from an endpoint that fails.
  await readTerms(client, pool, where);
  const [view] = await poolReader(client, pool, where)("roundInfo", [[round]], 1);
  const { state, deadline, funded, evidenceRoot, fee, feePaid } = view!;
  return {
    state: ROUND_STATES[state]!,
    deadline: deadline === 0n ? null : Number(deadline),
    funded,
    evidenceRoot,
    fee,
    feePaid,
  };
}

/** What providers of these indices are owed for a settled round. */
export async function readPayouts(
  client: PublicClient,
  pool: Address,
  round: number,
  { from, count }: { readonly from: number; readonly count: number },
  where: At,
): Promise<OwedPayout[]> {
  const questions = Array.from({ length: count }, (_, i) => [round, BigInt(from + i)] as const);
  const answers = await poolReader(client, pool, where)("payoutOf", questions, PAYOUT_BATCH);
  return answers.map(([, amount, claimed], i) => ({ index: from + i, amount, claimed }));
}
