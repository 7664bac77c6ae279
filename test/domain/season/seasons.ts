import { encodeScores } from "../../../contracts/protocol/vector.ts";
import { startTestChain, type TestChain } from "./chain.ts";
import { summaryFile, telemetryFile } from "./evidence.ts";
import { lower, oracleNodes, THRESHOLD } from "./oracle.ts";
import { BUYERS, makePool, ROLES, type PoolPlay, type SeasonFixture } from "./pool.ts";

const UNIT = 1_000_000n;
const UPHOLD = 0;
const REPLACE = 1;
const VOID = 2;
const NO_ROOT = `0x${"00".repeat(32)}`;

/** Small real seasons, and the chain they ran on. */
export interface Seasons {
  readonly chain: TestChain;
  /** Cloud service levels, one round. */
  readonly sla: SeasonFixture;
  /** Engines: assessed with a liar, challenged and replaced, silent. */
  readonly engine: SeasonFixture;
  /** Engines: upheld, cancelled, unruled, voided. */
  readonly contested: SeasonFixture;
  /** One round without money, so without a bundle. */
  readonly cancelled: SeasonFixture;
  /** Cloud service levels that all nodes judged falsely, over the right evidence; the pool paid by it. */
  readonly lied: SeasonFixture;
}

let made: Promise<Seasons> | null = null;

/** The seasons, run once for all tests of a process. */
export function seasons(): Promise<Seasons> {
  made ??= makeSeasons();
  return made;
}

async function makeSeasons(): Promise<Seasons> {
  const signers = oracleNodes().map(({ address }) => lower(address));
  const chain = await startTestChain(signers, THRESHOLD);
  const sla = await slaSeason(chain, "Four services", 0);
  const engine = await engineSeason(chain);
  const contested = await contestedSeason(chain);
  const cancelled = await cancelledSeason(chain);
  const lied = await slaSeason(chain, "Four services, misjudged", oracleNodes().length);
  return { chain, sla, engine, contested, cancelled, lied };
}

async function slaSeason(chain: TestChain, title: string, liars: number): Promise<SeasonFixture> {
  const options = { from: "2026-08-01", to: "2026-08-02" };
  const play = await makePool(chain, { template: "sla", evidence: summaryFile(), options, title, terms: {} });
  await fundAll(play, 0, 1000n * UNIT);
  await play.assess(0, { liars });
  await play.settle();
  await play.call(play.account(ROLES.keeper), "distribute", [0, 0n, 4n]);
  await refundAll(play, 0);
  return play.files();
}

async function engineSeason(chain: TestChain): Promise<SeasonFixture> {
  const play = await makeEngines(chain, "Three fleets", 3, 250);
  const [first, second] = [play.account(BUYERS[0]), play.account(BUYERS[1])];
  const keeper = play.account(ROLES.keeper);
  for (const round of [0, 1, 2]) await fundAll(play, round, 777_777_777n + BigInt(round));
  await play.fund(1, BUYERS[0], 5n * UNIT);
  await play.call(first, "withdraw", [1, 2n * UNIT, first]);
  await play.call(second, "withdraw", [2, 1n, play.account(ROLES.challenger)]);
  await chain.endow(keeper, play.pool, 13n);
  await chain.transfer(keeper, play.pool, 13n);
  await play.assess(0, { liars: 1 });
  await play.assess(1);
  await play.challenge(1);
  const weights = play.spec.roster.map(({ weight }) => BigInt(weight));
  const ruled = encodeScores(
    weights.map((weight) => ({ score: 9000, units: weight - 3n })),
    true,
  );
  await play.call(play.account(ROLES.arbiter), "rule", [1, REPLACE, `0x${"a5".repeat(32)}`, ruled]);
  await play.settle();
  await play.call(play.provider(0), "claimTo", [0n, [0, 1], keeper]);
  await play.call(keeper, "distribute", [0, 0n, 2n]);
  await play.call(keeper, "multicall", [
    [
      play.data("distribute", [0, 2n, 1n]),
      play.data("claim", [1n, [2, 1]]),
      play.data("claim", [0n, [2]]),
      play.data("payFee", [0]),
      play.data("distribute", [1, 0n, 3n]),
    ],
  ]);
  for (const round of [0, 1, 2]) await refundAll(play, round);
  await play.call(keeper, "multicall", [[play.data("payBond", [1]), play.data("payArbiter", [1])]]);
  return play.files();
}

async function contestedSeason(chain: TestChain): Promise<SeasonFixture> {
  const play = await makeEngines(chain, "Three contested fleets", 4, 1000);
  const [arbiter, keeper] = [play.account(ROLES.arbiter), play.account(ROLES.keeper)];
  for (const round of [0, 2, 3]) await fundAll(play, round, 100n * UNIT);
  await play.fund(1, BUYERS[0], 5n * UNIT);
  for (const round of [0, 2, 3]) {
    await play.assess(round, { silent: round === 2 ? 1 : 0 });
    await play.challenge(round);
    if (round === 2) continue;
    await play.call(arbiter, "rule", [round, round === 0 ? UPHOLD : VOID, NO_ROOT, "0x"]);
  }
  await play.settle();
  for (const round of [0, 2, 3]) await play.call(keeper, "distribute", [round, 0n, 3n]);
  await play.call(play.account(BUYERS[0]), "refund", [1, play.account(BUYERS[0]), keeper]);
  await refundAll(play, 0);
  await play.call(keeper, "payFee", [0]);
  await play.call(keeper, "payArbiter", [0]);
  await play.call(keeper, "payBond", [2]);
  return play.files();
}

async function cancelledSeason(chain: TestChain): Promise<SeasonFixture> {
  const title = "Nobody pays";
  const play = await makePool(chain, { template: "sla", evidence: summaryFile(), options: {}, title, terms: {} });
  await play.settle();
  return play.files();
}

function makeEngines(chain: TestChain, title: string, rounds: number, feeBps: number): Promise<PoolPlay> {
  const [arbiter, feeRecipient] = [chain.accounts[ROLES.arbiter]!, chain.accounts[ROLES.feeRecipient]!];
  const terms = { arbiter, feeRecipient, feeBps, bond: 7n * UNIT, minimum: 50n * UNIT };
  return makePool(chain, { template: "engine", evidence: telemetryFile(), options: { rounds }, title, terms });
}

/** Three buyers put in a half, a third and the rest. */
async function fundAll(play: PoolPlay, round: number, amount: bigint): Promise<void> {
  const [half, third] = [amount / 2n, amount / 3n];
  const parts = [half, third, amount - half - third];
  for (const [i, buyer] of BUYERS.entries()) await play.fund(round, buyer, parts[i]!);
}

async function refundAll(play: PoolPlay, round: number): Promise<void> {
  for (const buyer of BUYERS.map((place) => play.account(place))) {
    await play.call(play.account(ROLES.keeper), "refund", [round, buyer, buyer]);
  }
}
