import type { Queue, Store } from "../ports.ts";
import { createBell, type Bell } from "./bell.ts";
import type { EventType } from "./events.ts";
import { journalEnd, readJournal } from "./journal.ts";
import { deliverer, type DeliveryParts, type WebhookEndpoint } from "./webhook-delivery.ts";

/** Events that operators want to be told of. */
export const WEBHOOK_TYPES: readonly EventType[] = [
  "deadline.near",
  "round.settled",
  "round.challenged",
  "round.expired",
  "spend.limited",
];

/** Kind of the jobs. */
export const WEBHOOK_JOB = "webhook";

/** Attempts before a delivery counts as failed and is left to the operator: some three hours where delays grow to a minute. */
const ATTEMPTS = 200;
const CONCURRENCY = 4;
const PAGE = 100;

export interface WebhookParts extends DeliveryParts {
  readonly queue: Queue;
  /** Rung in this process when events were written. */
  readonly bell?: Bell;
  /** How often to look for what other processes wrote, milliseconds. */
  readonly pollMs?: number;
  readonly attempts?: number;
}

/**
 * Tells endpoints what happens, at least once: a place in the journal for each endpoint moves on only after the jobs for what lies
 * before it are in the queue. An endpoint that is new begins with what happens from now on.
 * @returns what stops it: no further job is added, those under way are the queue's to end
 */
export async function startWebhooks(parts: WebhookParts): Promise<{ stop(): Promise<void> }> {
  const { queue, endpoints, store, attempts = ATTEMPTS } = parts;
  await Promise.all(endpoints.map((endpoint) => beginAtEnd(store, endpoint)));
  queue.work(WEBHOOK_JOB, deliverer(parts), { concurrency: CONCURRENCY, attempts });
  const stopping = new AbortController();
  const feeds = endpoints.map((endpoint) => feed(parts, endpoint, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(feeds);
    },
  };
}

async function beginAtEnd(store: Store, endpoint: WebhookEndpoint): Promise<void> {
  const key = cursorKey(endpoint);
  if ((await store.get(key)) !== null) return;
  // Where another process was first, its place stands.
  await store.commit({ expect: { [key]: null }, put: { [key]: String(await journalEnd(store)) } });
}

async function feed(parts: WebhookParts, endpoint: WebhookEndpoint, signal: AbortSignal): Promise<void> {
  const { log, bell = createBell(), pollMs = 1000 } = parts;
  while (!signal.aborted) {
    const rings = bell.rings();
    const more = await step(parts, endpoint).catch((error: unknown) => {
      log.warn({ error, endpoint: endpoint.place }, "webhooks wait for the store or the queue");
      return null;
    });
    if (more === null) await bell.wait(pollMs, signal);
    else if (!more && bell.rings() === rings) await bell.wait(pollMs, signal);
  }
}

/** Puts what has come into the queue; whether there may be more. */
async function step({ store, queue }: WebhookParts, endpoint: WebhookEndpoint): Promise<boolean> {
  const key = cursorKey(endpoint);
  const cursor = (await store.get(key)) ?? "0";
  const { entries, next, more } = await readJournal(store, Number(cursor), PAGE, { types: WEBHOOK_TYPES });
  for (const { place } of entries) {
    await queue.add({ kind: WEBHOOK_JOB, id: `${endpoint.id}-${place}`, data: { endpoint: endpoint.id, place } });
  }
  if (String(next) === cursor) return false;
  // Where another process moved it on, this one reads again from there.
  const { ok } = await store.commit({ expect: { [key]: cursor }, put: { [key]: String(next) } });
  return more || !ok;
}

function cursorKey({ id }: WebhookEndpoint): string {
  return `webhooks/${id}/cursor`;
}
