import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../../oracle/domain/errors.ts";
import { templateNamed, type TemplateName } from "../../oracle/domain/templates/index.ts";
import type { EvidenceFile } from "../../oracle/domain/templates/template.ts";

/** Data of the project itself, for each template. */
const OWN_DATA: Readonly<Record<TemplateName, string>> = {
  sla: "sla/manticore-2026-08.json",
  hospital: "hospital",
  engine: "engine/fd001_run_to_failure.csv",
  impact: "impact/M2",
};

/**
 * Reads the evidence files of a season.
 * @param path a file of any name, or a folder with the template's file names; the project's own data where absent
 * @throws InputError naming the file that is missing or cannot be read
 */
export async function readEvidence(template: TemplateName, path?: string): Promise<EvidenceFile[]> {
  const { files, mediaType } = templateNamed(template);
  const place = path ?? fileURLToPath(new URL(`../../oracle/data/${OWN_DATA[template]}`, import.meta.url));
  const info = await stat(place).catch((error: unknown) => {
    throw unreadable(place, error);
  });
  if (files === null) {
    if (!info.isFile())
      throw new InputError("not a file", { file: place, limit: `one file of evidence for ${template}` });
    return [{ name: basename(place), mediaType: mediaType(basename(place)), bytes: await read(place) }];
  }
  if (!info.isDirectory())
    throw new InputError("not a folder", { file: place, limit: `a folder with ${files.join(", ")}` });
  const present = new Set(await readdir(place));
  const missing = files.find((name) => !present.has(name));
  if (missing !== undefined) throw new InputError("the file is missing", { file: join(place, missing) });
  return Promise.all(
    files.map(async (name) => ({ name, mediaType: mediaType(name), bytes: await read(join(place, name)) })),
  );
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): InputError {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const problem = code === "ENOENT" ? "no such file or folder" : `cannot be read (${code})`;
  return new InputError(problem, { file: path });
}
