import { z } from "zod";
import type { Hex } from "viem";
import { bytes32Schema, uintSchema } from "../../domain/schema.ts";
import type { Block, Store } from "../../ports.ts";

const rowSchema = z.strictObject({
  number: uintSchema.transform(BigInt),
  parentHash: bytes32Schema,
  time: z.int().min(0),
});

const prefix = (chainId: number): string => `headers/${chainId}/`;

/** Blocks that are kept in a store by their hash. */
export interface HeaderStore {
  /** The chain that is kept, oldest first: the newest block and those it descends from. */
  load(): Promise<Block[]>;
  /** Makes the store hold exactly these. */
  replace(before: readonly Block[], after: readonly Block[]): Promise<void>;
}

export function headerStore(store: Store, chainId: number): HeaderStore {
  const key = (hash: Hex): string => `${prefix(chainId)}${hash}`;
  return {
    async load() {
      const rows = await store.list(prefix(chainId), { limit: 10_000 });
      const blocks = rows.map(({ key: name, value }) => {
        const hash = bytes32Schema.parse(name.slice(prefix(chainId).length));
        return { hash, ...rowSchema.parse(JSON.parse(value)) };
      });
      return lineOf(blocks);
    },
    async replace(before, after) {
      const gone = before.filter(({ hash }) => after.every((one) => one.hash !== hash));
      const added = after.filter(({ hash }) => before.every((one) => one.hash !== hash));
      if (gone.length + added.length === 0) return;
      await store.commit({
        put: {
          ...Object.fromEntries(gone.map(({ hash }) => [key(hash), null])),
          ...Object.fromEntries(added.map((block) => [key(block.hash), rowText(block)])),
        },
      });
    },
  };
}

function rowText({ number, parentHash, time }: Block): string {
  return JSON.stringify({ number: String(number), parentHash, time });
}

/** The newest block and its ancestors, oldest first; another process of the operator may have left blocks of another line. */
function lineOf(blocks: readonly Block[]): Block[] {
  const byHash = new Map(blocks.map((block) => [block.hash, block]));
  const line: Block[] = [];
  let next = blocks.reduce<Block | undefined>(
    (best, one) => (best && best.number >= one.number ? best : one),
    undefined,
  );
  for (; next !== undefined; next = byHash.get(next.parentHash)) line.unshift(next);
  return line;
}
