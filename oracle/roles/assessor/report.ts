import type { Hex } from "viem";
import { ABSTAINED } from "../../../contracts/protocol/payout.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { decodeScores } from "../../../contracts/protocol/vector.ts";
import { vectorOf } from "../../domain/assess.ts";
import type { JudgedParams } from "../../domain/criteria/terms.ts";
import { claimsOf, unitsDelivered } from "../../domain/judgement/round-claims.ts";
import { joinReports } from "../../domain/judgement/joint.ts";
import { roundSources } from "../../domain/judgement/round-sources.ts";
import { cellsOf, SAMPLED } from "../../domain/judgement/score.ts";
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
import { amongReporters, type Tally } from "../../domain/round/tally.ts";
import { judgedParams } from "../../domain/spec.ts";
import type { NodeSigner, RoundId } from "../../ports.ts";
import { keepOwn, keepSigned, messageEntry, readOwn, type OwnReport } from "../../store/agreement.ts";
import { agreedReporters } from "./agree.ts";
import { keptEvidence, openedEvidence } from "./evidence.ts";
import { judgeRound } from "./judging/round.ts";
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

/** What is signed on. */
interface Joined {
  readonly scores: Hex;
  /** Whose reports were joined, where they differ from node to node. */
  readonly reporters?: readonly Hex[];
}

/**
 * Signs what all reports amount to, if it is what this node found itself; once a round. Where words were judged, it is held to what
 * can be computed, and to the reports the nodes agree on.
 * @returns what keeps it from signing, or `null` where it did, or had before
 */
export async function sign(
  parts: AssessorParts,
  work: RoundAtWork,
  own: OwnReport | null,
  { tally, messages }: { readonly tally: Tally; readonly messages: readonly Envelope[] },
): Promise<string | null> {
  const params = judgedParams(work.pool.spec);
  const joined =
    params === null
      ? await joinComputed(parts, work, own, tally)
      : await joinJudged(parts, { ...work, params }, tally, messages);
  return typeof joined === "string" ? joined : signJoined(parts, work, joined);
}

async function joinComputed(
  parts: AssessorParts,
  work: RoundAtWork,
  own: OwnReport | null,
  tally: Tally,
): Promise<Joined | string> {
  const scores = parts.say(jointVector(tally.reports, work.pool.spec), work.pool.terms.metered);
  return scores === (own?.vector ?? (await ownVector(parts, work))) ? { scores } : "outvoted";
}

async function joinJudged(
  parts: AssessorParts,
  work: RoundAtWork & { readonly params: JudgedParams },
  tally: Tally,
  messages: readonly Envelope[],
): Promise<Joined | string> {
  const { spec, terms } = work.pool;
  const agreed = await agreedReporters(parts, work, tally, messages);
  if ("waitsFor" in agreed) return agreed.waitsFor;
  const { reports } = amongReporters(tally, spec, messages, agreed.reporters);
  if (
    await isOutvoted(
      parts,
      work,
      reports.map(({ vector }) => vector),
    )
  )
    return "outvoted";
  return { scores: parts.say(jointVector(reports, spec), terms.metered), reporters: agreed.reporters };
}

/** Whether what the reports amount to differs from what this node computes wherever no words are judged and nobody can withdraw. */
async function isOutvoted(
  parts: AssessorParts,
  { id, pool: { spec }, params }: RoundAtWork & { readonly params: JudgedParams },
  vectors: readonly Hex[],
): Promise<boolean> {
  const { evidence } = await openedEvidence(parts, id, spec);
  const sources = roundSources(spec, params, evidence);
  const { metered } = spec.payment;
  const providers = spec.roster.length;
  const joined = joinReports({ params, providers, metered }, vectors);
  const own = claimsOf(params.document, providers, sources, new Map());
  const cells = cellsOf(params.document);
  const differs = own.some(({ score, count, spread }, i) => {
    const { criterion, group } = cells[i % cells.length]!;
    if (criterion.measure.kind === "judged" || group === SAMPLED) return false;
    const other = joined.estimates[i]!;
    return score !== other.score || count !== other.count || spread !== other.spread;
  });
  return differs || (metered && unitsDelivered(providers, sources).some((units, i) => units !== joined.units[i]));
}

async function signJoined(parts: AssessorParts, work: RoundAtWork, { scores, reporters }: Joined): Promise<null> {
  const { id, of, pool } = work;
  const { metered } = pool.terms;
  const signature = await parts.signer.sign(assessmentData(of, scores));
  const signed = { evidenceRoot: of.evidenceRoot, scores, signature };
  const body = { ...signed, ...(reporters && { reporters: reporters.join(",") }) };
  const message = await envelope(parts.signer, work, "assessment", body);
  const more = parts.news({ type: "assessment.signed", evidenceRoot: of.evidenceRoot }, id);
  // Of two processes, or two versions of the program, what was stored first is what this node says; others find it there.
  if (!(await keepSigned(parts.store, id, { signed, message, more }))) return null;
  parts.onAbstentions(decodeScores(scores, metered).filter(({ score }) => score === ABSTAINED).length);
  await broadcast(parts, message);
  return null;
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

async function ownVector(parts: AssessorParts, work: RoundAtWork): Promise<Hex> {
  const { id, pool } = work;
  const params = judgedParams(pool.spec);
  if (params !== null) return judgeRound(parts, work, params);
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
