import { encodeAbiParameters, encodeFunctionData, size, slice, type Address, type Hex, type PublicClient } from "viem";
import { oracleQuorumAbi } from "../../../contracts/protocol/generated/abi.ts";
import { PROVIDERS_PER_BATCH } from "../../../contracts/protocol/limits.ts";
import { encodeProviders } from "../../../contracts/protocol/vector.ts";
import type { ChainExport } from "../../domain/chain-export.ts";
import { InputError } from "../../domain/errors.ts";
import type { At } from "./blocks.ts";
import { isUnanswered } from "./endpoint.ts";
import { lower, type PoolReader } from "./pool-reader.ts";

/** Code of a minimal clone, before the immutable arguments. */
const CLONE_BYTES = 45;
/** What the code of an account that delegates to a contract (EIP-7702) begins with; the account still signs by its key. */
const DELEGATION = "0xef0100";
/** What a question to an oracle may use: enough for some hundreds of signers, and too little for a stranger's contract to keep an endpoint busy. */
const ORACLE_GAS = 2_000_000n;
/** A contract of every chain that answers with what it is given. */
const IDENTITY = "0x0000000000000000000000000000000000000004";
const WORD = 32;
/** What an oracle is asked: all its signers, and its threshold. */
const SIGNERS = encodeFunctionData({ abi: oracleQuorumAbi, functionName: "getSigners", args: [0n, 2n ** 64n - 1n] });
const THRESHOLD = encodeFunctionData({ abi: oracleQuorumAbi, functionName: "threshold" });

/** A pool's terms as its code holds them. */
export async function readTerms(client: PublicClient, pool: Address, where: At): Promise<Hex> {
  const code = await client.getCode({ address: pool, ...where });
  if (code === undefined || size(code) <= CLONE_BYTES) {
    throw new InputError("there is no pool at this address", { field: "pool", value: pool });
  }
  return lower(slice(code, CLONE_BYTES));
}

/** The records of a pool's providers, as enrolment takes them. */
export async function readProviders(read: PoolReader, count: bigint): Promise<Hex> {
  const pieces = Math.ceil(Number(count) / PROVIDERS_PER_BATCH);
  const ranges = Array.from({ length: pieces }, (_, piece) => {
    const from = BigInt(piece * PROVIDERS_PER_BATCH);
    const left = count - from;
    return [from, left < PROVIDERS_PER_BATCH ? left : BigInt(PROVIDERS_PER_BATCH)] as const;
  });
  const lists = await read("providers", ranges, 1);
  return encodeProviders(lists.flat().map(({ account, weight }) => ({ address: account, weight: BigInt(weight) })));
}

/**
 * Who signs for an oracle: a quorum's members and threshold; an account is its own only signer.
 * @throws InputError where it is another contract, whatever that does or answers, or a member is no account
 */
export async function readOracle(client: PublicClient, oracle: Address, where: At): Promise<ChainExport["oracle"]> {
  const address = lower(oracle);
  const code = await client.getCode({ address: oracle, ...where });
  if (code === undefined || code.startsWith(DELEGATION)) return { address, signers: [address], threshold: 1 };
  const signers = accountsOf(await contractAnswer(client, { to: oracle, data: SIGNERS }, where));
  const word = signers === null ? "0x" : await contractAnswer(client, { to: oracle, data: THRESHOLD }, where);
  const threshold = size(word) === WORD ? BigInt(word) : 0n;
  if (signers === null || threshold < 1n || threshold > BigInt(signers.length)) {
    throw new InputError("the oracle is a contract that does not name its signers", {
      field: "oracle",
      value: oracle,
      limit: "an account or an OracleQuorum of accounts",
    });
  }
  return { address, signers, threshold: Number(threshold) };
}

/**
 * What a contract answers; nothing where it fails, in whatever way. An endpoint that says no is taken at its word where it can make
 * another call at the same block: else it is the endpoint that fails, not the contract.
 */
async function contractAnswer(client: PublicClient, call: { to: Address; data: Hex }, where: At): Promise<Hex> {
  try {
    return (await client.call({ ...call, gas: ORACLE_GAS, ...where })).data ?? "0x";
  } catch (error) {
    if (isUnanswered(error)) throw error;
    await client.call({ to: IDENTITY, data: "0x01", gas: ORACLE_GAS, ...where });
    return "0x";
  }
}

/**
 * Accounts of an encoded `bytes[]`; `null` where it is anything but the encoding of accounts. Offsets are not followed: those of a
 * stranger may lead to the same large piece again and again.
 */
function accountsOf(encoded: Hex): Hex[] | null {
  const count = (size(encoded) / WORD - 2) / 3;
  if (!Number.isInteger(count) || count < 1) return null;
  const accounts = Array.from({ length: count }, (_, i) => {
    const place = WORD * (2 + count + 2 * i + 1);
    return slice(encoded, place, place + 20);
  });
  return encodeAbiParameters([{ type: "bytes[]" }], [accounts]) === encoded.toLowerCase() ? accounts.map(lower) : null;
}
