import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Abi, Hex } from "viem";
import { z } from "zod";

/** The project's own folder. */
export const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));

const CONTRACTS = join(PROJECT, "artifacts/contracts");
const artifactSchema = z.object({ abi: z.custom<Abi>(Array.isArray), bytecode: z.custom<Hex>(isCode) });

/** A compiled contract; all of them are compiled first where none is. @param path such as `OracleQuorum.sol/OracleQuorum` */
export async function readArtifact(path: string): Promise<z.output<typeof artifactSchema>> {
  const file = join(CONTRACTS, `${path}.json`);
  if (!existsSync(file)) compile();
  return artifactSchema.parse(JSON.parse(await readFile(file, "utf8")));
}

function compile(): void {
  const { status } = spawnSync("npx", ["hardhat", "build", "--quiet", "--no-tests"], {
    cwd: PROJECT,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("the contracts could not be compiled");
}

function isCode(value: unknown): boolean {
  return typeof value === "string" && /^0x[0-9a-f]+$/.test(value);
}
