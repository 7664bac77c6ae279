import type { Hex } from "viem";
import { CANARY_UNITS, canaryResult, canarySeed } from "./canaries.ts";
import type { NodeRecord } from "./node-record.ts";
import { replayUnit, type UnitRecord } from "./record.ts";
import { unitSeed, type PlacedUnit } from "./round-units.ts";
import type { Verdict } from "./verdict.ts";

/** Whether a judge got the known cases right, by its record; or what is wrong with that. */
export async function soundness(
  { family, canaries }: NodeRecord["judges"][number],
  { node, evidenceRoot }: Pick<NodeRecord, "node" | "evidenceRoot">,
): Promise<boolean | string> {
  if (canaries.length !== CANARY_UNITS.length) return `${canaries.length} known cases, not ${CANARY_UNITS.length}`;
  const seed = unitSeed(node, evidenceRoot, family, "canaries");
  for (const [i, unit] of CANARY_UNITS.entries()) {
    const record = canaries[i]!;
    if (record.seed !== canarySeed(seed, unit) || record.repeats !== 1) return `known case ${i + 1}: another seed`;
    const replayed = await replayUnit(unit, record);
    if (!replayed.ok) return `known case ${i + 1}: ${replayed.problem}`;
  }
  return canaryResult(canaries.map(({ score }) => score)).sound;
}

/** How a unit was to be judged. */
export interface JudgedBy {
  readonly node: Hex;
  readonly evidenceRoot: Hex;
  readonly family: string;
  /** As the spec says. */
  readonly repeats: number;
}

/** What a judge made of a unit, by its record; or what is wrong with that. */
export async function replayPlaced(
  { unit, key }: PlacedUnit,
  whole: UnitRecord,
  { node, evidenceRoot, family, repeats }: JudgedBy,
): Promise<Verdict | string> {
  if (whole.seed !== unitSeed(node, evidenceRoot, family, key)) return "it was judged with another seed";
  if (whole.repeats !== repeats) return `it was judged with ${whole.repeats} repeats`;
  const again = await replayUnit(unit, whole);
  return again.ok ? again.judgement.verdict : again.problem;
}
