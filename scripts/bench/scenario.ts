import { encodeFunctionData, getContractAddress, parseAbi, type Address, type Hex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { outcomePoolAbi, outcomePoolFactoryAbi } from "../../contracts/protocol/generated/abi.ts";
import { PROVIDERS_PER_BATCH } from "../../contracts/protocol/limits.ts";
import { poolAddress } from "../../contracts/protocol/terms.ts";
import { encodeQuorumSignature, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { encodeProviders, type ProviderRecord } from "../../contracts/protocol/vector.ts";
import { account, beginChain, type Chain } from "./chain.ts";
import { makeProviders, makeTerms, makeVector, people, rootOf, type Variant } from "./population.ts";

const ORACLE = ["oracle 1", "oracle 2", "oracle 3"].map(account);

/** Signatures an assessment carries: a quorum of 2 of 3. */
const THRESHOLD = 2;

/** Calls of the token and of the bare loop of transfers. */
export const tokenAbi = parseAbi([
  "function mint(address to, uint256 amount)",
  "function approve(address spender, uint256 amount)",
  "function transfer(address to, uint256 amount)",
  "function transferFrom(address from, address to, uint256 amount)",
]);
export const loopAbi = parseAbi(["function disperse(address token, address[] accounts, uint256[] amounts)"]);

/** A pool on a chain of its own, enrolled and not yet funded; everybody in it holds tokens but its providers. */
export interface Scenario {
  readonly chain: Chain;
  readonly variant: Variant;
  readonly token: Address;
  readonly pool: Address;
  /** A bare loop of transfers. */
  readonly loop: Address;
  readonly providers: readonly ProviderRecord[];
  /** Gas of making the pool and of each batch of providers. */
  readonly made: { readonly create: number; readonly enrol: readonly number[] };
}

/** Makes a pool with `count` providers on a new chain. */
export async function makeScenario(variant: Variant, count: number): Promise<Scenario> {
  const chain = await beginChain();
  const token = await chain.deploy("TestStablecoin");
  const factory = await chain.deploy("OutcomePoolFactory");
  const oracle = await chain.deploy("OracleQuorum", [ORACLE.map(({ address }) => address), BigInt(THRESHOLD)]);
  const loop = await chain.deploy("TransferLoop");

  const terms = makeTerms(variant, token, oracle);
  const createData = encodeFunctionData({ abi: outcomePoolFactoryAbi, functionName: "create", args: [terms] });
  const create = await chain.send({ from: people.manager, to: factory, data: createData });
  // The factory's constructor makes the implementation, as its first creation.
  const implementation = getContractAddress({ from: factory, nonce: 1n });
  const pool = poolAddress({ factory, implementation, terms });
  const providers = makeProviders(count);
  const enrol = await enrolAll(chain, pool, providers);
  await giveTokens(chain, token, { pool, loop });
  return { chain, variant, token, pool, loop, providers, made: { create, enrol } };
}

/** Calldata with which the oracle assesses a round. */
export async function assessment({ chain, pool, variant, providers }: Scenario, round: number): Promise<Hex> {
  const evidenceRoot = rootOf(round);
  const scores = makeVector(variant, providers.length, round);
  const data = typedData("Assessment", poolDomain(chain.chainId, pool), { round, evidenceRoot, scores });
  const parts = ORACLE.slice(0, THRESHOLD).map(async (node) => ({
    signer: node.address,
    signature: await node.signTypedData(data),
  }));
  const args = [round, evidenceRoot, scores, encodeQuorumSignature(await Promise.all(parts))] as const;
  return encodeFunctionData({ abi: outcomePoolAbi, functionName: "assess", args });
}

/** Calldata that sends one amount to each of several accounts in a bare loop. */
export function disperse({ token }: Scenario, accounts: readonly Address[], amount: bigint): Hex {
  const args = [token, accounts, accounts.map(() => amount)] as const;
  return encodeFunctionData({ abi: loopAbi, functionName: "disperse", args });
}

/** Gives accounts one base unit each, so that their balance is no longer zero. */
export async function touch(scenario: Scenario, accounts: readonly Address[]): Promise<void> {
  const { chain, loop } = scenario;
  await chain.send({ from: people.relayer, to: loop, data: disperse(scenario, accounts, 1n) });
}

async function enrolAll(chain: Chain, pool: Address, providers: readonly ProviderRecord[]): Promise<number[]> {
  const gas: number[] = [];
  for (let i = 0; i < providers.length; i += PROVIDERS_PER_BATCH) {
    const args = [encodeProviders(providers.slice(i, i + PROVIDERS_PER_BATCH))] as const;
    const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "enrol", args });
    gas.push(await chain.send({ from: people.manager, to: pool, data }));
  }
  return gas;
}

async function giveTokens(chain: Chain, token: Address, spenders: { pool: Address; loop: Address }): Promise<void> {
  const call = (from: PrivateKeyAccount, data: Hex) => chain.send({ from, to: token, data });
  for (const { address } of Object.values(people)) {
    await call(
      people.manager,
      encodeFunctionData({ abi: tokenAbi, functionName: "mint", args: [address, 10n ** 12n] }),
    );
  }
  // Without an end: the token then leaves the allowance alone.
  const approve = (spender: Address) =>
    encodeFunctionData({ abi: tokenAbi, functionName: "approve", args: [spender, 2n ** 256n - 1n] });
  await call(people.buyer, approve(spenders.pool));
  await call(people.challenger, approve(spenders.pool));
  await call(people.relayer, approve(spenders.loop));
  await call(people.buyer, approve(people.relayer.address));
}
