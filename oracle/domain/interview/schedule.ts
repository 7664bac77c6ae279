import type { InterviewEvent } from "./events.ts";
import { factsOf } from "./facts.ts";
import type { OutcomePlan, Wave } from "./plan.ts";

const DAY = 86_400;

/** When things happened to one participant, seconds; `null` where they have not. */
export interface Course {
  readonly participant: string;
  readonly provider: string;
  readonly stratum: string;
  readonly enrolledAt: number;
  readonly servedAt: number | null;
  readonly paidAt: number | null;
}

/**
 * How a wave stands. `partial`: consented, but the window closed before the end; `missing`: the window closed and nobody answered.
 * Neither is ever filled in.
 */
export type WaveStatus = "not-yet" | "due" | "completed" | "partial" | "missing" | "declined" | "withdrawn";

/** One participant's wave. `opensAt` ≤ t < `closesAt`; `null` where that is not known yet. */
export interface WaveState {
  readonly participant: string;
  readonly provider: string;
  readonly stratum: string;
  readonly wave: string;
  readonly opensAt: number | null;
  readonly closesAt: number | null;
  readonly status: WaveStatus;
}

/** From when to when a wave is asked. A baseline without a service yet stays open. */
export function waveWindow(
  wave: Wave,
  course: Course,
): { readonly opensAt: number | null; readonly closesAt: number | null } {
  if (wave.kind === "baseline") return { opensAt: course.enrolledAt, closesAt: course.servedAt };
  const from = wave.kind === "follow-up" ? course.servedAt : course.paidAt;
  if (from === null) return { opensAt: null, closesAt: null };
  const opensAt = from + wave.offsetDays * DAY;
  return { opensAt, closesAt: opensAt + wave.windowDays * DAY };
}

/**
 * How every wave of every participant stands at a time, in the order of `courses` and of the plan's waves.
 * @param logs interviews of the plan; of several for one participant, provider and wave the first counts
 * @throws InputError where a log is not of this plan
 */
export function waveStates(
  plan: OutcomePlan,
  courses: readonly Course[],
  logs: readonly (readonly InterviewEvent[])[],
  now: number,
): WaveState[] {
  const known = new Map<string, ReturnType<typeof factsOf>>();
  for (const log of logs) {
    const facts = factsOf(plan, log);
    const { participant, provider, wave } = facts.opened;
    const key = JSON.stringify([participant, provider, wave]);
    if (!known.has(key)) known.set(key, facts);
  }
  return courses.flatMap((course) =>
    plan.waves.map((wave): WaveState => {
      const { participant, provider, stratum } = course;
      const { opensAt, closesAt } = waveWindow(wave, course);
      const facts = known.get(JSON.stringify([participant, provider, wave.id]));
      const waiting = opensAt === null || now < opensAt ? "not-yet" : "due";
      const closed = closesAt !== null && now >= closesAt;
      const unfinished = closed ? (facts?.consented === true ? "partial" : "missing") : waiting;
      return { participant, provider, stratum, wave: wave.id, opensAt, closesAt, status: facts?.over ?? unfinished };
    }),
  );
}

/** How many answered, of one provider and wave. */
export interface ResponseRate {
  readonly provider: string;
  readonly wave: string;
  /** Whose answer is in or can no longer come. */
  readonly closed: number;
  readonly completed: number;
  readonly partial: number;
  readonly missing: number;
  readonly declined: number;
  readonly withdrawn: number;
  /** completed / closed; `null` where nothing is closed. */
  readonly rate: number | null;
}

/** Response rates by provider and wave, in ascending order of both. Waves still open are not counted against anybody. */
export function responseRates(states: readonly WaveState[]): ResponseRate[] {
  const groups = new Map<string, WaveState[]>();
  for (const state of states) {
    const key = JSON.stringify([state.provider, state.wave]);
    groups.set(key, [...(groups.get(key) ?? []), state]);
  }
  return [...groups.values()].map(rateOf).sort((a, b) => order(a.provider, b.provider) || order(a.wave, b.wave));
}

function rateOf(states: readonly WaveState[]): ResponseRate {
  const { provider, wave } = states[0]!;
  const of = (status: WaveStatus): number => states.filter((state) => state.status === status).length;
  const closed = states.length - of("not-yet") - of("due");
  const completed = of("completed");
  return {
    provider,
    wave,
    closed,
    completed,
    partial: of("partial"),
    missing: of("missing"),
    declined: of("declined"),
    withdrawn: of("withdrawn"),
    rate: closed === 0 ? null : completed / closed,
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
