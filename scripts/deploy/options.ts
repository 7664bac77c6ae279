import { parseArgs } from "node:util";
import { getAddress, isAddress, zeroAddress, type Address } from "viem";

/** M of N accounts that sign assessments. */
export interface Quorum {
  readonly signers: readonly Address[];
  readonly threshold: number;
}

export interface DeployOptions {
  /** A network of hardhat.config.ts. */
  readonly network: string;
  /** Deployed beside the factory, where given. */
  readonly quorum: Quorum | null;
  /** Name of the deployment's journal; one per chain where not given. */
  readonly id: string | null;
  /** Takes the contracts as they were built last. */
  readonly noCompile: boolean;
}

/** A fault of whoever called, in words. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const USAGE = `npm run deploy -- --network NAME [--signers A,B,C --threshold M] [--id ID] [--no-compile]
  --network    a network of hardhat.config.ts, such as localhost or custom
  --signers    accounts of the oracle's nodes, separated by commas: deploys a quorum beside the factory
  --threshold  how many of them have to sign
  --id         name of this deployment, to keep a second one on the same chain
  --no-compile deploys the contracts as they were built last`;

/** @throws UsageError naming what is wrong */
export function readDeployOptions(args: readonly string[]): DeployOptions {
  const { network, signers, threshold, id, "no-compile": noCompile } = parse(args);
  if (network === undefined) throw new UsageError("--network is missing");
  if (id !== undefined && !/^[A-Za-z][\w-]*$/.test(id)) {
    throw new UsageError(`--id ${id} is not a letter followed by letters, digits, - and _`);
  }
  return { network, quorum: readQuorum(signers, threshold), id: id ?? null, noCompile };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    const options = { network: text, signers: text, threshold: text, id: text, "no-compile": flag };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readQuorum(list: string | undefined, threshold: string | undefined): Quorum | null {
  if (list === undefined && threshold === undefined) return null;
  if (list === undefined || threshold === undefined) throw new UsageError("--signers and --threshold go together");
  const signers = list.split(",").map(readSigner);
  const repeated = signers.find((signer, i) => signers.indexOf(signer) !== i);
  if (repeated !== undefined) throw new UsageError(`signer ${repeated} is listed twice`);
  if (!/^[1-9]\d*$/.test(threshold) || Number(threshold) > signers.length) {
    throw new UsageError(
      `--threshold ${threshold} is not a whole number from 1 to the number of signers, ${signers.length}`,
    );
  }
  return { signers, threshold: Number(threshold) };
}

function readSigner(text: string): Address {
  const signer = text.trim();
  if (!isAddress(signer)) throw new UsageError(`signer "${signer}" is no address, or its checksum is wrong`);
  if (BigInt(signer) === BigInt(zeroAddress)) throw new UsageError("the zero address cannot sign");
  return getAddress(signer);
}
