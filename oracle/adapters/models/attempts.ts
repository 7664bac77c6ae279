import type { Clock } from "../../ports.ts";
import type { ModelAttempt, ModelReason } from "../../ports/model.ts";
import type { TokenBudget } from "./budget.ts";
import { failureOf, type Failure } from "./failure.ts";
import { LONGEST_WAIT_MS, retryDelay } from "./retry.ts";

/** What attempts take from the world; injected by tests. */
export interface Surroundings {
  readonly clock: Clock;
  /** Resolves after so many milliseconds, or when the signal says so. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to below 1. */
  readonly random: () => number;
}

/** How often and how long to try. */
export interface Patience {
  /** How long one attempt may take, milliseconds. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
}

/** What is tried. */
export interface Work<T> {
  /** Most tokens that an attempt may cost. */
  readonly most: number;
  /** One request. `tokens`: what it cost, `null` where the endpoint does not say. */
  readonly send: (signal: AbortSignal) => Promise<{ readonly value: T; readonly tokens: number | null }>;
  /** Whether there is another way to try at once, without what the endpoint does not take. */
  readonly adapt: (failure: Failure) => boolean;
  /** When the call began. */
  readonly begun: number;
  readonly signal: AbortSignal | undefined;
}

export interface Outcome<T> {
  readonly result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: ModelReason };
  readonly attempts: readonly ModelAttempt[];
  readonly chargedTokens: number;
}

/** Tries until there is an answer, or no sense in trying again. Every attempt is set aside in the budget before it is made. */
export async function attempt<T>(
  work: Work<T>,
  { timeoutMs, retries }: Patience,
  budget: TokenBudget,
  { clock, sleep, random }: Surroundings,
): Promise<Outcome<T>> {
  const attempts: ModelAttempt[] = [];
  let chargedTokens = 0;
  const end = (result: Outcome<T>["result"]): Outcome<T> => ({ result, attempts, chargedTokens });
  for (let failed = 0; ;) {
    if (work.signal?.aborted === true) return end({ ok: false, reason: "unavailable" });
    const settle = await budget.reserve(work.most);
    if (settle === null) return end({ ok: false, reason: "budget" });
    const started = clock();
    const { answer, failure } = await once(work, timeoutMs, clock);
    const cost = failure === null ? (answer.tokens ?? work.most) : failure.mayCost ? work.most : 0;
    settle(cost);
    chargedTokens += cost;
    attempts.push({
      startedMs: between(work.begun, started),
      durationMs: between(started, clock()),
      status: failure === null ? 200 : failure.status,
      error: failure?.error ?? null,
    });
    if (failure === null) return end({ ok: true, value: answer.value });
    if (work.adapt(failure)) continue;
    failed++;
    const { reason, again, waitMs } = failure;
    if (!again || failed > retries || (waitMs ?? 0) > LONGEST_WAIT_MS) return end({ ok: false, reason });
    await sleep(retryDelay(failed, random(), waitMs), work.signal);
  }
}

type Once<T> =
  | { readonly answer: { readonly value: T; readonly tokens: number | null }; readonly failure: null }
  | { readonly answer: null; readonly failure: Failure };

async function once<T>({ send, signal }: Work<T>, timeoutMs: number, clock: Clock): Promise<Once<T>> {
  const ending = new AbortController();
  let stopped: "timeout" | "aborted" | null = null;
  const stop = (why: "timeout" | "aborted"): void => {
    stopped ??= why;
    ending.abort();
  };
  const timer = setTimeout(() => stop("timeout"), timeoutMs);
  const aborted = (): void => stop("aborted");
  signal?.addEventListener("abort", aborted, { once: true });
  try {
    return { answer: await send(ending.signal), failure: null };
  } catch (error) {
    return { answer: null, failure: failureOf(error, stopped, clock()) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
  }
}

/** Clocks of machines may go back. */
function between(from: number, to: number): number {
  return Math.max(0, Math.round(to - from));
}
