import {
  encodeFunctionData,
  erc20Abi,
  parseSignature,
  stringToHex,
  type Address,
  type Hex,
  type PrivateKeyAccount,
} from "viem";
import { outcomePoolAbi, testStablecoinAbi } from "../../contracts/protocol/generated/abi.ts";
import { authorizationNonce, typedData } from "../../contracts/protocol/typed-data.ts";
import { localAccount } from "./accounts.ts";
import type { LocalChain } from "./local-chain.ts";

/** The three buyers: what part of each round they bring, in percent, and how they let the pool take it. */
export const BUYERS = [
  { role: "buyer 1", percent: 50n, way: "approval" },
  { role: "buyer 2", percent: 30n, way: "ERC-2612 permit" },
  { role: "buyer 3", percent: 20n, way: "EIP-3009 authorization" },
] as const;

/** A round's funds by buyer: the floor of each one's part, the last one brings the rest. */
export function contributions(budget: bigint): bigint[] {
  const [first, second] = BUYERS.map(({ percent }) => (budget * percent) / 100n) as [bigint, bigint, bigint];
  return [first, second, budget - first - second];
}

/** Gives each buyer its part of all rounds and funds the pool with it. */
export async function fundPool(chain: LocalChain, pool: Address, budgets: readonly bigint[]): Promise<void> {
  const keeper = localAccount("keeper");
  for (const [place, { role }] of BUYERS.entries()) {
    const buyer = localAccount(role);
    const amounts = budgets.map((budget) => contributions(budget)[place]!);
    const total = amounts.reduce((sum, amount) => sum + amount, 0n);
    if (total === 0n) continue;
    await chain.send(keeper, { to: chain.token, data: mint(buyer.address, total) });
    if (place === 0) {
      const data = encodeFunctionData({ abi: erc20Abi, functionName: "approve", args: [pool, total] });
      await chain.send(buyer, { to: chain.token, data });
    }
    const calls: Hex[] = [];
    for (const [round, amount] of amounts.entries()) {
      if (amount > 0n) calls.push(await fundingCall({ chain, pool, buyer, round, amount, nonce: calls.length }, place));
    }
    // An authorization can be sent by anyone; the keeper does, so that this buyer needs nothing but its token.
    await sendBatches(chain, place === 2 ? keeper : buyer, pool, calls);
  }
}

/** Sends calls of the pool, fifty to a transaction. */
export async function sendBatches(
  chain: LocalChain,
  sender: PrivateKeyAccount,
  pool: Address,
  calls: readonly Hex[],
): Promise<void> {
  for (let from = 0; from < calls.length; from += 50) {
    const batch = calls.slice(from, from + 50);
    const data = encodeFunctionData({ abi: outcomePoolAbi, functionName: "multicall", args: [batch] });
    await chain.send(sender, { to: pool, data: batch.length === 1 ? batch[0]! : data });
  }
}

/** One buyer's part of one round. */
interface Funding {
  readonly chain: LocalChain;
  readonly pool: Address;
  readonly buyer: PrivateKeyAccount;
  readonly round: number;
  readonly amount: bigint;
  /** How many permits the buyer has signed before. */
  readonly nonce: number;
}

async function fundingCall(funding: Funding, place: number): Promise<Hex> {
  const { chain, buyer, round, amount } = funding;
  const abi = outcomePoolAbi;
  if (place === 0) return encodeFunctionData({ abi, functionName: "fund", args: [round, buyer.address, amount] });
  const until = BigInt((await chain.now()) + 86_400);
  if (place === 1) {
    const signature = await signPermit(funding, until);
    const args = [round, buyer.address, amount, until, signature] as const;
    return encodeFunctionData({ abi, functionName: "fundWithPermit", args });
  }
  const salt = stringToHex(`round ${round}`, { size: 32 });
  const signature = await signAuthorization(funding, until, authorizationNonce(round, buyer.address, salt));
  const args = [round, buyer.address, amount, buyer.address, 0n, until, salt, signature] as const;
  return encodeFunctionData({ abi, functionName: "fundWithAuthorization", args });
}

async function signPermit({ chain, pool, buyer, amount, nonce }: Funding, deadline: bigint) {
  const message = { owner: buyer.address, spender: pool, value: amount, nonce: BigInt(nonce), deadline };
  return inParts(await buyer.signTypedData(typedData("Permit", tokenDomain(chain), message)));
}

async function signAuthorization({ chain, pool, buyer, amount }: Funding, validBefore: bigint, nonce: Hex) {
  const message = { from: buyer.address, to: pool, value: amount, validAfter: 0n, validBefore, nonce };
  return inParts(await buyer.signTypedData(typedData("ReceiveWithAuthorization", tokenDomain(chain), message)));
}

function tokenDomain({ token, chainId }: LocalChain) {
  return { name: "Test Dollar", version: "1", chainId, verifyingContract: token };
}

function inParts(signature: Hex) {
  const { r, s, yParity } = parseSignature(signature);
  return { v: 27 + yParity, r, s };
}

function mint(to: Address, amount: bigint): Hex {
  return encodeFunctionData({ abi: testStablecoinAbi, functionName: "mint", args: [to, amount] });
}
