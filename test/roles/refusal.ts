import { Refusal } from "../../oracle/roles/refusal.ts";

/** The reason a node gives for not doing it. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Refusal) return error.reason;
    throw error;
  }
  throw new Error("the node did not refuse");
}
