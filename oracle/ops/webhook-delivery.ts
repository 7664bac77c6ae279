import { createHash } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { Clock, Logger, Store } from "../ports.ts";
import type { DomainEvent } from "./events.ts";
import { journalAt } from "./journal.ts";
import type { Metrics } from "./metrics.ts";

/** Who is told. */
export interface WebhookEndpoint {
  /** Follows from the URL, which may hold a secret and so is in no store: a hash of it. */
  readonly id: string;
  /** In the settings, from 1: how logs and metrics name it. */
  readonly place: number;
  readonly url: string;
}

/** What deliveries need. */
export interface DeliveryParts {
  readonly store: Store;
  readonly endpoints: readonly WebhookEndpoint[];
  /** As `readWebhookSecret` gives it. */
  readonly secret: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** How long an endpoint may take to answer, milliseconds. */
  readonly timeoutMs?: number;
}

/** A delivery that must be tried again. Holds neither the URL nor what was answered. */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly reason: string;

  constructor(reason: string) {
    super(`the webhook was not taken: ${reason}`);
    this.reason = reason;
  }
}

export function webhookEndpoints(urls: readonly string[]): WebhookEndpoint[] {
  return urls.map((url, index) => ({ id: sha256(url).slice(0, 32), place: index + 1, url }));
}

export const deliverySchema = z.strictObject({ endpoint: z.string(), place: z.int().min(1) });

/**
 * Delivers the event at a place of the journal to an endpoint, signed as Standard Webhooks say. `webhook-id` is the same at every
 * attempt, so that receivers can tell what they know already. Redirects are not followed: they are no taking.
 * @returns a handler of jobs, which rejects with DeliveryError where the delivery must be tried again
 */
export function deliverer(parts: DeliveryParts): (data: unknown) => Promise<void> {
  const { store, endpoints, metrics, log } = parts;
  return async (data) => {
    const { endpoint: id, place } = deliverySchema.parse(data);
    const endpoint = endpoints.find((one) => one.id === id);
    const written = await journalAt(store, place);
    if (endpoint === undefined || written === null) {
      log.info({ place }, "a webhook is dropped: its endpoint is not in the settings any more");
      return;
    }
    const result = await post(parts, endpoint, messageId(place, written.text), bodyOf(written.event));
    metrics.count("guerdon_webhook_deliveries_total", { endpoint: String(endpoint.place), result });
    if (result !== "taken") {
      log.warn({ endpoint: endpoint.place, place, result }, "a webhook was not taken");
      throw new DeliveryError(result);
    }
  };
}

/** The same whenever and by whomever of the operator's processes it is sent. */
function messageId(place: number, text: string): string {
  return `evt_${place}_${sha256(text).slice(0, 24)}`;
}

/** Body of a webhook: type, time of the event and what it says. */
function bodyOf({ type, at, chainId, pool, round, data }: DomainEvent): string {
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), data: { chainId, pool, round, ...data } });
}

/** `taken`, or why not. */
async function post(parts: DeliveryParts, { url }: WebhookEndpoint, id: string, body: string): Promise<string> {
  const { clock, secret, timeoutMs = 10_000 } = parts;
  const now = new Date(clock());
  const headers = {
    "content-type": "application/json",
    "user-agent": "guerdon",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, now, body),
  };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await answer.body?.cancel();
    return answer.ok ? "taken" : `status-${answer.status}`;
  } catch {
    return signal.aborted ? "timeout" : "unreachable";
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
