import type { Hex } from "viem";
import { ABSTAINED } from "../../../contracts/protocol/payout.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { decodeScores } from "../../../contracts/protocol/vector.ts";
import { vectorOf } from "../../domain/assess.ts";
import { fastDigest } from "../../domain/digest.ts";
import { assessmentData, reportData, type AssessedRound } from "../../domain/node-report.ts";
import { jointVector } from "../../domain/round/assemble.ts";
import {
  commitmentOf,
  deadlineOf,
  envelopeData,
  PEER_VERSION,
  type Envelope,
  type MessageKind,
} from "../../domain/round/envelope.ts";
import { roundSchedule } from "../../domain/round/schedule.ts";
import type { Tally } from "../../domain/round/tally.ts";
import type { NodeSigner, RoundId } from "../../ports.ts";
import { keepOwn, keepSigned, messageEntry, readOwn, type OwnReport } from "../../store/agreement.ts";
import { keptEvidence } from "./evidence.ts";
import type { AssessorParts } from "./parts.ts";
import type { BookedPool } from "./pool-book.ts";
import { broadcast } from "./post.ts";

/** A round a node is at work on. */
export interface RoundAtWork {
  readonly id: RoundId;
  readonly pool: BookedPool;
  readonly of: AssessedRound;
}

/** Assesses a round and commits to what it finds: report, commit and reveal are stored together before the commit is sent. */
export async function commit(parts: AssessorParts, work: RoundAtWork): Promise<void> {
  const own = await makeOwn(parts, work, await ownVector(parts, work));
  // Another process of this operator may have been faster; what it stored is what this node says.
  const kept = (await keepOwn(parts.store, work.id, own)) ? own : await readOwn(parts.store, work.id);
  if (kept !== null) await broadcast(parts, kept.commit);
}

/** Shows the report. */
export async function reveal(parts: AssessorParts, { id }: RoundAtWork, own: OwnReport): Promise<void> {
  await parts.store.commit({ put: messageEntry(id, own.reveal) });
  await broadcast(parts, own.reveal);
}

/**
 * Signs what all reports amount to, if it is what this node found itself; once a round.
 * @returns whether it did, or had before
 */
export async function sign(
  parts: AssessorParts,
  work: RoundAtWork,
  own: OwnReport | null,
  tally: Tally,
): Promise<boolean> {
  const { id, of, pool } = work;
  const { metered } = pool.terms;
  const scores = parts.say(jointVector(tally.reports, pool.spec), metered);
  const vector = own?.vector ?? (await ownVector(parts, work));
  if (scores !== vector) return false;
  const signature = await parts.signer.sign(assessmentData(of, scores));
  const body = { evidenceRoot: of.evidenceRoot, scores, signature };
  const message = await envelope(parts.signer, work, "assessment", body);
  const more = parts.news({ type: "assessment.signed", evidenceRoot: of.evidenceRoot }, id);
  // Of two processes, or two versions of the program, what was stored first is what this node says; others find it there.
  if (!(await keepSigned(parts.store, id, { signed: body, message, more }))) return true;
  parts.onAbstentions(decodeScores(scores, metered).filter(({ score }) => score === ABSTAINED).length);
  await broadcast(parts, message);
  return true;
}

/** A message of this node, signed. */
export async function envelope(
  signer: NodeSigner,
  { id, pool }: Pick<RoundAtWork, "id" | "pool">,
  kind: MessageKind,
  body: Envelope["body"],
): Promise<Envelope> {
  const deadline = deadlineOf(kind, roundSchedule(clockTerms(pool.terms), id.round));
  const unsigned = { version: PEER_VERSION, kind, ...id, node: signer.address, deadline, body };
  return { ...unsigned, signature: await signer.sign(envelopeData(unsigned)) };
}

async function ownVector(parts: AssessorParts, { id, pool }: RoundAtWork): Promise<Hex> {
  const { evidence } = await keptEvidence(parts, id);
  return parts.say(vectorOf(pool.spec, evidence, id.round), pool.terms.metered);
}

async function makeOwn({ signer, salt: random }: AssessorParts, work: RoundAtWork, vector: Hex): Promise<OwnReport> {
  const { of } = work;
  const salt = random();
  const data = reportData(of, vector);
  const commitment = commitmentOf(signer.address, fastDigest(data), salt);
  const { specHash, evidenceRoot } = of;
  return {
    vector,
    commit: await envelope(signer, work, "commit", { specHash, evidenceRoot, commitment }),
    reveal: await envelope(signer, work, "reveal", { vector, signature: await signer.sign(data), salt }),
  };
}
