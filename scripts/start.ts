import { serve } from "@hono/node-server";
import { CommanderError } from "commander";
import { publishedApp } from "../oracle/http/season.ts";
import { harmless, harmlessLines } from "./harmless.ts";
import { readEvidence } from "./season/evidence-files.ts";
import { exampleSeason } from "./season/example.ts";
import { isExampleName } from "./season/example-form.ts";
import { listenForInterruption } from "./season/interruption.ts";
import { openOutFolder, type OutFolder } from "./season/out-folder.ts";
import { preparePrivateOut, writePrivateOut } from "./season/private-out.ts";
import { planExample, planSeason, type PlannedSeason } from "./season/plan.ts";
import { requireFreePort, unusablePort } from "./season/ports.ts";
import { readRequest, type SeasonRequest } from "./season/request.ts";
import type { Season, Stops } from "./season/run.ts";
import { auditLines, moneyLines, noteLines, providerTable } from "./season/table.ts";

/** `npm start`: a whole season on a local chain, then chain and API until Ctrl-C. Exit codes: 0 done, 1 failed, 2 wrong usage. */
const stops: Stops = [];
const { signal, unlessFirst } = listenForInterruption();

const code = await main(process.argv.slice(2));
for (const stop of stops.reverse()) await stop();
process.exit(code);

async function main(argv: readonly string[]): Promise<number> {
  let out: OutFolder | undefined;
  try {
    const { request, planned } = await unlessFirst(prepare(argv));
    // Waited for even when interrupted: what it makes has to be removed again.
    out = request.out === undefined ? undefined : await openOutFolder(request.out);
    say("compiling the contracts (about a minute the first time)");
    const season = await unlessFirst(compileAndRun(request, planned));
    await out?.write(season.files, signal);
    out = undefined;
    if (request.privateOut !== undefined) say(await unlessFirst(writePrivateOut(season, request.privateOut)));
    show(season, request);
    if (!season.report.ok) return 1;
    // Interrupted from here on, the run is complete: there is nothing to take back.
    if (!request.once && !signal.aborted) await serveUntilInterrupted(season, request.port);
    return 0;
  } catch (error) {
    await out?.abandon();
    return tell(error);
  }
}

/** All that can be told about a season before anything is made. */
async function prepare(argv: readonly string[]): Promise<{ request: SeasonRequest; planned: PlannedSeason }> {
  const request = readRequest(argv);
  await preparePrivateOut(request);
  await requireFreePort("--rpc-port", request.rpcPort);
  await requireFreePort("--port", request.port);
  const { template } = request;
  if (isExampleName(template)) return { request, planned: planExample(request, await exampleSeason(template)) };
  const evidence = await readEvidence(template, request.data);
  return { request, planned: planSeason({ ...request, template }, evidence) };
}

function show(season: Season, request: SeasonRequest): void {
  console.log(`\n${providerTable(season)}\n`);
  console.log(moneyLines(season));
  for (const line of [...noteLines(season.plan.notes), ...auditLines(season.report)]) console.log(line);
  if (request.out !== undefined) {
    console.log(
      `written to ${request.out}; audit it yourself: npm run guerdon -- audit ${request.out}${privately(request)}`,
    );
  }
}

function privately({ privateOut }: SeasonRequest): string {
  return privateOut === undefined ? "" : ` --private ${privateOut}`;
}

async function serveUntilInterrupted(season: Season, port: number): Promise<void> {
  const app = publishedApp([
    {
      pool: season.pool,
      title: season.plan.title,
      template: season.spec.template,
      chainId: season.chain.chainId,
      rounds: season.budgets.length,
      providers: season.spec.roster.length,
      audited: season.report.ok,
      files: season.files,
    },
  ]);
  await new Promise<void>((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, (info) => {
      const url = `http://127.0.0.1:${info.port}`;
      console.log(`\nlook next: ${url}/v1/pools, ${url}/openapi.json; local chain at ${season.chain.rpcUrl}`);
      console.log("running until Ctrl-C");
    });
    server.once("error", (error: Error) => reject(unusablePort("--port", port, error)));
    signal.addEventListener("abort", () => {
      server.close();
      resolve();
    });
  });
}

/** Hardhat takes seconds to load, so it is loaded only for input that can be used; it compiles what has changed since last time. */
async function compileAndRun(request: SeasonRequest, planned: PlannedSeason): Promise<Season> {
  const { default: hardhat } = await import("hardhat");
  await hardhat.tasks.getTask("build").run({ quiet: true, noTests: true });
  const { runSeason } = await import("./season/run.ts");
  return runSeason(request, planned, say, stops);
}

/** Tells of a step that comes next or is done; a run that was interrupted meanwhile goes no further. */
function say(step: string): void {
  signal.throwIfAborted();
  console.log(`• ${harmless(step)}`);
}

/** Says what went wrong and gives the exit code. */
function tell(error: unknown): number {
  // Commander has printed its own message; asking for help or the version is no failure.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(harmlessLines(`error: ${error instanceof Error ? error.message : String(error)}`));
  return 1;
}
