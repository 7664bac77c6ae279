import type { Context } from "hono";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import { InterviewRefusal } from "../roles/interviewer/refusal.ts";
import type { Env } from "./env.ts";
import { apiError } from "./errors.ts";
import { intakeProblem } from "./evidence-problems.ts";
import { refuse } from "./problems.ts";

/** Answers to what interviews refuse, and the intake where it is asked for them. */
export function interviewError(error: Error, context: Context<Env>): Response | Promise<Response> {
  if (error instanceof IntakeRefusal) return intakeProblem(context, error);
  return error instanceof InterviewRefusal ? interviewProblem(context, error) : apiError(error, context);
}

function interviewProblem(context: Context, { reason, fault, code }: InterviewRefusal): Response {
  const details = { ...(fault !== null && { errors: [fault] }), ...(code !== null && { reason: code }) };
  return refuse(context, reason, details);
}
