import { rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PROJECT } from "../support/artifacts.ts";

const FOLDER = join(PROJECT, "cache/faults");
/** Packages that read files beside their own code: they stay where they are. */
const WITH_FILES = ["better-sqlite3", "tiny-secp256k1", "tesseract.js", "unpdf"];
const sourceOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * The node of a campaign in one file: a start then takes a quarter of the time, of which a campaign makes thousands. Workers stand
 * beside it under the names by which it asks for them.
 * @returns path of the file
 */
export async function bundledNode(): Promise<string> {
  const common = { bundle: true, platform: "node", format: "esm", logLevel: "error" } as const;
  const require =
    "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";
  await build({
    ...common,
    entryPoints: {
      node: sourceOf("node.ts"),
      "sandbox-worker": sourceOf("../../../oracle/adapters/intake/sandbox-worker.ts"),
    },
    outdir: FOLDER,
    external: WITH_FILES,
    banner: { js: require },
  });
  await rename(join(FOLDER, "sandbox-worker.js"), join(FOLDER, "sandbox-worker.ts"));
  return join(FOLDER, "node.js");
}
