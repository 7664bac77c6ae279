import { z } from "zod";
import { decode } from "../../csv.ts";
import { InputError } from "../../errors.ts";

const FILE = "onchain__results.json";
const RESULTS = z.array(
  z.object({ oso_project_id: z.string().min(1), op_reward: z.number().nonnegative().nullable() }),
);

/**
 * What a round paid, in cents by project id, as its results file says; null where it names no reward. For comparison only: no
 * reward is computed from it.
 */
export function publishedRewards(bytes: Uint8Array): ReadonlyMap<string, number | null> {
  const parsed = RESULTS.safeParse(parseJson(decode({ name: FILE, mediaType: "application/json", bytes })));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new InputError("the results cannot be read", { file: FILE, field: path.join("."), limit: message });
  }
  return new Map(
    parsed.data.map(({ oso_project_id: id, op_reward: reward }) => [
      id,
      reward === null ? null : Math.round(reward * 100),
    ]),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError("not valid JSON", { file: FILE, limit: "a list of results" });
  }
}
