import type { NodeConfig } from "../config.ts";
import type { Secret } from "../config/secrets.ts";
import { createCensor } from "../ops/censor.ts";
import { createTraces, NO_TRACES, type Traces } from "../ops/traces.ts";
import type { Stack } from "./stack.ts";

/** Traces to the collector that is set, or none. */
export function nodeTraces({ otlpUrl, roles }: NodeConfig, secrets: readonly Secret[], stack: Stack): Traces {
  if (otlpUrl === undefined) return NO_TRACES;
  const traces = createTraces({ url: otlpUrl, attributes: { roles: roles.join(",") }, censor: createCensor(secrets) });
  stack.push("traces", () => traces.stop());
  return traces;
}
