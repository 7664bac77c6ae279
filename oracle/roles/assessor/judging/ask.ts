import type { Ask } from "../../../domain/judgement/run.ts";
import { askedOf, type CallRecord } from "../../../domain/judgement/record.ts";
import type { Model, Sampling } from "../../../ports/model.ts";

/** As steady as an endpoint lets it be; long enough for quotes and answers of a unit. */
const SAMPLING: Sampling = { temperature: 0, maxTokens: 4_096, seed: 1 };

/** Asks a model for judgements. What is kept of a call decides what came of it, so that it can be played again. */
export function askModel({ ask, id }: Model, signal?: AbortSignal): Ask<CallRecord> {
  return async (call) => {
    // Calls of a purpose begin alike.
    const answer = await ask({ ...call, sampling: SAMPLING, cacheKey: `${id} ${call.purpose}` }, signal);
    const record = { ...answer.record, attempts: [...answer.record.attempts] };
    return askedOf({ ...record, fault: answer.ok ? null : answer.reason });
  };
}
