import type { Hex } from "viem";

/** What a question to a model is for. Other purposes may be named. */
export type ModelPurpose = "extract" | "contrary" | "judge" | "interview" | "values" | (string & {});

/** How the model chooses its words. */
export interface Sampling {
  /** 0 to 2. */
  readonly temperature: number;
  /** Longest answer, tokens; a longer one is cut and counts as none. */
  readonly maxTokens: number;
  /** Best effort of the endpoint: no promise that the same comes again. */
  readonly seed?: number;
}

/**
 * Asks for one JSON value that meets a schema.
 *
 * Order, so that endpoints can keep what they have read before: what is the same for all calls of a purpose (rules, rubric, examples)
 * stands in `system`; `user` begins with what several calls share (criterion, questions) and ends with the evidence. Nothing that
 * differs from call to call (numbers, times, ids) stands before what does not.
 */
export interface ModelCall {
  readonly purpose: ModelPurpose;
  readonly system: string;
  readonly user: string;
  readonly schema: {
    /** 1 to 64 of a-z, A-Z, 0-9, _ and -. */
    readonly name: string;
    /** JSON Schema, draft 2020-12. Endpoints that hold to it strictly want every property required and no other allowed. */
    readonly jsonSchema: Readonly<Record<string, unknown>>;
  };
  readonly sampling: Sampling;
  /** Sent to endpoints that keep prompts by such a key; the same for calls with the same beginning. */
  readonly cacheKey?: string;
}

/** Why there is no answer. Stable names. The first three lie in the answer, the others in the endpoint or in what it was asked. */
export type ModelReason =
  /** The model, or a filter of its endpoint, would not answer. */
  | "refused"
  /** It answered, but not with a JSON value that meets the schema. Nothing is repaired. */
  | "malformed"
  /** The answer was cut at its longest. */
  | "truncated"
  /** Another model answered than was asked. */
  | "wrong-model"
  | "timeout"
  | "rate-limited"
  /** The endpoint cannot be reached, fails, or does not take the request. */
  | "unavailable"
  /** The round's tokens do not suffice. */
  | "budget"
  /** The endpoint does not take the key. */
  | "unauthorised"
  /** More than the model can read at once. */
  | "too-long";

/** One request to the endpoint. */
export interface ModelAttempt {
  /** From the beginning of the call, waiting for a place included, milliseconds. */
  readonly startedMs: number;
  /** Until the answer was read or the attempt failed, milliseconds. */
  readonly durationMs: number;
  /** HTTP status; `null` where none came. */
  readonly status: number | null;
  /**
   * `null` where an answer was read. Else a name: `timeout`, `aborted`, `connection`, `body` (it broke off, is no JSON, or is too
   * large), `status`, or `parameter NAME` where the endpoint does not take that parameter and the next attempt does without.
   */
  readonly error: string | null;
}

/** Tokens as the endpoint counts them. */
export interface ModelUsage {
  readonly promptTokens: number;
  /** Of the prompt's tokens those that were kept from before. */
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/** What is kept of a call, in the form of bundles: JSON. No key is in it, and no time of day. */
export interface ModelRecord {
  readonly purpose: string;
  /** Base URL without user and query. */
  readonly endpoint: string;
  readonly requestedModel: string;
  /** `null` where nothing was answered. */
  readonly returnedModel: string | null;
  readonly systemFingerprint: string | null;
  /** How the endpoint was told of the schema: by itself, or in words at the end of the system message. */
  readonly format: "json_schema" | "json_object";
  readonly streamed: boolean;
  /** As the endpoint took it: `null` where it does not let that be set, or it was not asked for. */
  readonly sampling: { readonly temperature: number | null; readonly maxTokens: number; readonly seed: number | null };
  /** keccak256 of the canonical JSON of the messages, as `messagesOf` makes them. */
  readonly promptHash: Hex;
  /** keccak256 of the canonical JSON of the schema. */
  readonly schemaHash: Hex;
  /** What the model wrote, or its refusal in words; `null` where there is neither. */
  readonly raw: string | null;
  /** keccak256 of `raw` in UTF-8. */
  readonly rawHash: Hex | null;
  readonly finishReason: string | null;
  readonly attempts: readonly ModelAttempt[];
  /** Of the attempt that was answered; `null` where the endpoint says nothing of it. */
  readonly usage: ModelUsage | null;
  /** Tokens the call took from the round's, of all attempts: as the endpoint counts them, or at their most where it does not. */
  readonly chargedTokens: number;
  /** From the beginning of the call to its end, milliseconds. */
  readonly latencyMs: number;
}

export type ModelAnswer =
  /** `value` meets the schema. */
  | { readonly ok: true; readonly value: unknown; readonly record: ModelRecord }
  | { readonly ok: false; readonly reason: ModelReason; readonly record: ModelRecord };

/** What is kept of embedding texts. */
export interface EmbeddingRecord {
  readonly endpoint: string;
  readonly requestedModel: string;
  readonly returnedModel: string | null;
  /** keccak256 of the canonical JSON of the texts. */
  readonly inputHash: Hex;
  readonly attempts: readonly ModelAttempt[];
  readonly usage: ModelUsage | null;
  readonly chargedTokens: number;
  readonly latencyMs: number;
}

export type EmbeddingAnswer =
  /** One vector for each text, all of the same length. */
  | { readonly ok: true; readonly vectors: readonly (readonly number[])[]; readonly record: EmbeddingRecord }
  | { readonly ok: false; readonly reason: ModelReason; readonly record: EmbeddingRecord };

/** The models a node judges with. */
export interface ModelBench {
  /** In the order of the settings; none where the node has no model. */
  readonly families: readonly string[];
  /**
   * The models for a round, one for each family, each with its share of the round's tokens.
   * @param spent tokens that each family took of this round before, where the node has started again
   */
  forRound(spent?: ReadonlyMap<string, number>): readonly Model[];
}

/** A model behind an endpoint, for the time of a round: it stops at the round's tokens. */
export interface Model {
  /** Family and model; the same on every node that uses that model. */
  readonly id: string;
  /** Models that err together: of one maker and line. */
  readonly family: string;
  /**
   * Does not reject for what the endpoint does.
   * @param signal ends the call, which then counts as unavailable
   * @throws InputError for a call that no endpoint could take: a schema that is none, a name or a bound out of form
   */
  ask(call: ModelCall, signal?: AbortSignal): Promise<ModelAnswer>;
  /**
   * Embeds 1 to 256 texts, none of them empty. Where it is missing, or says no, texts are compared by `textVectors`.
   * @throws InputError for texts that no endpoint could take
   */
  readonly embed?: (texts: readonly string[], signal?: AbortSignal) => Promise<EmbeddingAnswer>;
}
