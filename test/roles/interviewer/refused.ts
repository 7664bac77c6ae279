import { expect } from "chai";
import { InterviewRefusal, type InterviewReason } from "../../../oracle/roles/interviewer/refusal.ts";

/** The refusal of a reason that a piece of work ends in; fails where it does not. */
export async function refused(work: Promise<unknown>, reason: InterviewReason): Promise<InterviewRefusal> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error, reason).to.be.instanceOf(InterviewRefusal);
  const refusal = error as InterviewRefusal;
  expect(refusal.reason).to.equal(reason);
  return refusal;
}
