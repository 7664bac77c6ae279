import type { z } from "zod";
import { bundleFile, bundleSchema, type Bundle } from "../bundle.ts";
import { readDocument } from "../canonical.ts";
import { CHAIN_FILE, chainExportSchema, type ChainExport } from "../chain-export.ts";
import { RESULT_FILE, SEAL_FILE, sealSchema, type Seal } from "../seal.ts";
import { outcomeSpecSchema, SPEC_FILE, type OutcomeSpec } from "../spec.ts";
import { reason, type CheckList } from "./report.ts";

/** A season's files as far as they could be read. */
export interface SeasonFiles {
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly chain: ChainExport | null;
  /** By file name, in the order of rounds. */
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** Where no round has a bundle that carries it. */
  readonly spec: OutcomeSpec | null;
  readonly seal: Seal | null;
}

const BUNDLE_NAME = /^bundle-(0|[1-9][0-9]{0,2})\.json$/;

/** Reads all files; every one must be known, complete and in its one form. */
export function readFiles(bytes: ReadonlyMap<string, Uint8Array>, sealed: boolean, checks: CheckList): SeasonFiles {
  const read = <Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> | null => {
    const content = bytes.get(name);
    return content === undefined ? null : readFile(name, content, schema, checks);
  };
  const chain = read(CHAIN_FILE, chainExportSchema);
  const names = bundleNames(bytes, chain);
  const bundles = new Map<string, Bundle>();
  for (const name of names) {
    const bundle = read(name, bundleSchema);
    if (bundle !== null) bundles.set(name, bundle);
  }
  const spec = names.length === 0 ? read(SPEC_FILE, outcomeSpecSchema) : null;
  const seal = sealed ? read(SEAL_FILE, sealSchema) : null;
  const documents = names.length === 0 ? [SPEC_FILE] : names;
  checkNames(bytes, [RESULT_FILE, CHAIN_FILE, ...documents, ...(sealed ? [SEAL_FILE] : [])], checks);
  return { bytes, chain, bundles, spec, seal };
}

/** A bundle for each round the oracle assessed; those there are, where the chain export does not say. */
function bundleNames(bytes: ReadonlyMap<string, Uint8Array>, chain: ChainExport | null): string[] {
  const rounds =
    chain === null
      ? [...bytes.keys()].flatMap((name) => BUNDLE_NAME.exec(name)?.[1] ?? []).map(Number)
      : chain.ledger.flatMap(({ event }) => (event.name === "Assessed" ? [event.round] : []));
  return [...new Set(rounds)].sort((a, b) => a - b).map(bundleFile);
}

function readFile<Schema extends z.ZodType>(
  name: string,
  bytes: Uint8Array,
  schema: Schema,
  checks: CheckList,
): z.output<Schema> | null {
  try {
    const document = readDocument(name, bytes, schema);
    checks.add("files.form", name, null);
    return document;
  } catch (error) {
    checks.add("files.form", name, reason(error));
    return null;
  }
}

function checkNames(bytes: ReadonlyMap<string, Uint8Array>, expected: readonly string[], checks: CheckList): void {
  for (const name of expected) {
    checks.add("files.complete", name, bytes.has(name) ? null : `${name}: the file is missing`);
  }
  for (const name of bytes.keys()) {
    if (!expected.includes(name)) checks.add("files.complete", name, `${name}: the season has no such file`);
  }
}
