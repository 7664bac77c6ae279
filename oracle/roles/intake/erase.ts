import type { Hex } from "viem";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import { journalEntry } from "../../ops/journal.ts";
import { StoreUnavailable } from "../../ports.ts";
import { blobKey, readingKey, secretKey, slotKey, textKey, unreadKey } from "../../store/evidence.ts";
import type { RoundId } from "../../store/rounds.ts";
import { mayErase, type Viewer } from "./access.ts";
import { find, type ReadParts } from "./read.ts";

/**
 * Erases a private item for ever: its key, salt, name, source and receipt go with one row, then its encrypted content. Leaf and
 * position stay, so that the round's root stays what it was. Whoever is cut off in between calls again.
 * @throws IntakeRefusal `unknown-item`, `erased`, `not-entitled`
 */
export async function eraseItem(parts: ReadParts, id: RoundId, leaf: Hex, viewer: Viewer): Promise<void> {
  const { facts, secret, wrapped } = await find(parts, id, leaf, viewer);
  if (secret === null || !mayErase({ source: facts.source, subject: secret.subject }, viewer)) {
    const limit = "a private item, by who sent it or whom it is about";
    throw new IntakeRefusal("not-entitled", { field: "leaf", value: leaf, limit });
  }
  // The blob goes first: as long as the row is there, the call can be made again.
  if (facts.blob !== null) await parts.blobs.remove(blobKey(id, facts.blob));
  const gone = [
    secretKey(id, leaf),
    slotKey(id, secret.slot),
    readingKey(id, leaf),
    textKey(id, leaf),
    unreadKey(leaf),
  ];
  const put = Object.fromEntries(gone.map((key) => [key, null]));
  const { chainId, pool, round } = id;
  const erased = { type: "evidence.erased", at: parts.clock(), chainId, pool, round, data: { item: leaf } } as const;
  const append = [journalEntry(erased)];
  const { ok } = await parts.store.commit({ expect: { [secretKey(id, leaf)]: wrapped }, put, append });
  if (ok || (await parts.store.get(secretKey(id, leaf))) === null) return;
  throw new StoreUnavailable("the item changed while it was erased");
}
