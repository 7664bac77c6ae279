import type { Address } from "viem";
import { documentBytes } from "../../oracle/domain/canonical.ts";
import { fileHashes, SEAL_FILE, type Seal } from "../../oracle/domain/seal.ts";
import type { RemoteNode } from "./nodes.ts";

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
  const answers = await Promise.allSettled(nodes.map((node) => node.seal({ pool: pool, files: texts })));
  const signatures = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const refusal = answers.find((answer) => answer.status === "rejected");
  if (signatures.length === 0 && refusal !== undefined) throw refusal.reason;
  const seal: Seal = {
    format: "guerdon/seal/1",
    chainId,
    pool: pool,
    files: fileHashes(files),
    signatures: signatures.sort((one, other) => (one.node < other.node ? -1 : 1)),
  };
  return new Map([...files, [SEAL_FILE, documentBytes(seal)]]);
}
