import { getContractAddress, zeroAddress, zeroHash, type Hex } from "viem";
import type { RoundState } from "../../../contracts/protocol/clock.ts";
import { MAX_METERED_PROVIDERS, MAX_PROVIDERS, PROVIDERS_PER_BATCH } from "../../../contracts/protocol/limits.ts";
import { validateRecord, type ScoreRecord } from "../../../contracts/protocol/payout.ts";
import { decodeScores } from "../../../contracts/protocol/vector.ts";
import type { LedgerEvent } from "../chain-export.ts";
import { settlementAt, type Settlement } from "./settlement.ts";
import { statusAt, type PoolState, type RoundBook, type Vector } from "./state.ts";

/** An event by its name. */
export type EventOf<Name extends LedgerEvent["name"]> = Extract<LedgerEvent, { name: Name }>;

/** A transfer of the token that an event announces. A side that is not given may be anybody. */
export interface Announced {
  readonly direction: "in" | "out";
  readonly from?: Hex;
  readonly to?: Hex;
  readonly amount: bigint;
}

/** Where an event happens, and what its handler may do besides changing the state. */
export interface EventContext {
  readonly state: PoolState;
  /** Block time. */
  readonly time: bigint;
  /** Place of the event, for people. */
  readonly place: string;
  /** Notes that the pool would not have done this. */
  readonly fault: (message: string) => void;
  /** Says that a transfer has to follow; none where the amount is 0. */
  readonly announce: (transfer: Announced) => void;
}

const MAX_UINT128 = 2n ** 128n - 1n;

/** Adds the next providers of the list. */
export function enrolled(context: EventContext, event: EventOf<"Enrolled">): void {
  const { state, time, fault } = context;
  const { terms, providers } = state;
  const most = terms.metered ? MAX_METERED_PROVIDERS : MAX_PROVIDERS;
  const after = state.enrolled + event.count;
  if (time >= BigInt(terms.start - terms.notice)) fault("enrolment had closed");
  if (event.firstIndex !== state.enrolled) fault(`firstIndex is ${event.firstIndex}, not ${state.enrolled}`);
  if (state.enrolled % PROVIDERS_PER_BATCH !== 0) fault("the batch before is not full");
  if (event.count > PROVIDERS_PER_BATCH || after > most) fault(`${event.count} providers are more than the pool takes`);
  if (after > providers.length) fault(`the list has ${providers.length} providers, not ${after}`);
  state.enrolled = Math.min(after, providers.length);
  const weights = providers.slice(0, state.enrolled).reduce((sum, { weight }) => sum + weight, 0n);
  if (BigInt(event.totalWeight) !== weights) fault(`totalWeight is ${event.totalWeight}, not ${weights}`);
  const list = createPiece(state);
  if (event.list !== list) fault(`list is ${event.list}, not ${list}`);
}

/** Adds to a contribution; the tokens follow. */
export function funded(context: EventContext, event: EventOf<"Funded">): void {
  const book = roundOf(context, event.round, ["upcoming", "running"]);
  if (book === null) return;
  const amount = positive(context, event.amount);
  requireReceivable(context, event.buyer);
  book.funded += amount;
  book.contributions.set(event.buyer, (book.contributions.get(event.buyer) ?? 0n) + amount);
  if (book.funded > MAX_UINT128) context.fault("the round's funds do not fit 128 bits");
  context.announce({ direction: "in", amount });
}

/** Takes from a contribution; the tokens follow. */
export function withdrawn(context: EventContext, event: EventOf<"Withdrawn">): void {
  const book = roundOf(context, event.round, ["upcoming"]);
  if (book === null) return;
  const amount = positive(context, event.amount);
  requireReceivable(context, event.to);
  context.announce({ direction: "out", to: event.to, amount });
  const available = book.contributions.get(event.buyer) ?? 0n;
  if (amount > available) {
    context.fault(`${amount} is more than the contribution of ${available}`);
    return;
  }
  book.funded -= amount;
  book.contributions.set(event.buyer, available - amount);
}

/** Accepts the oracle's vector. */
export function assessed(context: EventContext, event: EventOf<"Assessed">): void {
  const book = roundOf(context, event.round, ["assessing"]);
  if (book === null) return;
  write(context, book, "assessed");
  book.assessment = accept(context, event);
  book.vector = book.assessment;
}

