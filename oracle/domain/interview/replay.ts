import { canonicalJson } from "../canonical.ts";
import { answer, ask, type Input } from "./engine.ts";
import type { InterviewEvent } from "./events.ts";
import { factsOf } from "./facts.ts";
import { LIBRARY, type Library } from "./library.ts";
import type { InterviewPlan } from "./plan.ts";
import type { Outcome } from "./refusal.ts";

/**
 * What is wrong with a log, or `null`: every event must be what the engine makes of the ones before it, every fixed question in the
 * catalogue's words. What was erased cannot be checked.
 * @throws InputError where the log is not of this plan
 */
export function logProblem(
  plan: InterviewPlan,
  events: readonly InterviewEvent[],
  library: Library = LIBRARY,
): string | null {
  const { over } = factsOf(plan, events);
  if (over === "withdrawn") return events.length === 2 ? null : "something is left of what was withdrawn";
  let done = 1;
  while (done < events.length) {
    const event = events[done]!;
    const outcome = again(plan, events.slice(0, done), event, library);
    if (outcome === null) return `event ${event.seq}: ${event.type} does not come by itself`;
    if (!outcome.ok)
      return `event ${event.seq}: ${outcome.refusal.code}, ${outcome.refusal.field} is ${outcome.refusal.value}`;
    const made = outcome.events;
    const found = events.slice(done, done + made.length);
    if (made.length === 0 || canonicalJson(made) !== canonicalJson(found))
      return `event ${event.seq}: not as the engine makes it`;
    done += made.length;
  }
  return null;
}

/** The outcome of whatever led to an event; `null` where nothing leads to it alone. */
function again(
  plan: InterviewPlan,
  before: readonly InterviewEvent[],
  event: InterviewEvent,
  library: Library,
): Outcome | null {
  const { at } = event;
  if (event.type === "asked") {
    const { step, text, by } = event;
    return ask(plan, before, by === "model" ? { at, step, phrased: text } : { at, step }, library);
  }
  const input = inputOf(event);
  return input === null ? null : answer(plan, before, input, library);
}

function inputOf(event: InterviewEvent): Input | null {
  const { at } = event;
  switch (event.type) {
    case "consented":
      return { do: "consent", at };
    case "declined":
      return { do: "decline", at };
    case "language":
      return { do: "language", at, language: event.language };
    case "answered":
      return { do: "answer", at, step: event.step, reply: event.reply };
    case "skipped":
      return { do: "skip", at, step: event.step };
    default:
      return null;
  }
}
