import { setTimeout as pause } from "node:timers/promises";
import type { Address } from "viem";
import { ROUND_STATES, type RoundState } from "../../contracts/protocol/clock.ts";
import { outcomePoolAbi } from "../../contracts/protocol/generated/abi.ts";
import { clockTerms, DEFAULT_TERMS } from "../../contracts/protocol/terms.ts";
import { poolReader } from "../../oracle/adapters/chain/pool-reader.ts";
import type { Bundle } from "../../oracle/domain/bundle.ts";
import { roundSchedule } from "../../oracle/domain/round/schedule.ts";
import { localAccount } from "./accounts.ts";
import type { ExampleSeason } from "./example.ts";
import { playInterviews, sendPapers, type ExampleRun } from "./interviews.ts";
import type { LocalChain } from "./local-chain.ts";
import type { JudgeKind } from "./judges.ts";
import { NODES, type LocalNode } from "./nodes.ts";
import { providerRole, type PlannedSeason } from "./plan.ts";
import { serviceAt } from "./service.ts";

/** How often to look whether the nodes are done. */
const LOOK_MS = 100;
/** The same where words are judged by scripted judges, and by models, which take their time. */
const JUDGING_PATIENCE_MS = { none: 20_000, scripted: 60_000, models: 30 * 60_000 } as const;
/** How long the nodes may take before the clock is moved to their next deadline: then they go on without who is missing. */
const PATIENCE_MS = 20_000;
/** How long nodes have nothing left to judge before they are taken to wait for a deadline. */
const IDLE_MS = 5_000;
/** How long after the evidence may be closed nodes are at work on it for certain. */
const MEANWHILE_MS = 300;
/** Block time after which the next node takes over from one that is silent, seconds; moved on by as much where nothing happens. */
const HANDOVER_SECONDS = 600;
/** Payouts asked for in one call. */
const PAYOUT_BATCH = 200;

/** Sends spec and evidence of all rounds to the node that takes them in, as the pool's manager and a sender of telemetry do. */
export async function sendEvidence(
  chain: LocalChain,
  pool: Address,
  season: PlannedSeason,
  intake: LocalNode,
  say: (step: string) => void,
): Promise<void> {
  const service = serviceAt(intake.url);
  const token = await service.signIn(localAccount("manager"), chain.chainId);
  await service.putSpec(token, season.spec);
  // The node finds the pool with its next look at the chain.
  if (season.example !== undefined)
    return sendExample({ chain, pool, season, example: season.example, intake, manager: token, say });
  const key = await patiently(() => service.makeKey(token, pool, "telemetry of the season"));
  for (const [round, files] of season.plan.evidence.entries()) {
    for (const file of files) await patiently(() => service.sendTelemetry(key, pool, round, file));
  }
}

/** Has the people of an example interviewed, and sends its papers. */
async function sendExample({
  season: { plan, spec },
  example,
  say,
  ...given
}: Omit<ExampleRun, "round" | "season" | "patiently"> & {
  readonly season: PlannedSeason;
  readonly example: ExampleSeason;
  readonly say: (step: string) => void;
}): Promise<void> {
  const { agreement } = example;
  for (const round of plan.evidence.keys()) {
    const run = { ...given, round, season: example, patiently };
    const interviews = await playInterviews(run);
    const papers = await sendPapers(run, agreement.name, (id) => providerRole(agreement.name, id));
    say(`round ${round + 1}: ${interviews} people drawn and interviewed over the API, ${papers} papers of others sent`);
  }
  say(`${spec.criteria.length} criteria; transcripts are private evidence, which only the oracle's nodes read`);
}

/**
 * Plays all rounds by moving the chain's clock; everything else the nodes do by themselves: they close the evidence, assess, agree,
 * submit, wait out the challenge window and pay.
 * @param judges who judges words; `null` where nobody has to
 * @param say told of every round
 * @param meanwhile done once, as soon as the nodes begin to assess the first round
 */
export async function playRounds(
  chain: LocalChain,
  pool: Address,
  season: PlannedSeason,
  nodes: readonly LocalNode[],
  judges: JudgeKind | null,
  say: (step: string) => void,
  meanwhile: () => Promise<void>,
): Promise<Bundle[]> {
  const terms = await chain.client.readContract({ address: pool, abi: outcomePoolAbi, functionName: "terms" });
  const bundles: Bundle[] = [];
  const patience = judges === null ? PATIENCE_MS : JUDGING_PATIENCE_MS[judges];
  for (const round of season.budgets.keys()) {
    const { freezeAt, commitBy, revealBy } = roundSchedule(clockTerms(terms), round);
    if (round === 0) {
      await chain.moveTo(freezeAt);
      await pause(MEANWHILE_MS);
      await meanwhile();
    }
    const isAssessed = async (): Promise<boolean> => (await stateOf(chain, pool, round)) === "assessed";
    const atWork = judges === null ? always : judging(nodes, pool, round);
    await reach(chain, [freezeAt, commitBy, revealBy], isAssessed, { patience, atWork });
    const bundle = await bundleOf(nodes, pool, round);
    await chain.moveTo((await chain.now()) + DEFAULT_TERMS.challengeWindow);
    await reach(chain, [await chain.now()], () => isPaid(chain, pool, round, season.spec.roster.length));
    bundles.push(bundle);
    say(roundLine(bundle, season.budgets.length));
  }
  return bundles;
}

