import type { InputError } from "../../domain/errors.ts";
import type { Refusal } from "../../domain/interview/refusal.ts";

/** Why something about interviews is not done. The names are part of the API, and none changes its meaning. */
export type InterviewReason =
  | "invalid"
  | "not-found"
  | "not-manager"
  | "not-interviewer"
  | "no-interviews"
  | "no-roster"
  | "other-roster"
  | "seed-not-final"
  | "no-sample"
  | "other-sample"
  | "not-drawn"
  | "interviews-ended"
  | "interview-refused"
  | "no-transcript"
  | "not-organiser"
  | "not-buyer"
  | "too-many-values"
  | "not-voting"
  | "not-closed"
  | "no-criteria"
  | "other-criteria";

/** Where the fault lies, what was found there, and what would do. */
export interface InterviewFault {
  readonly field: string;
  readonly value?: string;
  readonly limit: string;
}

/** Something about interviews is not done. Nothing that a participant said is in its message. */
export class InterviewRefusal extends Error {
  override readonly name = "InterviewRefusal";
  readonly reason: InterviewReason;
  readonly fault: InterviewFault | null;
  /** Of the protocol engine, where it was that which refused. */
  readonly code: Refusal["code"] | null;

  constructor(reason: InterviewReason, fault: InterviewFault | null = null, code: Refusal["code"] | null = null) {
    super(code === null ? reason : `${reason}: ${code}`);
    this.reason = reason;
    this.fault = fault;
    this.code = code;
  }
}

/** Input of a person that cannot be used. @param part of the request that it is */
export function invalid(part: string, { message, fault }: InputError): InterviewRefusal {
  const { field, value, limit = message } = fault;
  return new InterviewRefusal("invalid", {
    field: field === undefined ? part : `${part}.${field}`,
    ...(value === undefined ? {} : { value }),
    limit,
  });
}

/** The engine's refusal of what a participant did. */
export function refused({ code, field, value, limit }: Refusal): InterviewRefusal {
  return new InterviewRefusal("interview-refused", { field, value, limit }, code);
}
