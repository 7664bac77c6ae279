import type { Hex } from "viem";
import type { RoundState } from "../../../contracts/protocol/clock.ts";
import type { RoundSchedule } from "./schedule.ts";
import type { Tally } from "./tally.ts";

/** What a node knows of a round when it decides what to do next. */
export interface RoundView {
  readonly self: Hex;
  /** State by the finalized block. */
  readonly state: RoundState;
  /** Block time of the newest block, seconds. */
  readonly time: number;
  readonly schedule: RoundSchedule;
  readonly threshold: number;
  /** Whether the frozen evidence is here, whole and verified. */
  readonly fetched: boolean;
  /** Whether this node has persisted its own report. */
  readonly committed: boolean;
  readonly revealed: boolean;
  readonly signed: boolean;
  /** Commits and reveals; not looked at before the evidence is here. */
  readonly tally: Tally | null;
}

/** What a node does next for a round. */
export type AssessorStep =
  /** Nothing before something arrives or its time comes. */
  | { readonly step: "wait"; readonly for: "freeze" | "commits" | "reveals" | "chain" }
  | { readonly step: "fetch" | "commit" | "reveal" | "sign" }
  /** This node can do no more for it. */
  | { readonly step: "miss"; readonly reason: "too-late" | "too-few-commits" | "too-few-reports" }
  /** The chain has decided. */
  | { readonly step: "over" };

const OPEN: readonly RoundState[] = ["upcoming", "running", "assessing"];

/** The next step for a round. Pure: what was seen decides, and every node decides alike on the same view. */
export function decide(view: RoundView): AssessorStep {
  const { schedule, time, state, tally } = view;
  if (!OPEN.includes(state)) return { step: "over" };
  if (view.signed) return { step: "wait", for: "chain" };
  if (state !== "assessing" || time < schedule.freezeAt) return { step: "wait", for: "freeze" };
  if (time >= schedule.silenceAt) return { step: "miss", reason: "too-late" };
  if (!view.fetched) return { step: "fetch" };
  if (!view.committed && time < schedule.commitBy) return { step: "commit" };
  if (tally === null) return { step: "wait", for: "commits" };
  return toReveal(view, tally) ?? toSign(view, tally);
}

/** What a node with a report of its own does until it has shown it; `null` where there is no more to do about that. */
function toReveal({ committed, revealed, schedule, time, threshold }: RoundView, tally: Tally): AssessorStep | null {
  if (!committed || revealed || time >= schedule.revealBy) return null;
  if (tally.awaited.commit.length > 0 && time < schedule.commitBy) return { step: "wait", for: "commits" };
  // Fewer commits than a quorum can never settle: nothing is shown then.
  return tally.committed.length < threshold ? null : { step: "reveal" };
}

/** A node that came too late to commit can still check what the others revealed, and sign it if it finds the same. */
function toSign({ schedule, time, threshold }: RoundView, { awaited, reports, committed }: Tally): AssessorStep {
  if (awaited.commit.length > 0 && time < schedule.commitBy) return { step: "wait", for: "commits" };
  if (committed.length < threshold) return { step: "miss", reason: "too-few-commits" };
  if (awaited.reveal.length > 0 && time < schedule.revealBy) return { step: "wait", for: "reveals" };
  return reports.length < threshold ? { step: "miss", reason: "too-few-reports" } : { step: "sign" };
}
