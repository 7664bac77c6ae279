import Table from "cli-table3";
import type { KillBook } from "./book.ts";

/** Most characters shown of a step. */
const WIDTH = 90;

/** A line for every step: kills, how the rounds ended, and what must be 0. */
export function killTable({ rows }: KillBook): string {
  const table = new Table({
    head: ["step", "before", "after", "settled", "expired", "stuck", "doubled", "lost", "faults"],
    colAligns: ["left", "right", "right", "right", "right", "right", "right", "right", "right"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const row of rows.values()) {
    const step = row.step.length > WIDTH ? `${row.step.slice(0, WIDTH - 1)}…` : row.step;
    const { killsBefore, killsAfter, settled, expired, stuck, duplicates, lost, faults } = row;
    table.push([step, killsBefore, killsAfter, settled, expired, stuck, duplicates, lost, faults]);
  }
  return table.toString();
}
