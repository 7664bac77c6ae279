import { z } from "zod";
import { canonicalJson } from "../canonical.ts";
import { PROBE } from "./prompts/probe.ts";
import type { ProbeStep } from "./steps.ts";

/** What a model is asked to word a probe. */
export interface PhraseCall {
  readonly purpose: "interview";
  /** The prompt's text, the same for all probes. */
  readonly system: string;
  /** Canonical JSON of the case; what was said stands last. */
  readonly user: string;
  readonly schema: { readonly name: string; readonly jsonSchema: Readonly<Record<string, unknown>> };
}

const answerSchema = z.strictObject({ question: z.string() });

const JSON_SCHEMA = {
  type: "object",
  properties: { question: { type: "string" } },
  required: ["question"],
  additionalProperties: false,
} as const;

/** The call that words a probe. Nothing of who is asked, or about whom, is in it but what the person said. */
export function phraseCall({ language, phrasing }: ProbeStep): PhraseCall {
  const { purpose, said, maxCharacters, rules } = phrasing;
  return {
    purpose: "interview",
    system: PROBE.text,
    user: canonicalJson({ language, maxCharacters, purpose, rules, said }),
    schema: { name: "question", jsonSchema: JSON_SCHEMA },
  };
}

/** The question in a model's answer, without white space around it; `null` where there is none. Whether it may be asked, `ask` says. */
export function phraseIn(value: unknown): string | null {
  const parsed = answerSchema.safeParse(value);
  return parsed.success ? parsed.data.question.trim() : null;
}
