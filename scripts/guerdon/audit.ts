import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BaseError, createPublicClient, http, type Address } from "viem";
import { exportChain } from "../../oracle/adapters/chain/chain-export.ts";
import { audit, type AuditReport } from "../../oracle/domain/audit/audit.ts";
import { readDocument } from "../../oracle/domain/canonical.ts";
import { CHAIN_FILE, chainExportSchema, type ChainExport } from "../../oracle/domain/chain-export.ts";
import { InputError } from "../../oracle/domain/errors.ts";

/** What a person may say about an audit. */
export interface FolderAuditOptions {
  /** Endpoint of a chain to read the ledger from again. */
  readonly rpc?: string | undefined;
  readonly pool?: Address | undefined;
}

/**
 * Audits the season in a folder.
 * @throws InputError where the folder cannot be read, or the chain cannot be compared with it
 */
export async function auditFolder(folder: string, { rpc, pool }: FolderAuditOptions = {}): Promise<AuditReport> {
  const files = await readFolder(folder);
  const live = rpc === undefined ? {} : { live: { chain: await readAgain(rpc, files) } };
  return audit(files, { ...live, ...(pool === undefined ? {} : { pool }) });
}

/** All files of a folder by name. Nothing may lie beside them, so that nothing is left unlooked at. */
export async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new InputError(codeOf(error) === "ENOENT" ? "there is no such folder" : "not a folder that can be read", {
      file: folder,
    });
  });
  const files = new Map<string, Uint8Array>();
  for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, name);
    files.set(
      name,
      await readFile(path).catch((error: unknown) => {
        throw new InputError(codeOf(error) === "EISDIR" ? "a folder has no place here" : "cannot be read", {
          file: path,
        });
      }),
    );
  }
  return files;
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

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
}
