import type { Address } from "viem";
import { digestOf, poolDomain, typedData } from "../../contracts/protocol/typed-data.ts";
import type { Cosignature } from "../../oracle/domain/bundle.ts";
import { canonicalHash, documentBytes } from "../../oracle/domain/canonical.ts";
import { fileHashes, SEAL_FILE, type Seal } from "../../oracle/domain/seal.ts";
import { signatureProblem } from "../../oracle/domain/signatures.ts";
import type { LocalNode } from "./nodes.ts";
import { serviceAt } from "./service.ts";

/**
 * Has the nodes audit a season's files against the chain and sign their hashes; adds the seal to the files. Left out is who fails,
 * refuses, or answers with a signature that is not its own: what one node says must not spoil what the others agree on.
 * @throws what the first node failed with, where none seals them
 */
export async function sealFiles(
  files: ReadonlyMap<string, Uint8Array>,
  chainId: number,
  pool: Address,
  nodes: readonly LocalNode[],
): Promise<Map<string, Uint8Array>> {
  const texts = Object.fromEntries([...files].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]));
  const hashes = fileHashes(files);
  const digest = digestOf(typedData("Seal", poolDomain(chainId, pool), { filesHash: canonicalHash(hashes) }));
  const results = await Promise.allSettled(
    nodes.map(async ({ url, address }): Promise<Cosignature> => {
      const answer = await serviceAt(url).seal({ pool, files: texts });
      const wrong = answer.node === address ? await signatureProblem(digest, answer) : `it answers as ${answer.node}`;
      if (wrong !== null) throw new Error(`node ${address}: ${wrong}`);
      return answer;
    }),
  );
  const signatures = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (signatures.length === 0 && failure !== undefined) throw failure.reason;
  signatures.sort((one, other) => (one.node < other.node ? -1 : 1));
  const seal: Seal = { format: "guerdon/seal/1", chainId, pool, files: hashes, signatures };
  return new Map([...files, [SEAL_FILE, documentBytes(seal)]]);
}
