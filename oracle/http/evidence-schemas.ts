import { z } from "@hono/zod-openapi";
import { EVIDENCE_KINDS, MEDIA_TYPES } from "../domain/evidence.ts";
import { READINGS } from "../roles/intake/read.ts";

/** Forms of the evidence API's answers, as its description shows them. */

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const account = z.string().regex(/^0x[0-9a-f]{40}$/);
const signature = z.string().regex(/^0x[0-9a-f]{130}$/);

const roundShape = { chainId: z.int(), pool: account, round: z.int() };

export const receiptSchema = z
  .object({
    format: z.literal("guerdon/receipt/1"),
    ...roundShape,
    position: z.int().min(1),
    leaf: hash,
    source: z.string(),
    receivedAt: z.int(),
    intake: account,
    proof: z.array(hash),
    signature,
  })
  .openapi("Receipt");

const publicSummary = z.object({
  leaf: hash,
  position: z.int().min(1),
  receivedAt: z.int(),
  private: z.literal(false),
  kind: z.enum(EVIDENCE_KINDS),
  name: z.string(),
  mediaType: z.enum(MEDIA_TYPES),
  source: z.string(),
  sequence: z.int(),
  size: z.int(),
  contentHash: hash,
  text: z.enum(READINGS),
});

const hiddenSummary = z.object({ leaf: hash, position: z.int().min(1), receivedAt: z.int(), private: z.literal(true) });

export const listSchema = z
  .object({
    items: z.array(z.union([publicSummary, hiddenSummary])),
    next: z.int().nullable().openapi({ description: "What to ask for items `after` next; null at the end" }),
  })
  .openapi("EvidenceList");

export const openedSchema = z
  .object({
    position: z.int().min(1),
    proof: z
      .array(hash)
      .nullable()
      .openapi({ description: "From leaf to evidence root; null while the round is open" }),
    item: z.object({
      kind: z.enum(EVIDENCE_KINDS),
      name: z.string(),
      mediaType: z.enum(MEDIA_TYPES),
      source: z.string(),
      sequence: z.int(),
      salt: hash,
      encoding: z.enum(["utf8", "base64"]),
      content: z.string(),
    }),
  })
  .openapi("EvidenceItem");

export const frozenDocument = z
  .object({
    format: z.literal("guerdon/frozen/1"),
    ...roundShape,
    evidenceRoot: hash,
    frozenAt: z.int(),
    leaves: z.array(hash),
    withheld: z.array(hash),
    intake: account,
    signature,
  })
  .openapi("FrozenEvidence");

export const linkSchema = z
  .object({
    url: z.string().min(1).max(2_000),
    private: z.boolean().default(false),
    subject: account.optional().openapi({ description: "Account of whom a private item is about" }),
  })
  .openapi("Link");
