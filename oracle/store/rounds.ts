import { z } from "zod";
import { bytes32Schema } from "../domain/schema.ts";
import type { RoundId, Store } from "../ports.ts";

export type { RoundId };

/**
 * Where a node is with a round, as operators and readers see it. In their order; `settled`, `expired` and `cancelled` are final.
 * - `collecting`: evidence comes in; - `frozen`: it is closed and fetched; - `committed`, `revealed`: of this node's report;
 * - `signed`: this node has signed the assessment; - `ready`: a quorum has; - `submitted`: it is on its way to the chain;
 * - `assessed`: it is on chain, final; - `challenged`; - `settled`: nothing is owed any more that a node can push;
 * - `expired`: no assessment came in time, so the default rate is paid; - `cancelled`: there was too little money.
 */
export const ROUND_PROGRESS = [
  "collecting",
  "frozen",
  "committed",
  "revealed",
  "signed",
  "ready",
  "submitted",
  "assessed",
  "challenged",
  "settled",
  "expired",
  "cancelled",
] as const;
export type RoundProgress = (typeof ROUND_PROGRESS)[number];

export const roundStatusSchema = z.strictObject({
  round: z.int().min(0),
  progress: z.enum(ROUND_PROGRESS),
  /** Block time at which it came there, seconds. */
  since: z.int().min(0),
  /** Root of the evidence, once it is frozen. */
  evidenceRoot: bytes32Schema.nullable(),
  /** What keeps it from going on, by a stable name; `null` where nothing does. */
  obstacle: z.string().nullable(),
});
export type RoundStatus = z.output<typeof roundStatusSchema>;

/** Everything about a pool's rounds is stored below this. */
export function poolKey({ chainId, pool }: Omit<RoundId, "round">): string {
  return `round/${chainId}/${pool}`;
}

/** Everything about a round is stored below this. */
export function roundKey(id: RoundId): string {
  return `${poolKey(id)}/${String(id.round).padStart(5, "0")}`;
}

/** Where the node is with a round; `null` before it has looked at it. */
export async function readStatus(store: Store, id: RoundId): Promise<RoundStatus | null> {
  const text = await store.get(statusKey(id));
  return text === null ? null : parse(text);
}

/** Where the node is with all rounds of a pool that it has looked at, in order. */
export async function listStatuses(store: Store, pool: Omit<RoundId, "round">): Promise<RoundStatus[]> {
  const entries = await store.list(`status/${pool.chainId}/${pool.pool}/`, { limit: 1_000 });
  return entries.map(({ value }) => parse(value));
}

/** Beside the round's own keys, so that all of a pool can be listed in one go. */
export function statusKey({ chainId, pool, round }: RoundId): string {
  return `status/${chainId}/${pool}/${String(round).padStart(5, "0")}`;
}

function parse(text: string): RoundStatus {
  return roundStatusSchema.parse(JSON.parse(text));
}
