import { keccak256, stringToBytes, type Hex } from "viem";
import { privateKeyToAccount, type PrivateKeyAccount } from "viem/accounts";

/**
 * Accounts of the local run. Their keys follow from their names, so anyone can compute them: they are for the local chain, whose
 * money is worth nothing, and for nothing else.
 */
export function localKey(role: string): Hex {
  return keccak256(stringToBytes(`guerdon local chain: ${role}`));
}

/** Account of a role on the local chain. */
export function localAccount(role: string): PrivateKeyAccount {
  return privateKeyToAccount(localKey(role));
}

/** Address in the one spelling that documents use. */
export function lower(address: string): Hex {
  return address.toLowerCase() as Hex;
}
