import { InputError } from "../errors.ts";
import type { InterviewEvent } from "./events.ts";
import { factsOf, textAt, valueAt } from "./facts.ts";
import type { InterviewPlan } from "./plan.ts";
import { attendedTo, FEWEST_ATTENDED, isKept, MOST_DRAFTS, type Attended } from "./values-script.ts";

/** What a values interview yields: a draft of a card in the person's own words, for others to build cards from. */
export interface ValuesDraft {
  readonly title: string;
  readonly description: string;
  /** Things attended to that go on the card, in the order they were told. */
  readonly attended: readonly Attended[];
  /** Things told that are merely a means, or merely for others' approval. */
  readonly dropped: readonly Attended[];
  /** The real story it comes from; `null` where it was skipped. */
  readonly story: string | null;
  /** Whether the person said that this is what matters to them. */
  readonly confirmed: boolean;
  /** Whether it is confirmed and names at least three things attended to, as a card must. */
  readonly usable: boolean;
}

/**
 * The answers of a values interview as a draft, from the last title and description that were given; `null` where there are none.
 * @throws InputError where the plan is not one of values, or the log not of this plan
 */
export function valuesDraft(plan: InterviewPlan, events: readonly InterviewEvent[]): ValuesDraft | null {
  if (plan.kind !== "values") throw new InputError("not a plan of values", { field: "kind", value: plan.kind });
  const { replies } = factsOf(plan, events);
  for (let draft = MOST_DRAFTS; draft >= 1; draft--) {
    const title = textAt(replies, `card/${draft}/title`);
    const description = textAt(replies, `card/${draft}/description`);
    if (title === null || description === null) continue;
    const told = attendedTo(replies);
    const attended = told.filter(isKept);
    const confirmed = valueAt(replies, `card/${draft}/confirm`) === "yes";
    const usable = confirmed && attended.length >= FEWEST_ATTENDED;
    const dropped = told.filter((one) => !isKept(one));
    return { title, description, attended, dropped, story: textAt(replies, "story"), confirmed, usable };
  }
  return null;
}
