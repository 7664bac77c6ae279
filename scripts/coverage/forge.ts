import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const VERSION = "1.7.1";

/** Path of forge. If it is not there yet it is installed below the cache: only coverage needs it, and it is large. */
export function forge(project: string): string {
  const arch = process.arch === "x64" ? "amd64" : process.arch;
  const name = `@foundry-rs/forge-${process.platform}-${arch}`;
  const folder = join(project, "cache", "forge", VERSION);
  const binary = join(folder, "node_modules", name, "bin", process.platform === "win32" ? "forge.exe" : "forge");
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
