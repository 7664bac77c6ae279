import type { NodeConfig } from "../config.ts";
import { fastKeccak } from "../adapters/signers/fast-keccak.ts";
import { readMasterKey } from "../ops/master-key.ts";
import type { Clock, Logger, NodeSigner } from "../ports.ts";
import type { ModelBench } from "../ports/model.ts";
import type { PoolBook } from "../roles/assessor/pool-book.ts";
import type { Intake } from "../roles/intake/intake.ts";
import { createInterviewer, type Interviewer } from "../roles/interviewer/interviewer.ts";
import type { Blocks, Phrase } from "../roles/interviewer/parts.ts";
import { modelPhrase } from "../roles/interviewer/phrase.ts";
import type { Memory } from "./memory.ts";

/** What interviews need of their node. */
export interface NodeInterviewerParts extends Memory {
  readonly chain: Blocks;
  readonly signer: NodeSigner;
  readonly clock: Clock;
  readonly log: Logger;
  readonly book: PoolBook;
  readonly intake: Intake;
  readonly models: ModelBench;
}

/** Puts the interviewer of an intake together, and settles what was left undone when the node stopped. */
export async function startInterviewer(
  { intake: config }: NodeConfig,
  parts: NodeInterviewerParts,
): Promise<Interviewer> {
  const { book, models } = parts;
  const phrase = phraseBy(models);
  const interviewer = createInterviewer({
    ...parts,
    masterKey: await readMasterKey(config.masterKeyFile ?? ""),
    interviewers: config.interviewers,
    pool: (pool) => book.peek(pool),
    keccak: fastKeccak,
    ...(phrase && { phrase }),
  });
  await interviewer.finish();
  return interviewer;
}

/** By the first of the node's models, with tokens of its own for each round beside those for judging it. */
function phraseBy(models: ModelBench): Phrase | null {
  if (models.families.length === 0) return null;
  return modelPhrase(() => models.forRound()[0]!);
}
