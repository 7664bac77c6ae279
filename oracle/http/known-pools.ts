import type { Hex } from "viem";
import type { MadePool } from "../ports.ts";

/** Pools that this service knows, from the chain. */
export interface Pools {
  /** In ascending order of address, those after one. */
  list(after: Hex | null, limit: number): Promise<readonly MadePool[]>;
  /** @param pool lower case */
  get(pool: Hex): Promise<MadePool | null>;
}
