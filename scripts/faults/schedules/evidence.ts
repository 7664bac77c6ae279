import { localAccount } from "../../season/accounts.ts";
import { serviceAt } from "../../season/service.ts";
import { seeded } from "../../fuzz-api/random.ts";
import { telemetryOf, type Part } from "./season.ts";
import type { Stage } from "./stage.ts";
import { pause } from "./wire.ts";

const PATIENCE_MS = 20_000;

/** Telemetry of each round of a schedule, by its seed. */
export function partsOf(seed: number, rounds: number): Part[][] {
  const random = seeded(seed ^ 0x5eed);
  return Array.from({ length: rounds }, (_, round) => telemetryOf(round, random));
}

/** Brings spec and evidence to the intake, as the pool's manager and a sender of telemetry do. */
export async function bringEvidence({ world, plan, honest }: Stage): Promise<void> {
  const { chain, pool, spec } = world;
  const { url } = honest[0]!;
  const service = serviceAt(url);
  const token = await patiently(() => service.signIn(localAccount("manager"), chain.chainId));
  await patiently(() => service.putSpec(token, spec));
  const key = await patiently(() => service.makeKey(token, pool, "telemetry"));
  for (const [round, parts] of partsOf(plan.seed, plan.rounds).entries()) {
    for (const [sequence, part] of parts.entries()) {
      const path = `/v1/pools/${pool}/rounds/${round}/telemetry/${part.name}/${sequence}`;
      await patiently(() => send(`${url}${path}`, key, part));
    }
  }
}

async function send(url: string, key: string, { mediaType, bytes }: Part): Promise<void> {
  const headers = { "content-type": mediaType, authorization: `Bearer ${key}` };
  const response = await fetch(url, { method: "POST", headers, body: bytes.slice() });
  const text = await response.text();
  if (!response.ok) throw new Error(`the intake refused telemetry (${response.status}): ${text.slice(0, 200)}`);
}

/** Again and again while faults keep a node from answering, or it has not found the pool yet. */
async function patiently<Result>(step: () => Promise<Result>): Promise<Result> {
  for (const end = Date.now() + PATIENCE_MS; ; await pause(20)) {
    try {
      return await step();
    } catch (error) {
      if (Date.now() >= end) throw error;
    }
  }
}
