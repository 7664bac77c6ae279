import { phraseCall, phraseIn } from "../../domain/interview/phrase-call.ts";
import type { RoundId } from "../../ports.ts";
import type { Model } from "../../ports/model.ts";
import type { Phrase } from "./parts.ts";

/** Plain wording, the same for the same words as far as the endpoint keeps to it; a question is short. */
const SAMPLING = { temperature: 0, maxTokens: 300 } as const;

/** Rounds whose models are kept at hand. */
const KEPT = 64;

/**
 * Words probes by a model.
 * @param modelFor the model for a round, with that round's tokens; asked once for each round that is kept at hand
 */
export function modelPhrase(modelFor: (id: RoundId) => Model): Phrase {
  const models = new Map<string, Model>();

  function of(id: RoundId): Model {
    const key = `${id.pool}/${id.round}`;
    const model = models.get(key) ?? modelFor(id);
    const [oldest] = models.keys();
    if (!models.has(key) && models.size >= KEPT && oldest !== undefined) models.delete(oldest);
    models.set(key, model);
    return model;
  }

  return async (step, id, signal) => {
    const call = phraseCall(step);
    const answer = await of(id).ask({ ...call, sampling: SAMPLING, cacheKey: call.schema.name }, signal);
    return answer.ok ? phraseIn(answer.value) : null;
  };
}
