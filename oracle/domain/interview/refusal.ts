import type { InterviewEvent } from "./events.ts";

/** Why something was not taken. */
export type RefusalCode =
  | "consent-first"
  | "language-first"
  | "out-of-order"
  | "already-answered"
  | "wrong-kind"
  | "no-such-answer"
  | "empty"
  | "too-long"
  | "bad-phrasing"
  | "bad-time"
  | "too-many"
  | "over";

/** A refusal that whoever answers may see: stable code, what is meant, what was found, what would do. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly field: string;
  readonly value: string;
  readonly limit: string;
}

/**
 * What comes of an input. `events` go at the end of the log, none where it was known already. `erase` are the numbers of events to be
 * deleted from it for good, which only a withdrawal and a refusal have.
 */
export type Outcome =
  | { readonly ok: true; readonly events: readonly InterviewEvent[]; readonly erase: readonly number[] }
  | { readonly ok: false; readonly refusal: Refusal };

export function refuse(code: RefusalCode, field: string, value: string | number, limit: string): Outcome {
  const found = String(value);
  return {
    ok: false,
    refusal: { code, field, value: found.length <= 120 ? found : `${found.slice(0, 117)}...`, limit },
  };
}

export function accept(events: readonly InterviewEvent[], erase: readonly number[] = []): Outcome {
  return { ok: true, events, erase };
}
