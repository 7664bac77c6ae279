import { recoverAddress, type Hex } from "viem";

/** A signature, and the node it is said to be by. */
export interface Signed {
  readonly node: Hex;
  readonly signature: Hex;
}

/**
 * Finds the account that signed a digest, in lower case; `null` where there can be none. All implementations must find the same: one
 * that is faster is passed on by who puts a node together.
 */
export type Recover = (digest: Hex, signature: Hex) => Hex | null | Promise<Hex | null>;

/** By viem: everywhere, without anything else. */
export const viemRecover: Recover = async (digest, signature) => {
  try {
    return (await recoverAddress({ hash: digest, signature })).toLowerCase() as Hex;
  } catch {
    return null;
  }
};

/** Signers found before, by digest and signature: finding one is by far the dearest step of an audit that is made again. */
const found = new Map<string, Hex | null>();
const MOST_FOUND = 4096;

function keep(key: string, signer: Hex | null): void {
  found.set(key, signer);
  const [oldest] = found.keys();
  if (found.size > MOST_FOUND && oldest !== undefined) found.delete(oldest);
}

/** What is wrong with a signature over a digest, or `null`. */
export async function signatureProblem(
  digest: Hex,
  { node, signature }: Signed,
  recover: Recover = viemRecover,
): Promise<string | null> {
  const key = `${digest}${signature}`;
  const known = found.get(key);
  const signer = known === undefined ? await recover(digest, signature) : known;
  if (known === undefined) keep(key, signer);
  if (signer === null) return "the signature is none of any account";
  return signer === node ? null : `the signature is not by ${node}`;
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
