import type { Envelope } from "../../../oracle/domain/round/envelope.ts";
import type { Random } from "../../fuzz-api/random.ts";
import { ROUNDS } from "./season.ts";

/** Sends messages to all nodes again, in another order: as they were, and as if they were of another round. */
export async function replayAll(
  envelopes: readonly Envelope[],
  ports: readonly number[],
  random: Random,
): Promise<void> {
  const others = envelopes.map((one) => ({ ...one, round: (one.round + 1) % ROUNDS }));
  const all = [...envelopes, ...others].map((one) => ({ one, place: random.below(1_000_000) }));
  all.sort((a, b) => a.place - b.place);
  for (const { one } of all) await Promise.all(ports.map((port) => post(port, one)));
}

async function post(port: number, envelope: Envelope): Promise<void> {
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify(envelope), signal: AbortSignal.timeout(2_000) };
  await fetch(`http://127.0.0.1:${port}/v1/messages`, request).then(
    (response) => response.arrayBuffer(),
    () => undefined,
  );
}
