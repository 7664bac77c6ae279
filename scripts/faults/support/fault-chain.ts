import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeDeployData,
  http,
  type Account,
  type Address,
  type Hex,
  type PublicClient,
  type WalletClient,
} from "viem";
import { foundry as anvilChain } from "viem/chains";
import { explainRevert } from "../../../contracts/protocol/errors.ts";
import { localAccount } from "../../season/accounts.ts";
import type { LocalChain } from "../../season/local-chain.ts";
import { startAnvil } from "./anvil.ts";
import { readArtifact } from "./artifacts.ts";

/** Gas offered with every transaction. */
const GAS_LIMIT = 16_000_000n;
/** States of so many blocks can be asked about; the blocks and their logs are all kept. */
const KEPT_STATES = "300";

/** Starts Anvil and deploys factory, quorum and test stablecoin. */
export async function startFaultChain(oracle: {
  readonly signers: readonly Hex[];
  readonly threshold: number;
}): Promise<LocalChain> {
  const anvil = await startAnvil(["--prune-history", KEPT_STATES]);
  try {
    return await deployed(anvil.url, oracle, anvil.stop);
  } catch (error) {
    await anvil.stop();
    throw error;
  }
}

async function deployed(
  rpcUrl: string,
  oracle: { readonly signers: readonly Hex[]; readonly threshold: number },
  stop: () => Promise<void>,
): Promise<LocalChain> {
  const transport = http(rpcUrl, { timeout: 60_000 });
  const chain = anvilChain;
  const client: PublicClient = createPublicClient({ chain, transport, pollingInterval: 5, cacheTime: 0 });
  const clock = createTestClient({ mode: "anvil", chain, transport });
  const wallet = createWalletClient({ chain, transport });
  const send = sender(client, wallet);
  const provideGas = (address: Address): Promise<void> => clock.setBalance({ address, value: 10n ** 24n });
  const deployer = localAccount("deployer");
  await provideGas(deployer.address);
  const deploy = async (path: string, args: readonly unknown[] = []): Promise<Address> => {
    const { contractAddress } = await send(deployer, {
      data: encodeDeployData({ ...(await readArtifact(path)), args }),
    });
    if (contractAddress == null) throw new Error(`${path} was not deployed`);
    return contractAddress;
  };
  return {
    ...{ rpcUrl, client, chainId: chain.id, provideGas, stop },
    factory: await deploy("OutcomePoolFactory.sol/OutcomePoolFactory"),
    quorum: await deploy("OracleQuorum.sol/OracleQuorum", [oracle.signers, BigInt(oracle.threshold)]),
    token: await deploy("mocks/TestStablecoin.sol/TestStablecoin"),
    send: async (account, call) => {
      await send(account, call);
    },
    now: async () => Number((await client.getBlock()).timestamp),
    mineTo: async (block) => {
      while ((await client.getBlockNumber({ cacheTime: 0 })) < block) await clock.mine({ blocks: 1 });
    },
    moveTo: async (time) => {
      await clock.setNextBlockTimestamp({ timestamp: BigInt(time) });
      await clock.mine({ blocks: 1 });
    },
  };
}

function sender(client: PublicClient, wallet: WalletClient) {
  return async (account: Account, call: { readonly to?: Address; readonly data: Hex }) => {
    try {
      const hash = await wallet.sendTransaction({ account, chain: anvilChain, ...call, gas: GAS_LIMIT });
      return await client.waitForTransactionReceipt({ hash });
    } catch (error) {
      const revert = explainRevert(error);
      throw revert === null ? error : new Error(revert.message, { cause: error });
    }
  };
}
