import { expect } from "chai";
import { StoreUnavailable } from "../../oracle/ports.ts";

/** What was said when a store, queue or blob store could not do something; fails where it could, or said something else. */
export async function unavailable(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error, "StoreUnavailable").to.be.instanceOf(StoreUnavailable);
  return (error as StoreUnavailable).message;
}
