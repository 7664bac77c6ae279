import type { Hex } from "viem";
import { settledOutcome } from "../../../contracts/protocol/clock.ts";
import {
  payout,
  refund,
  roundMoney,
  tally,
  totalPayable,
  type Outcome,
  type RoundMoney,
  type Tally,
} from "../../../contracts/protocol/payout.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { factsOf, type PoolState, type RoundBook } from "./state.ts";

/** What a buyer gets back of a round. */
export interface Refund {
  readonly buyer: Hex;
  readonly contributed: bigint;
  readonly amount: bigint;
}

/** Where the money of a round goes once nothing can change it, in base units; whether it was moved yet is another matter. */
export interface Settlement {
  readonly outcome: Outcome;
  readonly money: RoundMoney;
  readonly tally: Tally;
  /** V: what is set aside for providers. */
  readonly payable: bigint;
  /** In the order of the providers. */
  readonly payouts: readonly bigint[];
  /** In ascending order of buyers. */
  readonly refunds: readonly Refund[];
  /** What rounding leaves in the pool. */
  readonly dust: bigint;
}

/** Where the round's money goes, or `null` while that can still change at the time, which is not before the last event. */
export function settlementAt(state: PoolState, book: RoundBook, time: bigint): Settlement | null {
  if (book.settlement !== null) return book.settlement;
  const outcome = settledOutcome(clockTerms(state.terms), book.round, factsOf(state, book), time);
  if (outcome !== null) book.settlement = settle(state, book, outcome);
  return book.settlement;
}

function settle({ terms, providers, enrolled }: PoolState, book: RoundBook, outcome: Outcome): Settlement {
  const { funded, contributions, assessment, vector } = book;
  const { feeBps, bond } = terms;
  const money = roundMoney({ funded, feeBps, bond, outcome, assessed: assessment !== null });
  const weights = providers.slice(0, enrolled).map(({ weight }) => weight);
  const claims = tally(terms, weights, vector?.records ?? null);
  const none = outcome === "cancelled";
  const payable = none ? 0n : totalPayable(money.budget, claims.totalAward, claims.denominator);
  const payouts = claims.awards.map((award) => (none ? 0n : payout(money.budget, award, claims.denominator)));
  const refunds = [...contributions]
    .filter(([, contributed]) => contributed > 0n)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([buyer, contributed]) => {
      return { buyer, contributed, amount: refund(money.budget, payable, contributed, funded) };
    });
  const spent = [...payouts, ...refunds.map(({ amount }) => amount), money.fee, money.repayment];
  const dust = spent.reduce((left, amount) => left - amount, funded);
  return { outcome, money, tally: claims, payable, payouts, refunds, dust };
}
