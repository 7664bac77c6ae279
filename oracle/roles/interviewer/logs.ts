import { setTimeout as pause } from "node:timers/promises";
import { applied } from "../../domain/interview/engine.ts";
import { interviewLogSchema, type InterviewEvent } from "../../domain/interview/events.ts";
import { factsOf, type Facts } from "../../domain/interview/facts.ts";
import type { Outcome } from "../../domain/interview/refusal.ts";
import type { Library } from "../../domain/interview/library.ts";
import type { InterviewPlan } from "../../domain/interview/plan.ts";
import { StoreUnavailable, type Batch, type Store } from "../../ports.ts";
import {
  endedKey,
  isValues,
  logKey,
  parseState,
  placeKey,
  placeText,
  readPlace,
  readState,
  stateKey,
  unsettledKey,
  type InterviewState,
  type Place,
  type StateRow,
} from "../../store/interviews.ts";
import { newSecret, sameHash } from "../access/tokens.ts";
import type { Box } from "./box.ts";
import { InterviewRefusal, refused } from "./refusal.ts";

/** How often a change is made again because another came first. */
const ATTEMPTS = 50;

/** What is asked, and what becomes of it. */
export interface Asked {
  readonly plan: InterviewPlan;
  readonly library: Library;
  /** What is written together with a log, as it will be: what hangs on it is never there without it. */
  readonly beside: (held: Held, log: readonly InterviewEvent[], state: InterviewState) => Beside;
}

export interface Beside {
  readonly evidence: StateRow["evidence"];
  readonly put: NonNullable<Batch["put"]>;
}

/** Somebody's interview before its first event. */
export interface Opening extends Pick<StateRow, "provider" | "wave"> {
  readonly event: InterviewEvent;
}

/** An interview as it stands in the store. */
export interface Held extends Asked {
  readonly interview: string;
  readonly place: Place;
  readonly row: StateRow;
  readonly log: readonly InterviewEvent[];
  readonly facts: Facts;
  /** What stands under `endedKey`. */
  readonly stage: string | null;
  /** Whether the interviews of its place are over. */
  readonly ended: boolean;
  /** What stands in the store, for conditions. */
  readonly texts: Readonly<Record<string, string | null>>;
}

export interface LogParts {
  readonly store: Store;
  readonly box: Box;
  /** What is asked at a place; `null` where nobody is asked by this node. */
  readonly asked: (place: Place) => Promise<Asked | null>;
}

/** Logs of interviews, encrypted, and how each is changed: at one place at a time, whatever comes at once. */
export interface Logs {
  /**
   * Makes a link to an interview, and begins it where it has not begun; the link before is void.
   * @returns the link's secret
   * @throws InterviewRefusal `interviews-ended` where it has not begun and the interviews are over; whatever `opening` throws
   */
  link(place: Place, interview: string, opening: () => Opening): Promise<string>;
  /** Whether the secret of this hash is in the interview's link. */
  holds(interview: string, hash: string): Promise<boolean>;
  /** @throws InterviewRefusal `not-found` */
  read(interview: string): Promise<Held>;
  /**
   * Makes what comes of an input part of the log.
   * @param late whether it counts after the interviews are over as well
   * @throws InterviewRefusal `not-found`, `interview-refused`, `interviews-ended`
   */
  change(interview: string, decide: (held: Held) => Outcome, late?: boolean): Promise<Held>;
  /** Writes beside the log, where the interview is still as it was read; says whether it was. */
  note(held: Held, changes: Partial<Pick<StateRow, "evidence" | "refused">>): Promise<boolean>;
}

