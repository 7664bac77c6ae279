import {
  BaseError,
  ContractFunctionRevertedError,
  ContractFunctionZeroDataError,
  size,
  slice,
  type Address,
  type Hex,
  type PublicClient,
} from "viem";
import { oracleQuorumAbi } from "../../../contracts/protocol/generated/abi.ts";
import { PROVIDERS_PER_BATCH } from "../../../contracts/protocol/limits.ts";
import { encodeProviders } from "../../../contracts/protocol/vector.ts";
import type { ChainExport } from "../../domain/chain-export.ts";
import { InputError } from "../../domain/errors.ts";
import type { At } from "./blocks.ts";
import { lower, type PoolReader } from "./pool-reader.ts";

/** Code of a minimal clone, before the immutable arguments. */
const CLONE_BYTES = 45;
/** What the code of an account that delegates to a contract (EIP-7702) begins with; the account still signs by its key. */
const DELEGATION = "0xef0100";

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
 * @throws InputError where it is another contract, whose signers cannot be known, or a member is no account
 */
export async function readOracle(client: PublicClient, oracle: Address, where: At): Promise<ChainExport["oracle"]> {
  const address = lower(oracle);
  const code = await client.getCode({ address: oracle, ...where });
  if (code === undefined || code.startsWith(DELEGATION)) return { address, signers: [address], threshold: 1 };
  const at = { address: oracle, abi: oracleQuorumAbi, ...where } as const;
  const members = Promise.all([
    client.readContract({ ...at, functionName: "getSigners", args: [0n, 2n ** 64n - 1n] }),
    client.readContract({ ...at, functionName: "threshold" }),
  ]);
  const [signers, threshold] = await members.catch((error: unknown) => {
    if (!isNoAnswer(error)) throw error;
    throw new InputError("the oracle is a contract that does not name its signers", {
      field: "oracle",
      value: oracle,
      limit: "an account or an OracleQuorum",
    });
  });
  const foreign = signers.find((signer) => size(signer) !== 20);
  if (foreign !== undefined)
    throw new InputError("a signer of the oracle is no account", { field: "oracle", value: foreign });
  return { address, signers: signers.map(lower), threshold: Number(threshold) };
}

/** The contract reverted or returned nothing, in contrast to an endpoint that failed. */
function isNoAnswer(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const cause = error.walk(
    (one) => one instanceof ContractFunctionRevertedError || one instanceof ContractFunctionZeroDataError,
  );
  return cause !== null;
}
