import { InputError } from "../errors.ts";
import type { InterviewEvent, Reply } from "./events.ts";
import { planHash, waveIds, type InterviewPlan } from "./plan.ts";

type Opened = Extract<InterviewEvent, { type: "opened" }>;
type Asked = Extract<InterviewEvent, { type: "asked" }>;

/** What a log says, all at once. */
export interface Facts {
  readonly opened: Opened;
  readonly consented: boolean;
  readonly over: "completed" | "declined" | "withdrawn" | null;
  /** The last one chosen; `null` where none was. */
  readonly language: string | null;
  readonly languageChanges: number;
  /** By step, in the order they were given; `null` where it was skipped. */
  readonly replies: ReadonlyMap<string, Reply | null>;
  /** By step: how it was last asked. */
  readonly asked: ReadonlyMap<string, Asked>;
  readonly lastAt: number;
  readonly nextSeq: number;
}

/**
 * Folds a log.
 * @throws InputError where it does not begin with `opened`, or belongs to another plan
 */
export function factsOf(plan: InterviewPlan, events: readonly InterviewEvent[]): Facts {
  const [opened] = events;
  if (opened?.type !== "opened") throw new InputError("the log does not begin with opened", { field: "events" });
  const hash = planHash(plan);
  if (opened.planHash !== hash) {
    throw new InputError("the log is of another plan", { field: "planHash", value: opened.planHash, limit: hash });
  }
  if (!waveIds(plan).includes(opened.wave)) {
    throw new InputError("no such wave", { field: "wave", value: opened.wave, limit: waveIds(plan).join(", ") });
  }
  const replies = new Map<string, Reply | null>();
  const asked = new Map<string, Asked>();
  let [consented, language, over]: [boolean, string | null, Facts["over"]] = [false, null, null];
  const languageChanges = events.filter(({ type }) => type === "language").length;
  for (const event of events) {
    if (event.type === "consented") consented = true;
    else if (event.type === "language") language = event.language;
    else if (event.type === "asked") asked.set(event.step, event);
    else if (event.type === "answered") replies.set(event.step, event.reply);
    else if (event.type === "skipped") replies.set(event.step, null);
    else if (event.type !== "opened") over = event.type;
  }
  const last = events.at(-1)!;
  return { opened, consented, over, language, languageChanges, replies, asked, lastAt: last.at, nextSeq: last.seq + 1 };
}

/** The text given at a step; `null` where it was skipped, chosen or not reached. */
export function textAt(replies: Facts["replies"], step: string): string | null {
  const reply = replies.get(step) ?? null;
  return reply !== null && "text" in reply ? reply.text : null;
}

/** The value chosen at a step; `null` where it was skipped, told or not reached. */
export function valueAt(replies: Facts["replies"], step: string): number | string | null {
  const reply = replies.get(step) ?? null;
  return reply !== null && "value" in reply ? reply.value : null;
}
