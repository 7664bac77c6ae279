import { network } from "hardhat";
import { encodeFunctionData, type Address, type Hex, type PublicClient } from "viem";
import { outcomePoolAbi, outcomePoolFactoryAbi, testStablecoinAbi } from "../../../contracts/protocol/generated/abi.ts";

/** Everything a season needs of a chain that lives in this process. */
export interface TestChain {
  readonly client: PublicClient;
  readonly chainId: number;
  readonly token: Address;
  readonly factory: Address;
  readonly quorum: Address;
  /** Accounts that can send. */
  readonly accounts: readonly Address[];
  now(): Promise<number>;
  moveTo(time: number): Promise<void>;
  /** Calls a pool in a transaction that must succeed. */
  pool(from: Address, pool: Address, data: Hex): Promise<void>;
  createPool(from: Address, data: Hex): Promise<void>;
  /** Gives an account tokens and lets the pool take them. */
  endow(account: Address, pool: Address, amount: bigint): Promise<void>;
  /** Sends tokens without the pool's doing. */
  transfer(from: Address, to: Address, amount: bigint): Promise<void>;
}

export { outcomePoolAbi, outcomePoolFactoryAbi };

/** Starts a chain with token, factory and a quorum of these signers. */
export async function startTestChain(signers: readonly Hex[], threshold: number): Promise<TestChain> {
  const { viem, networkHelpers } = await network.create();
  const client: PublicClient = await viem.getPublicClient();
  const wallets = await viem.getWalletClients();
  const accounts = wallets.map(({ account }) => account.address);
  const [token, factory, quorum] = [
    (await viem.deployContract("TestStablecoin")).address,
    (await viem.deployContract("OutcomePoolFactory")).address,
    (await viem.deployContract("OracleQuorum", [[...signers], BigInt(threshold)])).address,
  ];
  const send = async (from: Address, to: Address, data: Hex): Promise<void> => {
    const wallet = wallets.find(({ account }) => account.address === from)!;
    const hash = await wallet.sendTransaction({ to, data });
    const { status } = await client.getTransactionReceipt({ hash });
    if (status !== "success") throw new Error(`transaction ${hash} failed`);
  };
  const tokenCall = (functionName: "mint" | "approve" | "transfer", to: Address, amount: bigint): Hex =>
    encodeFunctionData({ abi: testStablecoinAbi, functionName, args: [to, amount] });
  return {
    client,
    chainId: await client.getChainId(),
    token,
    factory,
    quorum,
    accounts,
    now: async () => Number((await client.getBlock()).timestamp),
    moveTo: async (time) => {
      await networkHelpers.time.increaseTo(time);
    },
    pool: send,
    createPool: (from, data) => send(from, factory, data),
    async endow(account, pool, amount) {
      await send(account, token, tokenCall("mint", account, amount));
      await send(account, token, tokenCall("approve", pool, amount));
    },
    transfer: (from, to, amount) => send(from, token, tokenCall("transfer", to, amount)),
  };
}
