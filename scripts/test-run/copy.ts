import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

const COPIED = [
  "contracts",
  "test/solidity",
  "scripts",
  "hardhat.config.ts",
  "foundry.toml",
  "package.json",
  "tsconfig.json",
];
/** What was built before: only what changes in the copy is then built anew. */
const BUILT = ["artifacts", "cache/build-info", "cache/compile-cache.json"];

export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** A copy of the contracts and their Solidity tests outside of the project, to build and run otherwise than it. */
export class ProjectCopy {
  readonly root = mkdtempSync(join(tmpdir(), "guerdon-copy-"));

  constructor(project: string) {
    for (const path of [...COPIED, ...BUILT]) {
      const source = join(project, path);
      if (existsSync(source)) cpSync(source, join(this.root, path), { recursive: true });
    }
    symlinkSync(join(project, "node_modules"), join(this.root, "node_modules"), "junction");
  }

  /** Runs Hardhat in the copy. */
  async hardhat(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const cli = join(this.root, "node_modules", "hardhat", "dist", "src", "cli.js");
    return this.run(process.execPath, [cli, ...args], env);
  }

  /** Runs a program in the copy and takes both its streams. */
  async run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const child = spawn(program, args, {
      cwd: this.root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part: Buffer) => parts.push(part));
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit) => {
        resolve(exit ?? 1);
      });
    });
    return { code, output: stripVTControlCharacters(Buffer.concat(parts).toString("utf8")) };
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