export function createLogs({ store, box, asked }: LogParts): Logs {
  function sealed(place: Place, interview: string, log: readonly InterviewEvent[]): string {
    return box.seal(log, place, interview).toString("base64");
  }

  async function read(interview: string): Promise<Held> {
    const place = await readPlace(store, interview);
    const found = place === null ? null : await asked(place);
    if (place === null || found === null) throw unknown(interview);
    const keys = [stateKey(place, interview), logKey(place, interview), endedKey(place)];
    const [state, log, stage = null] = await store.getMany(keys);
    if (state == null || log == null) throw unknown(interview);
    const events = interviewLogSchema.parse(box.unseal(Buffer.from(log, "base64"), place, interview));
    const { plan, library, beside } = found;
    return {
      ...{ interview, place, plan, library, beside },
      row: parseState(state),
      log: events,
      facts: factsOf(plan, events),
      stage,
      ended: stage !== null,
      texts: { [keys[0]!]: state, [keys[1]!]: log, [keys[2]!]: stage },
    };
  }

  async function write(held: Held, log: readonly InterviewEvent[]): Promise<boolean> {
    const { interview, place, row, plan, texts } = held;
    const state = stateOf(factsOf(plan, log));
    const { evidence, put } = held.beside(held, log, state);
    const all = {
      ...put,
      [stateKey(place, interview)]: JSON.stringify({ ...row, state, evidence }),
      [logKey(place, interview)]: sealed(place, interview, log),
    };
    return (await store.commit({ expect: texts, put: all })).ok;
  }

  /** @returns whether it was not there before */
  async function begin(place: Place, interview: string, { event, ...who }: Opening, token: string): Promise<boolean> {
    const row: StateRow = { ...who, state: "opened", token, evidence: null, refused: null };
    const expect = { [stateKey(place, interview)]: null, [logKey(place, interview)]: null, [endedKey(place)]: null };
    const put = {
      [placeKey(interview)]: placeText(place),
      [stateKey(place, interview)]: JSON.stringify(row),
      [logKey(place, interview)]: sealed(place, interview, [event]),
    };
    if ((await store.commit({ expect, put })).ok) return true;
    if ((await store.get(stateKey(place, interview))) !== null) return false;
    throw over(place);
  }

  /** @returns `false` where there is no such interview */
  async function relink(place: Place, interview: string, token: string): Promise<boolean> {
    const key = stateKey(place, interview);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const text = await store.get(key);
      if (text === null) return false;
      const put = { [key]: JSON.stringify({ ...parseState(text), token }) };
      if ((await store.commit({ expect: { [key]: text }, put })).ok) return true;
      await pause(Math.random() * attempt);
    }
    throw tooBusy();
  }

  return {
    async link(place, interview, opening) {
      const { text: secret, hash: token } = newSecret();
      if (await relink(place, interview, token)) return secret;
      if (!(await begin(place, interview, opening(), token))) await relink(place, interview, token);
      return secret;
    },
    async holds(interview, hash) {
      const place = await readPlace(store, interview);
      const row = place === null ? null : await readState(store, place, interview);
      return row !== null && sameHash(row.token, hash);
    },
    read,
    async change(interview, decide, late = false) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const held = await read(interview);
        const outcome = decide(held);
        if (!outcome.ok) throw refused(outcome.refusal);
        if (outcome.events.length === 0) return held;
        if (held.ended && !late) throw over(held.place);
        if (await write(held, applied(held.log, outcome))) return read(interview);
        await pause(Math.random() * attempt);
      }
      throw tooBusy();
    },
    async note({ interview, place, row, texts }, changes) {
      const put = {
        [stateKey(place, interview)]: JSON.stringify({ ...row, ...changes }),
        [unsettledKey(interview)]: null,
      };
      return (await store.commit({ expect: texts, put })).ok;
    },
  };
}

function stateOf({ over: how, consented }: Facts): InterviewState {
  return how ?? (consented ? "consented" : "opened");
}

function unknown(interview: string): InterviewRefusal {
  return new InterviewRefusal("not-found", { field: "id", value: interview, limit: "an interview of this node" });
}

function over(place: Place): InterviewRefusal {
  const fault = isValues(place)
    ? { field: "values", value: place.values, limit: "interviews under way" }
    : { field: "round", value: String(place.round), limit: "a round under way" };
  return new InterviewRefusal("interviews-ended", fault);
}

function tooBusy(): StoreUnavailable {
  return new StoreUnavailable(`an interview changed ${ATTEMPTS} times meanwhile`);
}
