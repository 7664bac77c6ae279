import { CHAIN_FILE, type ChainExport, type RoundAnswer } from "../chain-export.ts";
import { answerAt } from "../ledger/answer.ts";
import { ledgerPlace } from "../ledger/fault.ts";
import type { Replay } from "../ledger/replay.ts";
import { settlementAt, type Settlement } from "../ledger/settlement.ts";
import { statusAt, type PoolState, type RoundBook } from "../ledger/state.ts";
import { firstDifference } from "../difference.ts";
import type { CheckList } from "./report.ts";

/** Every entry of the ledger keeps the pool's rules, and the pool's own answers are what follows from it. */
export function checkLedger(chain: ChainExport, replay: Replay, checks: CheckList): void {
  checkEntries(chain, replay, checks);
  checkRoundCount(chain, replay.state, checks);
  for (const [i, answer] of chain.rounds.entries()) {
    const book = replay.state.rounds[i];
    if (book !== undefined) checkRound(chain, replay.state, book, answer, checks);
  }
  checks.add("money.balance", `${CHAIN_FILE} balance`, balanceProblem(chain, replay.state));
}

function checkEntries({ ledger }: ChainExport, { faults }: Replay, checks: CheckList): void {
  const messages = new Map<string, string>();
  for (const { place, message } of faults) {
    const before = messages.get(place);
    messages.set(place, before === undefined ? message : `${before}; ${message}`);
  }
  const providers = `${CHAIN_FILE} providers`;
  checks.add("ledger.providers", providers, messages.get(providers) ?? null);
  for (const [i, entry] of ledger.entries()) {
    const place = ledgerPlace(i, entry);
    checks.add(`ledger.${entry.event.name}`, place, messages.get(place) ?? null);
  }
}

function checkRoundCount({ rounds }: ChainExport, state: PoolState, checks: CheckList): void {
  if (rounds.length === state.rounds.length) return;
  const message = `${rounds.length} rounds, not ${state.rounds.length}`;
  checks.add("round.answer", `${CHAIN_FILE} rounds`, message);
}

function checkRound(
  { head }: ChainExport,
  state: PoolState,
  book: RoundBook,
  answer: RoundAnswer,
  checks: CheckList,
): void {
  const place = `${CHAIN_FILE} rounds[${book.round}]`;
  const time = BigInt(head.time);
  const settlement = settlementAt(state, book, time);
  const expected = answerAt(state, book, time);
  const { payouts } = expected;
  checks.add("round.answer", place, firstDifference({ ...answer, payouts }, expected));
  checks.add("round.final", place, settlement === null ? `it is ${statusAt(state, book, time).state}` : null);
  checkPayouts(answer.payouts, payouts, place, checks);
  if (settlement === null) return;
  checks.add("money.conserved", place, conservationProblem(answer, book, settlement));
}

function checkPayouts(
  found: RoundAnswer["payouts"],
  expected: RoundAnswer["payouts"],
  place: string,
  checks: CheckList,
): void {
  if (found.length !== expected.length) {
    checks.add("payout.amount", `${place}.payouts`, `${found.length} payouts, not ${expected.length}`);
  }
  for (const [i, answer] of found.entries()) {
    checks.add("payout.amount", `${place}.payouts[${i}]`, firstDifference(answer, expected[i]));
  }
}

/** With the pool's own answers for payouts and fee: what is left of the funds must be dust. */
function conservationProblem(answer: RoundAnswer, book: RoundBook, { money, refunds }: Settlement): string | null {
  const payouts = answer.payouts.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const back = refunds.reduce((sum, { amount }) => sum + amount, 0n);
  const dust = BigInt(answer.funded) - payouts - BigInt(answer.fee) - money.repayment - back;
  const most = answer.payouts.length + refunds.length;
  if (dust === 0n || (dust > 0n && dust < BigInt(most))) return null;
  return `${dust} is left of ${book.funded}; rounding leaves less than ${most}`;
}

/** The balance follows twice: from the transfers, and from what every round still owes. */
function balanceProblem({ balance }: ChainExport, state: PoolState): string | null {
  if (BigInt(balance) !== state.balance) return `it is ${balance}; the transfers give ${state.balance}`;
  const owed = state.rounds.reduce((sum, book) => sum + heldFor(state, book), state.donations);
  return owed === state.balance ? null : `it is ${balance}; the rounds and donations give ${owed}`;
}

/** What of a round is still in the pool: funds and bond, less what was paid out. */
function heldFor({ terms }: PoolState, book: RoundBook): bigint {
  const bond = book.challenger === null ? 0n : terms.bond;
  const { settlement } = book;
  if (settlement === null) return book.funded + bond;
  const { money, payouts, refunds } = settlement;
  const paid = [
    ...[...book.paid.keys()].map((index) => payouts[index]!),
    ...refunds.filter(({ buyer }) => book.refunded.has(buyer)).map(({ amount }) => amount),
    book.feePaid ? money.fee : 0n,
    book.bondPaid ? money.repayment + money.bondReturned : 0n,
    book.arbiterPaid ? money.toArbiter : 0n,
  ];
  return paid.reduce((left, amount) => left - amount, book.funded + bond);
}
