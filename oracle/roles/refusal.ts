/** A request a node will not act on, with a stable name and the reason in words. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}
