import { setTimeout as pause } from "node:timers/promises";
import type { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { StoreUnavailable, type Clock, type Store } from "../../ports.ts";
import type { States } from "./books.ts";
import { forget, prepareBatch, settleBatch } from "./batch.ts";
import type { Candidate } from "./candidate.ts";
import type { IntakeLimits } from "./limits.ts";
import type { ReceiptParts } from "./receipts.ts";
import type { Vault } from "./vault.ts";

/** Most items that are written together. */
const MOST = 256;
/**
 * How long a batch waits for senders that were just answered, milliseconds since the last one came: a write to disk costs the
 * same for one item as for many, and half batches would pay for it twice.
 */
const QUIET_MS = 3;
/** How often a candidate is planned again because another process was quicker. */
const ATTEMPTS = 60;

/** What became of a candidate: a receipt, for a new item or one there before; `null` where that one was erased meanwhile. */
export type Settled = { readonly created: boolean; readonly receipt: Receipt } | IntakeRefusal | null;

export interface LaneParts extends ReceiptParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: IntakeLimits;
  readonly vault: Vault;
}

interface Waiting {
  readonly candidate: Candidate;
  readonly resolve: (settled: Settled) => void;
  readonly reject: (error: unknown) => void;
  /** How often it was planned in vain. */
  readonly failed: number;
}

/**
 * Where the candidates of one pool wait: those that come while batches are written go together in the next one. A batch is one
 * write to the store, bound to the state of its rounds, and one signature over all its receipts of public items.
 */
export function createLane(parts: LaneParts): (candidate: Candidate) => Promise<Settled> {
  let waiting: Waiting[] = [];
  const states: States = new Map();
  let [asked, busy] = [false, false];
  /** How many may be waiting once all who were answered have sent again, and when the last one came. */
  let [expected, arrived] = [0, 0];

  /** Whoever comes in the same turn of the event loop comes along. */
  function ask(): void {
    if (asked) return;
    asked = true;
    setImmediate(() => {
      asked = false;
      if (waiting.length === 0 || busy) return;
      if (waiting.length < expected && performance.now() - arrived < QUIET_MS) setTimeout(ask, 1);
      else void work();
    });
  }

  async function work(): Promise<void> {
    busy = true;
    const batch = waiting.slice(0, MOST);
    waiting = waiting.slice(MOST);
    const settled = await attempt(batch, async () => {
      const prepared = await prepareBatch(parts, states, candidatesOf(batch), batch.some(mustLook));
      return settleBatch(parts, prepared);
    });
    expected = Math.min(MOST, batch.length + waiting.length);
    if (settled === "again") await again(batch);
    else if (settled !== null) batch.forEach(({ resolve }, i) => resolve(settled[i]!));
    busy = false;
    ask();
  }

  /** What was planned upon a state that is past is planned again, before all else. */
  async function again(batch: readonly Waiting[]): Promise<void> {
    forget(states, candidatesOf(batch));
    const most = Math.max(...batch.map(({ failed }) => failed));
    if (most > 0) await pause(Math.random() * Math.min(50, 2 * most));
    const [late, rest] = [
      batch.filter(({ failed }) => failed >= ATTEMPTS),
      batch.filter(({ failed }) => failed < ATTEMPTS),
    ];
    for (const { reject } of late) reject(new StoreUnavailable(`other processes were quicker ${ATTEMPTS} times`));
    waiting = [...rest.map((one) => ({ ...one, failed: one.failed + 1 })), ...waiting];
  }

  /** Rejects all of a batch where the work fails. */
  async function attempt<Result>(batch: readonly Waiting[], work: () => Promise<Result>): Promise<Result | null> {
    try {
      return await work();
    } catch (error) {
      states.clear();
      for (const { reject } of batch) reject(error);
      return null;
    }
  }

  return (candidate) =>
    new Promise((resolve, reject) => {
      arrived = performance.now();
      waiting.push({ candidate, resolve, reject, failed: 0 });
      ask();
    });
}

/** Most telemetry is sent once: the first attempt assumes so, and the write is bound to it. All else is looked up before. */
function mustLook({ candidate, failed }: Waiting): boolean {
  return failed > 0 || candidate.sender !== null;
}

function candidatesOf(batch: readonly Waiting[]): Candidate[] {
  return batch.map(({ candidate }) => candidate);
}
