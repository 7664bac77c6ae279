import type { Hex } from "viem";
import type { RoundFacts, RoundId, Store } from "../ports.ts";

/** What is known of rounds that need no further look. It stays small: of most rounds it is enough to know where they end. */
export interface Driven {
  /** The first round of a pool that is not over for good. */
  floor(pool: Hex): Promise<number>;
  /** Whether a role has no more to do in a round. One of them looks until the chain has decided for good, for the status's sake. */
  isDone(pool: Hex, round: number, kind: string): boolean;
  /** A role looked at a round; `done` where there will never be more to do for it. */
  looked(id: RoundId, kind: string, done: boolean, facts: Pick<RoundFacts, "state">): Promise<void>;
}

export interface DrivenParts {
  readonly store: Store;
  readonly chainId: number;
  /** Kinds of all roles of this process; the first is the one that goes on looking. */
  readonly kinds: readonly string[];
  /** Kinds that have work with a pool. */
  readonly wanted: (pool: Hex) => Promise<readonly string[]>;
}

interface Marks {
  readonly done: Set<string>;
  final: boolean;
}

/** States that a final block never leaves. */
const FINAL: readonly RoundFacts["state"][] = ["settled", "cancelled"];

/**
 * Rounds below a pool's floor are over: the chain has decided them for good, and all roles are done with them. The floor is stored,
 * so that a process that starts does not look at all rounds there ever were; it is stored for the roles it holds for, since a process
 * may come to have others.
 */
export function createDriven({ store, chainId, kinds, wanted }: DrivenParts): Driven {
  /** Of rounds from the floor on. */
  const pools = new Map<Hex, Map<number, Marks>>();
  const roles = [...kinds].sort().join(".");
  const keyOf = (pool: Hex): string => `driven/${chainId}/${pool}/${roles}`;

  function marksOf({ pool, round }: RoundId): Marks {
    const rounds = pools.get(pool) ?? new Map<number, Marks>();
    pools.set(pool, rounds);
    const marks = rounds.get(round) ?? { done: new Set<string>(), final: false };
    rounds.set(round, marks);
    return marks;
  }

  async function raise(pool: Hex, rounds: Map<number, Marks>): Promise<void> {
    const before = await floor(pool);
    const all = await wanted(pool);
    const isOver = (marks: Marks | undefined): boolean =>
      marks?.final === true && all.every((kind) => marks.done.has(kind));
    let next = before;
    while (isOver(rounds.get(next))) next += 1;
    if (next > before) await store.commit({ put: { [keyOf(pool)]: String(next) } });
    for (const round of rounds.keys()) if (round < next) rounds.delete(round);
  }

  async function floor(pool: Hex): Promise<number> {
    return Number((await store.get(keyOf(pool))) ?? 0);
  }

  return {
    floor,
    isDone(pool, round, kind) {
      const marks = pools.get(pool)?.get(round);
      return marks?.done.has(kind) === true && (marks.final || kind !== kinds[0]);
    },
    async looked(id, kind, done, { state }) {
      const marks = marksOf(id);
      if (done) marks.done.add(kind);
      if (FINAL.includes(state)) marks.final = true;
      if (marks.final && done) await raise(id.pool, pools.get(id.pool)!);
    },
  };
}
