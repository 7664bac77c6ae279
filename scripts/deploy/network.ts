import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { HttpNetworkConfig } from "hardhat/types/config";
import { formatEther, getAddress, type Address, type Hex } from "viem";
import { UsageError } from "./options.ts";

/** Chain id of Hardhat's own nodes, whose state goes when they stop. */
const LOCAL_CHAIN = 31_337;

/** Checks that a network exists and that its settings are there. @throws UsageError */
export async function checkNetwork(hre: HardhatRuntimeEnvironment, name: string): Promise<void> {
  const config = hre.config.networks[name];
  const names = Object.entries(hre.config.networks)
    .filter(([, { type }]) => type === "http")
    .map(([network]) => network);
  if (config === undefined)
    throw new UsageError(`hardhat.config.ts has no network ${name}; it has ${names.join(", ")}`);
  if (config.type !== "http") {
    throw new UsageError(`network ${name} lives only as long as this command; deploy to one of ${names.join(", ")}`);
  }
  await checkSettings(name, config);
}

async function checkSettings(name: string, { url, accounts }: HttpNetworkConfig): Promise<void> {
  const keys = Array.isArray(accounts) ? accounts : [];
  for (const [i, setting] of [url, ...keys].entries()) {
    let value: string;
    try {
      value = i === 0 ? await setting.getUrl() : await setting.getHexString();
    } catch (error) {
      // Hardhat's message names the environment variable; the value of a key must not be shown.
      const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
      throw new UsageError(`network ${name} lacks ${i === 0 ? "its address" : "its deployer's key"}: ${why}`);
    }
    if (i > 0 && !/^0x[0-9a-fA-F]{64}$/.test(value)) {
      throw new UsageError(`the deployer's key of network ${name} is not 32 bytes in hex`);
    }
  }
}

/** What a deployment needs to know of a chain. */
interface ChainFacts {
  readonly chainId: number;
  readonly deployer: Address;
}

/** Asks the node; @throws Error where it does not answer, or holds no account with ether. */
export async function askChain(
  name: string,
  request: (method: string, params?: unknown[]) => Promise<unknown>,
): Promise<ChainFacts> {
  let chainId: number;
  try {
    chainId = Number(await request("eth_chainId"));
  } catch (cause) {
    const advice = name === "localhost" ? "; npx hardhat node starts one" : "";
    throw new Error(`no node answers on network ${name}${advice}`, { cause });
  }
  const [account] = (await request("eth_accounts")) as Address[];
  if (account === undefined) throw new Error(`network ${name} has no account to deploy from`);
  const balance = BigInt((await request("eth_getBalance", [account, "latest"])) as Hex);
  if (balance === 0n)
    throw new Error(`deployer ${account} holds ${formatEther(balance)} of network ${name}'s currency`);
  return { chainId, deployer: getAddress(account) };
}

/**
 * Deletes the journal of a local chain that was started anew since: what it says was deployed is no longer there.
 * Journals of other chains are never touched.
 */
export async function dropStaleJournal(
  folder: string,
  chainId: number,
  codeAt: (address: string) => Promise<string>,
): Promise<boolean> {
  const path = join(folder, "deployed_addresses.json");
  if (chainId !== LOCAL_CHAIN || !existsSync(path)) return false;
  const addresses = Object.values(JSON.parse(await readFile(path, "utf8")) as Record<string, string>);
  const codes = await Promise.all(addresses.map(codeAt));
  if (codes.every((code) => code !== "0x")) return false;
  await rm(folder, { recursive: true });
  return true;
}
