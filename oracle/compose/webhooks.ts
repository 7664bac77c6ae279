import type { NodeConfig } from "../config.ts";
import type { WebhookParts } from "../ops/webhooks.ts";
import { webhookEndpoints } from "../ops/webhook-delivery.ts";
import { readWebhookSecret } from "../ops/webhook-secret.ts";
import { startWebhooks } from "../ops/webhooks.ts";
import type { Stack } from "./stack.ts";

/** Tells the endpoints that are set, if there are any. @throws InputError where the secret cannot be read */
export async function startNodeWebhooks(
  { webhooks }: NodeConfig,
  parts: Omit<WebhookParts, "endpoints" | "secret">,
  stack: Stack,
): Promise<void> {
  if (webhooks === null) return;
  const secret = await readWebhookSecret(webhooks.secretFile);
  const running = await startWebhooks({ ...parts, endpoints: webhookEndpoints(webhooks.urls), secret });
  stack.push("webhooks", () => running.stop());
}
