import { encodeFunctionData, erc20Abi, stringToBytes, type Address, type Hex } from "viem";
import { outcomePoolAbi, outcomePoolFactoryAbi, testStablecoinAbi } from "../../../contracts/protocol/generated/abi.ts";
import { checkTerms, DEFAULT_TERMS, type Terms } from "../../../contracts/protocol/terms.ts";
import { encodeProviders } from "../../../contracts/protocol/vector.ts";
import { outcomeSpecSchema, specHash, type OutcomeSpec } from "../../../oracle/domain/spec.ts";
import { engineTemplate } from "../../../oracle/domain/templates/engine.ts";
import { localAccount, lower } from "../../season/accounts.ts";
import type { LocalChain } from "../../season/local-chain.ts";
import { sendBatches } from "../../season/money.ts";

const HOUR = 3_600;

/** Cycles of each of the two providers in a round: small, but for each round others. */
const CYCLES = 4;

/** What each round pays out, base units; a fee of 1 % is taken off it. */
export const BUDGET = 1_000_000n;

/** A pool of two providers and many short rounds. */
export interface SmallPool {
  /** Lower case. */
  readonly pool: Hex;
  readonly terms: Terms;
  readonly spec: OutcomeSpec;
}

export interface SmallPoolOrder {
  readonly rounds: number;
  readonly oracle: { readonly signers: readonly Hex[]; readonly threshold: number; readonly address: Address };
  /** Another one makes another spec, so another pool. */
  readonly title: string;
}

/** The outcome spec of a small pool: two engines whose flights are paid for; the first node takes the evidence in. */
export function smallSpec({ title, oracle }: SmallPoolOrder): OutcomeSpec {
  const names = [1, 2].map((engine) => ({ engine, account: lower(localAccount(`provider ${engine}`).address) }));
  const roster = names
    .map(({ engine, account }) => ({ id: `fleet-${engine}`, name: `Engine ${engine}`, weight: CYCLES, account }))
    .sort((one, other) => (one.account < other.account ? -1 : 1));
  const fleets = names.map(({ engine }) => ({ id: `fleet-${engine}`, engines: [engine] }));
  const { criteria, payment } = engineTemplate.plan([telemetry(0, 0)], {});
  return outcomeSpecSchema.parse({
    format: "guerdon/spec/1",
    title,
    template: "engine",
    params: { fleets, cyclesPerRound: CYCLES },
    ...{ criteria, payment, roster },
    oracle: { signers: oracle.signers, threshold: oracle.threshold, intake: oracle.signers[0] },
  });
}

/**
 * The two parts of a round's telemetry. Their content follows from the round, and without either of them the result is another.
 * @param part 0 or 1
 */
export function telemetry(round: number, part: number) {
  const first = round * CYCLES + 1;
  const flown = Array.from({ length: CYCLES - ((round + part) % 2) }, (_, i) => `${part + 1},${first + i},1`);
  const text = ["engine,cycle,reading", ...flown, ""].join("\n");
  return { name: "flights.csv", mediaType: "text/csv", bytes: new Uint8Array(stringToBytes(text)) } as const;
}

/** Makes a pool, enrols its providers and funds all of its rounds. */
export async function makeSmallPool(chain: LocalChain, order: SmallPoolOrder): Promise<SmallPool> {
  const manager = localAccount("manager");
  const spec = smallSpec(order);
  const terms = await smallTerms(chain, order, spec);
  const problem = checkTerms(terms, BigInt(await chain.now()));
  if (problem !== null) throw new Error(problem);
  const abi = outcomePoolFactoryAbi;
  await chain.provideGas(manager.address);
  await chain.send(manager, {
    to: chain.factory,
    data: encodeFunctionData({ abi, functionName: "create", args: [terms] }),
  });
  const made = await chain.client.readContract({ address: chain.factory, abi, functionName: "predict", args: [terms] });
  const records = encodeProviders(
    spec.roster.map(({ account, weight }) => ({ address: account, weight: BigInt(weight) })),
  );
  const enrol = encodeFunctionData({ abi: outcomePoolAbi, functionName: "enrol", args: [records] });
  await chain.send(manager, { to: made, data: enrol });
  await fund(chain, made, order.rounds);
  return { pool: lower(made), terms, spec };
}

/** Rounds follow each other so slowly that one is settled before the next ends. */
async function smallTerms(chain: LocalChain, { rounds, oracle }: SmallPoolOrder, spec: OutcomeSpec): Promise<Terms> {
  return {
    ...DEFAULT_TERMS,
    ...spec.payment,
    token: chain.token,
    oracle: oracle.address,
    manager: localAccount("manager").address,
    feeRecipient: localAccount("fee recipient").address,
    feeBps: 100,
    rounds,
    notice: HOUR,
    period: 3 * HOUR,
    assessmentWindow: HOUR,
    challengeWindow: HOUR,
    rulingWindow: 24 * HOUR,
    start: (await chain.now()) + 2 * HOUR,
    specHash: specHash(spec),
    specURI: `urn:guerdon:spec:${specHash(spec)}`,
  };
}

async function fund(chain: LocalChain, pool: Address, rounds: number): Promise<void> {
  const buyer = localAccount("buyer 1");
  const total = BUDGET * BigInt(rounds);
  await chain.provideGas(buyer.address);
  const mint = encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [buyer.address, total] });
  await chain.send(buyer, { to: chain.token, data: mint });
  const approve = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [pool, total] });
  await chain.send(buyer, { to: chain.token, data: approve });
  const calls = Array.from({ length: rounds }, (_, round) =>
    encodeFunctionData({ abi: outcomePoolAbi, functionName: "fund", args: [round, buyer.address, BUDGET] }),
  );
  await sendBatches(chain, buyer, pool, calls);
}
