import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { parseCounts, type Counts } from "./summary.ts";

/** How a command ended, and what it said about tests. */
interface Ended {
  readonly code: number;
  readonly counts: Counts | null;
}

/**
 * Runs a command of this project's packages, shows its output and reads the test counts off it.
 * @param whole shows what it printed when it has ended, so that what runs beside it does not mix with it; else as it comes
 */
export async function runCommand(command: string, args: readonly string[], whole = false): Promise<Ended> {
  const path = [join(process.cwd(), "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  const child = spawn(command, args, {
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "pipe", whole ? "pipe" : "inherit"],
    shell: process.platform === "win32",
  });
  const parts: Buffer[] = [];
  const shown: Buffer[] = [];
  child.stdout!.on("data", (part: Buffer) => {
    parts.push(part);
    if (whole) shown.push(part);
    else process.stdout.write(part);
  });
  child.stderr?.on("data", (part: Buffer) => shown.push(part));
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => {
      resolve(exit ?? 1);
    });
  });
  for (const part of shown) process.stdout.write(part);
  return { code, counts: parseCounts(Buffer.concat(parts).toString("utf8")) };
}
