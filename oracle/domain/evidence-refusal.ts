/**
 * Why evidence, a link or a spec is not taken, or not given out, in words. The names are part of the API: a caller may rely on
 * them, and none changes its meaning.
 */
export const INTAKE_REASONS = {
  // Who, where, when
  "sign-in-needed": "this needs a caller that is signed in",
  "not-entitled": "the caller may not do this",
  "unknown-pool": "the intake does not know this pool",
  "unknown-round": "the pool has no such round",
  "unknown-item": "the round has no such item",
  "unknown-spec": "there is no such outcome spec here",
  "other-intake": "the pool's outcome spec names another intake",
  frozen: "the round's evidence is closed",
  "not-frozen": "the round's evidence is not closed yet",
  "no-evidence": "the round has no evidence to close",
  erased: "the item was erased; its leaf remains",
  // How much
  empty: "there is nothing in it",
  "too-large": "it is too large",
  "round-full": "the round holds as much evidence as it may",
  "source-full": "this source has sent as many documents and links for the round as it may",
  "spec-limit": "this account has put as many outcome specs here as it may",
  "slow-body": "the body did not come in time",
  busy: "too many files are being looked at already",
  // What it is called
  "bad-name": "the name cannot be that of an item",
  "bad-sequence": "the sequence is not a place in an order",
  "bad-subject": "this cannot be whom an item is about",
  "bad-private": "whether it is private is not said clearly",
  "sequence-taken": "other content was sent under this name and sequence",
  // What it is
  "private-telemetry": "telemetry is always public",
  "type-unknown": "evidence of this type is not taken here",
  "type-mismatch": "the content is of another type than declared",
  "encoded-body": "the body must come as it is, without content encoding",
  archive: "archives are not taken as evidence",
  executable: "programs are not taken as evidence",
  office: "office documents are not taken as evidence; send them as PDF",
  polyglot: "the file is of two types at once",
  "not-text": "the content is not text in UTF-8 without control characters",
  "bad-csv": "the content is not a table in CSV",
  "bad-json": "the content is not JSON",
  "bad-yaml": "the content is not plain YAML",
  "pdf-broken": "the PDF cannot be read",
  "pdf-encrypted": "the PDF is encrypted",
  "pdf-pages": "the PDF has too many pages",
  "png-broken": "the PNG cannot be read",
  "png-pixels": "the image has too many pixels",
  // Links
  "link-form": "this is no link",
  "link-scheme": "the link is of a scheme that is not followed",
  "link-credentials": "the link holds credentials",
  "link-port": "the link leads to a port that is not asked",
  "link-host": "the link's host is no public name",
  "link-address": "the link leads to an address that is not public",
  "link-unresolved": "the link's host has no address",
  "link-redirects": "the link leads on too often",
  "link-status": "the link does not lead to a document",
  "link-timeout": "the link's server is too slow",
  "link-failed": "the link's server cannot be talked to",
  "link-too-large": "what the link leads to is too large",
  "link-encoding": "what the link leads to is encoded in a way that is not read",
  "link-type": "what the link leads to is of a type that is not taken",
  // Outcome specs
  "spec-hash": "the outcome spec has another hash",
  "spec-form": "this is no outcome spec in canonical form",
} as const;

export type IntakeReason = keyof typeof INTAKE_REASONS;

/** Where the fault lies, what was found there, and the rule it breaks. */
export interface IntakeFault {
  readonly field: string;
  /** Made harmless and short before anybody sees it. */
  readonly value?: string;
  readonly limit: string;
}

/** Longest value that is quoted. */
const QUOTED = 80;

/** What is no visible character or space: controls, marks that turn text around, halves of characters, line separators. */
const HARMFUL = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Evidence, a link or a spec is not taken, or not given out. */
export class IntakeRefusal extends Error {
  override readonly name = "IntakeRefusal";
  readonly reason: IntakeReason;
  readonly fault: IntakeFault | null;

  constructor(reason: IntakeReason, fault?: IntakeFault) {
    super(INTAKE_REASONS[reason]);
    this.reason = reason;
    this.fault = fault === undefined ? null : quoted(fault);
  }
}

function quoted({ field, value, limit }: IntakeFault): IntakeFault {
  if (value === undefined) return { field, limit };
  const harmless = value.replace(HARMFUL, "\uFFFD");
  return { field, limit, value: harmless.length <= QUOTED ? harmless : `${harmless.slice(0, QUOTED - 1)}…` };
}
