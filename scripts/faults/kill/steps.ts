import type { Hex } from "viem";
import { z } from "zod";
import type { Batch } from "../../../oracle/ports.ts";

/** Keys that only ever change together with another one that says more. */
const COMPANIONS = [/^jobs\/[^/]+\/due\//, /^logs\//, /^spend\//];

/** Parts of values that tell one step from another under the same key. */
const stateSchema = z.looseObject({
  state: z.string().optional(),
  progress: z.string().optional(),
  closedAt: z.int().nullish(),
  complete: z.boolean().optional(),
  sent: z.array(z.unknown()).optional(),
  type: z.string().optional(),
});

/**
 * Name of what a batch makes durable, the same for every round, pool and node: its keys without what differs, each with the state
 * its value says. `null` where the batch changes nothing.
 * @param self the node whose batch it is, lower case
 */
export function stepOf({ put = {}, append = [] }: Batch, self: Hex): string | null {
  const changes = Object.entries(put).filter(([key]) => !COMPANIONS.some((form) => form.test(key)));
  const names = [
    ...changes.map(([key, value]) => `${keyName(key, self)}${valueName(key, value)}`),
    ...append.map(({ log, value }) => `${log} ${stateIn(value)?.type ?? ""}`.trim()),
  ];
  return names.length === 0 ? null : [...new Set(names)].sort().join(" + ");
}

/** Name of a blob's step. */
export function blobStepOf(action: "put" | "remove", key: string, self: Hex): string {
  return `blob ${keyName(key, self)}${action === "put" ? "" : " gone"}`;
}

function keyName(key: string, self: Hex): string {
  const kind = key.split("/")[0]!;
  const parts = key.split("/").map((part) => partName(part, self));
  // Ids in the stores of access are of letters and digits.
  if (["keys", "nonces", "sessions"].includes(kind)) parts[parts.length - 1] = "*";
  return parts.filter((part) => part !== "").join("/");
}

function partName(part: string, self: Hex): string {
  if (part === self) return "self";
  if (/^\d+(-\d+)?$/.test(part) || /^0x[0-9a-f]{40}-\d+$/.test(part)) return "";
  if (/^0x[0-9a-f]{40}$/.test(part)) return "@";
  if (/^(?:0x)?[0-9a-f]{16,}$/.test(part) || /^[0-9a-f-]{36}$/.test(part) || /^[\w-]{40,}$/.test(part)) return "*";
  return part;
}

function valueName(key: string, value: string | null): string {
  if (value === null) return " gone";
  const said = stateIn(value);
  if (said === null) return "";
  if (key.startsWith("evidence/") && key.endsWith("/state")) return said.closedAt == null ? " open" : " closed";
  if (key.startsWith("payouts/")) return said.complete === true ? " complete" : said.sent?.length ? " sent" : " begun";
  const state = said.progress ?? said.state;
  return state === undefined ? "" : ` ${state}`;
}

function stateIn(value: string): z.output<typeof stateSchema> | null {
  if (!value.startsWith("{")) return null;
  return stateSchema.safeParse(JSON.parse(value)).data ?? null;
}