/**
 * Moves the clock to one time after the other until something holds.
 * @param atWork whether a node is still at work for it; where none is for a while, the clock goes on before patience is over
 */
async function reach(
  chain: LocalChain,
  times: readonly number[],
  holds: () => Promise<boolean>,
  { patience = PATIENCE_MS, atWork = always }: { patience?: number; atWork?: () => Promise<boolean> } = {},
): Promise<void> {
  for (const time of times) {
    if (time > (await chain.now())) await chain.moveTo(time);
    if (await within(patience, holds, atWork)) return;
  }
  // Turns begin a handover after the reveals where nodes have to agree on whose reports count.
  for (let turn = 0; turn <= NODES; turn++) {
    await chain.moveTo((await chain.now()) + HANDOVER_SECONDS);
    if (await within(PATIENCE_MS, holds, atWork)) return;
  }
  throw new Error("the oracle nodes do not go on; their log says why");
}

const always = (): Promise<boolean> => Promise.resolve(true);

async function within(ms: number, holds: () => Promise<boolean>, atWork = always): Promise<boolean> {
  let busy = Date.now();
  for (const end = Date.now() + ms; Date.now() < end; await pause(LOOK_MS)) {
    if (await holds()) return true;
    if (await atWork()) busy = Date.now();
    if (Date.now() - busy > IDLE_MS) return false;
  }
  return false;
}

/** Whether a node that answers has still to judge a round. */
function judging(nodes: readonly LocalNode[], pool: Address, round: number): () => Promise<boolean> {
  return async () => {
    const progress = await Promise.all(
      nodes.map(({ url }) =>
        serviceAt(url)
          .progress(pool, round)
          .catch(() => "away"),
      ),
    );
    return progress.some((one) => one === "collecting" || one === "frozen");
  };
}

/** Tries again for a while what a node may refuse because it has not seen the chain's newest block yet. */
async function patiently<Result>(step: () => Promise<Result>): Promise<Result> {
  for (const end = Date.now() + PATIENCE_MS; ; await pause(LOOK_MS)) {
    try {
      return await step();
    } catch (error) {
      if (Date.now() >= end) throw error;
    }
  }
}

async function stateOf(chain: LocalChain, pool: Address, round: number): Promise<RoundState> {
  const { state } = await chain.client.readContract({
    address: pool,
    abi: outcomePoolAbi,
    functionName: "roundInfo",
    args: [round],
  });
  return ROUND_STATES[state]!;
}

/** Whether every provider has what it is owed, and the fee is where it belongs. */
async function isPaid(chain: LocalChain, pool: Address, round: number, count: number): Promise<boolean> {
  const read = poolReader(chain.client, pool, { blockNumber: await chain.client.getBlockNumber({ cacheTime: 0 }) });
  const [info] = await read("roundInfo", [[round]], 1);
  if (info!.fee > 0n && !info!.feePaid) return false;
  const questions = Array.from({ length: count }, (_, index) => [round, BigInt(index)] as const);
  const payouts = await read("payoutOf", questions, PAYOUT_BATCH);
  return payouts.every(([, amount, claimed]) => claimed || amount === 0n);
}

/** The round's bundle, from the first node that has it: its bundles differ in nothing but signatures beyond the quorum. */
async function bundleOf(nodes: readonly LocalNode[], pool: Address, round: number): Promise<Bundle> {
  return patiently(async () => {
    for (const { url } of nodes) {
      const [bundle] = await serviceAt(url).bundles(pool, round);
      if (bundle !== undefined) return bundle;
    }
    throw new Error(`no node has published a bundle of round ${round}`);
  });
}

function roundLine(bundle: Bundle, rounds: number): string {
  const deviating = [...new Set(bundle.deviations.map(({ node }) => node))];
  const signed = `${bundle.reports.length} reports, ${bundle.signatures.length} signatures over the same result`;
  const apart = deviating.length === 0 ? "" : `; ${deviating.join(", ")} deviated and was outvoted`;
  return `round ${bundle.round + 1} of ${rounds} assessed, settled and distributed: ${signed}${apart}`;
}
