import { recoverAddress, type Hex } from "viem";

/** A signature, and the node it is said to be by. */
export interface Signed {
  readonly node: Hex;
  readonly signature: Hex;
}

/** What is wrong with a signature over a digest, or `null`. */
export async function signatureProblem(digest: Hex, { node, signature }: Signed): Promise<string | null> {
  try {
    const signer = await recoverAddress({ hash: digest, signature });
    return signer.toLowerCase() === node ? null : `the signature is not by ${node}`;
  } catch {
    return "the signature is none of any account";
  }
}

/** What is wrong with who signed: different nodes of the oracle in ascending order, as many as a quorum; or `null`. */
export function nodesProblem(signed: readonly { readonly node: Hex }[], oracle: Oracle): string | null {
  for (const [i, { node }] of signed.entries()) {
    if (!oracle.signers.includes(node)) return `${node} is no node of the oracle`;
    if (i > 0 && signed[i - 1]!.node >= node) return `${node} stands twice or out of order`;
  }
  return signed.length >= oracle.threshold ? null : `${signed.length} nodes are fewer than ${oracle.threshold}`;
}

/** Accounts whose signatures count, and how many are enough. */
export interface Oracle {
  readonly signers: readonly Hex[];
  readonly threshold: number;
}
