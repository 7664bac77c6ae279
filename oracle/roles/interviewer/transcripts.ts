import { stringToBytes, type Hex } from "viem";
import { canonicalJson } from "../../domain/canonical.ts";
import { IntakeRefusal, type IntakeReason } from "../../domain/evidence-refusal.ts";
import { transcriptOf } from "../../domain/interview/transcript.ts";
import type { RoundId } from "../../ports.ts";
import {
  endedKey,
  isValues,
  listStates,
  listUnsettled,
  placeText,
  unsettledKey,
  type StateRow,
} from "../../store/interviews.ts";
import type { Asked, Held, Logs } from "./logs.ts";
import type { InterviewerParts } from "./parts.ts";

/** Refusals of the intake that pass: it is asked again later. */
const PASSING: readonly IntakeReason[] = ["busy", "erased"];

/** How many transcripts are sent at once when a round's evidence is about to be closed: the intake writes them together. */
const AT_ONCE = 16;

/** Items of evidence that are listed at once. */
const PAGE = 1_000;

/**
 * Takes transcripts to the round's evidence, and out of it where somebody withdrew. Each step can be made again: the intake gives the
 * same receipt for the same transcript, and what is on the list of the unsettled is gone through until it is done.
 */
export interface Transcripts {
  /** Does what is still to be done for an interview. @throws StoreUnavailable; IntakeRefusal where the intake is busy */
  settle(interview: string): Promise<void>;
  /**
   * Ends a round's interviews: nothing more is asked, and of those that consented and did not finish, what they said goes into the
   * evidence as it is. Every call does what the one before left undone.
   */
  end(id: RoundId): Promise<void>;
  /** Settles what a process that stopped left undone, in all rounds. */
  finish(): Promise<void>;
}

/** Name of an interview's item of evidence. */
export function itemName(interview: string): string {
  return `interview-${interview}.json`;
}

export function createTranscripts(
  { store, intake, signer, log }: Pick<InterviewerParts, "store" | "intake" | "signer" | "log">,
  logs: Logs,
): Transcripts {
  async function settle(interview: string): Promise<void> {
    const held = await logs.read(interview);
    const { place, row, ended } = held;
    // What buyers value is no evidence: their cards are written with their logs.
    if (isValues(place)) return;
    if (isToSend(row, ended)) return send(held, place);
    if (row.evidence !== null && row.state === "withdrawn") return takeOut(held, place, row.evidence);
  }

  async function send(held: Held, id: RoundId): Promise<void> {
    const { interview, plan, library } = held;
    const { transcript } = transcriptOf(plan, held.log, library);
    const bytes = stringToBytes(canonicalJson(transcript));
    const fixed = { kind: "document", mediaType: "application/json", sequence: null, private: true } as const;
    const item = { ...id, ...fixed, name: itemName(interview), source: signer.address, bytes };
    const sent = await intake.accept(item).then(({ receipt }) => receipt.leaf, reasonOf);
    if (!isLeaf(sent)) log.warn({ interview, reason: sent }, "a transcript was not taken as evidence");
    const noted = await logs.note(held, isLeaf(sent) ? { evidence: sent } : { refused: sent });
    if (noted) return;
    // It changed meanwhile. Had it been withdrawn, what was sent must not stay.
    const now = await logs.read(interview);
    if (now.row.state === "withdrawn" && isLeaf(sent)) await erase(id, sent);
    if (now.row.evidence === null || now.row.evidence === "unknown") await settle(interview);
  }

  async function takeOut(held: Held, id: RoundId, evidence: Hex | "unknown"): Promise<void> {
    const { interview } = held;
    if (evidence !== "unknown") await erase(id, evidence);
    else for await (const leaf of sentUnder(id, itemName(interview))) await erase(id, leaf);
    // Another process may still be about to send it: looked at again when the round's interviews end.
    if (evidence === "unknown" && !held.ended) return;
    if (!(await logs.note(held, { evidence: null }))) await settle(interview);
  }

  async function erase(id: RoundId, leaf: Hex): Promise<void> {
    await intake.erase(id, leaf, signer.address).catch((error: unknown) => {
      if (!(error instanceof IntakeRefusal && error.reason === "erased")) throw error;
    });
  }

  /** Leaves of this node's own private items of a name. */
  async function* sentUnder(id: RoundId, name: string): AsyncGenerator<Hex, void, undefined> {
    for (let after = 0; ;) {
      const page = await intake.list(id, after, PAGE);
      for (const summary of page.filter((one) => one.private)) {
        const item = await intake.open(id, summary.leaf, signer.address).then((opened) => opened.item, unreadable);
        if (item?.name === name && item.source === signer.address) yield summary.leaf;
      }
      if (page.length < PAGE) return;
      after = page.at(-1)!.position;
    }
  }

  return {
    settle,
    async end(id) {
      await store.commit({ expect: { [endedKey(id)]: null }, put: { [endedKey(id)]: "1" } });
      let batch: string[] = [];
      for await (const { interview, row } of listStates(store, id)) {
        if (isToSend(row, true) || (row.state === "withdrawn" && row.evidence !== null)) batch.push(interview);
        if (batch.length < AT_ONCE) continue;
        await together(batch.map(settle));
        batch = [];
      }
      await together(batch.map(settle));
    },
    async finish() {
      for await (const interview of listUnsettled(store)) {
        await settle(interview).catch((error: unknown) => {
          log.warn({ interview, error }, "an interview could not be settled now");
        });
      }
    },
  };
}

/** Beside a log of outcomes: that something is to be taken to the round's evidence, or out of it. */
export const besideOutcomes: Asked["beside"] = ({ interview, place, row, ended }, _log, state) => {
  const evidence = state === "withdrawn" ? leftBehind(row, ended) : row.evidence;
  const unsettled = state === "completed" || (state === "withdrawn" && evidence !== null);
  return { evidence, put: { [unsettledKey(interview)]: unsettled ? placeText(place) : null } };
};

/** What may be left of an interview in the round's evidence when it is withdrawn. */
function leftBehind({ state, evidence, refused: why }: StateRow, ended: boolean): StateRow["evidence"] {
  const onItsWay = evidence === null && why === null && (state === "completed" || (state === "consented" && ended));
  return onItsWay ? "unknown" : evidence;
}

function isToSend({ state, evidence, refused }: StateRow, ended: boolean): boolean {
  if (evidence !== null || refused !== null) return false;
  return state === "completed" || (state === "consented" && ended);
}

function isLeaf(sent: Hex | IntakeReason): sent is Hex {
  return sent.startsWith("0x");
}

/** @throws what passes, and whatever is no refusal of the intake */
function reasonOf(error: unknown): IntakeReason {
  if (error instanceof IntakeRefusal && !PASSING.includes(error.reason)) return error.reason;
  throw error;
}

/** Items that were erased, or are another's. */
function unreadable(error: unknown): null {
  if (error instanceof IntakeRefusal) return null;
  throw error;
}

/** Waits for all, whatever becomes of one of them. */
async function together(work: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find(({ status }) => status === "rejected");
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}
