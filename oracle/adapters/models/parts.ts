import type OpenAI from "openai";
import type { AnswerFormat } from "../../domain/text/prompt-messages.ts";
import type { Patience, Surroundings } from "./attempts.ts";
import type { Limiter } from "./limiter.ts";
import type { Dialect } from "./request.ts";
import type { SchemaChecks } from "./schema-check.ts";

/** A model and where it is. */
export interface EndpointOptions extends Patience {
  readonly family: string;
  readonly model: string;
  /** Without user, query, fragment and slash at its end; `/chat/completions` is added. */
  readonly url: string;
  /** `null`: none is sent. */
  readonly key: string | null;
  /** Names that the endpoint may give the model, beside its own with a version. */
  readonly returns: readonly string[];
  readonly format: AnswerFormat;
  readonly stream: boolean;
  /** Model for embeddings at the same endpoint; `null` where there is none. */
  readonly embeddings: string | null;
  /** Requests at once. */
  readonly concurrency: number;
}

/** What the calls of one endpoint share. */
export interface Parts {
  readonly options: EndpointOptions;
  readonly client: OpenAI;
  readonly around: Surroundings;
  readonly limit: Limiter;
  readonly refused: Dialect;
  readonly checks: SchemaChecks;
  /** What an endpoint says, without the key, should it quote it, and without halves of characters, which have no canonical form. */
  readonly clean: (text: string) => string;
}
