import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Hex } from "viem";
import type { CriteriaDocument } from "../../../domain/criteria/document.ts";
import { InputError } from "../../../domain/errors.ts";
import { openInterview } from "../../../domain/interview/engine.ts";
import { readInterviewPlan, VALUES_WAVE, type InterviewPlan } from "../../../domain/interview/plan.ts";
import type { Finding } from "../../../domain/lint/finding.ts";
import { lintCriteria } from "../../../domain/lint/lint.ts";
import type { Card } from "../../../domain/values/card.ts";
import { concernsOf, type Concern } from "../../../domain/values/concerns.ts";
import type { Vote } from "../../../domain/values/record.ts";
import { StoreUnavailable, type BlobStore, type Clock, type Store } from "../../../ports.ts";
import {
  endedKey,
  INTERVIEW_STATES,
  listStates,
  readState,
  type InterviewState,
  type ValuesId,
} from "../../../store/interviews.ts";
import { aboutKey, CLOSED, openKey, parseOpen, VOTING, type About } from "../../../store/values.ts";
import type { Box } from "../box.ts";
import type { Logs } from "../logs.ts";
import { InterviewRefusal, invalid } from "../refusal.ts";
import { createCriteria, type ConfirmedCriteria } from "./criteria.ts";
import { checkBuyer, checkOrganiser, checkParty, type Found, type ValuesState } from "./found.ts";
import { createTally, type Kept } from "./tally.ts";

/** Most values that an account may have open. */
export const MOST_OPEN = 20;

/** Latest that interviews may end, days from now. */
const MOST_DAYS = 366;
const DAY_MS = 86_400_000;

/** How often a change is made again because another came first. */
const ATTEMPTS = 50;

/** Most characters of an answer and most neutral probes of a story. */
const [MAX_ANSWER, PROBES] = [2_000, 1];

/** What an organiser asks for. */
export interface ValuesRequest {
  readonly title: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly languages: readonly string[];
  /** Lower case, each once. */
  readonly buyers: readonly Hex[];
  /** Unix milliseconds. */
  readonly closesAt: number;
}

/** What the organiser and the buyers see of values. */
export interface ValuesView {
  readonly about: About;
  readonly state: ValuesState;
  readonly interviews: Readonly<Record<InterviewState, number>>;
  readonly votes: number;
  /** `null` while buyers are asked: nobody is to hear the others first. */
  readonly cards: readonly Card[] | null;
  /** Of the buyer who asks; `null` for others. */
  readonly own: { readonly interview: InterviewState | null; readonly vote: Vote | null } | null;
}

/** A draft of criteria with what it rests on, and what is doubtful about it. */
export interface ValuesDraft extends Kept {
  readonly findings: readonly Finding[];
  readonly concerns: readonly Concern[];
}

/**
 * What buyers find good, before there is a pool: interviews, a vote on the cards that come of them, a draft of criteria, and criteria that
 * people confirm. `account` is who asks, lower case. All functions throw `InterviewRefusal` for what a caller may not do, `not-found`, and
 * `StoreUnavailable`.
 */
export interface Values {
  /** @throws InterviewRefusal `invalid`, `too-many-values` */
  open(account: Hex, request: ValuesRequest): Promise<ValuesId>;
  /** Makes the link to a buyer's own interview, a fresh one each time. */
  invite(id: ValuesId, account: string): Promise<{ readonly interview: string; readonly secret: string }>;
  view(id: ValuesId, account: string): Promise<ValuesView>;
  /** Ends the interviews, so that their cards can be voted on. */
  beginVoting(id: ValuesId, account: string): Promise<ValuesView>;
  /** Takes a buyer's vote in place of the one before. @throws InterviewRefusal `not-voting`, `invalid` */
  vote(id: ValuesId, account: string, vote: Vote): Promise<void>;
  /** Ends the vote and drafts criteria; the same again gives the same. @throws InterviewRefusal `not-voting` before it began */
  close(id: ValuesId, account: string): Promise<ValuesDraft>;
  /** @throws InterviewRefusal `not-closed` */
  draft(id: ValuesId, account: string): Promise<ValuesDraft>;
  /** Keeps criteria as the organiser edited them. @throws InterviewRefusal `not-closed`, `invalid` */
  putCriteria(id: ValuesId, account: string, document: CriteriaDocument): Promise<ConfirmedCriteria>;
  /** @param hash of the document that was read @throws InterviewRefusal `no-criteria`, `other-criteria`, `invalid` */
  confirm(id: ValuesId, account: Hex, hash: string, ids: readonly string[]): Promise<ConfirmedCriteria>;
  /** @throws InterviewRefusal `no-criteria` */
  criteria(id: ValuesId, account: string): Promise<ConfirmedCriteria>;
}

/** What values are put together from. */
export interface ValuesParts {
  readonly store: Store;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly box: Box;
  readonly logs: Logs;
  readonly found: Found;
}

