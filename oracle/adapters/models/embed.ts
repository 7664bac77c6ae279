import { z } from "zod";
import { canonicalHash } from "../../domain/canonical.ts";
import { InputError } from "../../domain/errors.ts";
import type { EmbeddingAnswer, EmbeddingRecord } from "../../ports/model.ts";
import { attempt, type Work } from "./attempts.ts";
import { mostTokens, type TokenBudget } from "./budget.ts";
import { readUsage } from "./completion.ts";
import { UnreadableAnswer } from "./failure.ts";
import { isSameModel } from "../../domain/text/model-name.ts";
import type { Parts } from "./parts.ts";

const MOST_TEXTS = 256;
const MOST_DIMENSIONS = 8192;

const answerSchema = z.object({
  model: z.string().min(1).max(200),
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1).max(MOST_DIMENSIONS) })),
  usage: z.unknown(),
});
type Answer = z.output<typeof answerSchema>;

/** Embeds texts with a model, with as many attempts as it takes. */
export async function embed(
  parts: Parts,
  model: string,
  budget: TokenBudget,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<EmbeddingAnswer> {
  const { options, client, around, clean } = parts;
  checkTexts(texts);
  const begun = around.clock();
  const work: Work<Answer> = {
    most: mostTokens(texts),
    send: async (ending) => {
      const body = { model, input: [...texts], encoding_format: "float" as const };
      const parsed = answerSchema.safeParse(await client.embeddings.create(body, { signal: ending }));
      if (!parsed.success) throw new UnreadableAnswer("the answer is none of the protocol's");
      return { value: parsed.data, tokens: readUsage(parsed.data.usage)?.promptTokens ?? null };
    },
    adapt: () => false,
    begun,
    signal,
  };
  const { result, attempts, chargedTokens } = await parts.limit(() => attempt(work, options, budget, around));
  const record: EmbeddingRecord = {
    endpoint: options.url,
    requestedModel: model,
    returnedModel: result.ok ? clean(result.value.model) : null,
    inputHash: canonicalHash(texts),
    attempts,
    usage: result.ok ? readUsage(result.value.usage) : null,
    chargedTokens,
    latencyMs: Math.max(0, Math.round(around.clock() - begun)),
  };
  if (!result.ok) return { ok: false, reason: result.reason, record };
  if (!isSameModel(model, result.value.model)) return { ok: false, reason: "wrong-model", record };
  const vectors = vectorsOf(result.value, texts.length);
  return vectors === null ? { ok: false, reason: "malformed", record } : { ok: true, vectors, record };
}

/** @throws InputError */
function checkTexts(texts: readonly string[]): void {
  const limit = `1 to ${MOST_TEXTS} texts, none of them empty`;
  if (texts.length >= 1 && texts.length <= MOST_TEXTS && texts.every((text) => text !== "")) return;
  throw new InputError("no model can embed these", { field: "texts", value: `${texts.length} texts`, limit });
}

/** One vector for each text, in the order of the texts, all of one length; `null` where the answer has not that. */
function vectorsOf({ data }: Answer, count: number): number[][] | null {
  const byIndex = new Map(data.map(({ index, embedding }) => [index, embedding]));
  const vectors = Array.from({ length: count }, (_, i) => byIndex.get(i) ?? []);
  const width = vectors[0]?.length ?? 0;
  const whole = data.length === count && width > 0 && vectors.every((vector) => vector.length === width);
  return whole ? vectors : null;
}
