import type { Address } from "viem";
import { digestOf, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import { canonicalHash, documentBytes } from "../../oracle/domain/canonical.ts";
import { fileHashes, SEAL_FILE, type Seal } from "../../oracle/domain/seal.ts";
import { signatureProblem } from "../../oracle/domain/signatures.ts";
import { fromEach, type RemoteNode } from "./nodes.ts";

/**
 * Has the nodes audit a season's files against the chain and sign their hashes; adds the seal to the files.
 * @throws Error where no node seals them
 */
export async function sealFiles(
  files: ReadonlyMap<string, Uint8Array>,
  chainId: number,
  pool: Address,
  nodes: readonly RemoteNode[],
): Promise<Map<string, Uint8Array>> {
  const texts = Object.fromEntries([...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
  const hashes = fileHashes(files);
  const digest = digestOf(typedData("Seal", poolDomain(chainId, pool), { filesHash: canonicalHash(hashes) }));
  const signatures = await fromEach(
    nodes,
    (node) => node.seal({ pool, files: texts }),
    (answer) => signatureProblem(digest, answer),
  );
  const seal: Seal = {
    format: "guerdon/seal/1",
    chainId,
    pool,
    files: hashes,
    signatures,
  };
  return new Map([...files, [SEAL_FILE, documentBytes(seal)]]);
}
