import type { Address } from "viem";
import { audit } from "../../oracle/domain/audit/audit.ts";
import type { AuditReport } from "../../oracle/domain/audit/report.ts";
import { bundleFile, type Bundle } from "../../oracle/domain/bundle.ts";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { CHAIN_FILE } from "../../oracle/domain/chain-export.ts";
import { resultBytes, seasonResult, type SeasonResult } from "../../oracle/domain/result.ts";
import { RESULT_FILE } from "../../oracle/domain/seal.ts";
import { exportChain } from "../../oracle/adapters/chain/chain-export.ts";
import { localAccount } from "./accounts.ts";
import { startLocalChain, type LocalChain } from "./local-chain.ts";
import { BUYERS, fundPool } from "./money.ts";
import { nodeAddresses, QUORUM, startNodes, type LocalNode } from "./nodes.ts";
import { refundAll } from "./payouts.ts";
import type { ExampleSeason } from "./example.ts";
import { judgeKind, openJudges, type RunJudges } from "./judges.ts";
import type { PlannedSeason } from "./plan.ts";
import { makePool } from "./pool.ts";
import type { SeasonRequest } from "./request.ts";
import { playRounds, sendEvidence } from "./rounds.ts";
import { sealFiles } from "./sealing.ts";

/** A season that is over, and what still runs. */
export interface Season extends PlannedSeason {
  readonly pool: Address;
  readonly chain: LocalChain;
  readonly bundles: readonly Bundle[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly result: SeasonResult;
  readonly report: AuditReport;
  readonly nodes: readonly LocalNode[];
}

/** Tells a person how far a season is; throws where the season is to go no further. */
export type Say = (step: string) => void;

/** A machine-wide set of things to stop when a run ends, in reverse order. */
export type Stops = (() => void | Promise<void>)[];

/** Roles that send transactions. */
const SENDERS = ["manager", "keeper", ...BUYERS.map(({ role }) => role)];

/**
 * Runs a whole season on a local chain with three oracle nodes: pool, funding, rounds, settlement, payouts, refunds, audit.
 * @param stops receives what has to be stopped, before it is started
 */
export async function runSeason(
  request: SeasonRequest,
  season: PlannedSeason,
  say: Say,
  stops: Stops,
): Promise<Season> {
  say(`${season.plan.title}: ${season.spec.roster.length} providers, ${season.budgets.length} round(s)`);
  const oracle = { signers: nodeAddresses(), threshold: QUORUM };
  const chain = await started(startLocalChain(request.rpcPort, oracle), stops);
  say(`local chain at ${chain.rpcUrl}, factory ${chain.factory}, oracle quorum ${chain.quorum}`);
  const { rpcUrl, factory } = chain;
  const judges = season.example === undefined ? null : await openSeasonJudges(request, season.example, stops);
  if (judges !== null) say(`words: ${judges.words}`);
  const { faultyNode: faulty, redis } = request;
  const nodeSet = await started(startNodes({ rpcUrl, factory, faulty, redis, judges: judges?.settings }), stops);
  say(`${nodeSet.nodes.length} oracle nodes in their own processes, ${QUORUM} signatures settle`);
  for (const role of SENDERS) await chain.provideGas(localAccount(role).address);
  for (const { address } of nodeSet.nodes) await chain.provideGas(address);
  const pool = await makePool(chain, season, request.feeBps);
  say(`pool ${pool} made, ${season.spec.roster.length} providers enrolled`);
  await fundPool(chain, pool, season.budgets);
  say(`funded by three buyers: ${BUYERS.map(({ percent, way }) => `${percent}% by ${way}`).join(", ")}`);
  await sendEvidence(chain, pool, season, nodeSet.nodes[0]!, say);
  if (season.example === undefined)
    say("spec and evidence sent to the first node, with an API key of the pool's manager");
  const { restartNode, silentNode } = request;
  const bundles = await playRounds(chain, pool, season, nodeSet.nodes, judges?.kind ?? null, say, async () => {
    if (silentNode !== undefined) {
      await nodeSet.kill(silentNode);
      say(`node ${silentNode} was killed while it assessed, and stays away; the others wait for their deadlines`);
    }
    if (restartNode === undefined) return;
    await nodeSet.restart(restartNode);
    say(`node ${restartNode} was killed while it assessed, and started again`);
  });
  await refundAll(chain, pool, season.budgets);
  say("refunds are paid");
  const { files, result } = await writeUp(chain, pool, bundles, nodeSet.nodes);
  say(`${files.size} files written up and sealed by the oracle nodes`);
  const report = await audit(files, { pool });
  return { ...season, pool, chain, bundles, files, result, report, nodes: nodeSet.nodes };
}

/** Whoever judges the words of an example. */
function openSeasonJudges(request: SeasonRequest, { facts }: ExampleSeason, stops: Stops): Promise<RunJudges> {
  return started(openJudges(judgeKind(request.judges, process.env), facts, process.env), stops);
}

/** Something that is being started. A stop that comes before it runs waits for that, so that nothing is left running. */
async function started<Thing extends { stop(): void | Promise<void> }>(
  starting: Promise<Thing>,
  stops: Stops,
): Promise<Thing> {
  stops.push(async () => {
    const thing = await starting.catch(() => undefined);
    await thing?.stop();
  });
  return starting;
}

/** Everything an auditor needs, sealed by the nodes, which read the chain themselves. */
async function writeUp(
  chain: LocalChain,
  pool: Address,
  bundles: readonly Bundle[],
  nodes: readonly LocalNode[],
): Promise<{ files: ReadonlyMap<string, Uint8Array>; result: SeasonResult }> {
  const chainExport = await exportChain(chain.client, pool, chain.factory);
  const result = seasonResult(chainExport, bundles);
  const files = new Map([
    [RESULT_FILE, resultBytes(result)],
    [CHAIN_FILE, documentBytes(chainExport)],
    ...bundles.map((bundle) => [bundleFile(bundle.round), documentBytes(bundle)] as const),
  ]);
  return { files: await sealFiles(files, chain.chainId, pool, nodes), result };
}
