import { readFile } from "node:fs/promises";
import type { NodeConfig } from "../config.ts";
import type { Secret } from "../config/secrets.ts";

/** What stands in files that the settings name and must not be shown. Files that cannot be read are told of by who needs them. */
export async function fileSecrets({ key, intake, webhooks, models }: NodeConfig): Promise<Secret[]> {
  const files: readonly (readonly [string, string | undefined])[] = [
    ["GUERDON_KEY_PASSWORD_FILE", key.kind === "file" ? key.passwordPath : undefined],
    ["GUERDON_MASTER_KEY_FILE", intake.masterKeyFile],
    ["GUERDON_WEBHOOK_SECRET_FILE", webhooks?.secretFile],
    ...models.judges.map(
      (judge) => ["GUERDON_JUDGES", judge.key.kind === "file" ? judge.key.path : undefined] as const,
    ),
  ];
  const read = await Promise.all(
    files.map(async ([name, path]) => {
      const text = path === undefined ? "" : await readFile(path, "utf8").catch(() => "");
      return { name, value: text.trim() };
    }),
  );
  return read.filter(({ value }) => value !== "");
}
