import type { RoundState } from "../../../contracts/protocol/clock.ts";
import { clockTerms } from "../../../contracts/protocol/terms.ts";
import { readRoundFacts } from "../../../oracle/adapters/chain/round-facts.ts";
import { roundSchedule } from "../../../oracle/domain/round/schedule.ts";
import type { RoundFacts } from "../../../oracle/ports.ts";
import { bringEvidence } from "./evidence.ts";
import { bundlesAt, progressAt } from "./look.ts";
import { HANDOVER } from "./node.ts";
import { fundingOf } from "./season.ts";
import type { Stage } from "./stage.ts";
import { pause } from "./wire.ts";

/** Looks at rounds, of all its roles, after which a node that found nothing new will find nothing before something happens. */
const QUIET_LOOKS = 12;
/** How long the nodes may take at most before the clock is moved on, milliseconds. */
const PATIENCE_MS = 30_000;
/** How long the clock waits where it waits for nobody. */
const HURRY_MS = 250;
const LOOK_MS = 25;

const ASSESSED: readonly RoundState[] = ["assessed", "challenged", "settled"];

/** Plays a schedule: what buyers and time do. Everything else the nodes do by themselves. */
export async function playRounds(stage: Stage): Promise<void> {
  const { plan, acting, world } = stage;
  acting.enter(0, "begin");
  await bringEvidence(stage);
  for (let round = 0; round < plan.rounds; round++) {
    if (round > 0) acting.enter(round, "begin");
    await fund(stage, round);
    if (await untilAssessed(stage, round)) await settle(stage, round);
    await acting.over();
    await close(stage, round);
    stage.trace.say(`round ${round} over: ${(await roundAt(stage, round)).state}`);
  }
  await world.chain.mine(1);
}

/** A round as the chain has it so many blocks below the newest. */
export function roundAt({ world }: Stage, round: number, depth = 0): Promise<RoundFacts> {
  const { chain, pool } = world;
  return chain.still(async () => {
    const { number } = await chain.head();
    return readRoundFacts(chain.client, pool, round, { blockNumber: BigInt(Math.max(0, number - depth)) });
  });
}

/** Brings a round's money and lets its period end. */
async function fund(stage: Stage, round: number): Promise<void> {
  const { plan, world, reach } = stage;
  const { chain } = world;
  const how = plan.funding[round]!;
  const { end } = roundSchedule(clockTerms(world.terms), round);
  const nonce = plan.funding.slice(0, round).filter((one) => one !== "vanishes").length;
  const raw = await fundingOf(world, round, nonce);
  const send = (): Promise<unknown> => chain.rpc("eth_sendRawTransaction", raw);
  if (how === "early") {
    const hash = await send();
    // A transaction that was taken may not be in the very next block.
    const isMined = async (): Promise<boolean> => (await chain.rpc("eth_getTransactionReceipt", hash)) !== null;
    do await chain.mine(1);
    while (!(await isMined()));
    return reach(end);
  }
  await stage.acting.over();
  await reach(end - 30);
  await chain.fork(async (blocks) => {
    if (how !== "late") await send();
    await blocks.mine(1);
    await blocks.mineAt(end + 1);
    await blocks.mine(Math.max(1, plan.confirmations - 8));
    await looked(stage, 8);
    stage.trace.say(`the last blocks of round ${round} are replaced: its money ${how}`);
    return how === "vanishes" ? [] : [raw];
  });
  await reach(end + 2);
}

/** Goes from deadline to deadline until the assessment is final on chain. @returns whether it is */
async function untilAssessed(stage: Stage, round: number): Promise<boolean> {
  const { world, reach, acting, trace } = stage;
  const due = roundSchedule(clockTerms(world.terms), round);
  if (stage.plan.funding[round] === "vanishes") {
    acting.enter(round, "closed");
    await reach(due.freezeAt, stage.plan.confirmations);
    await looked(stage, QUIET_LOOKS);
    return false;
  }
  const turns = Array.from({ length: 5 }, (_, i) => due.revealBy + (i + 1) * HANDOVER);
  for (const time of [due.freezeAt, due.commitBy, due.revealBy, ...turns]) {
    trace.say(`round ${round}: the clock is moved to ${time - due.end} s after its end`);
    await reach(time, stage.plan.confirmations + 1);
    acting.enter(round, "closed");
    if (await assessedOrQuiet(stage, round)) return true;
  }
  return false;
}

