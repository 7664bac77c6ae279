import { InputError } from "../../oracle/domain/errors.ts";

/** The input error an action throws; anything else, or nothing, fails the test. */
export function faultOf(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
