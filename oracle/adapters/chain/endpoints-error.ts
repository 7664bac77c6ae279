/**
 * Why the endpoints of a chain give no answer to rely on: too few of them answer; enough answer, but not the same; they are of another
 * chain than they should be; a block that was final is no longer part of the chain.
 */
export type EndpointsReason = "unavailable" | "disagree" | "other-chain" | "finality-broken";

/** Nothing may be signed on what the endpoints say now. Its message names endpoints by number: their addresses may hold keys. */
export class EndpointsError extends Error {
  override readonly name = "EndpointsError";
  readonly reason: EndpointsReason;

  constructor(reason: EndpointsReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
