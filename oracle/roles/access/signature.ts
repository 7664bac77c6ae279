import { hexToBigInt, isAddressEqual, recoverMessageAddress, size, slice, type Address, type Hex } from "viem";
import { signatureSchema } from "../../domain/schema.ts";
import type { ChainReader } from "../../ports.ts";
import { SignInRefusal } from "./refusal.ts";

/**
 * Requires that an account signed a message of EIP-191: with its key, in the one spelling of ECDSA signatures that is taken
 * everywhere here; or as a contract, by ERC-1271.
 * @throws SignInRefusal where it did not; whatever the chain reader throws where the chain cannot be asked
 */
export async function requireSigned(
  chain: Pick<ChainReader, "signedBy">,
  account: Address,
  message: string,
  signature: Hex,
): Promise<void> {
  if (signature === "0x") refuse("signature-form", signature, "not empty");
  const recovered = await recoveredFrom(message, signature);
  if (recovered === null || !isAddressEqual(recovered, account)) {
    if (await chain.signedBy(account, message, signature)) return;
    refuse("signature", signature, `a signature of ${account}`);
  }
  // Any other spelling of the key's own signature never gets as far as the chain, whose endpoints may be less strict.
  if (!signatureSchema.safeParse(signature).success) {
    refuse("signature-form", signature, "65 bytes in lower case with low s and v 27 or 28");
  }
}

/** The account whose key made an ECDSA signature, in any spelling of one; `null` where it is none. */
async function recoveredFrom(message: string, signature: Hex): Promise<Address | null> {
  const parts = ecdsaParts(signature);
  if (parts === null) return null;
  try {
    return await recoverMessageAddress({ message, signature: parts });
  } catch {
    return null;
  }
}

/** r, s and the parity of 65 bytes, or of the 64 of EIP-2098. */
function ecdsaParts(signature: Hex): { r: Hex; s: Hex; yParity: number } | null {
  const length = size(signature);
  if (length === 65) {
    const v = Number(slice(signature, 64));
    return { r: slice(signature, 0, 32), s: slice(signature, 32, 64), yParity: v >= 27 ? (v - 27) % 2 : v % 2 };
  }
  if (length !== 64) return null;
  const word = hexToBigInt(slice(signature, 32));
  const s = word & ((1n << 255n) - 1n);
  const spelled: Hex = `0x${s.toString(16).padStart(64, "0")}`;
  return { r: slice(signature, 0, 32), s: spelled, yParity: Number(word >> 255n) };
}

function refuse(reason: "signature" | "signature-form", signature: Hex, limit: string): never {
  throw new SignInRefusal(reason, { field: "signature", found: signature, limit });
}