export function createValues({ store, blobs, clock, box, logs, found }: ValuesParts): Values {
  const tally = createTally({ store, blobs, box });
  const criteria = createCriteria({ store, box });

  /** Of those an account had open, the ones that still are. */
  async function stillOpen(ids: readonly string[]): Promise<string[]> {
    const stages = await store.getMany(ids.map((values) => endedKey({ values })));
    return ids.filter((_, i) => stages[i] !== CLOSED);
  }

  function interviewOf(id: ValuesId, account: string): string {
    return box.digest(["values", id.values, account]);
  }

  async function view(id: ValuesId, account: string): Promise<ValuesView> {
    const about = await found.about(id);
    checkParty(about, account);
    const state = await found.state(id);
    const interviews = Object.fromEntries(INTERVIEW_STATES.map((one) => [one, 0])) as Record<InterviewState, number>;
    for await (const { row } of listStates(store, id)) interviews[row.state]++;
    const votes = await tally.countVotes(id);
    const cards = state === "collecting" ? null : await tally.cards(id);
    return { about, state, interviews, votes, cards, own: await ownOf(id, about, account) };
  }

  async function ownOf(id: ValuesId, { buyers }: About, account: string): Promise<ValuesView["own"]> {
    if (!buyers.some((buyer) => buyer === account)) return null;
    const row = await readState(store, id, interviewOf(id, account));
    return { interview: row?.state ?? null, vote: await tally.vote(id, account) };
  }

  async function draftOf(id: ValuesId, about: About): Promise<ValuesDraft> {
    const kept = await tally.record(id, about);
    const { draft, cards } = kept.record;
    return { ...kept, findings: draft === null ? [] : lintCriteria(draft), concerns: concernsOf(cards) };
  }

  async function requireClosed(id: ValuesId): Promise<void> {
    const state = await found.state(id);
    if (state !== "closed") {
      throw new InterviewRefusal("not-closed", { field: "state", value: state, limit: "closed" });
    }
  }

  return {
    async open(account, { buyers, closesAt, ...asked }) {
      const plan = planOf(asked);
      checkClosing(closesAt, clock());
      const id: ValuesId = { values: randomBytes(16).toString("hex") };
      const about: About = { organiser: account, buyers: [...buyers], plan, closesAt };
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const text = await store.get(openKey(account));
        const open = await stillOpen(parseOpen(text));
        if (open.length >= MOST_OPEN) {
          const limit = `at most ${MOST_OPEN} that are not closed`;
          throw new InterviewRefusal("too-many-values", { field: "values", value: String(open.length), limit });
        }
        const put = {
          [openKey(account)]: JSON.stringify([...open, id.values]),
          [aboutKey(id)]: JSON.stringify(about),
        };
        if ((await store.commit({ expect: { [openKey(account)]: text }, put })).ok) return id;
        await pause(Math.random() * attempt);
      }
      throw new StoreUnavailable(`an account's values changed ${ATTEMPTS} times meanwhile`);
    },
    async invite(id, account) {
      const about = await found.about(id);
      checkBuyer(about, account);
      await found.state(id);
      const interview = interviewOf(id, account);
      const secret = await logs.link(id, interview, () => {
        // Who it is stays out of the log, and so out of the transcript.
        const participant = box.digest(["buyer", id.values, account]);
        const fixed = { provider: null, wave: VALUES_WAVE };
        const at = Math.floor(clock() / 1000);
        return { ...fixed, event: openInterview(about.plan, { ...fixed, participant, at }) };
      });
      return { interview, secret };
    },
    view,
    async beginVoting(id, account) {
      checkOrganiser(await found.about(id), account);
      await store.commit({ expect: { [endedKey(id)]: null }, put: { [endedKey(id)]: VOTING } });
      return view(id, account);
    },
    async vote(id, account, vote) {
      checkBuyer(await found.about(id), account);
      const state = await found.state(id);
      if (state !== "voting") throw notVoting(state);
      await tally.cast(id, account, vote);
    },
    async close(id, account) {
      const about = await found.about(id);
      checkOrganiser(about, account);
      const state = await found.state(id);
      if (state === "collecting") throw notVoting(state);
      // From here on neither cards nor votes change, so the draft can be made by whoever comes first, also after a crash.
      await store.commit({ expect: { [endedKey(id)]: VOTING }, put: { [endedKey(id)]: CLOSED } });
      return draftOf(id, about);
    },
    async draft(id, account) {
      const about = await found.about(id);
      checkParty(about, account);
      await requireClosed(id);
      return draftOf(id, about);
    },
    async putCriteria(id, account, document) {
      checkOrganiser(await found.about(id), account);
      await requireClosed(id);
      return criteria.put(id, document);
    },
    async confirm(id, account, hash, ids) {
      checkBuyer(await found.about(id), account);
      return criteria.confirm(id, account, hash, ids);
    },
    async criteria(id, account) {
      checkParty(await found.about(id), account);
      return criteria.read(id);
    },
  };
}

/** @throws InterviewRefusal `invalid` */
function planOf({ title, subject, languages }: Pick<ValuesRequest, "title" | "subject" | "languages">): InterviewPlan {
  const fixed = { format: "guerdon/interview-plan/1", kind: "values", asked: "buyers", criteria: [] };
  // What buyers value decides what is paid for, which is commercial in the sense of every licence that tells the two apart.
  const plan = { ...fixed, commercial: true, title, subject, languages, maxAnswer: MAX_ANSWER, probes: PROBES };
  try {
    return readInterviewPlan(plan);
  } catch (error) {
    throw error instanceof InputError ? invalid("body", error) : error;
  }
}

/** @throws InterviewRefusal `invalid` */
function checkClosing(closesAt: number, now: number): void {
  if (closesAt > now && closesAt <= now + MOST_DAYS * DAY_MS) return;
  const value = new Date(closesAt).toISOString();
  throw new InterviewRefusal("invalid", { field: "body.closesAt", value, limit: `within ${MOST_DAYS} days from now` });
}

function notVoting(state: ValuesState): InterviewRefusal {
  return new InterviewRefusal("not-voting", { field: "state", value: state, limit: "voting" });
}
