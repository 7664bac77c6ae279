import type { Hex } from "viem";
import { z } from "zod";
import { evidenceItemSchema, type EvidenceItem } from "../../../oracle/domain/evidence.ts";
import { frozenSchema, type Frozen } from "../../../oracle/domain/frozen.ts";

const progressSchema = z.object({ progress: z.string().nullable() });
const bundlesSchema = z.object({ bundles: z.array(z.string().transform((hash) => hash as Hex)) });
const itemSchema = z.object({ item: evidenceItemSchema });

const roundPath = (pool: Hex, round: number): string => `/v1/pools/${pool}/rounds/${round}`;

/** Where a node says it is with a round; `null` where it does not say. */
export async function progressAt(url: string, pool: Hex, round: number): Promise<string | null> {
  return (await json(`${url}${roundPath(pool, round)}`, progressSchema))?.progress ?? null;
}

/** Hashes of the bundles a node holds of a round. */
export async function bundlesAt(url: string, pool: Hex, round: number): Promise<Hex[]> {
  return (await json(`${url}${roundPath(pool, round)}/bundles`, bundlesSchema))?.bundles ?? [];
}

export async function bundleAt(url: string, hash: Hex): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`${url}/v1/bundles/${hash}`)).arrayBuffer());
}

/** A round's evidence as its intake closed it; `null` where it has not. */
export async function frozenAt(
  url: string,
  pool: Hex,
  round: number,
): Promise<{ frozen: Frozen; items: EvidenceItem[] } | null> {
  const path = `${url}${roundPath(pool, round)}`;
  const frozen = await json(`${path}/frozen`, frozenSchema);
  if (frozen === null) return null;
  const items = [];
  for (const leaf of frozen.leaves) {
    const found = await json(`${path}/evidence/${leaf}`, itemSchema);
    if (found === null) throw new Error(`the intake does not give item ${leaf} that it has closed`);
    items.push(found.item);
  }
  return { frozen, items };
}

async function json<Schema extends z.ZodType>(url: string, schema: Schema): Promise<z.output<Schema> | null> {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
  if (response === null) return null;
  const text = await response.text();
  return response.ok ? schema.parse(JSON.parse(text)) : null;
}
