import { canonicalHash } from "../../domain/canonical.ts";
import { InputError } from "../../domain/errors.ts";
import { messagesHash, messagesOf, textHash, type Message } from "../../domain/text/prompt-messages.ts";
import type { ModelAnswer, ModelCall, ModelRecord } from "../../ports/model.ts";
import { attempt, type Work } from "./attempts.ts";
import { mostTokens, type TokenBudget } from "./budget.ts";
import { readCompletion, readStream, type Completion } from "./completion.ts";
import type { Parts } from "./parts.ts";
import { bodyOf, parametersOf, samplingOf } from "./request.ts";
import { verdictOn } from "./verdict.ts";

/** Asks a model once, with as many attempts as it takes, and records all that was sent and came. */
export async function ask(
  parts: Parts,
  budget: TokenBudget,
  call: ModelCall,
  signal: AbortSignal | undefined,
): Promise<ModelAnswer> {
  const { options, around, refused, checks } = parts;
  const { model, url, format, stream, returns } = options;
  checkCall(call);
  const schemaHash = canonicalHash(call.schema.jsonSchema);
  const check = checks(schemaHash, call.schema.jsonSchema);
  const messages = messagesOf(call, format);
  const begun = around.clock();
  let sent = parametersOf(call, stream, refused);
  const work: Work<Completion> = {
    most: mostOf(call, messages),
    send: async (ending) => {
      sent = parametersOf(call, stream, refused);
      const value = await complete(parts, bodyOf(model, messages, call, format, sent), ending);
      return { value, tokens: value.usage === null ? null : value.usage.promptTokens + value.usage.completionTokens };
    },
    adapt: ({ parameter }) => {
      if (parameter === null || sent[parameter] === undefined) return false;
      refused.add(parameter);
      return true;
    },
    begun,
    signal,
  };
  const { result, attempts, chargedTokens } = await parts.limit(() => attempt(work, options, budget, around));
  const record: ModelRecord = {
    purpose: call.purpose,
    endpoint: url,
    requestedModel: model,
    format,
    streamed: stream,
    sampling: samplingOf(sent, call),
    promptHash: messagesHash(messages),
    schemaHash,
    ...saidBy(result.ok ? result.value : null),
    attempts,
    chargedTokens,
    latencyMs: Math.max(0, Math.round(around.clock() - begun)),
  };
  if (!result.ok) return { ok: false, reason: result.reason, record };
  return { ...verdictOn(result.value, model, returns, check), record };
}

/** @throws InputError for what no endpoint could take */
function checkCall({ schema, sampling }: ModelCall): void {
  const { temperature, maxTokens, seed } = sampling;
  const faults: readonly (readonly [boolean, string, string | number | undefined, string])[] = [
    [/^[\w-]{1,64}$/.test(schema.name), "schema.name", schema.name, "1 to 64 of a-z, A-Z, 0-9, _ and -"],
    [temperature >= 0 && temperature <= 2, "sampling.temperature", temperature, "0 to 2"],
    [Number.isSafeInteger(maxTokens) && maxTokens > 0, "sampling.maxTokens", maxTokens, "a whole number from 1"],
    [seed === undefined || Number.isSafeInteger(seed), "sampling.seed", seed, "a whole number"],
  ];
  for (const [good, field, value, limit] of faults) {
    if (!good) throw new InputError("no model can be asked so", { field, value: String(value), limit });
  }
}

function mostOf({ schema, sampling }: ModelCall, messages: readonly Message[]): number {
  const texts = [JSON.stringify(schema.jsonSchema), ...messages.map(({ content }) => content)];
  return mostTokens(texts) + sampling.maxTokens;
}

type Body = ReturnType<typeof bodyOf>;

async function complete({ client, options, clean }: Parts, body: Body, signal: AbortSignal): Promise<Completion> {
  const { completions } = client.chat;
  const read = options.stream
    ? await readStream(await completions.create({ ...body, stream: true }, { signal }))
    : readCompletion(await completions.create({ ...body, stream: false }, { signal }));
  const cleaned = (text: string | null): string | null => (text === null ? null : clean(text));
  return {
    model: cleaned(read.model),
    fingerprint: cleaned(read.fingerprint),
    finishReason: cleaned(read.finishReason),
    content: cleaned(read.content),
    refusal: cleaned(read.refusal),
    usage: read.usage,
  };
}

function saidBy(completion: Completion | null) {
  const raw = [completion?.content, completion?.refusal].find((text) => text != null && text !== "") ?? null;
  return {
    returnedModel: completion?.model ?? null,
    systemFingerprint: completion?.fingerprint ?? null,
    raw,
    rawHash: raw === null ? null : textHash(raw),
    finishReason: completion?.finishReason ?? null,
    usage: completion?.usage ?? null,
  };
}
