import { BaseError, createPublicClient, http, type Address } from "viem";
import { exportChain } from "../../oracle/adapters/chain/chain-export.ts";
import { audit, type AuditReport } from "../../oracle/domain/audit/audit.ts";
import { readDocument } from "../../oracle/domain/canonical.ts";
import { CHAIN_FILE, chainExportSchema, type ChainExport } from "../../oracle/domain/chain-export.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { readFolder } from "./folder.ts";
import { readPrivateFolder } from "./private-folder.ts";
import { readReveals } from "./reveals.ts";

/** What a person may say about an audit. */
export interface FolderAuditOptions {
  /** Endpoint of a chain to read the ledger from again. */
  readonly rpc?: string | undefined;
  readonly pool?: Address | undefined;
  /** Folder of what is private of the season, for whoever was given it. */
  readonly given?: string | undefined;
  /** File of what opens held-out criteria. */
  readonly reveals?: string | undefined;
}

/**
 * Audits the season in a folder.
 * @throws InputError where the folder, or what is private or was held out, cannot be read, or the chain cannot be compared with it
 */
export async function auditFolder(folder: string, options: FolderAuditOptions = {}): Promise<AuditReport> {
  const { rpc, pool, given, reveals } = options;
  const files = await readFolder(folder);
  const opened = reveals === undefined ? {} : { reveals: await readReveals(reveals) };
  const parts = given === undefined ? {} : { given: await readPrivateFolder(given, folder) };
  const live = rpc === undefined ? {} : { live: { chain: await readAgain(rpc, files) } };
  return audit(files, { ...live, ...opened, ...parts, ...(pool === undefined ? {} : { pool }) });
}

/** The export as the chain gives it now, at the block of the one in the folder. */
async function readAgain(rpc: string, files: ReadonlyMap<string, Uint8Array>): Promise<ChainExport> {
  const bytes = files.get(CHAIN_FILE);
  if (bytes === undefined) throw new InputError("the file is missing", { file: CHAIN_FILE });
  const { pool, factory, head, chainId } = readDocument(CHAIN_FILE, bytes, chainExportSchema);
  const client = createPublicClient({ transport: http(rpc) });
  try {
    const found = await client.getChainId();
    if (found === chainId) return await exportChain(client, pool, factory, BigInt(head.number));
    const limit = `chain ${chainId}, which ${CHAIN_FILE} is of`;
    throw new InputError("the endpoint serves another chain", { field: "--rpc", value: String(found), limit });
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    throw new InputError(`the chain cannot be read: ${error.shortMessage}`, { field: "--rpc", value: rpc });
  }
}
