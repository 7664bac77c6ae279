import { HardhatArtifactResolver } from "@nomicfoundation/hardhat-ignition/helpers";
import { deploy as ignite, DeploymentResultType } from "@nomicfoundation/ignition-core";
import hre from "hardhat";
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  getAddress,
  http,
  type Account,
  type Address,
  type Hex,
  type PublicClient,
} from "viem";
import { hardhat } from "viem/chains";
import { explainRevert } from "../../contracts/protocol/errors.ts";
import localModule from "../../ignition/modules/Local.ts";
import { requireFreePort } from "./ports.ts";

/** Gas offered with every transaction: under the cap of EIP-7825, above what any call of the pool takes. */
const GAS_LIMIT = 16_000_000n;

/** A local chain whose clock can be moved. */
export interface LocalChain {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly factory: Address;
  readonly quorum: Address;
  readonly token: Address;
  readonly client: PublicClient;
  /** Gives an account what it needs to pay for gas. */
  provideGas(account: Address): Promise<void>;
  /** Sends a transaction and waits until it is mined; a revert is put in words. */
  send(account: Account, call: { readonly to: Address; readonly data: Hex }): Promise<void>;
  /** Block time now, seconds. */
  now(): Promise<number>;
  /** Mines blocks until there is one of that number. */
  mineTo(block: bigint): Promise<void>;
  /** Moves the clock to a later time. */
  moveTo(time: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a chain with an endpoint on this machine and deploys factory, quorum and test stablecoin through Ignition.
 * @param port port of the endpoint, 0 for any free one
 * @throws InputError where the port cannot be listened on
 */
export async function startLocalChain(
  port: number,
  oracle: { readonly signers: readonly Hex[]; readonly threshold: number },
): Promise<LocalChain> {
  // Compiling takes a minute, and Hardhat's server cannot be asked why it does not listen: it ends the process.
  await requireFreePort("--rpc-port", port);
  const server = await hre.network.createServer({ network: "default" }, "127.0.0.1", port);
  const listening = await server.listen();
  const rpcUrl = `http://127.0.0.1:${listening.port}`;
  const transport = http(rpcUrl, { timeout: 120_000 });
  const client: PublicClient = createPublicClient({ chain: hardhat, transport, pollingInterval: 5, cacheTime: 0 });
  const clock = createTestClient({ mode: "hardhat", chain: hardhat, transport });
  const wallet = createWalletClient({ chain: hardhat, transport });
  return {
    ...(await deploy(client, oracle)),
    rpcUrl,
    client,
    chainId: hardhat.id,
    provideGas: (account) => clock.setBalance({ address: account, value: 10n ** 21n }),
    send: async (account, call) => {
      try {
        const hash = await wallet.sendTransaction({ account, ...call, gas: GAS_LIMIT });
        await client.waitForTransactionReceipt({ hash });
      } catch (error) {
        const revert = explainRevert(error);
        throw revert === null ? error : new Error(revert.message, { cause: error });
      }
    },
    now: async () => Number((await client.getBlock()).timestamp),
    mineTo: async (block) => {
      // One by one: blocks that Hardhat mines in one go cannot all be read.
      while ((await client.getBlockNumber({ cacheTime: 0 })) < block) await clock.mine({ blocks: 1 });
    },
    moveTo: async (time) => {
      await clock.setNextBlockTimestamp({ timestamp: BigInt(time) });
      await clock.mine({ blocks: 1 });
    },
    stop: () => server.close(),
  };
}

/** Deploys through Ignition, without the journal it keeps for chains that outlive the run. */
async function deploy(client: PublicClient, oracle: { readonly signers: readonly Hex[]; readonly threshold: number }) {
  // Hardhat's own accounts are the node's, which signs for them.
  const accounts = await client.request({ method: "eth_accounts" } as never);
  const result = await ignite({
    provider: { request: (args) => client.request(args as never) },
    artifactResolver: new HardhatArtifactResolver(hre.artifacts),
    ignitionModule: localModule,
    deploymentParameters: { Guerdon: { signers: [...oracle.signers], threshold: oracle.threshold } },
    accounts,
    config: { blockPollingInterval: 20, requiredConfirmations: 1 },
  });
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT) throw new Error(`deployment failed: ${result.type}`);
  const address = (id: string): Address => getAddress(result.contracts[id]?.address ?? "");
  return {
    factory: address("Guerdon#OutcomePoolFactory"),
    quorum: address("Guerdon#OracleQuorum"),
    token: address("Local#TestStablecoin"),
  };
}
