import type { Clock, Store } from "../../../ports.ts";
import { LIBRARY } from "../../../domain/interview/library.ts";
import { toldCard } from "../../../domain/values/told-card.ts";
import { endedKey, type ValuesId } from "../../../store/interviews.ts";
import { cardKey, CLOSED, readAbout, VOTING, type About } from "../../../store/values.ts";
import type { Box } from "../box.ts";
import type { Asked } from "../logs.ts";
import { InterviewRefusal } from "../refusal.ts";

/** Where values are: buyers are asked, vote on each other's cards, or that is over. */
export type ValuesState = "collecting" | "voting" | "closed";

/** How many are kept at hand. */
const KEPT = 64;

/** Hexadecimal digits that tell cards of the same title apart. */
const MARK_DIGITS = 12;

/** What there is of values, who may do what with them, and where they are. */
export interface Found {
  /** @throws InterviewRefusal `not-found` */
  about(id: ValuesId): Promise<About>;
  /** Where they are now; from when interviews are to end on, voting has begun. */
  state(id: ValuesId): Promise<ValuesState>;
  /** What buyers are asked; `null` where there are no such values. */
  asked(id: ValuesId): Promise<Asked | null>;
}

export function createFound({ store, clock, box }: { store: Store; clock: Clock; box: Box }): Found {
  const kept = new Map<string, About>();

  async function find(id: ValuesId): Promise<About | null> {
    const about = kept.get(id.values) ?? (await readAbout(store, id));
    if (about === null) return null;
    const [oldest] = kept.keys();
    if (kept.size >= KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(id.values, about);
    return about;
  }

  async function about(id: ValuesId): Promise<About> {
    const found = await find(id);
    if (found !== null) return found;
    throw new InterviewRefusal("not-found", { field: "path.id", value: id.values, limit: "values at this node" });
  }

  async function state(id: ValuesId): Promise<ValuesState> {
    const { closesAt } = await about(id);
    const stage = await store.get(endedKey(id));
    if (stage !== null) return stage === CLOSED ? "closed" : "voting";
    if (clock() < closesAt) return "collecting";
    // Written down before anybody relies on it: no card comes after the first vote.
    await store.commit({ expect: { [endedKey(id)]: null }, put: { [endedKey(id)]: VOTING } });
    return state(id);
  }

  /** Beside a log: the card it makes, as long as cards may come and go. */
  function beside(id: ValuesId): Asked["beside"] {
    return ({ interview, plan, stage }, log, now) => {
      if (stage === CLOSED || (now !== "completed" && now !== "withdrawn")) return { evidence: null, put: {} };
      const mark = box.digest(["card", interview]).slice(0, MARK_DIGITS);
      const card = now === "completed" ? toldCard(plan, log, mark) : null;
      const key = cardKey(id, interview);
      return { evidence: null, put: { [key]: card && box.seal(card, id, `card/${interview}`).toString("base64") } };
    };
  }

  return {
    about,
    state,
    async asked(id) {
      const found = await find(id);
      if (found === null) return null;
      await state(id);
      return { plan: found.plan, library: LIBRARY, beside: beside(id) };
    },
  };
}

/** @throws InterviewRefusal `not-organiser` */
export function checkOrganiser({ organiser }: About, account: string): void {
  if (account !== organiser) throw new InterviewRefusal("not-organiser");
}

/** @throws InterviewRefusal `not-buyer` */
export function checkBuyer({ buyers }: About, account: string): void {
  if (!buyers.some((buyer) => buyer === account)) throw new InterviewRefusal("not-buyer");
}

/** Who may read: the organiser and the buyers. @throws InterviewRefusal `not-buyer` */
export function checkParty(about: About, account: string): void {
  if (account !== about.organiser) checkBuyer(about, account);
}
