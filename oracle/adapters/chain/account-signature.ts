import { encodeFunctionData, hashMessage, parseAbi, type Address, type Hex, type PublicClient } from "viem";
import { explainRevert } from "../../../contracts/protocol/errors.ts";
import { fastRecover } from "../signers/fast-secp256k1.ts";
import { CallExecutionError, ExecutionRevertedError } from "viem";
import type { At } from "./blocks.ts";

const erc1271 = parseAbi(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);
/** What a contract answers that takes a signature for its own, padded to a word. */
const MAGIC = `0x1626ba7e${"00".repeat(28)}`;
/** A contract may burn all it is given. */
const GAS = 1_000_000n;

/** Whether an account signed a message of EIP-191 with its own key. No chain is needed for that. */
export async function signedByKey(account: Address, message: string, signature: Hex): Promise<boolean> {
  return (await fastRecover(hashMessage(message), signature)) === account.toLowerCase();
}

/** Whether a contract takes a signature over a message for its own (ERC-1271); an account without code never does. */
export async function signedByContract(
  client: PublicClient,
  where: At,
  { account, message, signature }: { account: Address; message: string; signature: Hex },
): Promise<boolean> {
  if ((await client.getCode({ address: account, ...where })) === undefined) return false;
  const args = [hashMessage(message), signature] as const;
  const data = encodeFunctionData({ abi: erc1271, functionName: "isValidSignature", args });
  try {
    const answer = await client.call({ to: account, data, gas: GAS, ...where });
    return answer.data?.slice(0, 66) === MAGIC;
  } catch (error) {
    if (isRevert(error)) return false;
    throw error;
  }
}

/** The contract stopped, in contrast to an endpoint that failed. */
function isRevert(error: unknown): boolean {
  if (explainRevert(error) !== null) return true;
  return error instanceof CallExecutionError && error.walk((one) => one instanceof ExecutionRevertedError) !== null;
}
