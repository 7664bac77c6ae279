import { z } from "@hono/zod-openapi";
import type { Hex } from "viem";
import { criteriaDocumentSchema } from "../domain/criteria/document.ts";
import { idSchema } from "../domain/criteria/forms.ts";
import { CONCERN_RULES } from "../domain/values/concerns.ts";
import { valuesRecordSchema, voteSchema } from "../domain/values/record.ts";
import { INTERVIEW_STATES } from "../store/interviews.ts";
import { addressForm, hashForm, timeForm } from "./forms.ts";

/** Forms of what the values' routes take and give. */

/** Most buyers of values, which is also the most cards there can be. */
const MOST_BUYERS = 200;
/** Most pairs of one vote. */
const MOST_PAIRS = 100;

const count = z.int().min(0);

/** An account, taken in any case. */
const account = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "must be an address: 0x and 40 hexadecimal digits")
  .transform((text) => text.toLowerCase() as Hex)
  .openapi({ type: "string", pattern: "^0x[0-9a-fA-F]{40}$" });

export const valuesRequest = z
  .strictObject({
    title: z.string().min(1).max(200),
    subject: z
      .record(z.string().max(10), z.string().max(200))
      .openapi({ description: "What it is about, by language, in words that favour no answer" }),
    languages: z
      .array(z.string().max(10))
      .max(16)
      .openapi({ description: "The first is that of the criteria that are drafted" }),
    buyers: z
      .array(account)
      .min(1)
      .max(MOST_BUYERS)
      .refine((buyers) => new Set(buyers).size === buyers.length, "must name each account once"),
    closesAt: timeForm.openapi({ description: "When interviews end at the latest, and voting begins" }),
  })
  .openapi("ValuesRequest");

export const valuesMade = z.object({ id: z.string() }).openapi("ValuesMade");

const cardForm = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  policies: z.array(z.object({ id: z.string(), text: z.string() })),
  quotes: z.array(z.string()).openapi({ description: "Of stories whose tellers completed the interview" }),
});

export const valuesForm = z
  .object({
    state: z.enum(["collecting", "voting", "closed"]),
    title: z.string(),
    subject: z.record(z.string(), z.string()),
    languages: z.array(z.string()),
    organiser: addressForm,
    buyers: z.array(addressForm),
    closesAt: timeForm,
    interviews: z.object(
      Object.fromEntries(INTERVIEW_STATES.map((state) => [state, count])) as Record<
        (typeof INTERVIEW_STATES)[number],
        typeof count
      >,
    ),
    votes: count,
    cards: z.array(cardForm).nullable().openapi({ description: "Null while buyers are asked" }),
    own: z
      .object({ interview: z.enum(INTERVIEW_STATES).nullable(), vote: voteSchema.nullable() })
      .nullable()
      .openapi({ description: "Of the buyer who asks; null for the organiser" }),
  })
  .openapi("Values");

export const voteRequest = z
  .strictObject({
    approves: voteSchema.shape.approves.max(MOST_BUYERS),
    pairs: voteSchema.shape.pairs.max(MOST_PAIRS),
  })
  .openapi("ValuesVote");

const findings = z.array(
  z.object({
    rule: z.string(),
    severity: z.enum(["error", "warning"]),
    path: z.string(),
    message: z.string(),
    fix: z.string(),
  }),
);

export const draftForm = z
  .object({
    hash: hashForm.openapi({ description: "Of the record" }),
    /** The draft of criteria and all it rests on, without names. */
    record: valuesRecordSchema,
    findings: findings.openapi({ description: "What the linter finds in the draft" }),
    concerns: z.array(z.object({ rule: z.enum(CONCERN_RULES), about: z.string(), message: z.string() })),
  })
  .openapi("ValuesDraft");

export const criteriaRequest = criteriaDocumentSchema;

export const confirmRequest = z
  .strictObject({
    hash: z
      .string()
      .regex(/^0x[0-9a-f]{64}$/, "must be a hash: 0x and 64 hexadecimal digits")
      .openapi({ description: "Of the criteria that were read" }),
    ids: z.array(idSchema).min(1).max(200),
  })
  .openapi("CriteriaConfirmation");

export const criteriaForm = z
  .object({
    hash: hashForm.openapi({ description: "Of the document before anybody confirmed it" }),
    /** With all confirmations in it. */
    document: criteriaDocumentSchema,
    confirmed: z.array(z.object({ account: addressForm, ids: z.array(z.string()) })),
    findings,
    accepted: z.boolean().openapi({ description: "Whether a pool can be made with it" }),
  })
  .openapi("ConfirmedCriteria");
