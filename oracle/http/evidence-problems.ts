import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { IntakeReason, IntakeRefusal } from "../domain/evidence-refusal.ts";
import { problem } from "./problem.ts";

/** Status of each refusal of the intake. */
export const INTAKE_STATUS = {
  "sign-in-needed": 401,
  "not-entitled": 403,
  "unknown-pool": 404,
  "unknown-round": 404,
  "unknown-item": 404,
  "unknown-spec": 404,
  "other-intake": 421,
  frozen: 409,
  "not-frozen": 409,
  "no-evidence": 409,
  erased: 410,
  empty: 400,
  "too-large": 413,
  "round-full": 409,
  "source-full": 409,
  "spec-limit": 409,
  "slow-body": 408,
  busy: 503,
  "bad-name": 400,
  "bad-sequence": 400,
  "bad-subject": 400,
  "bad-private": 400,
  "sequence-taken": 409,
  "private-telemetry": 400,
  "type-unknown": 415,
  "type-mismatch": 415,
  "encoded-body": 415,
  archive: 415,
  executable: 415,
  office: 415,
  polyglot: 415,
  "not-text": 415,
  "bad-csv": 422,
  "bad-json": 422,
  "bad-yaml": 422,
  "pdf-broken": 422,
  "pdf-encrypted": 422,
  "pdf-pages": 422,
  "png-broken": 422,
  "png-pixels": 422,
  "link-form": 400,
  "link-scheme": 422,
  "link-credentials": 422,
  "link-port": 422,
  "link-host": 422,
  "link-address": 422,
  "link-unresolved": 422,
  "link-redirects": 422,
  "link-status": 422,
  "link-timeout": 422,
  "link-failed": 422,
  "link-too-large": 422,
  "link-encoding": 422,
  "link-type": 422,
  "spec-hash": 422,
  "spec-form": 422,
} as const satisfies Record<IntakeReason, ContentfulStatusCode>;

/** Where the rest of a body is not read, the connection cannot be used again; where the intake is busy, it pays to come again. */
const HEADERS: Partial<Record<IntakeReason, Readonly<Record<string, string>>>> = {
  busy: { "retry-after": "5" },
  "too-large": { connection: "close" },
  "slow-body": { connection: "close" },
};

/** The problem of a refusal: its reason as type, and the field, value and limit it is about. */
export function intakeProblem(context: Context, refusal: IntakeRefusal): Response {
  const { reason, fault, message } = refusal;
  return problem(context, {
    type: reason,
    title: message,
    status: INTAKE_STATUS[reason],
    ...(fault === null ? {} : { errors: [fault] }),
    headers: HEADERS[reason] ?? {},
  });
}
