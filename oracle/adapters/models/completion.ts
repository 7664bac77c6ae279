import { z } from "zod";
import type { ModelUsage } from "../../ports/model.ts";
import { UnreadableAnswer } from "./failure.ts";

/** What a model answered, whether it came at once or in pieces. */
export interface Completion {
  /** `null` where the endpoint does not say. */
  readonly model: string | null;
  readonly fingerprint: string | null;
  readonly finishReason: string | null;
  readonly content: string | null;
  readonly refusal: string | null;
  readonly usage: ModelUsage | null;
}

const name = z.string().min(1).max(200).nullish().catch(null);
const text = z.string().nullish();
const tokens = z.int().min(0);
const usage = z
  .object({
    prompt_tokens: tokens,
    completion_tokens: tokens.default(0),
    prompt_tokens_details: z.object({ cached_tokens: tokens.nullish() }).nullish().catch(null),
  })
  .nullish()
  // Some endpoints count otherwise, or send an empty object while they stream.
  .catch(null);
const head = { model: name, system_fingerprint: name, usage };

const whole = z.object({
  ...head,
  choices: z.array(z.object({ finish_reason: name, message: z.object({ content: text, refusal: text }) })),
});
const piece = z.object({
  ...head,
  choices: z
    .array(z.object({ finish_reason: name, delta: z.object({ content: text, refusal: text }).nullish() }))
    .nullish(),
});

/** Reads an answer that came at once. @throws UnreadableAnswer where it is none of the protocol's, or does not say that it ended */
export function readCompletion(answer: unknown): Completion {
  const { model, system_fingerprint, usage: counted, choices } = parse(whole, answer);
  const choice = choices[0];
  if (choice?.finish_reason == null) throw new UnreadableAnswer("there is no answer, or no end of it");
  return {
    model: model ?? null,
    fingerprint: system_fingerprint ?? null,
    finishReason: choice.finish_reason,
    content: choice.message.content ?? null,
    refusal: choice.message.refusal ?? null,
    usage: usageOf(counted),
  };
}

/**
 * Reads an answer in pieces, to its end. Where pieces name different models, all of them are named, which is none that was asked.
 * @throws UnreadableAnswer where a piece is none of the protocol's, or the answer broke off
 */
export async function readStream(pieces: AsyncIterable<unknown>): Promise<Completion> {
  const models = new Set<string>();
  let all: Omit<Completion, "model"> = NOTHING;
  for await (const one of pieces) {
    const { model, system_fingerprint, usage: counted, choices } = parse(piece, one);
    const choice = choices?.[0];
    if (model != null) models.add(model);
    all = {
      fingerprint: system_fingerprint ?? all.fingerprint,
      finishReason: choice?.finish_reason ?? all.finishReason,
      content: joined(all.content, choice?.delta?.content),
      refusal: joined(all.refusal, choice?.delta?.refusal),
      usage: usageOf(counted) ?? all.usage,
    };
  }
  if (all.finishReason === null) throw new UnreadableAnswer("there is no answer, or no end of it");
  return { model: models.size === 0 ? null : [...models].join(" "), ...all };
}

/** Counts of usage alone, as answers with embeddings have them. */
export function readUsage(counted: unknown): ModelUsage | null {
  return usageOf(usage.parse(counted));
}

const NOTHING: Omit<Completion, "model"> = {
  fingerprint: null,
  finishReason: null,
  content: null,
  refusal: null,
  usage: null,
};

function joined(before: string | null, more: string | null | undefined): string | null {
  return more == null ? before : (before ?? "") + more;
}

function usageOf(counted: z.output<typeof usage>): ModelUsage | null {
  if (counted == null) return null;
  return {
    promptTokens: counted.prompt_tokens,
    cachedTokens: counted.prompt_tokens_details?.cached_tokens ?? 0,
    completionTokens: counted.completion_tokens,
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new UnreadableAnswer("the answer is none of the protocol's");
  return parsed.data;
}
