import { turnOrder } from "../../../oracle/domain/round/turns.ts";
import { within, type Played } from "../support/round-end.ts";
import { createBook, type KillBook, type Role, type StepCounts } from "./book.ts";
import type { KillPlan } from "./killer.ts";
import { managerOf, playAndCheck, type RoundReport } from "./round.ts";
import { HANDOVER_SECONDS, startWorld, type World } from "./world.ts";

export interface CampaignOptions {
  /** Kills at every step. */
  readonly repeat: number;
  /** Which steps are killed at. */
  readonly wanted: (step: string) => boolean;
  /** 0 to 1. */
  readonly random: () => number;
  /** No further round after so many milliseconds. */
  readonly limitMs: number;
  /** Most kills of one round. */
  readonly killsPerRound: number;
  /** Rounds without kills, in which the steps are found. */
  readonly firstRounds: number;
  /** What earlier campaigns have counted. */
  readonly before?: readonly StepCounts[] | undefined;
  /** Told of every round, and of whatever is wrong. */
  readonly say: (line: string) => void;
  /** Told what is counted after every round. */
  readonly onRound?: (book: KillBook, violations: readonly string[]) => Promise<void>;
}

export interface CampaignResult {
  readonly book: KillBook;
  readonly rounds: number;
  readonly kills: number;
  /** Each in words; none where all went well. */
  readonly violations: readonly string[];
  /** Whether every wanted step was killed at as often as asked for. */
  readonly complete: boolean;
}

/** How long nodes may take to go back to rest before the next round. */
const REST_MS = 3_000;
/** How long they may do nothing before the clock is moved on: they tell of all they do, and are back within a second or two. */
const PATIENCE_MS = 6_000;
/** What nodes write while they wait. */
const IDLE = /^(?:headers|cursor|jobs)\b/;
/** Steps that are made while a pool is, before there is a round; and those of a store that holds nothing. */
const STEPS_OF = { pool: "pools/", newcomer: "headers/*" };
/** Rounds in which no kill was made before the steps that are left are given up: they do not come again. */
const PATIENCE_ROUNDS = 12;

/** Plays rounds in each of which all nodes kill themselves at chosen steps, until all steps have had their kills or time is over. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { say, limitMs, firstRounds, wanted, random, repeat, killsPerRound } = options;
  const book = createBook(repeat, wanted, random, options.before);
  const violations: string[] = [];
  const watch = watcher(violations);
  const world = await startWorld(watch);
  // What comes with a store that holds nothing is for newcomers.
  watch.take();
  const until = Date.now() + limitMs;
  let [rounds, kills, idle] = [0, 0, 0];
  try {
    const play = player(world, book, watch);
    while (Date.now() < until && idle < PATIENCE_ROUNDS && (rounds < firstRounds || book.left() > 0)) {
      const { report, killed, line, done } = await play(rounds < firstRounds ? 0 : killsPerRound, rounds);
      rounds += 1;
      kills += killed;
      idle = killed > 0 || rounds <= firstRounds ? 0 : idle + 1;
      const wrong = wrongIn(report);
      if (wrong.length > 0) violations.push([line, ...done, ...wrong, await world.logs()].join("\n"));
      say(`${line}${wrong.length > 0 ? ` — ${wrong.join("; ")}` : ""}`);
      await options.onRound?.(book, violations);
    }
  } finally {
    await world.stop();
  }
  return { book, rounds, kills, violations, complete: book.left() === 0 };
}

/** What happens in the world during a round. */
function watcher(violations: string[]) {
  let [seen, killed]: [Map<string, number>[], { node: number; plan: KillPlan }[]] = [[], []];
  let last = 0;
  return {
    onStep(node: number, step: string) {
      if (!IDLE.test(step)) last = Date.now();
      const counts = (seen[node] ??= new Map<string, number>());
      counts.set(step, (counts.get(step) ?? 0) + 1);
    },
    onKill(node: number, plan: KillPlan) {
      last = Date.now();
      killed.push({ node, plan });
    },
    onCrash: (node: number, how: string) => void violations.push(`node ${node} ended by itself: ${how}`),
    /** Everything since the last time. */
    take() {
      const taken = { seen, killed };
      [seen, killed] = [[], []];
      return taken;
    },
    /** When a node last did something. */
    last: () => last,
    paid: () => seen.filter((counts) => [...counts.keys()].some((step) => step.endsWith(" complete"))).length,
  };
}

