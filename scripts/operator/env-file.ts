import { GROUPS, type SettingName } from "../../oracle/config/settings.ts";
import type { Setting } from "../../oracle/config/setting.ts";
import { InputError } from "../../oracle/domain/errors.ts";

/** Settings and what they are set to. */
export type Settings = Readonly<Partial<Record<SettingName, string>>>;

/**
 * A file of settings with a comment for each, as `node --env-file` and Docker read it: those given are set, others are there as
 * comments with their defaults.
 * @throws InputError for a value that such a file cannot hold
 */
export function envFile(settings: Settings): string {
  const groups = GROUPS.map(({ title, settings: table }) => {
    const rows = Object.entries(table).map(([name, setting]: [string, Setting]) =>
      [`# ${setting.description}`, lineOf(name as SettingName, setting, settings)].join("\n"),
    );
    return [`## ${title}`, ...rows].join("\n\n");
  });
  return `${["# Settings of this node. It may hold secrets: only its owner should read it.", ...groups].join("\n\n")}\n`;
}

function lineOf(name: SettingName, { default: standard, example }: Setting, settings: Settings): string {
  const value = settings[name];
  if (value === undefined) return `# ${name}=${standard ?? example ?? ""}`;
  // Readers of such files differ on quotes, so that only what needs none is written.
  if (/^[^\s"'`#$\\]*$/.test(value)) return `${name}=${value}`;
  throw new InputError("cannot be written to a file of settings", {
    field: name,
    limit: "no spaces, quotes, #, $ and \\",
  });
}