/** Opens a challenge; the bond follows. */
export function challenged(context: EventContext, event: EventOf<"Challenged">): void {
  const { arbiter, bond } = context.state.terms;
  if (BigInt(arbiter) === 0n) context.fault("the pool has no arbiter");
  const book = roundOf(context, event.round, ["assessed", "silent"]);
  if (book === null) return;
  write(context, book, "challenged");
  book.challenger = event.challenger;
  context.announce({ direction: "in", from: event.challenger, amount: bond });
}

/** Decides a challenge. */
export function ruled(context: EventContext, event: EventOf<"Ruled">): void {
  const book = roundOf(context, event.round, ["challenged"]);
  if (book === null) return;
  write(context, book, RULED[event.ruling]);
  if (event.ruling === "replace") {
    book.vector = accept(context, event);
    return;
  }
  if (event.evidenceRoot !== zeroHash) context.fault("evidenceRoot is not zero");
  if (event.scores !== "0x") context.fault("scores are not empty");
  if (event.ruling !== "void") return;
  if (book.vector === null) context.fault("there is no assessment to void");
  book.vector = null;
}

const RULED = { uphold: "upheld", replace: "replaced", void: "voided" } as const;

/** Marks a provider as paid for a round. @returns what it is paid for it */
export function claimed(context: EventContext, event: EventOf<"Claimed">): bigint {
  const final = finalRound(context, event.round);
  if (final === null) return 0n;
  const amount = final.settlement.payouts[event.index];
  if (amount === undefined) {
    context.fault(`there is no provider ${event.index}`);
    return 0n;
  }
  pay(context, final.book, event.index);
  return amount;
}

/** Marks a range of providers as paid. @returns the transfers that have to stand right before the event */
export function distributed(context: EventContext, event: EventOf<"Distributed">): Announced[] {
  const final = finalRound(context, event.round);
  if (final === null) return [];
  const { book, settlement } = final;
  const end = event.from + event.count;
  if (end > context.state.enrolled) context.fault(`there is no provider ${end - 1}`);
  const skipped = new Set(event.skipped);
  if (!ascendsWithin(event.skipped, event.from, end))
    context.fault("skipped is not in ascending order within the range");
  const transfers: Announced[] = [];
  for (let index = event.from; index < Math.min(end, context.state.enrolled); index++) {
    const amount = settlement.payouts[index]!;
    if (skipped.has(index)) {
      if (book.paid.has(index) || amount === 0n) context.fault(`provider ${index} had nothing to be skipped`);
    } else if (!book.paid.has(index)) {
      pay(context, book, index);
      const to = accountOf(context.state, index);
      if (amount > 0n) transfers.push({ direction: "out", to, amount });
    }
  }
  return transfers;
}

/** Marks a buyer as refunded; its share follows. */
export function refunded(context: EventContext, event: EventOf<"Refunded">): void {
  const final = finalRound(context, event.round, true);
  if (final === null) return;
  const { book, settlement } = final;
  context.announce({ direction: "out", amount: BigInt(event.amount) });
  const due = settlement.refunds.find(({ buyer }) => buyer === event.buyer);
  if (due === undefined) {
    context.fault(`${event.buyer} put nothing into round ${event.round}`);
    return;
  }
  if (book.refunded.has(event.buyer)) context.fault(`${event.buyer} was refunded before`);
  requireAmount(context, event.amount, due.amount);
  book.refunded.add(event.buyer);
}

/** Marks the fee as paid; it follows. */
export function feePaid(context: EventContext, event: EventOf<"FeePaid">): void {
  const final = finalRound(context, event.round);
  if (final === null) return;
  const { book, settlement } = final;
  if (settlement.money.fee === 0n || book.feePaid) context.fault("no fee was due");
  requireAmount(context, event.amount, settlement.money.fee);
  book.feePaid = true;
  const to = lowerCase(context.state.terms.feeRecipient);
  context.announce({ direction: "out", to, amount: BigInt(event.amount) });
}

