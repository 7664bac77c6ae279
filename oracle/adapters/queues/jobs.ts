import { InputError } from "../../domain/errors.ts";
import { StoreUnavailable, type Job, type Logger, type WorkOptions } from "../../ports.ts";

/** What both queues have in common. */
export interface QueueOptions {
  readonly log: Logger;
  /** How long a job may be without a sign of life before another worker takes it, ms; 30,000 where not given. */
  readonly leaseMs?: number;
  /** Delay before the second attempt, ms; doubled for each further one, up to `longestDelayMs`. 1,000 where not given. */
  readonly firstDelayMs?: number;
  /** 60,000 where not given. */
  readonly longestDelayMs?: number;
  /** How many failed jobs of a kind are kept, the newest; 1,000 where not given. */
  readonly keepFailed?: number;
}

export const QUEUE_DEFAULTS = { leaseMs: 30_000, firstDelayMs: 1_000, longestDelayMs: 60_000, keepFailed: 1_000 };

const KIND = /^[A-Za-z0-9._-]{1,64}$/;
const ID = /^[A-Za-z0-9._:-]+(?:\/[A-Za-z0-9._:-]+)*$/;
const MAX_ID_LENGTH = 300;
const MAX_REASON_LENGTH = 500;

/** @throws InputError for a kind, id or time that a queue cannot hold */
export function checkJob({ kind, id, notBefore }: Job): void {
  checkKind(kind);
  if (id.length > MAX_ID_LENGTH || !ID.test(id)) {
    const limit = `segments of letters, digits and ._:- joined by /, at most ${MAX_ID_LENGTH} characters`;
    throw new InputError("not a job's id", { field: "id", value: id, limit });
  }
  if (notBefore !== undefined && !(Number.isSafeInteger(notBefore) && notBefore >= 0)) {
    throw new InputError("not a time", {
      field: "notBefore",
      value: String(notBefore),
      limit: "whole Unix milliseconds",
    });
  }
}

/** @throws InputError */
export function checkWork(kind: string, { concurrency, attempts }: WorkOptions): void {
  checkKind(kind);
  for (const [field, value] of Object.entries({ concurrency, attempts })) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new InputError("a queue cannot work so", { field, value: String(value), limit: "a whole number from 1" });
  }
}

/** How long to wait after so many attempts, ms. */
export function delayAfter(attempts: number, { firstDelayMs, longestDelayMs }: typeof QUEUE_DEFAULTS): number {
  return Math.min(firstDelayMs * 2 ** (attempts - 1), longestDelayMs);
}

/** Why an attempt failed, for whoever looks at failed jobs. The program's own errors hold nothing of others' texts. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : "not an error").slice(0, MAX_REASON_LENGTH);
}

export function closedQueue(): StoreUnavailable {
  return new StoreUnavailable("the queue is closed");
}

function checkKind(kind: string): void {
  if (KIND.test(kind)) return;
  throw new InputError("not a kind of job", { field: "kind", value: kind, limit: "1 to 64 letters, digits and ._-" });
}
