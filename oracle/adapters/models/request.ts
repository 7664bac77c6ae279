import type { ModelCall, ModelRecord } from "../../ports/model.ts";
import type { Message } from "../../domain/text/prompt-messages.ts";

/** Parameters that some endpoints do not take, and that a call can do without or under another name. */
export const DISPENSABLE = ["max_tokens", "temperature", "seed", "prompt_cache_key", "stream_options"] as const;
export type Dispensable = (typeof DISPENSABLE)[number];

/** Those an endpoint was found not to take. Models that reason take no temperature and know `max_completion_tokens` alone. */
export type Dialect = Set<Dispensable>;

/** What an endpoint is sent with the messages. Bounds of tokens are named both ways over time: the older is known to more of them. */
export interface Parameters {
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly seed?: number;
  readonly prompt_cache_key?: string;
  readonly stream_options?: { readonly include_usage: true };
}

export function parametersOf({ sampling, cacheKey }: ModelCall, streamed: boolean, refused: Dialect): Parameters {
  const { temperature, maxTokens, seed } = sampling;
  const takes = (name: Dispensable): boolean => !refused.has(name);
  return {
    ...(takes("max_tokens") ? { max_tokens: maxTokens } : { max_completion_tokens: maxTokens }),
    ...(takes("temperature") ? { temperature } : {}),
    ...(seed !== undefined && takes("seed") ? { seed } : {}),
    ...(cacheKey !== undefined && takes("prompt_cache_key") ? { prompt_cache_key: cacheKey } : {}),
    ...(streamed && takes("stream_options") ? { stream_options: { include_usage: true } } : {}),
  };
}

/** As records tell of it. */
export function samplingOf(sent: Parameters, { sampling }: ModelCall): ModelRecord["sampling"] {
  return { temperature: sent.temperature ?? null, maxTokens: sampling.maxTokens, seed: sent.seed ?? null };
}

/** The body of a request, but for whether it is streamed. */
export function bodyOf(
  model: string,
  messages: readonly Message[],
  { schema }: ModelCall,
  format: ModelRecord["format"],
  sent: Parameters,
) {
  const strict = { name: schema.name, strict: true, schema: { ...schema.jsonSchema } };
  return {
    model,
    messages: messages.map((message) => ({ ...message })),
    response_format:
      format === "json_schema"
        ? { type: "json_schema" as const, json_schema: strict }
        : { type: "json_object" as const },
    ...sent,
  };
}
