import type { Hex, LocalAccount, TypedDataDefinition } from "viem";
import type { NodeSigner } from "../../ports.ts";

/** Signs what nodes sign with an account, wherever its key is. */
export function nodeSigner(account: LocalAccount): NodeSigner {
  return {
    address: account.address.toLowerCase() as Hex,
    sign: (data) => account.signTypedData(data as unknown as TypedDataDefinition),
    signMessage: (message) => account.signMessage({ message }),
  };
}
