import { setTimeout as pause } from "node:timers/promises";
import type { Hex } from "viem";
import { z } from "zod";
import { ROUND_STATES, roundTimes, type RoundState } from "../../../contracts/protocol/clock.ts";
import { outcomePoolAbi } from "../../../contracts/protocol/generated/abi.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import { bytes32Schema } from "../../../oracle/domain/schema.ts";
import { ROUND_PROGRESS } from "../../../oracle/store/rounds.ts";
import type { LocalChain } from "../../season/local-chain.ts";
import type { SmallPool } from "./small-pool.ts";

const LOOK_MS = 30;
/**
 * How long nodes may do nothing before the clock is moved to their next deadline: then they go on without who is missing. Long, as a
 * clock that is moved while somebody is at work brings everybody's turn at once.
 */
const PATIENCE_MS = 20_000;
/** How long before something is taken for stuck. */
const LIMIT_MS = 60_000;
/** Turns of payers that are waited out. */
const TURNS = 6;

/** What is played on. */
export interface Played {
  readonly chain: LocalChain;
  readonly small: SmallPool;
  readonly nodes: readonly { readonly url: string; readonly address: Hex }[];
  readonly handoverSeconds: number;
  /** Since when no node has done anything, Unix milliseconds; now where not given. */
  readonly quietSince?: () => number;
  /** How long nodes may do nothing before the clock is moved on; `PATIENCE_MS` where not given. */
  readonly patienceMs?: number;
}

/**
 * Moves the chain's clock through a round from its end on, so that the nodes close, assess, settle and pay it.
 * @returns whether it is assessed; else it was silent. All of its payouts are made then, or the last turn has passed.
 */
export async function playRound(played: Played, round: number): Promise<boolean> {
  const { chain, small, handoverSeconds } = played;
  const { freezeAt, commitBy, revealBy, silenceAt } = roundSchedule(clockTerms(small.terms), round);
  const assessed = (): Promise<boolean> => hasState(chain, small.pool, round, ["assessed", "settled"]);
  const times = [freezeAt, commitBy, revealBy, ...turns(revealBy, handoverSeconds), silenceAt];
  const done = await reach(played, times, assessed);
  const { challengeWindow } = small.terms;
  const settledAt = done ? (await chain.now()) + challengeWindow : silenceAt + challengeWindow;
  const paid = (): Promise<boolean> => isPaid(chain, small, round);
  await reach(played, [settledAt, ...turns(settledAt, handoverSeconds)], paid);
  return done;
}

/** Time before which a round's evidence comes in; it is moved to before anything is sent. */
export function midRound({ terms }: SmallPool, round: number): number {
  const { start, end } = roundTimes(clockTerms(terms), round);
  return Number((start + end) / 2n);
}

function turns(from: number, handoverSeconds: number): number[] {
  return Array.from({ length: TURNS }, (_, i) => from + (i + 1) * (handoverSeconds + 1));
}

/** Moves the clock to one time after the other until something holds. */
async function reach(
  { chain, quietSince, patienceMs = PATIENCE_MS }: Played,
  times: readonly number[],
  holds: () => Promise<boolean>,
) {
  for (const time of times) {
    if (time > (await chain.now())) await chain.moveTo(time);
    const begun = Date.now();
    const until = (): number => Math.max(begun, quietSince?.() ?? 0) + patienceMs;
    while (Date.now() < until()) if (await within(until() - Date.now(), holds)) return true;
  }
  return false;
}

export async function within(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(LOOK_MS)) if (await holds()) return true;
  return false;
}

async function hasState(chain: LocalChain, pool: Hex, round: number, states: readonly RoundState[]): Promise<boolean> {
  const { state } = await roundInfo(chain, pool, round);
  return states.includes(ROUND_STATES[state]!);
}

function roundInfo(chain: LocalChain, pool: Hex, round: number) {
  return chain.client.readContract({ address: pool, abi: outcomePoolAbi, functionName: "roundInfo", args: [round] });
}

/** Whether every provider has what it is owed, and the fee is where it belongs. */
export async function isPaid(chain: LocalChain, { pool, spec }: SmallPool, round: number): Promise<boolean> {
  const { fee, feePaid } = await roundInfo(chain, pool, round);
  if (fee > 0n && !feePaid) return false;
  const payouts = await Promise.all(spec.roster.map((_, index) => payoutOf(chain, pool, round, index)));
  return payouts.every(({ amount, claimed }) => claimed || amount === 0n);
}

/** What a provider is owed for a settled round. */
export async function payoutOf(chain: LocalChain, pool: Hex, round: number, index: number) {
  const args = [round, BigInt(index)] as const;
  const [, amount, claimed] = await chain.client.readContract({
    address: pool,
    abi: outcomePoolAbi,
    functionName: "payoutOf",
    args,
  });
  return { amount, claimed };
}

const roundSchema = z.object({ progress: z.enum(ROUND_PROGRESS).nullable(), obstacle: z.string().nullable() });
const hashesSchema = z.object({ bundles: z.array(bytes32Schema) });

/** Where nodes say a round is. */
export interface SaidEnd {
  /** What all of them say once it is over and each holds its bundle; `stuck` where that never comes. */
  readonly end: "settled" | "expired" | "stuck";
  /** In words, by node. */
  readonly said: readonly string[];
}

/** Waits until a round is over for all nodes. */
export async function endOf({ nodes, small }: Played, round: number): Promise<SaidEnd> {
  const path = `/v1/pools/${small.pool}/rounds/${round}`;
  let said: string[] = [];
  const isOver = async (): Promise<boolean> => {
    said = await Promise.all(nodes.map(({ url }) => saidAt(url, path).catch(() => "no answer")));
    return said.every((one) => one === said[0] && (one === "settled" || one === "expired"));
  };
  const over = await within(LIMIT_MS, isOver);
  return { end: over ? (said[0] as "settled" | "expired") : "stuck", said };
}

async function saidAt(url: string, path: string): Promise<string> {
  const { progress, obstacle } = roundSchema.parse(await jsonAt(url, path));
  if (progress === "expired") return progress;
  if (progress !== "settled") return `${progress ?? "unknown"} (${obstacle ?? "no obstacle"})`;
  return hashesSchema.parse(await jsonAt(url, `${path}/bundles`)).bundles.length > 0 ? progress : "settled, no bundle";
}

/** What a node answers. @throws Error where it does not */
export async function jsonAt(url: string, path: string): Promise<unknown> {
  const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
  return response.json();
}
