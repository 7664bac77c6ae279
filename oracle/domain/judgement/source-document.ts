import { z } from "zod";
import { numberSchema, idSchema } from "../criteria/forms.ts";
import { pseudonymSchema } from "../interview/events.ts";

/**
 * A document of somebody the spec names as a sender, `application/json`: about one provider, a text to be judged, figures, or both. A
 * provider's own documents are plain text and need no such form.
 */
export const sourceDocumentSchema = z.strictObject({
  format: z.literal("guerdon/source/1"),
  /** Id in the spec's roster. */
  provider: pseudonymSchema,
  text: z.string().max(200_000).optional(),
  /** Values by the id of the criterion they are of, in its measure's unit. */
  figures: z.record(idSchema, numberSchema).optional(),
});

export type SourceDocument = z.output<typeof sourceDocumentSchema>;
