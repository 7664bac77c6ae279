import type { Hex } from "viem";
import type { Terms } from "../../../contracts/protocol/terms.ts";
import { decodeProviders, validateProviders, type ProviderRecord } from "../../../contracts/protocol/vector.ts";
import { CHAIN_FILE, type ChainExport, type LedgerEntry } from "../chain-export.ts";
import {
  arbiterPaid,
  assessed,
  bondPaid,
  challenged,
  claimed,
  distributed,
  enrolled,
  feePaid,
  funded,
  refunded,
  ruled,
  withdrawn,
  type Announced,
  type EventContext,
  type EventOf,
} from "./events.ts";
import { ledgerPlace, type LedgerFault } from "./fault.ts";
import { newPool, type PoolState } from "./state.ts";
import { orderFaults } from "./order.ts";

/** A pool as its events tell it at the head of the export, and what is wrong with them. */
export interface Replay {
  readonly state: PoolState;
  readonly faults: readonly LedgerFault[];
}

type Transfer = EventOf<"Transfer">;

/** A transfer an event has announced, or one that waits for the event that explains it. */
interface Waiting<T> {
  readonly place: string;
  readonly transfer: T;
}

/** What a transaction leaves open between its events. */
interface Open {
  /** Announced, not seen yet. */
  announced: Waiting<Announced> | null;
  /** The claim that announced it: more rounds of the same call add to it. */
  claim: number | null;
  /** Transfers out that no event before them explains: a `Distributed` after them may. */
  unexplained: Waiting<Transfer>[];
}

/**
 * Does again, from the events alone and by the pool's own arithmetic and clock, all that happened to a pool. Every event is checked
 * against the rules at its block time, every transfer of the token against the event of its transaction that explains it.
 * A faulty event is applied as far as it makes sense, so that one fault does not hide the next.
 */
export function replayLedger(chain: ChainExport, terms: Terms): Replay {
  const faults: LedgerFault[] = [...orderFaults(chain)];
  const state = newPool(chain.pool, terms, readProviders(chain, faults));
  for (const [start, end] of transactions(chain.ledger)) replayTransaction(state, chain.ledger, start, end, faults);
  if (state.enrolled !== state.providers.length) {
    const message = `${state.providers.length} providers, but ${state.enrolled} were enrolled`;
    faults.push({ place: `${CHAIN_FILE} providers`, message });
  }
  return { state, faults };
}

function readProviders(chain: ChainExport, faults: LedgerFault[]): ProviderRecord[] {
  const place = `${CHAIN_FILE} providers`;
  try {
    const providers = decodeProviders(chain.providers);
    const self = providers.some(({ address }) => address.toLowerCase() === chain.pool);
    const problem = validateProviders(providers) ?? (self ? "the pool itself is a provider" : null);
    if (problem !== null) faults.push({ place, message: problem });
    return providers;
  } catch (error) {
    faults.push({ place, message: error instanceof Error ? error.message : String(error) });
    return [];
  }
}

/** From and end of each run of entries of the same transaction. */
function transactions(ledger: readonly LedgerEntry[]): [number, number][] {
  const starts = ledger.flatMap(({ tx }, i) => (i > 0 && ledger[i - 1]!.tx === tx ? [] : [i]));
  return starts.map((start, i) => [start, starts[i + 1] ?? ledger.length]);
}

function replayTransaction(
  state: PoolState,
  ledger: readonly LedgerEntry[],
  start: number,
  end: number,
  faults: LedgerFault[],
): void {
  const open: Open = { announced: null, claim: null, unexplained: [] };
  for (let i = start; i < end; i++) {
    const entry = ledger[i]!;
    const place = ledgerPlace(i, entry);
    if (entry.event.name === "Transfer") transferred(state, open, { place, transfer: entry.event }, faults);
    else replayEvent(state, open, entry, place, faults);
  }
  closeAnnounced(open, faults);
  closeUnexplained(open, faults);
}

