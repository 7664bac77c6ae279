import { isAddress, type Hex } from "viem";
import type { EvidenceKind, MediaType } from "../../domain/evidence.ts";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { RoundId } from "../../store/rounds.ts";
import { TYPES_OF_KIND, type IntakeLimits } from "./limits.ts";
import { checkLinkName, checkName } from "./names.ts";

/** Evidence that somebody sends. */
export interface Submission extends RoundId {
  readonly kind: EvidenceKind;
  readonly name: string;
  /** As declared. */
  readonly mediaType: string;
  /** An account in lower case, or `key:` and the id of an API key. */
  readonly source: string;
  /** Place among what this source sends under this name; for telemetry only, documents and links are numbered as they come. */
  readonly sequence: number | null;
  readonly private: boolean;
  /** Account of whom a private item is about, who may read and erase it as well; lower case. */
  readonly subject?: Hex | null;
  readonly bytes: Uint8Array;
}

/** A submission whose form is right. */
export interface CheckedSubmission extends Submission {
  readonly mediaType: MediaType;
}

/**
 * Checks all of a submission that needs nobody to be asked.
 * @throws IntakeRefusal
 */
export function checkForm(submission: Submission, limits: IntakeLimits): CheckedSubmission {
  const { kind, name, sequence, subject, bytes } = submission;
  if (kind === "link") checkLinkName(name);
  else checkName(name);
  checkPrivacy(submission);
  checkSequence(kind, sequence);
  if (subject != null && !(isAddress(subject, { strict: false }) && subject === subject.toLowerCase())) {
    throw new IntakeRefusal("bad-subject", { field: "subject", value: subject, limit: "an account in lower case" });
  }
  const mediaType = mediaTypeFor(kind, submission.mediaType);
  checkSize(kind, bytes.length, limits);
  return { ...submission, mediaType };
}

/** The type as evidence of this kind may have it. @throws IntakeRefusal `type-unknown` */
export function mediaTypeFor(kind: EvidenceKind, declared: string): MediaType {
  const known = TYPES_OF_KIND[kind].find((type) => type === declared);
  if (known !== undefined) return known;
  const limit = TYPES_OF_KIND[kind].join(", ");
  throw new IntakeRefusal("type-unknown", { field: "content-type", value: declared, limit });
}

/** Most bytes of an item of this kind. */
export function sizeLimit(kind: EvidenceKind, limits: IntakeLimits): number {
  return kind === "telemetry" ? limits.telemetryBytes : limits.documentBytes;
}

function checkSize(kind: EvidenceKind, found: number, limits: IntakeLimits): void {
  const most = sizeLimit(kind, limits);
  if (found === 0) throw new IntakeRefusal("empty", { field: "body", limit: "at least one byte" });
  if (found > most) {
    throw new IntakeRefusal("too-large", { field: "body", value: `${found} bytes`, limit: `at most ${most} bytes` });
  }
}

function checkPrivacy({ kind, private: hidden, subject }: Submission): void {
  if (kind === "telemetry" && hidden) {
    throw new IntakeRefusal("private-telemetry", { field: "private", value: "true", limit: "false for telemetry" });
  }
  if (!hidden && subject != null) {
    throw new IntakeRefusal("bad-subject", { field: "subject", value: subject, limit: "only for private items" });
  }
}

function checkSequence(kind: EvidenceKind, sequence: number | null): void {
  const fits = kind === "telemetry" ? isPlace(sequence) : sequence === null;
  if (fits) return;
  const limit =
    kind === "telemetry" ? "a whole number from 0 to 4294967295" : "none: documents and links are numbered here";
  throw new IntakeRefusal("bad-sequence", { field: "sequence", value: String(sequence), limit });
}

function isPlace(value: number | null): boolean {
  return value !== null && Number.isInteger(value) && value >= 0 && value <= 0xffffffff;
}
