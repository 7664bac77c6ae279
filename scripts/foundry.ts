import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const VERSION = "1.7.1";

/** Path of one of Foundry's tools. If it is not there yet it is installed below the cache: few runs need it, and it is large. */
export function foundry(project: string, tool: "anvil" | "forge"): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/${tool}-${process.platform}-${arch}`;
  const folder = join(project, "cache", tool, VERSION);
  const file = process.platform === "win32" ? `${tool}.exe` : tool;
  const binary = join(folder, "node_modules", name, "bin", file);
  if (!existsSync(binary)) {
    const options = ["--prefix", folder, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { status } = spawnSync("npm", ["install", ...options, `${name}@${VERSION}`], {
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
    if (status !== 0) throw new Error(`npm could not install ${name}@${VERSION}`);
  }
  return binary;
}
