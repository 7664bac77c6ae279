import type { Hex, TypedDataDefinition } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { NodeSigner } from "../ports.ts";

/** Signs with a key held in memory. */
export function localSigner(key: Hex): NodeSigner {
  const account = privateKeyToAccount(key);
  return {
    address: account.address.toLowerCase() as Hex,
    sign: (data) => account.signTypedData(data as unknown as TypedDataDefinition),
  };
}
