import type { Hex } from "viem";
import type { Frozen } from "../../domain/frozen.ts";
import { viemKeccak } from "../../domain/keccak.ts";
import type { Receipt } from "../../domain/receipt.ts";
import type { RoundId } from "../../store/rounds.ts";
import { checkRound, createAccept, type Accepted } from "./accept.ts";
import { checkTelemetrySource, type Viewer } from "./access.ts";
import { eraseItem } from "./erase.ts";
import { closedRounds } from "./closed.ts";
import { freezeRound } from "./freeze.ts";
import { DEFAULT_LIMITS, type IntakeLimits } from "./limits.ts";
import { acceptLink, type LinkSubmission } from "./links.ts";
import type { IntakeParts } from "./parts.ts";
import { createReader, type Downloaded, type Opened, type Summary } from "./read.ts";
import { readSpec } from "../../store/specs.ts";
import { putSpec } from "./specs.ts";
import type { Submission } from "./submission.ts";
import { queueUnread, readItemText } from "./texts.ts";
import { createVault } from "./vault.ts";

/**
 * Takes evidence in, keeps it and closes it. All its functions throw `IntakeRefusal` for what a caller did wrong and
 * `StoreUnavailable` where nothing can be kept or read now.
 */
export interface Intake {
  readonly limits: IntakeLimits;
  /** Whether a source may send telemetry for a pool. @throws IntakeRefusal `not-entitled` */
  mayTelemeter(id: RoundId, source: string): Promise<void>;
  /**
   * Takes evidence in: durable, and bound to the round being open, before it resolves. The same again gives the same receipt.
   * Receipts of items that come at once share one signature.
   */
  accept(submission: Submission): Promise<Accepted>;
  /** The same for what a link leads to. */
  acceptLink(link: LinkSubmission): Promise<Accepted>;
  /** Closes a round's evidence at a block time (seconds), or tells how it was closed. @throws IntakeRefusal `no-evidence` */
  freeze(id: RoundId, blockTime: number): Promise<Frozen>;
  /** `null` while it is open. */
  frozen(id: RoundId): Promise<Frozen | null>;
  /** Items after a position, in their order; positions are counted from 1. */
  list(id: RoundId, after: number, limit: number): Promise<Summary[]>;
  open(id: RoundId, leaf: Hex, viewer: Viewer): Promise<Opened>;
  content(id: RoundId, leaf: Hex, viewer: Viewer): Promise<Downloaded>;
  /** The text read out of a PDF or an image; `null` where there is none (yet). */
  text(id: RoundId, leaf: Hex, viewer: Viewer): Promise<string | null>;
  receipt(id: RoundId, leaf: Hex, viewer: Viewer): Promise<Receipt>;
  /** Erases a private item but for its leaf and position. */
  erase(id: RoundId, leaf: Hex, viewer: Viewer): Promise<void>;
  /** Keeps an outcome spec; says whether it was not there before. */
  putSpec(hash: Hex, bytes: Uint8Array, account: string): Promise<boolean>;
  /** Canonical bytes; `null` where it is not here. */
  spec(hash: Hex): Promise<Uint8Array | null>;
  /** Handles a job of the kind `READ_TEXT`. */
  readText(data: unknown): Promise<void>;
  /** Queues what was taken in and not read yet; to be called once at the start. Says how many. */
  queueUnread(): Promise<number>;
}

export function createIntake(given: IntakeParts): Intake {
  const limits = { ...DEFAULT_LIMITS, ...given.limits };
  const keccak = given.keccak ?? viemKeccak;
  const parts = { ...given, limits, keccak, vault: createVault(given.masterKey) };
  const accept = createAccept(parts);
  const closed = closedRounds(parts);
  const reader = createReader(parts, closed);
  return {
    limits,
    accept,
    mayTelemeter: async (id, source) => checkTelemetrySource(await checkRound(parts, id), source),
    acceptLink: (link) => acceptLink(parts, accept, link),
    freeze: async (id, blockTime) => {
      await checkRound(parts, id);
      return (await closed(id))?.frozen ?? freezeRound(parts, id, blockTime);
    },
    frozen: async (id) => {
      await checkRound(parts, id);
      return (await closed(id))?.frozen ?? null;
    },
    list: reader.list,
    open: reader.open,
    content: reader.content,
    text: reader.text,
    receipt: reader.receipt,
    erase: (id, leaf, viewer) => eraseItem(parts, id, leaf, viewer),
    putSpec: (hash, bytes, account) => putSpec(parts, hash, bytes, account),
    spec: (hash) => readSpec(parts, hash),
    readText: (data) => readItemText(parts, data),
    queueUnread: () => queueUnread(parts),
  };
}
