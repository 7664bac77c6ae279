import type { Hex } from "viem";
import type { MadePool } from "../ports.ts";

/** Pools that this service knows, from the chain. */
export interface Pools {
  /** In ascending order of address, those after one. */
  list(after: Hex | null, limit: number): Promise<readonly MadePool[]>;
  /** @param pool lower case */
  get(pool: Hex): Promise<MadePool | null>;
}

/** Pools in pages, out of all that the watcher found. They are some hundreds at most, and read anew each time. */
export function pagedPools(known: {
  list(): Promise<readonly MadePool[]>;
  get(pool: Hex): Promise<MadePool | null>;
}): Pools {
  return {
    list: async (after, limit) => {
      const all = (await known.list()).filter(({ pool }) => after === null || pool > after);
      return all.sort((one, other) => (one.pool < other.pool ? -1 : 1)).slice(0, limit);
    },
    get: (pool) => known.get(pool),
  };
}
