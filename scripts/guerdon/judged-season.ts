import {
  judgedUnits,
  NOTHING_PRIVATE,
  openRound,
  type JudgedUnit,
  type OpenedRound,
} from "../../oracle/domain/judgement/opened-round.ts";
import { readPrivateFolder } from "./private-folder.ts";
import { bundlesIn } from "./private.ts";

/**
 * Opens the judged rounds of a season's folder, in order. Whether they are what the chain accepted is for the audit to say.
 * @param given folder of what is private of it
 * @throws InputError where a file cannot be read, or nothing in the folder is judged
 */
export async function openSeason(folder: string, given?: string): Promise<OpenedRound[]> {
  const bundles = await bundlesIn(folder);
  const parts = given === undefined ? NOTHING_PRIVATE : await readPrivateFolder(given, folder);
  return bundles.map((bundle) => openRound(bundle, parts));
}

/** The same with all units of each round, as far as records show them. */
export async function judgedSeason(
  folder: string,
  given?: string,
): Promise<{ readonly round: OpenedRound; readonly judged: readonly JudgedUnit[] }[]> {
  const rounds: { round: OpenedRound; judged: JudgedUnit[] }[] = [];
  for (const round of await openSeason(folder, given)) rounds.push({ round, judged: await judgedUnits(round) });
  return rounds;
}