/** Waits until the assessment is final (`true`), or nothing more happens by itself (`false`). */
async function assessedOrQuiet(stage: Stage, round: number): Promise<boolean> {
  const { plan, acting, world } = stage;
  let base = marks(stage);
  let healed = acting.healedAt();
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(LOOK_MS)) {
    const isAssessed = ASSESSED.includes((await roundAt(stage, round)).state);
    if (isAssessed) acting.enter(round, "assessed");
    if (acting.busy() && !plan.hurried) continue;
    if (acting.healedAt() !== healed) [base, healed] = [marks(stage), acting.healedAt()];
    if (isAssessed) {
      if (ASSESSED.includes((await roundAt(stage, round, plan.confirmations)).state)) return true;
      await world.chain.mine(Math.ceil(plan.confirmations / 4));
    } else if (plan.hurried ? Date.now() > end - PATIENCE_MS + HURRY_MS : isQuiet(stage, base)) return false;
  }
  return false;
}

function marks({ honest }: Stage): number[] {
  return honest.map((node) => node.looks());
}

function isQuiet({ honest }: Stage, base: readonly number[], least = QUIET_LOOKS): boolean {
  return honest.every((node, i) => {
    const looked = node.looks() >= Math.max(node.changes(), base[i]!) + least;
    return looked && Date.now() > node.waitsUntil() + 100;
  });
}

/** Until each node has looked so many times more; nodes that are done with all rounds look no more, so not for ever. */
async function looked(stage: Stage, times: number): Promise<void> {
  const base = marks(stage);
  for (const end = Date.now() + 1_500; Date.now() < end; await pause(LOOK_MS)) {
    if (stage.honest.every((node, i) => node.looks() >= base[i]! + times)) return;
  }
}

/** From the assessment to the end of the challenge window: bundles are published and mirrored, then providers are paid. */
async function settle(stage: Stage, round: number): Promise<void> {
  const { world, reach, acting } = stage;
  await acting.over();
  for (
    let turn = 0;
    turn < 6 && !(await within(turn === 0 ? 1_500 : 800, () => allHaveBundles(stage, round)));
    turn++
  ) {
    await reach((await world.chain.head()).time + HANDOVER, 1);
  }
  const { deadline } = await roundAt(stage, round);
  if (deadline !== null) await reach(deadline + 1);
  acting.enter(round, "settled");
  await acting.over();
}

/** Lets all deadlines of a round pass, and waits until the nodes show how it ended. */
async function close(stage: Stage, round: number): Promise<void> {
  const { world, plan, reach } = stage;
  const { silenceAt } = roundSchedule(clockTerms(world.terms), round);
  const { state, deadline } = await roundAt(stage, round);
  if (state === "assessing") await reach(silenceAt + 1, plan.confirmations + 1);
  else if (deadline !== null) await reach(deadline + 1, plan.confirmations + 1);
  await world.chain.mine(plan.confirmations + 1);
  await within(PATIENCE_MS, () => allShow(stage, round));
}

const SHOWN: Readonly<Partial<Record<RoundState, string>>> = { cancelled: "cancelled", silent: "expired" };

/** Whether every node shows how the chain says a round ended. */
export async function allShow(stage: Stage, round: number): Promise<boolean> {
  const wanted = endOf(await roundAt(stage, round));
  const shown = await Promise.all(stage.honest.map(({ url }) => progressAt(url, stage.world.pool, round)));
  return shown.every((one) => one === wanted);
}

/** How a round ended, in the words of the service. */
export function endOf({ state, evidenceRoot }: RoundFacts): string {
  if (state === "settled") return /^0x0+$/.test(evidenceRoot) ? "expired" : "settled";
  return SHOWN[state] ?? state;
}

async function allHaveBundles({ honest, world }: Stage, round: number): Promise<boolean> {
  const held = await Promise.all(honest.map(({ url }) => bundlesAt(url, world.pool, round)));
  return held.every((hashes) => hashes.length > 0);
}

async function within(ms: number, holds: () => Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(LOOK_MS)) if (await holds()) return true;
  return false;
}
