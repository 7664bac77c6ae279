import { InputError } from "../../oracle/domain/errors.ts";
import { requireNewFolder, writePrivateFolder } from "../guerdon/private-folder.ts";
import { collectPrivate } from "../guerdon/private.ts";
import { localAccount } from "./accounts.ts";
import { isExampleName } from "./example-form.ts";
import type { SeasonRequest } from "./request.ts";
import type { Season } from "./run.ts";

/**
 * Makes sure, before any work is done, that what is private of a season can be written.
 * @throws InputError where nothing of it is private, or the folder cannot be made
 */
export async function preparePrivateOut({ privateOut, out, template }: SeasonRequest): Promise<void> {
  if (privateOut === undefined) return;
  if (!isExampleName(template)) {
    throw new InputError("nothing of this season is private", { field: "--private-out", value: template });
  }
  await requireNewFolder(privateOut, out);
}

/** Downloads what is private of a season from its nodes, as the pool's arbiter may, and writes it. @returns what came of it */
export async function writePrivateOut({ bundles, nodes }: Season, folder: string): Promise<string> {
  const arbiter = localAccount("arbiter");
  const { parts, missing } = await collectPrivate(
    bundles,
    nodes.map(({ url }) => url),
    arbiter,
  );
  const [problem] = missing;
  if (problem !== undefined) throw new InputError(problem, { file: folder, field: "--private-out" });
  await writePrivateFolder(folder, parts);
  return `${parts.items.size} private items and ${parts.records.size} records of judges downloaded by the arbiter to ${folder}`;
}
