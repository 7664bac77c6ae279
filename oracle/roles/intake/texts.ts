import { z } from "zod";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import { plainText } from "../../domain/plain-text.ts";
import { addressSchema, bytes32Schema } from "../../domain/schema.ts";
import type { Queue } from "../../ports.ts";
import { readingKey, readItem, readLeaf, secretKey, textKey, unreadKey, UNREAD } from "../../store/evidence.ts";
import { READ_TEXT } from "./accept.ts";
import type { IntakeParts } from "./parts.ts";
import { contentOf, keyOf, type Kept, type ReadParts } from "./read.ts";

/** Most characters that are kept of a text; the rest is cut off. */
const MOST_CHARACTERS = 1_000_000;
const PAGE = 1_000;

const jobSchema = z.strictObject({
  chainId: z.int().min(1),
  pool: addressSchema,
  round: z.int().min(0),
  leaf: bytes32Schema,
});
type TextJob = z.output<typeof jobSchema>;

export type TextParts = ReadParts & Pick<IntakeParts, "readText" | "log"> & { readonly queue: Pick<Queue, "add"> };

/**
 * Reads the text out of a PDF or an image that was taken in, and keeps it beside the item, never as part of it. Bears to be run
 * twice, and after the item was erased.
 */
export async function readItemText(parts: TextParts, data: unknown): Promise<void> {
  const job = jobSchema.parse(data);
  const { store } = parts;
  const found = (await store.get(readingKey(job, job.leaf))) === "pending" ? await findForOracle(parts, job) : null;
  const content = found === null ? null : await erasedAsNull(contentOf(parts, job, found));
  if (found === null || content === null) {
    await store.commit({ put: { [unreadKey(job.leaf)]: null } });
    return;
  }
  const read = await parts.readText({ mediaType: found.facts.mediaType, bytes: content });
  if ("failed" in read) parts.log.info({ leaf: job.leaf, failed: read.failed }, "no text could be read out of an item");
  const text = "text" in read ? kept(parts, job, found, plainText(read.text).slice(0, MOST_CHARACTERS)) : null;
  const result = { [readingKey(job, job.leaf)]: "failed" in read ? `failed ${read.failed}` : "done" };
  const expect: Record<string, string | null> = { [readingKey(job, job.leaf)]: "pending" };
  // An item that was erased meanwhile must leave nothing behind.
  if (found.wrapped !== null) expect[secretKey(job, job.leaf)] = found.wrapped;
  await store.commit({ expect, put: { ...result, [textKey(job, job.leaf)]: text, [unreadKey(job.leaf)]: null } });
}

/** Queues again what was taken in and not read yet: once when a process starts. */
export async function queueUnread({ store, queue }: TextParts): Promise<number> {
  let queued = 0;
  for (let after = UNREAD; ;) {
    const page = await store.list(UNREAD, { after, limit: PAGE });
    for (const { value } of page) {
      const job = jobSchema.parse(JSON.parse(value));
      await queue.add({ kind: READ_TEXT, id: job.leaf, data: job });
    }
    queued += page.length;
    if (page.length < PAGE) return queued;
    after = page.at(-1)!.key;
  }
}

function kept({ vault }: TextParts, job: TextJob, { secret }: Kept, text: string): string {
  if (secret === null) return text;
  return vault.seal(keyOf(secret), Buffer.from(text, "utf8"), job, `${job.leaf}/text`).toString("base64");
}

/** The item as the oracle sees it, whoever may; `null` where it is not there any more. */
async function findForOracle(parts: TextParts, job: TextJob): Promise<Kept | null> {
  const place = await readLeaf(parts.store, job, job.leaf);
  const row = place === null ? null : await readItem(parts.store, job, place.position);
  if (place === null || row === null) return null;
  if (!("private" in row)) return { facts: row, inline: place.content, secret: null, wrapped: null };
  const wrapped = await parts.store.get(secretKey(job, job.leaf));
  if (wrapped === null) return null;
  const secret = parts.vault.unwrap(wrapped, job, job.leaf);
  return { facts: secret.facts, inline: null, secret, wrapped };
}

async function erasedAsNull(content: Promise<Uint8Array>): Promise<Uint8Array | null> {
  try {
    return await content;
  } catch (error) {
    if (error instanceof IntakeRefusal) return null;
    throw error;
  }
}
