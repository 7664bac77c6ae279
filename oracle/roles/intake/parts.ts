import type { Hex } from "viem";
import type { Terms } from "../../../contracts/protocol/terms.ts";
import type { EvidenceKind, MediaType } from "../../domain/evidence.ts";
import type { Keccak } from "../../domain/keccak.ts";
import type { OutcomeSpec } from "../../domain/spec.ts";
import type { BlobStore, Clock, Logger, NodeSigner, Queue, Store } from "../../ports.ts";
import type { IntakeLimits } from "./limits.ts";

/** A pool, by what makes it one of its kind in the world. */
export interface PoolId {
  readonly chainId: number;
  /** Lower case. */
  readonly pool: Hex;
}

/** What the intake needs to know of a pool. */
export interface PoolInfo {
  readonly spec: Pick<OutcomeSpec, "oracle">;
  readonly terms: Pick<Terms, "rounds" | "arbiter" | "manager">;
  /** Accounts of the providers, lower case. */
  readonly providers: readonly Hex[];
}

/** Content as it came in, and what it is said to be. */
export interface Content {
  readonly kind: EvidenceKind;
  readonly mediaType: MediaType;
  readonly bytes: Uint8Array;
}

/**
 * Looks at the content itself: whether it is what it is said to be, within bounds.
 * @throws IntakeRefusal; sooner than it returns a promise where nothing has to be waited for
 */
export type ContentCheck = (content: Content) => void | Promise<void>;

/** What a link led to. */
export interface Snapshot {
  readonly bytes: Uint8Array;
  readonly mediaType: MediaType;
}

/** Fetches what a link leads to, at the moment it is called. @throws IntakeRefusal where it leads nowhere it may be followed to */
export type LinkFetcher = (url: URL) => Promise<Snapshot>;

/** What came of reading a file's text: the text, or why there is none, by a stable name. */
export type Extracted = { readonly text: string } | { readonly failed: "time-limit" | "memory-limit" | "unreadable" };

/** Reads the text of a PDF or an image. Never rejects for what the file is. */
export type TextReader = (content: Pick<Content, "mediaType" | "bytes">) => Promise<Extracted>;

/** What the intake is put together from. */
export interface IntakeParts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly queue: Pick<Queue, "add">;
  /** The pool's intake, as its spec names it. */
  readonly signer: NodeSigner;
  /** Milliseconds; only for the time in receipts. */
  readonly clock: Clock;
  readonly log: Logger;
  /** 32 bytes that wrap the keys of private items. All processes of an operator have the same, for ever. */
  readonly masterKey: Uint8Array;
  /** `null` for a pool that is not this operator's business, or whose spec is not known yet. Asked for every item. */
  readonly poolInfo: (id: PoolId) => Promise<PoolInfo | null>;
  readonly check: ContentCheck;
  readonly fetchLink: LinkFetcher;
  readonly readText: TextReader;
  readonly keccak?: Keccak;
  readonly limits?: Partial<IntakeLimits>;
}
