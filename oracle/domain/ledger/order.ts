import type { ChainExport, LedgerEntry } from "../chain-export.ts";
import { ledgerPlace, type LedgerFault } from "./fault.ts";

/** What is wrong with the order of the entries: blocks, logs, times and transactions must be as a chain has them. */
export function orderFaults({ ledger, head }: ChainExport): LedgerFault[] {
  const blockOf = new Map<string, number>();
  return ledger.flatMap((entry, i) => {
    const place = ledgerPlace(i, entry);
    const before = ledger[i - 1];
    const messages = [
      before === undefined ? null : followFault(before, entry),
      headFault(entry, head),
      before?.tx !== entry.tx && blockOf.has(entry.tx) ? "its transaction is torn apart" : null,
    ];
    blockOf.set(entry.tx, entry.block);
    return messages.filter((message) => message !== null).map((message) => ({ place, message }));
  });
}

function followFault(before: LedgerEntry, entry: LedgerEntry): string | null {
  if (entry.block < before.block || (entry.block === before.block && entry.log <= before.log)) {
    return "it stands before the entry it follows";
  }
  if (entry.block === before.block) return entry.time === before.time ? null : "its block has two times";
  if (entry.tx === before.tx) return "its transaction is in two blocks";
  return entry.time < before.time ? "its block is older than the block before" : null;
}

function headFault(entry: LedgerEntry, head: ChainExport["head"]): string | null {
  if (entry.block > head.number || entry.time > head.time) return "it is later than the head of the export";
  return entry.block === head.number && entry.time !== head.time ? "its time is not that of the head" : null;
}