/** Marks the challenger as paid; its bond or repayment follows. */
export function bondPaid(context: EventContext, event: EventOf<"BondPaid">): void {
  const final = finalRound(context, event.round);
  if (final === null) return;
  const { book, settlement } = final;
  const due = settlement.money.repayment + settlement.money.bondReturned;
  if (due === 0n || book.bondPaid) context.fault("no bond was due to the challenger");
  if (event.challenger !== book.challenger) context.fault(`the challenger is ${book.challenger ?? "nobody"}`);
  requireAmount(context, event.amount, due);
  book.bondPaid = true;
  context.announce({ direction: "out", to: event.challenger, amount: BigInt(event.amount) });
}

/** Marks the arbiter as paid; the bond follows. */
export function arbiterPaid(context: EventContext, event: EventOf<"ArbiterPaid">): void {
  const final = finalRound(context, event.round);
  if (final === null) return;
  const { book, settlement } = final;
  if (settlement.money.toArbiter === 0n || book.arbiterPaid) context.fault("nothing was due to the arbiter");
  requireAmount(context, event.amount, settlement.money.toArbiter);
  book.arbiterPaid = true;
  const to = lowerCase(context.state.terms.arbiter);
  context.announce({ direction: "out", to, amount: BigInt(event.amount) });
}

/** The round, after a check that it is in one of the states; `null` where the pool has no such round. */
function roundOf({ state, time, fault }: EventContext, round: number, wanted: readonly RoundState[]): RoundBook | null {
  const book = state.rounds[round];
  if (book === undefined) {
    fault(`the pool has no round ${round}`);
    return null;
  }
  const status = statusAt(state, book, time);
  if (!wanted.includes(status.state)) fault(`round ${round} was ${status.state}, not ${wanted.join(" or ")}`);
  return book;
}

/** A round whose money is fixed, and where it goes; `null` where it is not. */
function finalRound(
  context: EventContext,
  round: number,
  orCancelled = false,
): { book: RoundBook; settlement: Settlement } | null {
  const book = roundOf(context, round, orCancelled ? ["settled", "cancelled"] : ["settled"]);
  const settlement = book === null ? null : settlementAt(context.state, book, context.time);
  return book === null || settlement === null ? null : { book, settlement };
}

function write({ time }: EventContext, book: RoundBook, phase: RoundBook["phase"]): void {
  book.phase = phase;
  book.since = time;
}

/** The vector of an event, if the pool would take it. */
function accept(context: EventContext, { evidenceRoot, scores }: EventOf<"Assessed" | "Ruled">): Vector | null {
  const { state, fault } = context;
  createPiece(state);
  if (evidenceRoot === zeroHash) fault("evidenceRoot is zero");
  let records: ScoreRecord[];
  try {
    records = decodeScores(scores, state.terms.metered, state.enrolled);
  } catch (error) {
    fault(`scores: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  const problems = records.map((record, i) => validateRecord(state.terms, state.providers[i]!.weight, record));
  const bad = problems.findIndex((problem) => problem !== null);
  if (bad >= 0) fault(`scores of provider ${bad}: ${problems[bad]}`);
  return { evidenceRoot, scores, records };
}

function pay({ place, fault }: EventContext, book: RoundBook, index: number): void {
  const before = book.paid.get(index);
  if (before !== undefined) fault(`provider ${index} was paid for round ${book.round} before (${before})`);
  else book.paid.set(index, place);
}

/** Address of the next piece of code the pool creates. */
function createPiece(state: PoolState): Hex {
  state.creations += 1n;
  return lowerCase(getContractAddress({ opcode: "CREATE", from: state.pool, nonce: state.creations }));
}

function accountOf(state: PoolState, index: number): Hex {
  return lowerCase(state.providers[index]!.address);
}

function lowerCase(address: string): Hex {
  return address.toLowerCase() as Hex;
}

function positive({ fault }: EventContext, amount: string): bigint {
  if (BigInt(amount) === 0n) fault("the amount is 0");
  return BigInt(amount);
}

function requireAmount({ fault }: EventContext, found: string, due: bigint): void {
  if (BigInt(found) !== due) fault(`the amount is ${found}, not ${due}`);
}

function requireReceivable({ state, fault }: EventContext, account: Hex): void {
  if (account === zeroAddress || account === state.pool) fault(`${account} can receive nothing`);
}

function ascendsWithin(indices: readonly number[], from: number, end: number): boolean {
  return indices.every((index, i) => index >= (i === 0 ? from : indices[i - 1]! + 1) && index < end);
}
