import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TYPESCRIPT } from "../../../scripts/season/nodes.ts";
import { resultSchema, type SeasonResult } from "../../../oracle/domain/result.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of the project that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves as soon as the output contains the text. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a script of the project in a process of its own.
 * @param before module code that runs in it first
 */
export function startScript(script: string, args: readonly string[], before = ""): Running {
  const preload = [...TYPESCRIPT, "--import", `data:text/javascript,${encodeURIComponent(before)}`];
  const child = spawn(process.execPath, [...preload, script, ...args], { cwd: ROOT });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, stdout, stderr }));
  const printed = async (text: string): Promise<void> => {
    while (!stdout.includes(text)) {
      const done = await Promise.race([ended, new Promise<null>((resolve) => setTimeout(resolve, 20, null))]);
      if (done !== null && !stdout.includes(text)) throw new Error(`ended without "${text}": ${stdout}${stderr}`);
    }
  };
  return { child, printed, ended };
}

/** Runs `npm start -- …` to its end. */
export async function runStart(...args: string[]): Promise<Ended> {
  return startScript("scripts/start.ts", args).ended;
}

/** Runs a season with `--once --out` and reads its result; the folder is removed by `cleanUp`. */
export async function runSeasonOnce(...args: string[]): Promise<{ out: string; result: SeasonResult; ended: Ended }> {
  const out = join(await temporaryFolder(), "season");
  const ended = await runStart("--once", "--out", out, ...args);
  if (ended.code !== 0) throw new Error(`exit code ${ended.code}: ${ended.stdout}${ended.stderr}`);
  return { out, result: resultSchema.parse(JSON.parse(await readFile(join(out, "result.json"), "utf8"))), ended };
}

const folders: string[] = [];

/** A new empty folder, removed by `cleanUp`. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "guerdon-test-"));
  folders.push(folder);
  return folder;
}

/** Removes all folders the tests of a file have made. */
export async function cleanUp(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

/** Sum of amounts in decimal digits. */
export function sum(amounts: readonly string[]): bigint {
  return amounts.reduce((total, amount) => total + BigInt(amount), 0n);
}
