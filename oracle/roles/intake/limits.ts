import { BINARY_TYPES, MEDIA_TYPES, type EvidenceKind, type MediaType } from "../../domain/evidence.ts";
import { MAX_ITEMS } from "../../domain/frozen.ts";

const MIB = 1024 * 1024;

/** How much is taken in. Sizes in bytes. */
export interface IntakeLimits {
  readonly telemetryBytes: number;
  readonly documentBytes: number;
  /** Items of a round. */
  readonly items: number;
  /** All items of a round together, as a bundle spells them; documents and links take at most half of it. */
  readonly roundBytes: number;
  /** Documents and links of one source for a round. */
  readonly itemsPerSource: number;
  /** The same in bytes, as a bundle spells them. */
  readonly bytesPerSource: number;
  /** Outcome specs of one account. */
  readonly specsPerAccount: number;
}

/** A bundle stays below 128 MiB: what it holds beside evidence takes less than the rest. */
export const DEFAULT_LIMITS: IntakeLimits = {
  telemetryBytes: 8 * MIB,
  documentBytes: 20 * MIB,
  items: MAX_ITEMS,
  roundBytes: 96 * MIB,
  itemsPerSource: 100,
  bytesPerSource: 32 * MIB,
  specsPerAccount: 100,
};

/** Largest outcome spec, bytes. */
export const MAX_SPEC_BYTES = 4 * MIB;

/** Public text up to this size is kept in the store itself; all else among the blobs. */
export const INLINE_BYTES = 64 * 1024;

/** Types each kind may have. What templates compute from is data; what people send can be read by people. */
export const TYPES_OF_KIND: Readonly<Record<EvidenceKind, readonly MediaType[]>> = {
  telemetry: ["text/csv", "application/json", "application/yaml"],
  document: MEDIA_TYPES,
  link: ["text/html", "text/plain", "application/pdf", "image/png", "application/json", "text/csv"],
};

/** Whether the text of this type has to be read out of it first. */
export function needsReading(mediaType: MediaType): boolean {
  return BINARY_TYPES.some((type) => type === mediaType);
}
