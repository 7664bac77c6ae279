import { stringToBytes, type Hex } from "viem";
import { poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { audit } from "../domain/audit/audit.ts";
import type { Cosignature } from "../domain/bundle.ts";
import { canonicalHash, documentBytes, readDocument, sameBytes } from "../domain/canonical.ts";
import { CHAIN_FILE, chainExportSchema } from "../domain/chain-export.ts";
import type { SealRequest } from "../domain/messages.ts";
import { fileHashes } from "../domain/seal.ts";
import type { ChainReader, NodeSigner } from "../ports.ts";
import { Refusal } from "./refusal.ts";

/** Seals the files of a season that the node has audited. */
export type Seal = (request: SealRequest) => Promise<Cosignature>;

/** Most requests that wait for their turn. */
const MOST_WAITING = 4;

/** A sealer that compares the chain export with what it reads from the chain itself, and audits all files. */
export function createSealer(parts: {
  readonly chain: Pick<ChainReader, "exportPool">;
  readonly signer: NodeSigner;
  /** The factory whose pools this node works for, lower case. */
  readonly factory: string;
  /** Whether this node is of the pool's oracle. */
  readonly signs: (pool: Hex) => Promise<boolean>;
}): Seal {
  const { chain, signer, factory, signs } = parts;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function seal({ pool, files }: SealRequest): Promise<Cosignature> {
    const bytes = new Map(Object.entries(files).map(([name, text]) => [name, stringToBytes(text)]));
    const chainFile = bytes.get(CHAIN_FILE);
    if (chainFile === undefined) throw new Refusal("incomplete", `there is no ${CHAIN_FILE} among the files`);
    const claimed = readDocument(CHAIN_FILE, chainFile, chainExportSchema);
    if (claimed.factory !== factory) throw new Refusal("other-factory", `the pool is not of factory ${factory}`);
    const read = await chain.exportPool(pool, claimed.factory, BigInt(claimed.head.number));
    if (!sameBytes(documentBytes(read), chainFile)) {
      throw new Refusal("not-on-chain", `${CHAIN_FILE} is not what this node reads from the chain`);
    }
    const report = await audit(bytes, { pool, unsealed: true });
    if (!report.ok) {
      const failed = report.checks.find(({ ok }) => !ok);
      throw new Refusal("audit-failed", `the files do not pass the audit: ${failed?.title} (${failed?.place})`);
    }
    const domain = poolDomain(read.chainId, pool);
    const signature = await signer.sign(typedData("Seal", domain, { filesHash: canonicalHash(fileHashes(bytes)) }));
    return { node: signer.address, signature };
  }

  // Reading a whole chain and auditing is dear, and anyone may ask: one at a time, few in line.
  return async (request) => {
    if (!(await signs(request.pool)))
      throw new Refusal("unknown-pool", `this node is not of the oracle of ${request.pool}`);
    if (waiting >= MOST_WAITING) throw new Refusal("busy", `${waiting} seals are waited for already; try again later`);
    waiting += 1;
    const mine = last.then(() => seal(request));
    last = mine.catch(() => undefined);
    return mine.finally(() => (waiting -= 1));
  };
}
