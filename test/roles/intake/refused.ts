import { expect } from "chai";
import { IntakeRefusal, type IntakeFault, type IntakeReason } from "../../../oracle/domain/evidence-refusal.ts";

/** What a refusal said; fails where nothing was refused, or for another reason. */
export async function refused(work: Promise<unknown>, reason: IntakeReason): Promise<IntakeFault | null> {
  const error: unknown = await work.then(
    (result) => result,
    (rejection: unknown) => rejection,
  );
  expect(error, "IntakeRefusal").to.be.instanceOf(IntakeRefusal);
  expect((error as IntakeRefusal).reason).to.equal(reason);
  return (error as IntakeRefusal).fault;
}
