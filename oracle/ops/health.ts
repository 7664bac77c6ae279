import type { BlobStore, ChainReader, Clock, Store } from "../ports.ts";

/** One thing a node needs, or should see to. */
export interface HealthCheck {
  readonly name: string;
  /** Whether the node is not ready where it fails; else it is a warning. */
  readonly required: boolean;
  /** @throws Unhealthy with what is wrong, in words fit for everybody; of other errors only the name is shown */
  run(): Promise<void>;
}

/** What a check found wrong. Holds no text of others. */
export class Unhealthy extends Error {
  override readonly name = "Unhealthy";
}

export interface CheckResult {
  readonly name: string;
  readonly required: boolean;
  readonly ok: boolean;
  /** What is wrong; empty where it is well. */
  readonly detail: string;
}

export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly CheckResult[];
}

/** Tells whether a node can work now; answers of the last second are given again. */
export interface Health {
  readiness(): Promise<Readiness>;
}

/** How health is looked after. */
export interface HealthOptions {
  /** How long an answer holds, milliseconds. */
  readonly holdMs?: number;
  /** How long a check may take, milliseconds; then it has failed. */
  readonly timeoutMs?: number;
  /** Told of every new answer. */
  readonly told?: (readiness: Readiness) => void;
}

export function createHealth(checks: readonly HealthCheck[], options: HealthOptions = {}): Health {
  const { holdMs = 1000, timeoutMs = 5000, told = () => undefined } = options;
  return {
    readiness: held(holdMs, async () => {
      const results = await Promise.all(checks.map((check) => resultOf(check, timeoutMs)));
      const readiness = { ready: results.every(({ ok, required }) => ok || !required), checks: results };
      told(readiness);
      return readiness;
    }),
  };
}

async function resultOf({ name, required, run }: HealthCheck, timeoutMs: number): Promise<CheckResult> {
  try {
    await withinTime(run(), timeoutMs);
    return { name, required, ok: true, detail: "" };
  } catch (error) {
    const detail = error instanceof Unhealthy ? error.message : error instanceof Error ? error.name : "it failed";
    return { name, required, ok: false, detail };
  }
}

async function withinTime(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unhealthy(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Asks at most once in so many milliseconds, and never twice at the same time. */
function held<Answer>(holdMs: number, ask: () => Promise<Answer>): () => Promise<Answer> {
  let last: { readonly answer: Promise<Answer>; until: number } | null = null;
  return () => {
    if (last !== null && performance.now() < last.until) return last.answer;
    const current = { answer: ask(), until: Infinity };
    last = current;
    const ended = (): void => {
      current.until = performance.now() + holdMs;
    };
    current.answer.then(ended, ended);
    return current.answer;
  };
}

export function storeCheck(store: Store): HealthCheck {
  return { name: "store", required: true, run: () => store.probe() };
}

export function blobCheck(blobs: BlobStore): HealthCheck {
  return { name: "blobs", required: true, run: () => blobs.probe() };
}

/** Whether enough endpoints answer and agree. */
export function chainCheck(chain: ChainReader): HealthCheck {
  return {
    name: "chain",
    required: true,
    run: async () => {
      await chain.finalized();
    },
  };
}

/**
 * Whether the watcher keeps up with the chain. Both are block times, so a chain without new blocks is no lag.
 * @param watched time of the last final block the watcher has worked through, seconds; `null` before the first
 */
export function lagCheck(chain: ChainReader, watched: () => Promise<number | null>, limitSeconds: number): HealthCheck {
  return {
    name: "chain-lag",
    required: true,
    run: async () => {
      const [final, seen] = await Promise.all([chain.finalized(), watched()]);
      if (seen === null) throw new Unhealthy("the watcher has not worked through a block yet");
      const lag = final.time - seen;
      if (lag > limitSeconds) throw new Unhealthy(`the watcher is ${lag} s behind; at most ${limitSeconds} s are well`);
    },
  };
}

/** Whether the node's clock and the newest block's time are apart: one of them is wrong, or no blocks are made. */
export function clockCheck(chain: ChainReader, clock: Clock, limitSeconds: number): HealthCheck {
  return {
    name: "clock",
    required: false,
    run: async () => {
      const { time } = await chain.latest();
      const apart = Math.round(clock() / 1000 - time);
      if (Math.abs(apart) <= limitSeconds) return;
      const where = apart > 0 ? "behind" : "ahead of";
      throw new Unhealthy(
        `the newest block is ${Math.abs(apart)} s ${where} the node's clock; more than ${limitSeconds} s`,
      );
    },
  };
}

/**
 * Whether the key can be used.
 * @param use signs something of no worth; asked at most once in so many milliseconds, as a signer may be remote
 */
export function keyCheck(use: () => Promise<unknown>, everyMs = 30_000): HealthCheck {
  return {
    name: "key",
    required: true,
    run: held(everyMs, async () => {
      await use();
    }),
  };
}
