const UNITS = [
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

/** A number of seconds in the largest unit that divides it: "7 days", "90 minutes", "0 seconds". */
export function duration(seconds: number): string {
  const [length, unit] = UNITS.find(([length]) => seconds !== 0 && seconds % length === 0) ?? [1, "second"];
  const n = seconds / length;
  return `${n} ${unit}${n === 1 ? "" : "s"}`;
}

/** A Unix time with its date, as far as dates go: "2026-01-01T00:00:00Z (1767225600)". */
export function moment(seconds: number | bigint): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? `second ${seconds}` : `${date.toISOString().slice(0, 19)}Z (${seconds})`;
}
