import type { Hex } from "viem";
import { answer, applied, nextStep, openInterview, type Input } from "../../../oracle/domain/interview/engine.ts";
import type { InterviewEvent } from "../../../oracle/domain/interview/events.ts";
import { readInterviewPlan, type InterviewPlan, type OutcomePlan } from "../../../oracle/domain/interview/plan.ts";
import type { Step } from "../../../oracle/domain/interview/steps.ts";

export const SALT: Hex = `0x${"5a".repeat(32)}`;

/** A plan as a document: car repair in two languages. */
export const REPAIR = {
  format: "guerdon/interview-plan/1",
  kind: "outcome",
  title: "Car repair",
  asked: "participants",
  commercial: false,
  languages: ["en", "de"],
  subject: { en: "the repair of your car", de: "die Reparatur Ihres Autos" },
  criteria: ["still-running"],
  maxAnswer: 2000,
  probes: 2,
  instruments: [
    { id: "ons4", version: "1" },
    { id: "goal-attainment", version: "1" },
  ],
  waves: [
    { id: "before", kind: "baseline" },
    { id: "day-30", kind: "follow-up", offsetDays: 30, windowDays: 14 },
    { id: "day-90", kind: "follow-up", offsetDays: 90, windowDays: 14 },
    { id: "paid", kind: "after-payment", offsetDays: 7, windowDays: 14 },
  ],
} as const;

/** A values interview as a document. */
export const VALUES = {
  format: "guerdon/interview-plan/1",
  kind: "values",
  title: "What a good evening is",
  asked: "buyers",
  commercial: true,
  languages: ["en"],
  subject: { en: "evenings in the village hall" },
  criteria: [],
  maxAnswer: 2000,
  probes: 1,
} as const;

export function repair(changes: object = {}): OutcomePlan {
  return readInterviewPlan({ ...REPAIR, ...changes }) as OutcomePlan;
}

export const values = (): InterviewPlan => readInterviewPlan(VALUES);

/** One interview under way. */
export interface Chat {
  readonly plan: InterviewPlan;
  log: InterviewEvent[];
}

export function begin(plan: InterviewPlan, wave: string): Chat {
  const provider = plan.kind === "values" ? null : "garage-7";
  return { plan, log: [openInterview(plan, { participant: "p1", provider, wave, at: 1000 })] };
}

/** Gives an input that must be taken. */
export function give(chat: Chat, input: Input): void {
  const outcome = answer(chat.plan, chat.log, input);
  if (!outcome.ok) throw new Error(`${outcome.refusal.code}: ${outcome.refusal.field} ${outcome.refusal.value}`);
  chat.log = applied(chat.log, outcome);
}

/** Consents, chooses English where there is a choice, and goes on until the wave is over: texts by step, `null` skips, items get 7. */
export function walk(chat: Chat, texts: Readonly<Record<string, string | number | null>> = {}, until = ""): Step[] {
  const seen: Step[] = [];
  for (let at = chat.log.at(-1)!.at + 1; ; at++) {
    const step = nextStep(chat.plan, chat.log);
    seen.push(step);
    if (step.kind === "end" || step.id === until) return seen;
    if (step.kind === "consent") give(chat, { do: "consent", at });
    else if (step.kind === "language") give(chat, { do: "language", language: "en", at });
    else {
      const said = texts[step.id];
      const first = step.kind === "item" ? (step.options.at(7) ?? step.options[0]!).value : `Words at ${step.id}.`;
      const value = said === undefined ? first : said;
      if (value === null) give(chat, { do: "skip", step: step.id, at });
      else if (step.kind === "item") give(chat, { do: "answer", step: step.id, reply: { value }, at });
      else give(chat, { do: "answer", step: step.id, reply: { text: String(value) }, at });
    }
  }
}

export const ids = (steps: readonly Step[]): string[] => steps.map(({ id }) => id);

/** A story that says what, when, where and who, and is long enough. */
export const STORY =
  "On Monday the brakes made a noise, so I left the car at the workshop. The mechanic changed the discs and showed me the old ones. " +
  "Since then it has run without a noise, also on long journeys.";