function transferred(state: PoolState, open: Open, waiting: Waiting<Transfer>, faults: LedgerFault[]): void {
  const { place, transfer } = waiting;
  const amount = BigInt(transfer.amount);
  const explained = open.announced !== null && fits(open.announced.transfer, transfer, state.pool);
  if (explained) Object.assign(open, { announced: null, claim: null });
  if (transfer.to === state.pool && transfer.from !== state.pool) {
    state.balance += amount;
    if (!explained) state.donations += amount;
  } else if (transfer.from === state.pool && transfer.to !== state.pool) {
    state.balance -= amount;
    if (state.balance < 0n) faults.push({ place, message: "the pool did not hold that much" });
    if (!explained) open.unexplained.push(waiting);
  } else {
    faults.push({ place, message: "the transfer is neither to nor from the pool" });
  }
}

/** Whether a transfer is the announced one. Who may name another recipient can name any account but the pool itself. */
function fits(announced: Announced, { from, to, amount }: Transfer, pool: Hex): boolean {
  const [own, other] = announced.direction === "in" ? [to, from] : [from, to];
  return (
    own === pool &&
    other !== pool &&
    BigInt(amount) === announced.amount &&
    (announced.from === undefined || announced.from === from) &&
    (announced.to === undefined || announced.to === to)
  );
}

function replayEvent(state: PoolState, open: Open, entry: LedgerEntry, place: string, faults: LedgerFault[]): void {
  const { event } = entry;
  const context: EventContext = {
    state,
    time: BigInt(entry.time),
    place,
    fault: (message) => void faults.push({ place, message }),
    announce: (transfer) => {
      if (transfer.amount > 0n) open.announced = { place, transfer };
    },
  };
  const joins = event.name === "Claimed" && open.claim === event.index;
  if (!joins) closeAnnounced(open, faults);
  if (event.name === "Distributed") {
    explainPushes(open, distributed(context, event), place, faults);
    return;
  }
  closeUnexplained(open, faults);
  if (event.name === "Claimed") {
    const amount = claimed(context, event) + (open.announced?.transfer.amount ?? 0n);
    open.claim = event.index;
    context.announce({ direction: "out", amount });
  } else {
    handle(context, event);
  }
}

function handle(context: EventContext, event: LedgerEntry["event"]): void {
  switch (event.name) {
    case "Enrolled":
      enrolled(context, event);
      break;
    case "Funded":
      funded(context, event);
      break;
    case "Withdrawn":
      withdrawn(context, event);
      break;
    case "Assessed":
      assessed(context, event);
      break;
    case "Challenged":
      challenged(context, event);
      break;
    case "Ruled":
      ruled(context, event);
      break;
    case "Refunded":
      refunded(context, event);
      break;
    case "FeePaid":
      feePaid(context, event);
      break;
    case "BondPaid":
      bondPaid(context, event);
      break;
    case "ArbiterPaid":
      arbiterPaid(context, event);
      break;
    case "Claimed":
    case "Distributed":
    case "Transfer":
      break;
  }
}

/** Compares the transfers before a `Distributed` with those it stands for, one by one. */
function explainPushes(open: Open, due: readonly Announced[], place: string, faults: LedgerFault[]): void {
  const found = open.unexplained;
  open.unexplained = [];
  for (let i = 0; i < Math.max(found.length, due.length); i++) {
    const [one, other] = [found[i], due[i]];
    if (one === undefined) {
      faults.push({ place, message: `a transfer of ${other!.amount} to ${other!.to} is missing` });
    } else if (other === undefined) {
      faults.push({ place: one.place, message: "no event explains this transfer" });
    } else if (one.transfer.to !== other.to || BigInt(one.transfer.amount) !== other.amount) {
      const message = `${one.transfer.amount} to ${one.transfer.to}, not ${other.amount} to ${other.to}`;
      faults.push({ place: one.place, message });
    }
  }
}

function closeAnnounced(open: Open, faults: LedgerFault[]): void {
  if (open.announced !== null) {
    const { place, transfer } = open.announced;
    faults.push({ place, message: `its transfer of ${transfer.amount} is missing` });
  }
  open.announced = null;
  open.claim = null;
}

function closeUnexplained(open: Open, faults: LedgerFault[]): void {
  for (const { place } of open.unexplained) faults.push({ place, message: "no event explains this transfer" });
  open.unexplained = [];
}
