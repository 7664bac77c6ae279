import { encodeFunctionData, getAddress, numberToHex, zeroAddress, type Address, type Hex } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";
import { outcomePoolAbi, testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import { DEFAULT_TERMS, type Terms } from "../../contracts/protocol/terms.ts";
import { poolDomain, typedData, type SignerSignature } from "../../contracts/protocol/typed-data.ts";
import { encodeProviders, encodeScores } from "../../contracts/protocol/vector.ts";
import { startChain, type Chain } from "../parity/chain.ts";
import { startRpcProxy, type RpcProxy } from "./rpc-proxy.ts";

const HOUR = 3600;
export const UNIT = 1_000_000n;

/** Nodes of the oracle in the tests of the chain's side, in ascending order of addresses. */
export const NODES: readonly PrivateKeyAccount[] = [1, 2, 3]
  .map((number) => privateKeyToAccount(`0x${String(number).repeat(64)}`))
  .sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));

/** A chain in this process, reached through real HTTP endpoints. */
export interface ChainPlay extends Chain {
  readonly quorum: Address;
  readonly proxies: readonly RpcProxy[];
  readonly urls: readonly string[];
  rpc(method: string, ...params: unknown[]): Promise<unknown>;
  mine(blocks: number): Promise<void>;
  number(): Promise<bigint>;
  /** Throws away all blocks since the snapshot, and mines others in their place. */
  reorg(snapshot: string, blocks: number): Promise<void>;
  snapshot(): Promise<string>;
  close(): Promise<void>;
}

/** Starts a chain with a factory, a token, a quorum of two of the three nodes, and so many endpoints. */
export async function startPlay(endpoints: number): Promise<ChainPlay> {
  const chain = await startChain();
  const { provider, connection } = chain;
  const rpc = (method: string, ...params: unknown[]): Promise<unknown> => provider.request({ method, params });
  const quorum = await connection.viem.deployContract("OracleQuorum", [NODES.map(({ address }) => address), 2n]);
  const proxies = await Promise.all(Array.from({ length: endpoints }, () => startRpcProxy(provider as never)));
  const mine = async (blocks: number): Promise<void> => {
    for (let i = 0; i < blocks; i++) await rpc("evm_mine");
  };
  return {
    ...chain,
    quorum: quorum.address,
    proxies,
    urls: proxies.map(({ url }) => url),
    rpc,
    mine,
    number: () => chain.client.getBlockNumber({ cacheTime: 0 }),
    snapshot: async () => (await rpc("evm_snapshot")) as string,
    async reorg(snapshot, blocks) {
      await rpc("evm_revert", snapshot);
      // Other times, so that blocks of the same content have another hash.
      await chain.mineAt((await chain.now()) + 7n);
      await mine(blocks - 1);
    },
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await connection.close();
    },
  };
}

/** A pool with providers and money. */
export interface PoolPlay {
  readonly pool: Address;
  readonly terms: Terms;
  readonly providers: readonly Address[];
}

export interface PoolOrder {
  readonly providers: number;
  readonly terms?: Partial<Terms>;
}

/** Makes a pool whose first round begins two hours from now, enrols providers and funds its rounds. */
export async function makePool(chain: ChainPlay, order: PoolOrder): Promise<PoolPlay> {
  const [manager, buyer] = [chain.accounts[0]!, chain.accounts[1]!];
  const terms: Terms = {
    ...DEFAULT_TERMS,
    token: chain.token,
    oracle: chain.quorum,
    arbiter: zeroAddress,
    manager,
    specHash: `0x${"5e".repeat(32)}`,
    start: Number(await chain.now()) + 2 * HOUR,
    notice: HOUR,
    period: HOUR,
    rounds: 2,
    assessmentWindow: 3 * HOUR,
    challengeWindow: HOUR,
    rulingWindow: 24 * HOUR,
    minimum: 1n,
    specURI: "https://example.org/spec.json",
    ...order.terms,
  };
  const pool = await chain.createPool(terms);
  const providers = Array.from({ length: order.providers }, (_, i) => providerAt(i));
  const call = (functionName: string, args: unknown[]): Hex =>
    encodeFunctionData({ abi: outcomePoolAbi, functionName, args } as never);
  await chain.send(
    manager,
    pool,
    call("enrol", [encodeProviders(providers.map((address) => ({ address, weight: 1n })))]),
  );
  const amount = 1000n * UNIT;
  const token = (functionName: string, args: unknown[]): Hex =>
    encodeFunctionData({ abi: testStablecoinAbi, functionName, args } as never);
  await chain.send(buyer, terms.token, token("mint", [buyer, amount * BigInt(terms.rounds)]));
  await chain.send(buyer, terms.token, token("approve", [pool, amount * BigInt(terms.rounds)]));
  for (let round = 0; round < terms.rounds; round++)
    await chain.send(buyer, pool, call("fund", [round, buyer, amount]));
  return { pool: pool.toLowerCase() as Address, terms, providers };
}

/** The provider at a place; addresses ascend. */
export function providerAt(index: number): Address {
  return getAddress(numberToHex(0x1000_0000n + BigInt(index), { size: 20 }));
}

/** An assessment in which all did well, with the signatures of these nodes. */
export async function signedAssessment(play: PoolPlay, round: number, chainId: number, nodes = NODES.slice(0, 2)) {
  const scores = encodeScores(
    play.providers.map(() => ({ score: 8000, units: 0n })),
    false,
  );
  const evidenceRoot = `0x${"ab".repeat(32)}` as const;
  const data = typedData("Assessment", poolDomain(chainId, play.pool), { round, evidenceRoot, scores });
  const signatures: SignerSignature[] = await Promise.all(
    nodes.map(async (node) => ({
      signer: node.address.toLowerCase() as Hex,
      signature: await node.signTypedData(data as never),
    })),
  );
  return { evidenceRoot, scores, signatures };
}
