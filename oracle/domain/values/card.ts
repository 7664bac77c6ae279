import { z } from "zod";
import { idSchema, textSchema } from "../criteria/forms.ts";
import { bytes32Schema } from "../schema.ts";

/** One thing a person attends to when the value is lived, in the person's words. */
const policySchema = z.strictObject({ id: idSchema, text: textSchema(300) });

/**
 * A quote from a story a person told, and where it stands: a leaf of private evidence or, of interviews that are no evidence, the hash of
 * the transcript; or written as an example.
 */
const storySchema = z.strictObject({
  quote: textSchema(1000),
  from: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("interview"), leaf: bytes32Schema }),
    z.strictObject({ kind: z.literal("example") }),
  ]),
});

/**
 * A values card: what somebody finds good for its own sake, as the things attended to when it goes well. The form is that of
 * Klingefjord, Lowe and Edelman, "What are human values, and how do we align AI to them?" (2024, arXiv 2404.10636).
 */
export const cardSchema = z.strictObject({
  id: idSchema,
  title: textSchema(120),
  description: textSchema(1000),
  policies: z.array(policySchema).min(3).max(7),
  stories: z.array(storySchema).min(1).max(20),
});

export type Card = z.output<typeof cardSchema>;
export type Policy = Card["policies"][number];

/** How criteria refer to a policy of a card. */
export function policyRef(card: string, policy: string): string {
  return `${card}/${policy}`;
}

/** Every policy of some cards with its reference, in order. */
export function policiesOf(
  cards: readonly Card[],
): { readonly card: Card; readonly policy: Policy; readonly ref: string }[] {
  return cards.flatMap((card) => card.policies.map((policy) => ({ card, policy, ref: policyRef(card.id, policy.id) })));
}
