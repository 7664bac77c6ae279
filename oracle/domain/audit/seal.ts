import { poolDomain, sealDigest } from "../../../contracts/protocol/typed-data.ts";
import { canonicalHash } from "../canonical.ts";
import { fileHashes, SEAL_FILE, type Seal } from "../seal.ts";
import type { SeasonFiles } from "./files.ts";
import type { CheckList } from "./report.ts";
import { nodesProblem, signatureProblem, type Oracle } from "../signatures.ts";

/** Every file is the one that a quorum of the oracle's nodes sealed. */
export async function checkSeal(
  files: SeasonFiles,
  seal: Seal,
  oracle: Oracle | null,
  checks: CheckList,
): Promise<void> {
  const { chainId, pool, signatures } = seal;
  checks.add("seal.pool", SEAL_FILE, poolProblem(seal, files));
  checkHashes(files.bytes, seal, checks);
  const digest = sealDigest(poolDomain(chainId, pool), { filesHash: canonicalHash(seal.files) });
  for (const [i, signed] of signatures.entries()) {
    const place = `${SEAL_FILE} signatures[${i}]`;
    await checks.look("seal.signature", place, () => signatureProblem(digest, signed));
  }
  const nobody = "no outcome spec says who the oracle's nodes are";
  checks.add("seal.quorum", `${SEAL_FILE} signatures`, oracle === null ? nobody : nodesProblem(signatures, oracle));
}

function poolProblem(seal: Seal, { chain }: SeasonFiles): string | null {
  if (chain === null || (seal.pool === chain.pool && seal.chainId === chain.chainId)) return null;
  return `it is for pool ${seal.pool} on chain ${seal.chainId}, not ${chain.pool} on chain ${chain.chainId}`;
}

function checkHashes(bytes: ReadonlyMap<string, Uint8Array>, seal: Seal, checks: CheckList): void {
  const hashes = fileHashes(bytes);
  for (const [name, hash] of Object.entries(hashes)) {
    const sealed = Object.hasOwn(seal.files, name) ? seal.files[name] : undefined;
    const problem = sealed === undefined ? "the seal does not list it" : `its hash is ${hash}, not ${sealed}`;
    checks.add("seal.file", name, sealed === hash ? null : problem);
  }
  for (const name of Object.keys(seal.files)) {
    if (!Object.hasOwn(hashes, name)) checks.add("seal.file", `${SEAL_FILE} files`, `${name} is sealed but not there`);
  }
}
