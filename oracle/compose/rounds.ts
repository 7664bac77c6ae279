import { randomBytes } from "node:crypto";
import { bytesToHex, type Hex } from "viem";
import { clockTerms } from "../../contracts/protocol/terms.ts";
import { fastRecover } from "../adapters/signers/fast-secp256k1.ts";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import { roundSchedule } from "../domain/round/schedule.ts";
import { journalEntry } from "../ops/journal.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Clock, Logger, NodeSigner, Peers } from "../ports.ts";
import { createAssessor, type Assessor } from "../roles/assessor/assessor.ts";
import type { Mailbox } from "../roles/assessor/mailbox.ts";
import type { AssessorParts, RoundNews } from "../roles/assessor/parts.ts";
import type { PoolBook } from "../roles/assessor/pool-book.ts";
import { isPast, type RoundRole } from "../roles/driver.ts";
import type { Intake } from "../roles/intake/intake.ts";
import type { Interviewer } from "../roles/interviewer/interviewer.ts";
import { lie, lieAboutWords } from "../roles/liar.ts";
import { bundlesOf } from "../store/bundles.ts";
import type { ModelBench } from "../ports/model.ts";
import type { Hiding } from "../store/judgements.ts";
import type { Memory } from "./memory.ts";
import type { OpenChain } from "../adapters/chain/open-chain.ts";

/** What the work on rounds needs of its node. */
export interface RoundParts extends Memory {
  readonly chain: OpenChain;
  readonly signer: NodeSigner;
  readonly peers: Peers;
  readonly book: PoolBook;
  readonly mailbox: Mailbox;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly clock: Clock;
  /** Time of the newest block, seconds. */
  readonly time: () => number;
  readonly pollMs: number;
  readonly handoverSeconds: number;
  readonly faulty: boolean;
  readonly models: ModelBench;
  /** Aborted when the node stops. */
  readonly stopping: AbortSignal;
  readonly hiding: Hiding | null;
}

/** How many looks at the chain lie between two looks at what a peer has of a round. */
const LOOKS_PER_PULL = 5;

export function nodeAssessor(parts: RoundParts): Assessor {
  const { metrics, signer, clock, pollMs, faulty } = parts;
  const assessor: AssessorParts = {
    ...parts,
    recover: fastRecover,
    news: newsOf(signer.address, clock),
    pullMs: pollMs * LOOKS_PER_PULL,
    salt: () => bytesToHex(randomBytes(32)),
    say: faulty ? lie : (vector) => vector,
    claim: faulty ? lieAboutWords : (report) => report,
    onAbstentions: (count) => metrics.count("guerdon_abstentions_total", {}, count),
    onExcluded: (node, reason) => metrics.count("guerdon_node_deviations_total", { node, kind: reason }),
  };
  return createAssessor(assessor, clock);
}

function newsOf(node: Hex, clock: Clock): RoundNews {
  return (news, { chainId, pool, round }) => {
    const of = { at: clock(), chainId, pool, round } as const;
    const event =
      news.type === "assessment.signed"
        ? ({ ...of, type: news.type, data: { node, evidenceRoot: news.evidenceRoot } } as const)
        : ({ ...of, type: news.type, data: { hash: news.hash, bytes: news.bytes } } as const);
    return { append: [journalEntry(event)] };
  };
}

/** Goes on with a round's assessment, until the chain has decided it and its bundle is here, or can no longer come. */
export function assessing(assessor: Assessor, { store, time, log }: RoundParts): RoundRole {
  return {
    kind: "round-assess",
    signersOnly: true,
    async advance(id, facts, terms) {
      if (facts.state === "cancelled") return { done: true, obstacle: null };
      if (isPast(facts, terms, id.round, time())) {
        // Once more, for the bundle's sake: this node may have been away. Whatever comes of it, that was the last time.
        await assessor.advance(id).catch((error: unknown) => {
          log.info({ pool: id.pool, round: id.round, error }, "a round that is over could not be looked into");
        });
        return { done: true, obstacle: null };
      }
      const { step, obstacle } = await assessor.advance(id);
      return { done: step.step === "over" && (await bundlesOf(store, id)).length > 0, obstacle };
    },
  };
}

/**
 * Closes the evidence of rounds whose spec names this node as the intake, when what people said in interviews is part of it.
 */
export function freezing(
  intake: Intake,
  interviewer: Pick<Interviewer, "end">,
  { book, chain, signer }: RoundParts,
): RoundRole {
  return {
    kind: "round-freeze",
    signersOnly: false,
    async advance(id, facts) {
      if (facts.state !== "assessing") return { done: facts.state !== "running", obstacle: null };
      const found = await book.peek(id.pool);
      if (found === null) return { done: false, obstacle: "no-spec" };
      if (found.spec.oracle.intake !== signer.address) return { done: true, obstacle: null };
      const { time } = await chain.finalized();
      if (time < roundSchedule(clockTerms(found.terms), id.round).freezeAt) return { done: false, obstacle: null };
      const closed = interviewer.end(id).then(() => intake.freeze(id, time));
      const obstacle = await closed.then(
        () => null,
        (error: unknown) => {
          if (error instanceof IntakeRefusal) return error.reason;
          throw error;
        },
      );
      return { done: obstacle === null, obstacle };
    },
  };
}
