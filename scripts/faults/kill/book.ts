import type { KillPlan } from "./killer.ts";
import type { RoundReport } from "./round.ts";

/** Where a node stands in a round: what it makes durable hangs on that. */
export interface Role {
  /** Whether it takes the evidence in. */
  readonly intake: boolean;
  /** Whether the first turn to submit, publish and pay is its. */
  readonly first: boolean;
  /** Whether it is none of the oracle and begins with nothing. */
  readonly newcomer?: boolean;
}

/** What is known of a step, and what became of the rounds in which a node was killed at it. */
export interface StepRow {
  readonly step: string;
  /** Place in the order in which steps were first seen. */
  readonly place: number;
  /** Roles in which it was seen. */
  readonly roles: Set<string>;
  /** Most often that one process made it in one round. */
  most: number;
  killsBefore: number;
  killsAfter: number;
  settled: number;
  expired: number;
  stuck: number;
  duplicates: number;
  lost: number;
  faults: number;
}

export interface KillBook {
  readonly rows: ReadonlyMap<string, StepRow>;
  /** A node made a step durable so often within a round. */
  saw(step: string, role: Role, times: number): void;
  killed(plan: KillPlan): void;
  /** A round ended in which nodes were killed at these steps. */
  ended(steps: readonly string[], report: RoundReport): void;
  /**
   * Up to so many plans for a round, by node, at most one a node and step: what was done least comes first.
   * @param among the steps to choose from; all where not given
   */
  choose(roles: readonly Role[], most: number, among?: (step: string) => boolean): KillPlan[][];
  /** Kills still to make. */
  left(): number;
}

export const roleName = ({ intake, first, newcomer = false }: Role): string =>
  newcomer ? "newcomer" : `${intake ? "intake" : "other"} ${first ? "first" : "later"}`;

/** Counts of a step as a campaign leaves them for the next one. */
export type StepCounts = Omit<StepRow, "place" | "roles" | "most">;

/** What a campaign has counted, for one that goes on. Where nodes were in what role is found anew. */
export function countsIn({ rows }: Pick<KillBook, "rows">): StepCounts[] {
  return [...rows.values()].map(({ place: _, roles: __, most: ___, ...counts }) => counts);
}

/**
 * Keeps count.
 * @param repeat kills wanted at every step, half of them before and half after it
 * @param wanted which steps are killed at
 * @param random 0 to 1
 * @param before what earlier campaigns have counted
 */
export function createBook(
  repeat: number,
  wanted: (step: string) => boolean,
  random: () => number,
  before: readonly StepCounts[] = [],
): KillBook {
  const rows = new Map<string, StepRow>();

  function rowOf(step: string): StepRow {
    const known = rows.get(step);
    if (known !== undefined) return known;
    const counts = {
      killsBefore: 0,
      killsAfter: 0,
      settled: 0,
      expired: 0,
      stuck: 0,
      duplicates: 0,
      lost: 0,
      faults: 0,
    };
    const row = { step, place: rows.size, roles: new Set<string>(), most: 0, ...counts };
    rows.set(step, row);
    return row;
  }

  for (const { step, ...counts } of before) Object.assign(rowOf(step), counts);

  const due = ({ killsBefore, killsAfter }: StepRow): number => repeat - killsBefore - killsAfter;

  /** @param turn how many kills at the step are planned already */
  function planOf({ step, killsBefore, killsAfter, most }: StepRow, turn: number): KillPlan {
    const beforeNext = killsBefore <= killsAfter;
    const when = (turn % 2 === 0) === beforeNext ? "before" : "after";
    return { step, when, nth: 1 + Math.floor(random() * Math.min(3, most)) };
  }

  return {
    rows,
    saw(step, role, times) {
      const row = rowOf(step);
      row.roles.add(roleName(role));
      row.most = Math.max(row.most, times);
    },
    killed({ step, when }) {
      rowOf(step)[when === "before" ? "killsBefore" : "killsAfter"] += 1;
    },
    ended(steps, { end, duplicates, lost, faults }) {
      for (const row of steps.map(rowOf)) {
        row[end] += 1;
        row.duplicates += duplicates;
        row.lost += lost.length;
        row.faults += faults.length;
      }
    },
    choose(roles, most, among = () => true) {
      const open = [...rows.values()].filter((row) => wanted(row.step) && among(row.step) && due(row) > 0);
      const ranked = open.map((row) => ({ row, rank: due(row) + random() })).sort((a, b) => b.rank - a.rank);
      const plans = roles.map((): KillPlan[] => []);
      let left = most;
      for (const { row } of ranked) {
        const able = roles.flatMap((role, node) => (row.roles.has(roleName(role)) ? [node] : []));
        able.sort((one, other) => plans[one]!.length - plans[other]!.length);
        const count = Math.min(left, due(row), able.length);
        for (const [turn, node] of able.slice(0, count).entries()) plans[node]!.push(planOf(row, turn));
        left -= count;
      }
      return plans;
    },
    left: () =>
      [...rows.values()].filter(({ step }) => wanted(step)).reduce((sum, row) => sum + Math.max(0, due(row)), 0),
  };
}
