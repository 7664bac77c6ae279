import type { Hex } from "viem";
import type { Terms } from "../../../contracts/protocol/terms.ts";
import type { Keccak } from "../../domain/keccak.ts";
import type { ProbeStep } from "../../domain/interview/steps.ts";
import type { OutcomeSpec } from "../../domain/spec.ts";
import type { Block, BlobStore, Clock, Logger, NodeSigner, RoundId, Store } from "../../ports.ts";
import type { Intake } from "../intake/intake.ts";

/** Blocks, as far as a draw hangs on them. */
export interface Blocks {
  latest(): Promise<Block>;
  finalized(): Promise<Block>;
  blockByNumber(number: bigint): Promise<Block>;
}

/** What interviews need to know of a pool. */
export interface InterviewedPool {
  readonly spec: Pick<OutcomeSpec, "oracle" | "params" | "roster"> & { readonly template: string };
  readonly terms: Pick<Terms, "rounds" | "manager" | "specHash">;
}

/** Words a probe; `null` where it cannot. */
export type Phrase = (step: ProbeStep, id: RoundId, signal: AbortSignal) => Promise<string | null>;

/** What the interviewer is put together from. */
export interface InterviewerParts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly chain: Blocks;
  /** The intake node itself, lower case. */
  readonly signer: Pick<NodeSigner, "address">;
  readonly intake: Pick<Intake, "accept" | "erase" | "list" | "open">;
  /** Milliseconds. */
  readonly clock: Clock;
  readonly log: Logger;
  /** 32 bytes under which all that people say is encrypted: the one of the intake. */
  readonly masterKey: Uint8Array;
  /** Accounts that may run interviews beside the node's own, lower case. */
  readonly interviewers: readonly Hex[];
  /** `null` for a pool that is not known here, or whose spec is not yet. */
  readonly pool: (pool: Hex) => Promise<InterviewedPool | null>;
  readonly keccak?: Keccak;
  /** Where it is missing, probes are asked in the catalogue's words. */
  readonly phrase?: Phrase;
  /** How long wording a probe may take, milliseconds; 10,000 where not given. */
  readonly phraseMs?: number;
}
