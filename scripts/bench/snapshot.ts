import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { format, resolveConfig } from "prettier";
import * as z from "zod";
import type { Case, Results } from "./cases.ts";

/** Exact figures of an earlier run: bytes by contract, gas by case and operation. */
const Snapshot = z.strictObject({
  sizes: z.record(z.string(), z.number()),
  gas: z.record(z.string(), z.record(z.string(), z.number())),
});
export type Snapshot = z.infer<typeof Snapshot>;

export function toSnapshot({ sizes, measured }: Results): Snapshot {
  return { sizes, gas: Object.fromEntries(measured.map((one) => [nameOf(one), one.figures])) };
}

/**
 * All that differs, in words, empty where nothing does. Of `before`, only cases that `now` measured count where `partly` says
 * that others were left out on purpose.
 */
export function differences(before: Snapshot, now: Snapshot, partly: boolean): string[] {
  const cases = partly ? Object.keys(now.gas) : [...new Set([...Object.keys(before.gas), ...Object.keys(now.gas)])];
  return [
    ...compare("code of ", before.sizes, now.sizes),
    ...cases.flatMap((name) => compare(`${name}: `, before.gas[name] ?? {}, now.gas[name] ?? {})),
  ];
}

function compare(prefix: string, before: Record<string, number>, now: Record<string, number>): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys
    .filter((key) => before[key] !== now[key])
    .map((key) => `${prefix}${key}: ${change(before[key], now[key])}`);
}

function change(before: number | undefined, now: number | undefined): string {
  if (before === undefined) return `${now} is not in the snapshot`;
  if (now === undefined) return `${before} in the snapshot was not measured`;
  return `${before} in the snapshot, now ${now} (${now > before ? "+" : ""}${now - before})`;
}

function nameOf({ variant, count }: Case): string {
  return `${variant}, ${count} providers`;
}

/** @throws Error where the file is missing or is no snapshot */
export async function readSnapshot(path: string): Promise<Snapshot> {
  return Snapshot.parse(JSON.parse(await readFile(path, "utf8")));
}

/** Writes text in the form that `prettier --check` asks for. */
export async function writeFormatted(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}
