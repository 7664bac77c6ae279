import type { Hex } from "viem";
import { readDocument } from "../../../domain/canonical.ts";
import { InputError } from "../../../domain/errors.ts";
import { shapeOf } from "../../../domain/judgement/joint.ts";
import { nodeRecordSchema, type NodeRecord } from "../../../domain/judgement/node-record.ts";
import { decodeReport } from "../../../domain/judgement/report-vector.ts";
import type { TalliedReport } from "../../../domain/round/tally.ts";
import { judgedParams, type OutcomeSpec } from "../../../domain/spec.ts";
import { PeerError } from "../../../ports.ts";
import { isOfHash, keepRecord, readRecord } from "../../../store/judgements.ts";
import type { AssessorParts } from "../parts.ts";

/**
 * The records that show how nodes came to their reports: this node's own, and of others those that can be had now. Who does not show one
 * is left out here, and named by whoever audits.
 * @returns `undefined` where nothing is judged
 */
export async function recordsOf(
  parts: AssessorParts,
  spec: OutcomeSpec,
  reports: readonly TalliedReport[],
): Promise<NodeRecord[] | undefined> {
  const params = judgedParams(spec);
  if (params === null) return undefined;
  const shape = shapeOf({ params, providers: spec.roster.length, metered: spec.payment.metered });
  const found = await Promise.all(
    reports.map(({ node, vector }) => recordOf(parts, node, decodeReport(vector, shape).record)),
  );
  return found.filter((record) => record !== null);
}

async function recordOf(parts: AssessorParts, node: Hex, hash: Hex): Promise<NodeRecord | null> {
  const kept = await readRecord(parts.blobs, hash);
  const bytes = kept ?? (await fetched(parts, node, hash));
  if (bytes === null || !isOfHash(bytes, hash)) return null;
  try {
    const record = readDocument(`record ${hash}`, bytes, nodeRecordSchema);
    if (record.node !== node) return null;
    if (kept === null) await keepRecord(parts.blobs, record);
    return record;
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

async function fetched({ peers }: AssessorParts, from: Hex, hash: Hex): Promise<Uint8Array | null> {
  if (!peers.addresses.includes(from)) return null;
  try {
    return await peers.judgement(from, hash);
  } catch (error) {
    if (error instanceof PeerError) return null;
    throw error;
  }
}
