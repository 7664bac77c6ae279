import { zeroAddress, zeroHash } from "viem";
import { tally, type Tally } from "../../../contracts/protocol/payout.ts";
import type { RoundAnswer } from "../chain-export.ts";
import { settlementAt } from "./settlement.ts";
import { statusAt, type PoolState, type RoundBook } from "./state.ts";

/** What the pool itself has to answer about a round at a time. */
export function answerAt(state: PoolState, book: RoundBook, time: bigint): RoundAnswer {
  const final = settlementAt(state, book, time);
  const settled = final === null || final.outcome === "cancelled" ? null : final;
  const sums = tallyOf(state, book);
  const payouts = settled?.payouts ?? [];
  return {
    round: book.round,
    state: statusAt(state, book, time).state,
    phase: book.phase,
    since: Number(book.since),
    funded: String(book.funded),
    evidenceRoot: book.vector?.evidenceRoot ?? zeroHash,
    challenger: book.challenger ?? zeroAddress,
    totalAward: String(sums?.totalAward ?? 0n),
    denominator: String(sums?.denominator ?? 0n),
    budget: String(settled?.money.budget ?? 0n),
    payable: String(settled?.payable ?? 0n),
    fee: String(settled?.money.fee ?? 0n),
    feePaid: book.feePaid,
    bondPaid: book.bondPaid,
    arbiterPaid: book.arbiterPaid,
    payouts: payouts.map((amount, index) => ({ amount: String(amount), claimed: book.paid.has(index) })),
  };
}

/** Sums over the vector that counts; `null` where none does. */
function tallyOf({ terms, providers, enrolled }: PoolState, { vector }: RoundBook): Tally | null {
  if (vector === null) return null;
  const weights = providers.slice(0, enrolled).map(({ weight }) => weight);
  return tally(terms, weights, vector.records);
}
