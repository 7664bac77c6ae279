import type { RoundState } from "../../contracts/protocol/clock.ts";
import { journalEntry } from "../ops/journal.ts";
import type { DomainEvent } from "../ops/events.ts";
import type { Batch, Clock, RoundFacts, RoundId, Store } from "../ports.ts";
import { messagesOf, readFrozen, readOwn, readSigned } from "../store/agreement.ts";
import { readStatus, roundKey, statusKey, type RoundProgress, type RoundStatus } from "../store/rounds.ts";

/** What a node has of a round, besides what the chain says of it. */
export interface RoundWork {
  readonly frozen: boolean;
  readonly committed: boolean;
  readonly revealed: boolean;
  readonly signed: boolean;
  readonly ready: boolean;
  readonly submitted: boolean;
}

const BY_CHAIN = {
  upcoming: "collecting",
  running: "collecting",
  cancelled: "cancelled",
  assessing: null,
  silent: "expired",
  assessed: "assessed",
  challenged: "challenged",
  settled: "settled",
} as const satisfies Record<RoundState, RoundProgress | null>;

const NO_ROOT = `0x${"00".repeat(32)}`;

/** Where a round is. Pure; the chain has the last word. */
export function progressOf(
  { state, evidenceRoot }: Pick<RoundFacts, "state" | "evidenceRoot">,
  work: RoundWork,
): RoundProgress {
  const decided = BY_CHAIN[state];
  if (decided === "settled") return evidenceRoot === NO_ROOT ? "expired" : "settled";
  if (decided !== null) return decided;
  if (work.submitted) return "submitted";
  if (work.ready) return "ready";
  if (work.signed) return "signed";
  if (work.revealed) return "revealed";
  if (work.committed) return "committed";
  return work.frozen ? "frozen" : "collecting";
}

/** How far the chain is with a round, by what a node last said of it. Silence can be challenged; else what is expired stays so. */
const STAGE_SAID: Readonly<Partial<Record<RoundProgress, number>>> = {
  assessed: 1,
  expired: 1,
  challenged: 2,
  settled: 3,
  cancelled: 3,
};
const STAGE: Readonly<Partial<Record<RoundState, number>>> = {
  silent: 1,
  assessed: 1,
  challenged: 2,
  settled: 3,
  cancelled: 3,
};

/** Whether facts are of an earlier block than those a status was made by: final blocks take nothing back, but looks may overlap. */
export function isOutdated({ state }: Pick<RoundFacts, "state">, before: RoundStatus | null): boolean {
  return before !== null && (STAGE[state] ?? 0) < (STAGE_SAID[before.progress] ?? 0);
}

/** Keeps the status of rounds true, and tells of every change in the journal, in one commit with it. */
export interface ProgressKeeper {
  /** @param obstacle what keeps the round from going on; `undefined` leaves what is known */
  refresh(id: RoundId, facts: RoundFacts, obstacle?: string | null): Promise<RoundStatus>;
  /** Tells once for a round that a deadline is near although something is missing. */
  warn(id: RoundId, deadline: number, missing: string): Promise<void>;
}

export function createProgressKeeper(parts: {
  readonly store: Store;
  readonly self: string;
  readonly time: () => number;
  readonly clock: Clock;
}): ProgressKeeper {
  const { store, self } = parts;

  async function workOf(id: RoundId): Promise<{ work: RoundWork; evidenceRoot: RoundStatus["evidenceRoot"] }> {
    const [frozen, own, signed, messages, marks] = await Promise.all([
      readFrozen(store, id),
      readOwn(store, id),
      readSigned(store, id),
      messagesOf(store, id),
      store.getMany([`${roundKey(id)}/ready`, `${roundKey(id)}/submitted`]),
    ]);
    const work = {
      frozen: frozen !== null,
      committed: own !== null,
      revealed: messages.some(({ kind, node }) => kind === "reveal" && node === self),
      signed: signed !== null,
      ready: marks[0] !== null,
      submitted: marks[1] !== null,
    };
    return { work, evidenceRoot: frozen?.evidenceRoot ?? null };
  }

  return {
    async refresh(id, facts, obstacle) {
      const [before, { work, evidenceRoot }] = await Promise.all([readStatus(store, id), workOf(id)]);
      if (before !== null && isOutdated(facts, before)) return before;
      const progress = progressOf(facts, work);
      const root = facts.evidenceRoot === NO_ROOT ? evidenceRoot : facts.evidenceRoot;
      const held = obstacle === undefined ? (before?.obstacle ?? null) : obstacle;
      const moved = before?.progress !== progress;
      const since = moved ? parts.time() : before.since;
      const status = { round: id.round, progress, since, evidenceRoot: root, obstacle: held };
      if (!moved && before.obstacle === held && before.evidenceRoot === root) return before;
      const append = moved ? eventsOf(status, id, facts, parts.clock()).map(journalEntry) : [];
      await store.commit(change(id, before, status, append));
      return status;
    },
    async warn(id, deadline, missing) {
      const key = `${roundKey(id)}/warned`;
      const data = { deadline, missing };
      const event = { type: "deadline.near", at: parts.clock(), ...id, data } as const;
      await store.commit({ expect: { [key]: null }, put: { [key]: missing }, append: [journalEntry(event)] });
    },
  };
}

/** Conditional, so that of two processes that see a change only one tells of it. */
function change(id: RoundId, before: RoundStatus | null, status: RoundStatus, append: Batch["append"] & object): Batch {
  const key = statusKey(id);
  const expect = { [key]: before === null ? null : JSON.stringify(before) };
  return { expect, put: { [key]: JSON.stringify(status) }, append };
}

function eventsOf(
  status: RoundStatus,
  { chainId, pool, round }: RoundId,
  facts: RoundFacts,
  at: number,
): DomainEvent[] {
  const of = { at, chainId, pool, round } as const;
  const { progress } = status;
  const { deadline, evidenceRoot } = facts;
  const events: DomainEvent[] = [{ ...of, type: "round.phase", data: { progress, deadline } }];
  if (progress === "assessed") events.push({ ...of, type: "round.assessed", data: { evidenceRoot } });
  if (progress === "challenged") events.push({ ...of, type: "round.challenged", data: { deadline } });
  if (progress === "settled") events.push({ ...of, type: "round.settled", data: { evidenceRoot } });
  if (progress === "expired") events.push({ ...of, type: "round.expired", data: { deadline: deadline ?? 0 } });
  if (progress === "cancelled") events.push({ ...of, type: "round.cancelled", data: { funded: String(facts.funded) } });
  return events;
}
