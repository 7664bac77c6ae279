import { openEndpoint } from "../../../oracle/adapters/models/endpoint.ts";
import { tokenBudget, type TokenBudget } from "../../../oracle/adapters/models/budget.ts";
import type { EndpointOptions } from "../../../oracle/adapters/models/parts.ts";
import type { Model, ModelCall } from "../../../oracle/ports/model.ts";
import type { ModelServer } from "../../helpers/model-server/server.ts";

/** A schema as strict endpoints want it. */
export const ANSWER = {
  name: "answer",
  jsonSchema: {
    type: "object",
    properties: { met: { enum: ["met", "not met", "insufficient"] }, note: { type: "string" } },
    required: ["met", "note"],
    additionalProperties: false,
  },
} as const;

/** Meets `ANSWER`; with characters of two to four bytes, so that pieces are cut between them. */
export const MET = { met: "met", note: "Die Bremse hält, 修理は良かった 🚗." };

export function callOf(change: Partial<ModelCall> = {}): ModelCall {
  return {
    purpose: "judge",
    system: "You answer small questions about quotes.",
    user: "Question: does the brake hold? Quotes: it holds.",
    schema: ANSWER,
    sampling: { temperature: 0, maxTokens: 200, seed: 7 },
    ...change,
  };
}

/** A model at a server, with no real waiting: what it would have waited is in `waits`. */
export function modelAt(
  server: ModelServer,
  options: Partial<EndpointOptions> = {},
  budget: TokenBudget = tokenBudget(1_000_000),
): { model: Model; waits: number[] } {
  const waits: number[] = [];
  const sleep = async (ms: number): Promise<void> => void waits.push(ms);
  const endpoint = openEndpoint(
    {
      family: "judge",
      model: "judge-1",
      url: server.url,
      key: server.key,
      returns: [],
      format: "json_schema",
      stream: false,
      embeddings: null,
      concurrency: 4,
      timeoutMs: 2000,
      retries: 3,
      ...options,
    },
    { sleep, random: () => 0.5 },
  );
  return { model: endpoint.within(budget), waits };
}
