import { startNode } from "../../../oracle/compose/node.ts";
import { readConfig } from "../../../oracle/config.ts";
import { secretsOf } from "../../../oracle/config/secrets.ts";
import { lower } from "../../season/accounts.ts";
import { z } from "zod";
import { createKiller, planSchema } from "./killer.ts";

/**
 * A node that kills itself where it is told to. It loads everything and begins when its parent says so, so that a spare one can
 * take the place of one that died at once. Its parent hears of every durable step.
 * `FAULT_NODE`: its address, lower case; `FAULT_NOTE`: file in which it leaves word of why it died.
 */
const { FAULT_NODE = "", FAULT_NOTE = "" } = process.env;

/** Steps are told together, so that telling them takes little. */
const TELL_MS = 20;

const orderSchema = z.object({ begin: z.boolean().optional(), arm: z.array(planSchema) });

let steps: string[] = [];
const killer = createKiller(lower(FAULT_NODE), FAULT_NOTE, (step) => steps.push(step));

process.on("message", (message) => {
  const { begin = false, arm } = orderSchema.parse(message);
  killer.arm(arm);
  if (begin) void run();
});
// A spare one that never began has nothing to stop.
process.on("disconnect", () => process.exit(0));
process.on("SIGTERM", () => process.exit(0));

async function run(): Promise<void> {
  const seams = { store: killer.store, blobs: killer.blobs };
  const { address, url } = await startNode(readConfig(process.env), secretsOf(process.env), seams);
  process.send?.({ address, url }, undefined, undefined, () => undefined);
  setInterval(tell, TELL_MS);
}

function tell(): void {
  if (steps.length === 0) return;
  process.send?.({ steps }, undefined, undefined, () => undefined);
  steps = [];
}
