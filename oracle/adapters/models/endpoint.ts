import { setTimeout as pause } from "node:timers/promises";
import OpenAI from "openai";
import type { Model } from "../../ports/model.ts";
import { ask } from "./ask.ts";
import type { Surroundings } from "./attempts.ts";
import type { TokenBudget } from "./budget.ts";
import { embed } from "./embed.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { createLimiter } from "./limiter.ts";
import type { EndpointOptions, Parts } from "./parts.ts";
import { schemaChecks } from "./schema-check.ts";

/** A model at its endpoint, for all rounds: what is learned of the endpoint and the bound of requests at once are shared by them. */
export interface Endpoint {
  readonly family: string;
  /** The model for a round with these tokens. */
  within(budget: TokenBudget): Model;
}

const REAL: Surroundings = {
  clock: Date.now,
  // Waiting ends early where the call does.
  sleep: (ms, signal) => pause(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
  random: Math.random,
};

/** A model behind any endpoint that speaks OpenAI's chat completions. */
export function openEndpoint(options: EndpointOptions, surroundings: Partial<Surroundings> = {}): Endpoint {
  const { family, model, key, concurrency, embeddings } = options;
  const parts: Parts = {
    options,
    client: clientOf(options),
    around: { ...REAL, ...surroundings },
    limit: createLimiter(concurrency),
    refused: new Set(),
    checks: schemaChecks(),
    clean: (text) => (key === null ? text : text.replaceAll(key, "[hidden]")).replace(/\p{Cs}/gu, "\ufffd"),
  };
  return {
    family,
    within: (budget) => ({
      id: `${family}/${model}`,
      family,
      ask: (call, signal) => ask(parts, budget, call, signal),
      ...(embeddings === null ? {} : { embed: (texts, signal) => embed(parts, embeddings, budget, texts, signal) }),
    }),
  };
}

function clientOf({ url, key, timeoutMs }: EndpointOptions): OpenAI {
  return new OpenAI({
    baseURL: url,
    // The client wants one; where there is none, it is not sent.
    apiKey: key ?? "none",
    // What is not said here would be taken from the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
    // Attempts are made, timed and recorded by `attempt`.
    maxRetries: 0,
    timeout: timeoutMs * 2,
    fetch: guardedFetch(key !== null),
  });
}
