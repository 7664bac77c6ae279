import { readFile } from "node:fs/promises";
import type { ModelsConfig } from "../../config.ts";
import { modelKey } from "../../config/models.ts";
import { InputError } from "../../domain/errors.ts";
import type { ModelBench } from "../../ports/model.ts";
import type { Surroundings } from "./attempts.ts";
import { tokenBudget } from "./budget.ts";
import { openEndpoint } from "./endpoint.ts";

/** Keys by family. Where there is none, none is sent. */
export type JudgeKeys = ReadonlyMap<string, string>;

/**
 * Reads the keys of the judges: from the settings, or from their files; spaces and line ends around a key do not count.
 * @throws InputError that names the file and the form, never what stands there
 */
export async function readJudgeKeys({ judges }: ModelsConfig): Promise<JudgeKeys> {
  const keys = new Map<string, string>();
  for (const { family, key } of judges) {
    if (key.kind === "key") keys.set(family, key.key);
    if (key.kind === "file") keys.set(family, await readModelKey(key.path));
  }
  return keys;
}

/** @throws InputError as `readJudgeKeys` */
export async function readModelKey(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`cannot be read (${code ?? "unknown"})`, { file: path });
  });
  const parsed = modelKey.safeParse(text.trim());
  if (parsed.success) return parsed.data;
  throw new InputError(`is no key of an endpoint: it ${parsed.error.issues[0]!.message}`, { file: path });
}

/**
 * Makes the models of the settings. Nothing is asked of their endpoints yet. Each has an equal share of a round's tokens, so that none
 * is short because another was asked first.
 */
export function judgesOf(config: ModelsConfig, keys: JudgeKeys, around: Partial<Surroundings> = {}): ModelBench {
  const { judges, tokensPerRound, ...shared } = config;
  const share = Math.floor(tokensPerRound / Math.max(1, judges.length));
  const endpoints = judges.map(({ key: _, ...judge }) => {
    return openEndpoint({ ...judge, ...shared, key: keys.get(judge.family) ?? null }, around);
  });
  return {
    families: judges.map(({ family }) => family),
    forRound: (spent) => endpoints.map((one) => one.within(tokenBudget(share, spent?.get(one.family) ?? 0))),
  };
}
