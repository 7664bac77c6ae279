import type { Hex } from "viem";
import { readDocument } from "../../../domain/canonical.ts";
import { nodeRecordSchema, type NodeRecord, type SealedUnit } from "../../../domain/judgement/node-record.ts";
import type { UnitRecord } from "../../../domain/judgement/record.ts";
import { unitKey } from "../../../domain/judgement/round-units.ts";
import type { BlobStore, Peers, RoundId } from "../../../ports.ts";
import { forgetUnits, keptUnit, readRecord, type UnitStore } from "../../../store/judgements.ts";
import type { BookedPool, PoolBook } from "../pool-book.ts";

/** What a node shows of private judgements hangs on. */
export interface PrivateRecordParts extends UnitStore {
  readonly chainId: number;
  /** The node itself, lower case. */
  readonly self: Hex;
  readonly blobs: BlobStore;
  readonly peers: Pick<Peers, "holds">;
  readonly book: Pick<PoolBook, "peek">;
}

/** Whole records of private units, in the order of the node's public record. */
export interface PrivatePage {
  readonly records: readonly { readonly sealed: Hex; readonly record: UnitRecord }[];
  /** What to ask for units `after` next; `null` at the end. */
  readonly next: number | null;
}

/** Which of the record's private units: those after so many of them, at most so many. */
export interface PageOfUnits {
  readonly after: number;
  readonly limit: number;
}

/**
 * What this node's models answered about private evidence, for the pool's arbiter and the nodes of its oracle.
 * @param hash of this node's public record
 * @returns `unknown` where there is no such record of this node's; `not-entitled` for anybody else
 * @throws PeerError where the intake cannot say whether an item was erased
 */
export type PrivateRecords = (
  hash: Hex,
  viewer: Hex,
  page: PageOfUnits,
) => Promise<PrivatePage | "unknown" | "not-entitled">;

export function privateRecords(parts: PrivateRecordParts): PrivateRecords {
  const { chainId, self, blobs, book } = parts;
  return async (hash, viewer, { after, limit }) => {
    const bytes = await readRecord(blobs, hash);
    const record = bytes === null ? null : readDocument(`record ${hash}`, bytes, nodeRecordSchema);
    // What is kept of others are their public records alone.
    if (record?.node !== self || record.chainId !== chainId) return "unknown";
    const pool = await book.peek(record.pool);
    if (pool === null) return "unknown";
    if (!isEntitled(pool, viewer)) return "not-entitled";
    const sealed = record.units.filter((unit): unit is SealedUnit => "sealed" in unit);
    const records = await openUnits(parts, record, pool, sealed.slice(after, after + limit));
    return { records, next: after + limit < sealed.length ? after + limit : null };
  };
}

/** Who may read private evidence whoever sent it. */
function isEntitled({ terms, spec }: Pick<BookedPool, "terms" | "spec">, viewer: Hex): boolean {
  return viewer === terms.arbiter.toLowerCase() || spec.oracle.signers.includes(viewer);
}

/** Units that are kept and whose source is. What turns out to be erased is forgotten at once. */
async function openUnits(
  parts: PrivateRecordParts,
  record: NodeRecord,
  { spec }: Pick<BookedPool, "spec">,
  units: readonly SealedUnit[],
): Promise<PrivatePage["records"]> {
  const { chainId, pool, round } = record;
  const id = { chainId, pool, round };
  const held = new Set<Hex>();
  for (const source of new Set(units.map((unit) => unit.source))) {
    if ((await forgetIfErased(parts, id, spec.oracle.intake, source)) === "held") held.add(source);
  }
  const found: { sealed: Hex; record: UnitRecord }[] = [];
  for (const { family, source, criterion, part, sealed } of units.filter((unit) => held.has(unit.source))) {
    const kept = await keptUnit(parts, id, { family, unit: unitKey(source, criterion, part) });
    if (kept !== null) found.push({ sealed, record: kept });
  }
  return found;
}

/** Whether the intake still has an item. What is kept here about one that was erased is forgotten. @throws PeerError */
export async function forgetIfErased(
  { peers, store }: Pick<PrivateRecordParts, "peers" | "store">,
  id: RoundId,
  intake: Hex,
  source: Hex,
): Promise<"held" | "gone" | null> {
  const state = await peers.holds(intake, id, source);
  if (state === "gone") await forgetUnits(store, id, source);
  return state;
}
