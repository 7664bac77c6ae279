import { CHAIN_FILE, type LedgerEntry } from "../chain-export.ts";

/** Something the export says that the pool's rules do not allow. */
export interface LedgerFault {
  /** Such as `chain.json ledger[17] Claimed`. */
  readonly place: string;
  readonly message: string;
}

/** Place of a ledger entry in words. */
export function ledgerPlace(index: number, entry: LedgerEntry): string {
  return `${CHAIN_FILE} ledger[${index}] ${entry.event.name}`;
}
