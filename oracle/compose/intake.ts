import type { NodeConfig } from "../config.ts";
import { contentCheck } from "../adapters/intake/content.ts";
import { linkFetcher } from "../adapters/intake/link-fetcher.ts";
import { createSandbox } from "../adapters/intake/sandbox.ts";
import { textReader } from "../adapters/intake/text-reader.ts";
import { fastKeccak } from "../adapters/signers/fast-keccak.ts";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import type { Metrics } from "../ops/metrics.ts";
import { readMasterKey } from "../ops/master-key.ts";
import type { Clock, Logger, NodeSigner, Queue } from "../ports.ts";
import type { PoolBook } from "../roles/assessor/pool-book.ts";
import { createIntake, type Intake } from "../roles/intake/intake.ts";
import { READ_TEXT } from "../roles/intake/accept.ts";
import type { Memory } from "./memory.ts";

/** What an intake needs of its node. */
export interface NodeIntakeParts extends Memory {
  readonly queue: Queue;
  readonly signer: NodeSigner;
  readonly clock: Clock;
  readonly log: Logger;
  readonly book: PoolBook;
  readonly metrics: Metrics;
}

/** Files that are read at the same time: each takes a processor. */
const READERS = 1;
const READ_ATTEMPTS = 3;
/** How long reading a file may take, milliseconds; uploads are checked elsewhere and do not wait for it. */
const READ_MS = 120_000;

/** Puts the intake together; its jobs are handled from now on. @throws InputError where the master key cannot be read */
export async function startIntake({ intake: config }: NodeConfig, parts: NodeIntakeParts): Promise<Intake> {
  const { book, queue } = parts;
  const [checking, reading] = [createSandbox(), createSandbox({ timeMs: READ_MS })];
  const intake = createIntake({
    ...parts,
    masterKey: await readMasterKey(config.masterKeyFile ?? ""),
    check: contentCheck(checking),
    fetchLink: linkFetcher({
      mostBytes: config.maxUploadBytes,
      allowPrivate: config.linkAllowPrivate,
      http: config.linkAllowPrivate,
    }),
    readText: textReader(reading),
    keccak: fastKeccak,
    limits: { telemetryBytes: config.maxTelemetryBytes, documentBytes: config.maxUploadBytes },
    async poolInfo({ pool }) {
      const found = await book.peek(pool);
      return found && { ...found, providers: found.spec.roster.map(({ account }) => account) };
    },
  });
  queue.work(READ_TEXT, intake.readText, { concurrency: READERS, attempts: READ_ATTEMPTS });
  await intake.queueUnread();
  return counted(intake, parts.metrics);
}

/** The same intake, what it takes and refuses counted. */
function counted(intake: Intake, metrics: Metrics): Intake {
  const refused = (error: unknown): never => {
    if (error instanceof IntakeRefusal) metrics.count("guerdon_intake_refusals_total", { reason: error.reason });
    throw error;
  };
  return {
    ...intake,
    async accept(submission) {
      const accepted = await intake.accept(submission).catch(refused);
      const { kind, bytes } = submission;
      if (accepted.created) metrics.count("guerdon_evidence_items_total", { kind });
      if (accepted.created) metrics.count("guerdon_evidence_bytes_total", { kind }, bytes.length);
      return accepted;
    },
    async acceptLink(link) {
      const accepted = await intake.acceptLink(link).catch(refused);
      if (accepted.created) metrics.count("guerdon_evidence_items_total", { kind: "link" });
      return accepted;
    },
  };
}
