import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { parseCounts, type Counts } from "./summary.ts";

/** How a command ended, and what it said about tests. */
interface Ended {
  readonly code: number;
  readonly counts: Counts | null;
}

/** Runs a command of this project's packages, shows its output as it comes, and reads the test counts off it. */
export async function runCommand(command: string, args: readonly string[]): Promise<Ended> {
  const path = [join(process.cwd(), "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  const child = spawn(command, args, {
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "pipe", "inherit"],
    shell: process.platform === "win32",
  });
  const parts: Buffer[] = [];
  child.stdout.on("data", (part: Buffer) => {
    parts.push(part);
    process.stdout.write(part);
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exit) => {
      resolve(exit ?? 1);
    });
  });
  return { code, counts: parseCounts(Buffer.concat(parts).toString("utf8")) };
}
