import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { PoolInfo } from "./parts.ts";

/** Who asks: a source as receipts name it, or `null` for somebody who has not said. */
export type Viewer = string | null;

/** Who may read a private item, and who may erase it. */
export interface Parties {
  readonly source: string;
  readonly subject: string | null;
}

/** Whether a viewer is of the oracle: its nodes must see all evidence to assess it. */
export function isOracle({ spec }: PoolInfo, viewer: Viewer): boolean {
  return viewer !== null && spec.oracle.signers.some((signer) => signer === viewer);
}

/** Private items: who sent it, whom it is about, the arbiter, the oracle's nodes. */
export function mayRead(info: PoolInfo, { source, subject }: Parties, viewer: Viewer): boolean {
  if (viewer === null) return false;
  return viewer === source || viewer === subject || viewer === arbiterOf(info) || isOracle(info, viewer);
}

/** Who sent it, or whom it is about. */
export function mayErase({ source, subject }: Parties, viewer: Viewer): boolean {
  return viewer !== null && (viewer === source || viewer === subject);
}

/**
 * Telemetry comes from API keys of the pool (which have been checked; its manager makes them) and from its manager. Templates
 * compute from it alone, so whoever may send it can spoil a round: providers, who are paid by the result, may not.
 * @throws IntakeRefusal `not-entitled`
 */
export function checkTelemetrySource({ terms }: PoolInfo, source: string): void {
  if (source.startsWith("key:") || source === terms.manager.toLowerCase()) return;
  const limit = "an API key of the pool, or its manager";
  throw new IntakeRefusal("not-entitled", { field: "source", value: source, limit });
}

function arbiterOf({ terms }: PoolInfo): string {
  return terms.arbiter.toLowerCase();
}
