import type { Hex } from "viem";
import type { JudgedReport } from "../../domain/judgement/report-vector.ts";
import type { Recover } from "../../domain/signatures.ts";
import type { ModelBench } from "../../ports/model.ts";
import type { Hiding } from "../../store/judgements.ts";
import type { Batch, BlobStore, ChainReader, Logger, NodeSigner, Peers, RoundId, Store } from "../../ports.ts";
import type { Mailbox } from "./mailbox.ts";
import type { PoolBook } from "./pool-book.ts";

/** What happened to a round, for those who want to know. */
export type RoundNewsItem =
  | { readonly type: "assessment.signed"; readonly evidenceRoot: Hex }
  | { readonly type: "bundle.published"; readonly hash: Hex; readonly bytes: number };

/** Makes news part of the commit that makes them so. */
export type RoundNews = (news: RoundNewsItem, id: RoundId) => Batch;

/** What an assessor is made of. */
export interface AssessorParts {
  readonly chain: ChainReader;
  readonly signer: NodeSigner;
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly peers: Peers;
  readonly book: PoolBook;
  readonly mailbox: Mailbox;
  readonly recover: Recover;
  readonly log: Logger;
  /** What words are judged with. */
  readonly models: ModelBench;
  /** Aborted when the node stops. */
  readonly stopping: AbortSignal;
  /** Hides what models answered about private evidence. */
  readonly hiding: Hiding | null;
  readonly news: RoundNews;
  /** Time of the newest block, seconds. */
  readonly time: () => number;
  /** Seconds of block time after which the next node does what this one's turn was. */
  readonly handoverSeconds: number;
  /** At least so many milliseconds between two looks at what a peer has of a round. */
  readonly pullMs: number;
  /** Random bytes, 32 of them. */
  readonly salt: () => Hex;
  /** Turns the node's own vector into what it says. The identity for an honest node. */
  readonly say: (vector: Hex, metered: boolean) => Hex;
  /** Turns the node's own claims into what it says. The identity for an honest node. */
  readonly claim: (report: JudgedReport) => JudgedReport;
  /** Told how many providers nobody could judge, in what was signed. */
  readonly onAbstentions: (count: number) => void;
  /** Told of every node that a published bundle leaves out or lists as deviating. */
  readonly onExcluded: (node: Hex, reason: string) => void;
}
