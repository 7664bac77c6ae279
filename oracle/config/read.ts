import { ELSEWHERE, SETTINGS, type Values } from "./settings.ts";
import type { Setting } from "./setting.ts";

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that cannot be used; all their faults at once. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`settings:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.faults = faults;
  }
}

/** The text of a setting; an empty variable counts as unset. */
export function given(environment: Environment, name: string): string | undefined {
  return environment[name] === "" ? undefined : environment[name];
}

/** Each setting by itself. Where a fault is found, its value is missing although its type says otherwise. */
export function readValues(environment: Environment): { values: Values; faults: string[] } {
  const faults = unknownSettings(environment);
  const read = Object.entries(SETTINGS).map(([name, setting]: [string, Setting]) => {
    const { value, found } = readOne(name, setting, given(environment, name));
    faults.push(...found);
    return [name, value];
  });
  return { values: Object.fromEntries(read) as Values, faults };
}

function readOne(name: string, setting: Setting, text: string | undefined): { value: unknown; found: string[] } {
  const source = text ?? setting.default;
  if (source === undefined) return { value: undefined, found: setting.required ? [`${name}: must be set`] : [] };
  const parsed = setting.schema.safeParse(source);
  if (parsed.success) return { value: parsed.data, found: [] };
  const shown = setting.secret ? "" : ` (found ${JSON.stringify(source)})`;
  return { value: undefined, found: parsed.error.issues.map(({ message }) => `${name}: ${message}${shown}`) };
}

/** A misspelt setting would otherwise leave its default in force, silently. */
function unknownSettings(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("GUERDON_") && !(name in SETTINGS) && !ELSEWHERE.has(name))
    .map((name) => `${name}: there is no such setting`);
}
