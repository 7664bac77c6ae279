import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { evidenceKey, readRound } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import { discard, makeCandidate, type Candidate, type CandidateParts } from "./candidate.ts";
import { createLane, type LaneParts, type Settled } from "./lane.ts";
import { needsReading } from "./limits.ts";
import type { IntakeParts, PoolId, PoolInfo } from "./parts.ts";
import { checkForm, type Submission } from "./submission.ts";

/** Job that reads the text of a PDF or an image. */
export const READ_TEXT = "extract";

/** What a caller gets for evidence: the receipt, and whether it was not there before. */
export interface Accepted {
  readonly receipt: Receipt;
  readonly created: boolean;
}

export type AcceptParts = Pick<IntakeParts, "poolInfo" | "check" | "queue" | "log"> & CandidateParts & LaneParts;

/** Lanes are dropped when there are more: each is only a memory of its pool's rounds. */
const MOST_LANES = 1024;

/** Takes evidence in. @see Intake.accept */
export function createAccept(parts: AcceptParts): (submission: Submission) => Promise<Accepted> {
  const lanes = new Map<string, (candidate: Candidate) => Promise<Settled>>();

  function laneOf({ chainId, pool }: PoolId): (candidate: Candidate) => Promise<Settled> {
    const key = `${chainId}/${pool}`;
    const known = lanes.get(key);
    if (known !== undefined) return known;
    if (lanes.size >= MOST_LANES) lanes.clear();
    const lane = createLane(parts);
    lanes.set(key, lane);
    return lane;
  }

  return async (submission) => {
    const checked = checkForm(submission, parts.limits);
    await checkRound(parts, checked);
    const looked = parts.check(checked);
    if (looked !== undefined) await looked;
    const candidate = await makeCandidate(parts, checked);
    return finish(parts, candidate, await placeOf(parts, laneOf(checked), candidate));
  };
}

/**
 * A pool that this intake works for, and a round it has.
 * @throws IntakeRefusal
 */
export async function checkRound(
  { poolInfo, signer }: Pick<AcceptParts, "poolInfo" | "signer">,
  { chainId, pool, round }: RoundId,
): Promise<PoolInfo> {
  const info = await poolInfo({ chainId, pool });
  if (info === null)
    throw new IntakeRefusal("unknown-pool", { field: "pool", value: pool, limit: "a pool known here" });
  const { rounds } = info.terms;
  if (!Number.isInteger(round) || round < 0 || round >= rounds) {
    throw new IntakeRefusal("unknown-round", { field: "round", value: String(round), limit: `0 to ${rounds - 1}` });
  }
  const { intake } = info.spec.oracle;
  if (intake !== signer.address) {
    throw new IntakeRefusal("other-intake", { field: "pool", value: pool, limit: `evidence goes to ${intake}` });
  }
  return info;
}

/** Whether a round still takes evidence; the write itself is bound to it, this only saves work. @throws IntakeRefusal */
export async function checkOpen({ store }: Pick<AcceptParts, "store">, id: RoundId): Promise<void> {
  const { state } = await readRound(store, id);
  if (state.closedAt === null) return;
  const limit = `before it was closed at block time ${state.closedAt}`;
  throw new IntakeRefusal("frozen", { field: "round", value: String(id.round), limit });
}

/** Where the write failed, nobody knows whether it was made: the blob stays, as an item may refer to it. */
async function placeOf(
  parts: AcceptParts,
  lane: (candidate: Candidate) => Promise<Settled>,
  candidate: Candidate,
): Promise<Settled> {
  const settled = await lane(candidate);
  const made = settled !== null && !(settled instanceof IntakeRefusal) && settled.created;
  if (!made && candidate.blob !== null) {
    await discard(parts, candidate).catch(() => {
      parts.log.warn(
        { blob: candidate.blob, round: evidenceKey(candidate.submission) },
        "a needless blob stays behind",
      );
    });
  }
  return settled;
}

async function finish(parts: AcceptParts, { submission }: Candidate, settled: Settled): Promise<Accepted> {
  if (settled instanceof IntakeRefusal) throw settled;
  if (settled === null) throw new IntakeRefusal("erased", { field: "body", limit: "send it again" });
  const { receipt, created } = settled;
  if (created && needsReading(submission.mediaType)) await askForText(parts, receipt);
  return { receipt, created };
}

/** What cannot be queued now is on the list of the unread, and queued when a process starts. */
async function askForText(parts: AcceptParts, { chainId, pool, round, leaf }: Receipt): Promise<void> {
  try {
    await parts.queue.add({ kind: READ_TEXT, id: leaf, data: { chainId, pool, round, leaf } });
  } catch {
    parts.log.warn({ leaf }, "the text of an item cannot be queued for reading now");
  }
}
