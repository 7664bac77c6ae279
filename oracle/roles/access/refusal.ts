/** What may be wrong with a sign-in, by stable names. */
export const SIGN_IN_REASONS = [
  "form",
  "domain",
  "scheme",
  "uri",
  "version",
  "chain",
  "statement",
  "address",
  "nonce",
  "issued-at",
  "expired",
  "expires-too-late",
  "not-yet-valid",
  "extras",
  "signature-form",
  "signature",
] as const;
export type SignInReason = (typeof SIGN_IN_REASONS)[number];

/** A sign-in that is not acted upon. Names the field of the message, what stands there and what must. */
export class SignInRefusal extends Error {
  override readonly name = "SignInRefusal";
  readonly reason: SignInReason;
  readonly field: string;
  readonly found: string;
  readonly limit: string;

  constructor(reason: SignInReason, fault: { field: string; found: string; limit: string }) {
    super(`${fault.field}: ${fault.limit}`);
    this.reason = reason;
    this.field = fault.field;
    this.found = fault.found;
    this.limit = fault.limit;
  }
}