function player(world: World, book: KillBook, watch: ReturnType<typeof watcher>) {
  let manager: { readonly pool: string; readonly client: ReturnType<typeof managerOf> } | null = null;
  const nodes = world.victims.map(({ process }) => process);
  const inRound = (step: string): boolean => !step.startsWith(STEPS_OF.pool) && step !== STEPS_OF.newcomer;

  /** A pool is known before anybody knows whose turn its rounds are. */
  function armForPool(most: number): KillPlan[] {
    const anyTurn = nodes.map((_, node): Role => ({ intake: node === 0, first: false }));
    const plans = world.isPoolNext() ? book.choose(anyTurn, most, (step) => step.startsWith(STEPS_OF.pool)) : [];
    for (const [node, own] of plans.entries()) world.victims[node]!.arm(own);
    return plans.flat();
  }

  return async (most: number, number: number) => {
    const forPool = armForPool(most);
    const { small, round } = await world.nextRound();
    const played: Played = {
      chain: world.chain,
      small,
      nodes,
      handoverSeconds: HANDOVER_SECONDS,
      quietSince: watch.last,
      patienceMs: PATIENCE_MS,
    };
    if (manager?.pool !== small.pool) manager = { pool: small.pool, client: managerOf(played) };
    const [first] = turnOrder(small.spec.oracle.signers, small.pool, round);
    const roles = nodes.map(({ address }, node): Role => ({ intake: node === 0, first: address === first }));
    const plans = book.choose(roles, most, inRound);
    for (const [node, own] of plans.entries()) world.victims[node]!.arm([...own, ...world.victims[node]!.armed()]);
    const [forNewcomer] = book.choose([NEWCOMER], most, (step) => step === STEPS_OF.newcomer);
    const newcomer = most === 0 || forNewcomer!.length > 0 ? await world.startNewcomer(forNewcomer!) : null;

    const about = (form: RegExp): boolean => most === 0 || plans.flat().some(({ step }) => form.test(step));
    const more = { session: about(/nonces|sessions/), page: about(/unread|extract|reading|text/) };
    const report = await playAndCheck({ ...played, round, client: manager.client, more }).catch(stuck);
    await within(REST_MS, () => Promise.resolve(watch.paid() === nodes.length));
    for (const victim of world.victims) victim.arm([]);
    await Promise.all(world.victims.map((one) => one.back()));
    const faults = await (newcomer?.leave() ?? Promise.resolve()).then(
      () => [],
      (error: unknown) => [`a node that began with nothing does not answer: ${String(error)}`],
    );
    const whole = { ...report, faults: [...report.faults, ...faults] };
    const killed = count(book, [...roles, NEWCOMER], watch.take(), whole);
    const planned = plans.flat().length + forPool.length + forNewcomer!.length;
    return {
      report: whole,
      killed: killed.length,
      line: `round ${number}: ${whole.end}, ${killed.length} kills of ${planned}, ${book.left()} left`,
      done: killed.map(({ node, plan }) => `node ${node} ${plan.when} ${plan.step}`),
    };
  };
}

const NEWCOMER: Role = { intake: false, first: false, newcomer: true };

/** A round that could not be played or looked at to its end. */
function stuck(error: unknown): RoundReport {
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { end: "stuck", duplicates: 0, lost: [], faults: [cause] };
}

function count(
  book: KillBook,
  roles: readonly Role[],
  { seen, killed }: ReturnType<ReturnType<typeof watcher>["take"]>,
  report: RoundReport,
): readonly { readonly node: number; readonly plan: KillPlan }[] {
  for (const [node, counts] of seen.entries()) {
    for (const [step, times] of counts ?? []) book.saw(step, roles[node]!, times);
  }
  for (const { plan } of killed) book.killed(plan);
  book.ended([...new Set(killed.map(({ plan }) => plan.step))], report);
  return killed;
}

function wrongIn({ duplicates, lost, faults }: RoundReport): string[] {
  return [...(duplicates > 0 ? [`${duplicates} assessments too many`] : []), ...lost, ...faults];
}
