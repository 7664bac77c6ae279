import { formatEther, formatGwei, type Address, type Hex, type PublicClient } from "viem";
import { outcomePoolFactoryAbi } from "../../contracts/protocol/generated/abi.ts";
import { unpackTerms } from "../../contracts/protocol/terms.ts";
import { readOracle, readTerms } from "../../oracle/adapters/chain/pool-facts.ts";
import type { Role } from "../../oracle/config/network.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { checkEndpoints } from "./endpoints.ts";
import { failed, ok, warning, type Finding } from "./finding.ts";

/** What is checked against a chain. */
export interface ChainQuestion {
  readonly urls: readonly string[];
  readonly agreement: number;
  readonly factory: Address;
  /** The node's own. */
  readonly address: Address;
  readonly roles: readonly Role[];
  readonly pool: Address | undefined;
  /** The node's clock, Unix milliseconds. */
  readonly now: number;
}

type Check = readonly [what: string, check: () => Promise<Finding>];

/** Gas of an assessment of the largest pools, with room. */
const ASSESSMENT_GAS = 3_000_000n;
const SKEW_SECONDS = 60;

/** Whether the node could work on that chain. Every check is made that can be; one that breaks off is a failure, not an end. */
export async function checkChain(question: ChainQuestion): Promise<Finding[]> {
  const { agreeing, findings } = await checkEndpoints(question.urls, question.agreement);
  const client = agreeing[0]?.client;
  if (client === undefined) return [...findings];
  const checks: Check[] = [
    ["factory", () => checkFactory(client, question.factory)],
    ...poolChecks(client, question),
    ...balanceChecks(client, question),
    ["clock", () => checkClock(client, question.now)],
  ];
  const found = await Promise.all(
    checks.map(([what, check]) => check().catch((error: unknown) => broken(what, error))),
  );
  return [...findings, ...found];
}

function poolChecks(client: PublicClient, { pool, factory, address }: ChainQuestion): Check[] {
  if (pool === undefined) return [];
  return [
    ["pool", () => checkPool(client, factory, pool)],
    ["signer", () => checkSigner(client, pool, address)],
  ];
}

/** Only who submits pays for gas. */
function balanceChecks(client: PublicClient, { roles, address }: ChainQuestion): Check[] {
  return roles.includes("submitter") ? [["balance", () => checkBalance(client, address)]] : [];
}

async function checkFactory(client: PublicClient, factory: Address): Promise<Finding> {
  const code = await client.getCode({ address: factory });
  if (code !== undefined) return ok("factory", `${factory} has code`);
  return failed(
    "factory",
    `there is nothing at ${factory}`,
    "check GUERDON_FACTORY, and that the endpoints are of its chain",
  );
}

async function checkPool(client: PublicClient, factory: Address, pool: Address): Promise<Finding> {
  const isPool = await client.readContract({
    address: factory,
    abi: outcomePoolFactoryAbi,
    functionName: "isPool",
    args: [pool],
  });
  if (isPool) return ok("pool", `${pool} is the factory's`);
  return failed("pool", `the factory did not make ${pool}`, "check the address of the pool");
}

async function checkSigner(client: PublicClient, pool: Address, address: Address): Promise<Finding> {
  const blockNumber = await client.getBlockNumber();
  const { oracle } = unpackTerms(await readTerms(client, pool, { blockNumber }));
  const { signers, threshold } = await readOracle(client, oracle, { blockNumber });
  const own = address.toLowerCase() as Hex;
  if (signers.includes(own)) return ok("signer", `one of ${signers.length} of the pool's oracle; ${threshold} sign`);
  const act = "give this address to whoever makes the next pool; its oracle cannot change";
  return failed("signer", `${own} is none of the ${signers.length} of the pool's oracle`, act);
}

async function checkBalance(client: PublicClient, address: Address): Promise<Finding> {
  const [balance, price] = await Promise.all([client.getBalance({ address }), client.getGasPrice()]);
  const needed = price * ASSESSMENT_GAS;
  const found = `${formatEther(balance)}; an assessment may cost ${formatEther(needed)} at ${formatGwei(price)} gwei`;
  if (balance >= needed) return ok("balance", found);
  return failed("balance", found, `send the chain's currency to ${address}`);
}

async function checkClock(client: PublicClient, now: number): Promise<Finding> {
  const { timestamp } = await client.getBlock();
  const apart = Math.round(now / 1000 - Number(timestamp));
  if (Math.abs(apart) <= SKEW_SECONDS) return ok("clock", `${apart} s after the newest block`);
  const act = "keep the clock by NTP; where it is right, the endpoints lag or no blocks are made";
  return warning("clock", `${Math.abs(apart)} s ${apart > 0 ? "after" : "before"} the newest block`, act);
}

/** Only faults in our own words are quoted. */
function broken(what: string, error: unknown): Finding {
  const found = error instanceof InputError ? error.message : "the endpoint did not answer the question";
  return failed(what, found, "check the address, and try again");
}
