import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { bytesToHex, type Hex } from "viem";
import { answer, ask, nextStep, type Input } from "../../domain/interview/engine.ts";
import type { Reply } from "../../domain/interview/events.ts";
import { accept, type Outcome } from "../../domain/interview/refusal.ts";
import type { ProbeStep, Step } from "../../domain/interview/steps.ts";
import { transcriptOf, type Transcript } from "../../domain/interview/transcript.ts";
import type { RoundId } from "../../ports.ts";
import { isValues } from "../../store/interviews.ts";
import type { Held, Logs } from "./logs.ts";
import type { InterviewerParts } from "./parts.ts";
import { InterviewRefusal } from "./refusal.ts";
import type { Transcripts } from "./transcripts.ts";

/** How long wording a probe may take where nothing else is said, milliseconds: somebody waits for it. */
const PHRASE_MS = 10_000;

/** What a participant sees. */
export interface View {
  readonly step: Step;
  readonly progress: {
    /** Questions answered or skipped. */
    readonly answered: number;
  };
  /** Whether the interviews of the round or values are over, so that nothing more can be answered. */
  readonly ended: boolean;
}

/** What a participant can do with an interview, by its id. All can be done again, and throw `InterviewRefusal` as `Logs.change` does. */
export interface Talk {
  step(interview: string): Promise<View>;
  consent(interview: string, agree: boolean): Promise<View>;
  language(interview: string, language: string): Promise<View>;
  /** @param reply `null` skips */
  answer(interview: string, step: string, reply: Reply | null): Promise<View>;
  /** @throws InterviewRefusal `no-transcript` where nothing may be kept */
  transcript(interview: string): Promise<{ transcript: Transcript; hash: Hex }>;
  /** Erases what was said, here and in the round's evidence or among the cards that are voted on. Also after the round. */
  withdraw(interview: string): Promise<void>;
}

type TalkParts = Pick<InterviewerParts, "clock" | "log" | "phrase" | "phraseMs">;

export function createTalk(parts: TalkParts, logs: Logs, transcripts: Transcripts): Talk {
  const { clock, log, phrase, phraseMs = PHRASE_MS } = parts;

  /** Seconds; never before what is in the log, whatever another process's clock said. */
  function timeFor({ facts }: Held): number {
    return Math.max(facts.lastAt, Math.floor(clock() / 1000));
  }

  async function take(interview: string, input: (at: number) => Input): Promise<View> {
    const held = await logs.change(interview, (now) => answer(now.plan, now.log, input(timeFor(now)), now.library));
    if (held.row.state === "completed") await settleLater(interview);
    return view(await shown(held));
  }

  /** The answer is safe already; what cannot be done now is done before the round's evidence is closed. */
  async function settleLater(interview: string): Promise<void> {
    await transcripts.settle(interview).catch((error: unknown) => {
      const { name } = error instanceof Error ? error : { name: "unknown" };
      log.warn({ interview, error: name }, "a transcript could not be taken to the evidence now");
    });
  }

  /** Words the next question where that is free and was not done before, and notes it as shown. */
  async function shown(held: Held): Promise<Held> {
    const { place } = held;
    // Anybody may start values: what a model's tokens cost is spent for pools alone.
    if (phrase === undefined || held.ended || isValues(place)) return held;
    const step = nextStep(held.plan, held.log, held.library);
    if (step.kind !== "probe" || isShown(held, step)) return held;
    const phrased = await worded(step, place);
    return logs.change(held.interview, (now) => (now.ended ? accept([]) : noteShown(now, step, phrased)));
  }

  function noteShown(now: Held, step: ProbeStep, phrased: string | null): Outcome {
    const next = nextStep(now.plan, now.log, now.library);
    if (next.id !== step.id || next.language !== step.language || isShown(now, step)) return accept([]);
    const note = { at: timeFor(now), step: step.id };
    const own = phrased === null ? null : ask(now.plan, now.log, { ...note, phrased }, now.library);
    return own?.ok === true ? own : ask(now.plan, now.log, note, now.library);
  }

  async function worded(step: ProbeStep, id: RoundId): Promise<string | null> {
    const ended = new AbortController();
    const late = pause(phraseMs, null, { signal: ended.signal }).catch(() => null);
    const work = Promise.resolve()
      .then(() => phrase!(step, id, ended.signal))
      .catch(() => null);
    const phrased = await Promise.race([work, late]);
    ended.abort();
    return phrased;
  }

  return {
    step: async (interview) => view(await shown(await logs.read(interview))),
    consent: (interview, agree) => take(interview, (at) => ({ do: agree ? "consent" : "decline", at })),
    language: (interview, language) => take(interview, (at) => ({ do: "language", at, language })),
    answer: (interview, step, reply) =>
      take(interview, (at) => (reply === null ? { do: "skip", at, step } : { do: "answer", at, step, reply })),
    async transcript(interview) {
      const { facts, plan, log: events, library } = await logs.read(interview);
      if (facts.consented && facts.over !== "withdrawn") return transcriptOf(plan, events, library);
      const value = facts.over ?? "no consent";
      throw new InterviewRefusal("no-transcript", { field: "id", value, limit: "consent that was not withdrawn" });
    },
    async withdraw(interview) {
      const salt = bytesToHex(randomBytes(32));
      const input = (held: Held): Input => ({ do: "withdraw", at: timeFor(held), salt });
      await logs.change(interview, (held) => answer(held.plan, held.log, input(held), held.library), true);
      await transcripts.settle(interview);
    },
  };
}

function view({ plan, log, library, facts, ended }: Held): View {
  return { step: nextStep(plan, log, library), progress: { answered: facts.replies.size }, ended };
}

function isShown({ facts }: Held, { id, language }: Step): boolean {
  return facts.asked.get(id)?.language === language;
}
