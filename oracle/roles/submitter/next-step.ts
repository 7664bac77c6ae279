import { lastForm, type MinedIn, type Transaction } from "./transaction.ts";

/** What the chain says about a transaction now. */
export interface View {
  /** Number and time of the newest block. */
  readonly latest: { readonly number: bigint; readonly time: number };
  readonly finalized: bigint;
  /** Where one of its forms is mined; `null` where none is. */
  readonly mined: MinedIn | null;
  /** How many transactions of its account are in final blocks. */
  readonly finalCount: number;
}

/** What is done for it next. */
export type NextStep =
  /** Sign it for the first time. */
  | { readonly do: "sign" }
  /** Send what is signed, again perhaps. */
  | { readonly do: "broadcast" }
  /** Sign it again with higher fees, under the same nonce. */
  | { readonly do: "replace" }
  /** Its nonce is used up by another transaction for good: begin anew. */
  | { readonly do: "begin-anew" }
  /** It is in a block that may still go. */
  | { readonly do: "note-mined"; readonly mined: MinedIn }
  /** The block it was in is gone. */
  | { readonly do: "note-gone" }
  /** It is in a final block. */
  | { readonly do: "finish"; readonly mined: MinedIn }
  | { readonly do: "wait" };

/** When a transaction that is not mined gets a higher fee: after either of them. */
export interface Patience {
  readonly replaceAfterBlocks: number;
  /** Of block time. */
  readonly replaceAfterSeconds: number;
}

/** What to do next for a transaction; all there is to decide about one. */
export function nextStep(transaction: Transaction, view: View, patience: Patience): NextStep {
  const { state, nonce, mined } = transaction;
  const form = lastForm(transaction);
  if (state === "done" || state === "refused") return { do: "wait" };
  if (nonce === null || form === undefined) return { do: "sign" };
  if (view.mined !== null) {
    if (BigInt(view.mined.block) <= view.finalized) return { do: "finish", mined: view.mined };
    const known = mined?.hash === view.mined.hash && mined.blockHash === view.mined.blockHash;
    return known ? { do: "wait" } : { do: "note-mined", mined: view.mined };
  }
  if (mined !== null) return { do: "note-gone" };
  if (view.finalCount > nonce) return { do: "begin-anew" };
  const blocks = Number(view.latest.number) - form.block;
  const stuck = blocks >= patience.replaceAfterBlocks || view.latest.time - form.time >= patience.replaceAfterSeconds;
  // A block must have passed: time alone may jump where nobody could mine it.
  return stuck && blocks > 0 ? { do: "replace" } : { do: "broadcast" };
}
