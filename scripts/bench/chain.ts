import hre from "hardhat";
import { encodeDeployData, keccak256, toHex, type Abi, type Address, type Hex } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";

/** Time of the first block, Unix seconds: fixed, so that no byte of any call depends on when it is measured. */
export const EPOCH = Date.UTC(2030, 0, 1) / 1000;

/** Rules of the chain that is measured. */
export const HARDFORK = "osaka";

/** The most a transaction may use since EIP-7825. */
const GAS_LIMIT = 16_777_216n;

/** A call to measure; the factory's and the contracts' own deployment go through `deploy`. */
export interface Call {
  readonly from: PrivateKeyAccount;
  readonly to: Address;
  readonly data: Hex;
}

/** A chain of its own, on which every key, every nonce and every block's time is fixed. */
export interface Chain {
  readonly chainId: number;
  /** Sends a call in a block of its own, one second after the last, and gives the gas it used. */
  send(call: Call): Promise<number>;
  /** Deploys a contract by its artifact's name. */
  deploy(name: string, args?: readonly unknown[]): Promise<Address>;
  /** Gives the next block a time, Unix seconds. */
  moveTo(time: number): void;
  close(): Promise<void>;
}

/** The account whose key is the hash of its name. */
export function account(name: string): PrivateKeyAccount {
  return privateKeyToAccount(keccak256(toHex(name)));
}

/** Begins a chain. */
export async function beginChain(): Promise<Chain> {
  const connection = await hre.network.create({
    network: "default",
    override: { hardfork: HARDFORK, initialDate: new Date(EPOCH * 1000) },
  });
  const { provider, networkHelpers, viem } = connection;
  const client = await viem.getPublicClient();
  const chainId = await client.getChainId();
  const nonces = new Map<Address, number>();
  let time = EPOCH;

  async function mine(from: PrivateKeyAccount, to: Address | undefined, data: Hex) {
    const nonce = nonces.get(from.address) ?? 0;
    if (nonce === 0) await networkHelpers.setBalance(from.address, 10n ** 24n);
    nonces.set(from.address, nonce + 1);
    time += 1;
    await networkHelpers.time.setNextBlockTimestamp(time);
    const fees = { gas: GAS_LIMIT, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 0n };
    const target = to === undefined ? {} : { to };
    const raw = await from.signTransaction({ type: "eip1559", chainId, nonce, data, ...target, ...fees });
    const hash = (await provider.request({ method: "eth_sendRawTransaction", params: [raw] })) as Hex;
    return await client.getTransactionReceipt({ hash });
  }

  return {
    chainId,
    send: async ({ from, to, data }) => Number((await mine(from, to, data)).gasUsed),
    deploy: async (name, args = []) => {
      const { abi, bytecode } = await hre.artifacts.readArtifact(name);
      const data = encodeDeployData({ abi: abi as Abi, bytecode: bytecode as Hex, args });
      const { contractAddress } = await mine(account("deployer"), undefined, data);
      if (contractAddress == null) throw new Error(`${name} was not deployed`);
      return contractAddress;
    },
    moveTo: (next) => {
      if (next <= time) throw new RangeError(`time ${next} is not after ${time}`);
      time = next - 1;
    },
    close: async () => {
      await connection.close();
    },
  };
}

/** Bytes of a contract's code, by its artifact's name. */
export async function codeSize(name: string): Promise<number> {
  const { deployedBytecode } = await hre.artifacts.readArtifact(name);
  return (deployedBytecode.length - 2) / 2;
}
