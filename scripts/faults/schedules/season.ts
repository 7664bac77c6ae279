import { encodeFunctionData, erc20Abi, stringToBytes, type Hex } from "viem";
import { outcomePoolAbi, outcomePoolFactoryAbi, testStablecoinAbi } from "../../../contracts/protocol/generated/abi.ts";
import { DEFAULT_TERMS, type Terms } from "../../../contracts/protocol/terms.ts";
import { encodeProviders } from "../../../contracts/protocol/vector.ts";
import { specHash, type OutcomeSpec } from "../../../oracle/domain/spec.ts";
import type { Random } from "../../fuzz-api/random.ts";
import { localAccount, localKey, lower } from "../../season/accounts.ts";
import { smallSpec } from "../support/small-pool.ts";
import { startPlayedChain, type PlayedChain } from "./chain.ts";

/** Nodes of the oracle, how many make a quorum, and so how many may be against it. */
export const NODES = 4;
export const QUORUM = 3;
export const ROUNDS = 2;

const HOUR = 3_600;
/** What a round pays out, base units. */
const BUDGET = 1_000_000n;
/** Cycles of each provider in a round, as `smallSpec` has them. */
const CYCLES = 4;
const PROVIDERS = 2;
/** A chain with a pool on it that has nothing but its providers; every schedule begins there. */
export interface World {
  readonly chain: PlayedChain;
  /** Lower case. */
  readonly pool: Hex;
  readonly terms: Terms;
  readonly spec: OutcomeSpec;
  /** Lower case, in the order of the nodes' numbers. */
  readonly nodes: readonly Hex[];
}

export function nodeKey(node: number): Hex {
  return localKey(`node ${node + 1}`);
}

/** Starts a chain and makes the pool. */
export async function makeWorld(): Promise<World> {
  const nodes = Array.from({ length: NODES }, (_, i) => lower(localAccount(`node ${i + 1}`).address));
  const chain = await startPlayedChain({ signers: nodes, threshold: QUORUM });
  try {
    return await filled(chain, nodes);
  } catch (error) {
    await chain.stop();
    throw error;
  }
}

async function filled(chain: PlayedChain, nodes: readonly Hex[]): Promise<World> {
  const oracle = { signers: nodes, threshold: QUORUM, address: chain.quorum };
  const spec = smallSpec({ rounds: ROUNDS, oracle, title: "two engines under faults" });
  const terms = termsOf(chain, spec, await chain.now());
  const manager = localAccount("manager");
  const buyer = localAccount("buyer 1");
  for (const account of [manager.address, buyer.address, ...nodes]) await chain.provideGas(account);
  const create = encodeFunctionData({ abi: outcomePoolFactoryAbi, functionName: "create", args: [terms] });
  await chain.send(manager, { to: chain.factory, data: create });
  const pool = await chain.client.readContract({
    address: chain.factory,
    abi: outcomePoolFactoryAbi,
    functionName: "predict",
    args: [terms],
  });
  const records = encodeProviders(
    spec.roster.map(({ account, weight }) => ({ address: account, weight: BigInt(weight) })),
  );
  const enrol = encodeFunctionData({ abi: outcomePoolAbi, functionName: "enrol", args: [records] });
  await chain.send(manager, { to: pool, data: enrol });
  const total = BUDGET * BigInt(ROUNDS);
  const mint = encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [buyer.address, total] });
  await chain.send(buyer, { to: chain.token, data: mint });
  const approve = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [pool, total] });
  await chain.send(buyer, { to: chain.token, data: approve });
  await chain.keep();
  return { chain, pool: lower(pool), terms, spec, nodes };
}

/** A round is settled before the next one ends. */
function termsOf({ token, quorum }: PlayedChain, spec: OutcomeSpec, now: number): Terms {
  return {
    ...DEFAULT_TERMS,
    ...spec.payment,
    ...{ token, oracle: quorum, manager: localAccount("manager").address },
    feeRecipient: localAccount("fee recipient").address,
    feeBps: 100,
    rounds: ROUNDS,
    notice: HOUR,
    period: 5 * HOUR,
    assessmentWindow: 2 * HOUR,
    challengeWindow: HOUR,
    rulingWindow: 24 * HOUR,
    minimum: BUDGET,
    start: now + 2 * HOUR,
    specHash: specHash(spec),
    specURI: `urn:guerdon:spec:${specHash(spec)}`,
  };
}

/** The signed transaction that brings a round's money. @param nonce how many the buyer has sent since the pool was made */
export async function fundingOf({ chain, pool }: World, round: number, nonce: number): Promise<Hex> {
  const buyer = localAccount("buyer 1");
  const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "fund", args: [round, buyer.address, BUDGET] });
  return buyer.signTransaction({
    ...{ type: "eip1559", chainId: chain.chainId, to: pool, data, value: 0n, gas: 1_000_000n },
    // Minting and approving came first.
    nonce: nonce + 2,
    maxFeePerGas: 100_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
  });
}

/** A part of a round's telemetry. */
export interface Part {
  readonly name: string;
  readonly mediaType: "text/csv";
  readonly bytes: Uint8Array;
}

/** Telemetry of a round in two parts, of an engine each, which flew as often as chance has it. */
export function telemetryOf(round: number, random: Random): Part[] {
  const first = round * CYCLES + 1;
  return Array.from({ length: PROVIDERS }, (_, engine) => {
    const flown = Array.from({ length: 1 + random.below(CYCLES) }, (__, i) => `${engine + 1},${first + i},1`);
    const text = ["engine,cycle,reading", ...flown, ""].join("\n");
    return { name: "flights.csv", mediaType: "text/csv", bytes: new Uint8Array(stringToBytes(text)) };
  });
}
