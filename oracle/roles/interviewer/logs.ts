import { setTimeout as pause } from "node:timers/promises";
import { applied } from "../../domain/interview/engine.ts";
import { interviewLogSchema, type InterviewEvent } from "../../domain/interview/events.ts";
import { factsOf, type Facts } from "../../domain/interview/facts.ts";
import type { Outcome } from "../../domain/interview/refusal.ts";
import { StoreUnavailable, type Batch, type RoundId, type Store } from "../../ports.ts";
import {
  endedKey,
  logKey,
  parseState,
  placeKey,
  placeText,
  readPlace,
  stateKey,
  unsettledKey,
  type InterviewState,
  type StateRow,
} from "../../store/interviews.ts";
import type { Box } from "./box.ts";
import { InterviewRefusal, refused } from "./refusal.ts";
import type { Asked, AskedRound } from "./rounds.ts";

/** How often a change is made again because another came first. */
const ATTEMPTS = 50;

/** An interview as it stands in the store. */
export interface Held extends Asked {
  readonly interview: string;
  readonly id: RoundId;
  readonly row: StateRow;
  readonly log: readonly InterviewEvent[];
  readonly facts: Facts;
  /** Whether the round's interviews are over. */
  readonly ended: boolean;
  /** What stands in the store, for conditions. */
  readonly texts: Readonly<Record<string, string | null>>;
}

export interface LogParts {
  readonly store: Store;
  readonly box: Box;
  readonly round: (id: RoundId) => Promise<AskedRound | null>;
}

/** Logs of interviews, encrypted, and how each is changed: at one place at a time, whatever comes at once. */
export interface Logs {
  /** @returns whether it was not there before */
  begin(round: AskedRound, interview: string, row: StateRow, opened: InterviewEvent): Promise<boolean>;
  /** Gives an interview another link; `false` where there is no such interview. */
  relink(id: RoundId, interview: string, token: string): Promise<boolean>;
  /** @throws InterviewRefusal `not-found` */
  read(interview: string): Promise<Held>;
  /**
   * Makes what comes of an input part of the log.
   * @param late whether it counts after the round's interviews are over as well
   * @throws InterviewRefusal `not-found`, `interview-refused`, `interviews-ended`
   */
  change(interview: string, decide: (held: Held) => Outcome, late?: boolean): Promise<Held>;
  /** Writes beside the log, where the interview is still as it was read; says whether it was. */
  note(held: Held, changes: Partial<Pick<StateRow, "evidence" | "refused">>): Promise<boolean>;
}

export function createLogs({ store, box, round }: LogParts): Logs {
  function sealed(id: RoundId, interview: string, log: readonly InterviewEvent[]): string {
    return box.seal(log, id, interview).toString("base64");
  }

  async function read(interview: string): Promise<Held> {
    const id = await readPlace(store, interview);
    const asked = id === null ? null : await round(id);
    if (id === null || asked === null) throw unknown(interview);
    const keys = [stateKey(id, interview), logKey(id, interview), endedKey(id)];
    const [state, log, ended] = await store.getMany(keys);
    if (state == null || log == null) throw unknown(interview);
    const events = interviewLogSchema.parse(box.unseal(Buffer.from(log, "base64"), id, interview));
    const { plan, library } = asked;
    return {
      ...{ interview, id, plan, library },
      row: parseState(state),
      log: events,
      facts: factsOf(plan, events),
      ended: ended != null,
      texts: { [keys[0]!]: state, [keys[1]!]: log, [keys[2]!]: ended ?? null },
    };
  }

  async function write(held: Held, log: readonly InterviewEvent[]): Promise<boolean> {
    const { interview, id, row, plan, ended, texts } = held;
    const state = stateOf(factsOf(plan, log));
    const evidence = state === "withdrawn" ? leftBehind(row, ended) : row.evidence;
    const unsettled = state === "completed" || (state === "withdrawn" && evidence !== null);
    const put: Batch["put"] = {
      [stateKey(id, interview)]: JSON.stringify({ ...row, state, evidence }),
      [logKey(id, interview)]: sealed(id, interview, log),
      [unsettledKey(interview)]: unsettled ? placeText(id) : null,
    };
    return (await store.commit({ expect: texts, put })).ok;
  }

  return {
    async begin({ id }, interview, row, opened) {
      const expect = { [stateKey(id, interview)]: null, [logKey(id, interview)]: null, [endedKey(id)]: null };
      const put = {
        [placeKey(interview)]: placeText(id),
        [stateKey(id, interview)]: JSON.stringify(row),
        [logKey(id, interview)]: sealed(id, interview, [opened]),
      };
      if ((await store.commit({ expect, put })).ok) return true;
      if ((await store.get(stateKey(id, interview))) !== null) return false;
      throw over(id);
    },
    async relink(id, interview, token) {
      const key = stateKey(id, interview);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const text = await store.get(key);
        if (text === null) return false;
        const put = { [key]: JSON.stringify({ ...parseState(text), token }) };
        if ((await store.commit({ expect: { [key]: text }, put })).ok) return true;
        await pause(Math.random() * attempt);
      }
      throw tooBusy();
    },
    read,
    async change(interview, decide, late = false) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const held = await read(interview);
        const outcome = decide(held);
        if (!outcome.ok) throw refused(outcome.refusal);
        if (outcome.events.length === 0) return held;
        if (held.ended && !late) throw over(held.id);
        if (await write(held, applied(held.log, outcome))) return read(interview);
        await pause(Math.random() * attempt);
      }
      throw tooBusy();
    },
    async note({ interview, id, row, texts }, changes) {
      const put = {
        [stateKey(id, interview)]: JSON.stringify({ ...row, ...changes }),
        [unsettledKey(interview)]: null,
      };
      return (await store.commit({ expect: texts, put })).ok;
    },
  };
}

function stateOf({ over: how, consented }: Facts): InterviewState {
  return how ?? (consented ? "consented" : "opened");
}

/** What may be left of an interview in the round's evidence when it is withdrawn. */
function leftBehind({ state, evidence, refused: why }: StateRow, ended: boolean): StateRow["evidence"] {
  const onItsWay = evidence === null && why === null && (state === "completed" || (state === "consented" && ended));
  return onItsWay ? "unknown" : evidence;
}

function unknown(interview: string): InterviewRefusal {
  return new InterviewRefusal("not-found", { field: "id", value: interview, limit: "an interview of this node" });
}

function over({ round }: RoundId): InterviewRefusal {
  return new InterviewRefusal("interviews-ended", { field: "round", value: String(round), limit: "a round under way" });
}

function tooBusy(): StoreUnavailable {
  return new StoreUnavailable(`an interview changed ${ATTEMPTS} times meanwhile`);
}
