import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { bundleSchema, type Bundle } from "../../oracle/domain/bundle.ts";
import { readDocument } from "../../oracle/domain/canonical.ts";
import { InputError } from "../../oracle/domain/errors.ts";
import { leafOf } from "../../oracle/domain/evidence.ts";
import { frozenProblem } from "../../oracle/domain/frozen.ts";
import { receiptProblem, receiptSchema, type Receipt } from "../../oracle/domain/receipt.ts";
import { harmlessLines } from "../harmless.ts";

/** What a check of a receipt found. */
export interface ReceiptReport {
  /** The receipt holds and, where there is a bundle, its item is in it. */
  readonly ok: boolean;
  /** Whether receipt and bundle together prove that the intake left the item out. */
  readonly omitted: boolean;
  /** What was found, a sentence a line. */
  readonly found: readonly string[];
}

/**
 * Checks a receipt by itself and, where a bundle is given, whether the round's evidence holds its item.
 * @throws InputError where a file cannot be read, is of another form, or the bundle is of another round
 */
export async function checkReceipt(file: string, bundleFile?: string): Promise<ReceiptReport> {
  const receipt = await readReceipt(file);
  const problem = await receiptProblem(receipt);
  if (problem !== null) return report(false, false, [`The receipt does not hold: ${problem}.`]);
  const holds = `The receipt holds: ${receipt.intake} received the item as number ${receipt.position} of round ${receipt.round}.`;
  if (bundleFile === undefined) return report(true, false, [holds]);
  const bundle = await readBundle(bundleFile);
  checkSameRound(receipt, bundle, bundleFile);
  return compare(receipt, bundle, holds);
}

/** The report for people. */
export function receiptText({ found, ok, omitted }: ReceiptReport): string {
  const verdict = omitted ? "OMITTED" : ok ? "PASSED" : "FAILED";
  return harmlessLines(`${[...found, verdict].join("\n")}\n`);
}

async function compare(receipt: Receipt, bundle: Bundle, holds: string): Promise<ReceiptReport> {
  const { intake } = bundle.spec.oracle;
  if (receipt.intake !== intake) {
    return report(false, false, [holds, `But it is by ${receipt.intake}, and the round's evidence goes to ${intake}.`]);
  }
  const problem = await closingProblem(bundle);
  if (problem !== null)
    return report(false, false, [holds, `The bundle's evidence is not what the intake closed: ${problem}.`]);
  if (bundle.evidence.some((item) => leafOf(item) === receipt.leaf)) {
    return report(true, false, [holds, "The round's evidence holds the item."]);
  }
  const proof =
    "The intake signed both the receipt and the round's evidence, which lacks the item: this proves an omission.";
  return report(false, true, [holds, proof]);
}

/** What is wrong with how the bundle's evidence was closed, or `null`. */
function closingProblem({
  chainId,
  pool,
  round,
  spec,
  evidence,
  evidenceRoot,
  freeze,
}: Bundle): Promise<string | null> {
  const withheld = evidence.flatMap((item) => ("leaf" in item ? [item.leaf] : []));
  const { intake } = spec.oracle;
  const fixed = { format: "guerdon/frozen/1", chainId, pool, round, evidenceRoot, ...freeze } as const;
  return frozenProblem({ ...fixed, leaves: evidence.map((item) => leafOf(item)), withheld, intake }, intake);
}

async function readReceipt(file: string): Promise<Receipt> {
  const parsed = receiptSchema.safeParse(jsonOf(file, await read(file)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InputError(issue?.message ?? "no receipt", { file, field: issue?.path.join(".") ?? "" });
}

async function readBundle(file: string): Promise<Bundle> {
  return readDocument(basename(file), await read(file), bundleSchema);
}

function checkSameRound(receipt: Receipt, bundle: Bundle, file: string): void {
  for (const field of ["chainId", "pool", "round"] as const) {
    if (receipt[field] === bundle[field]) continue;
    throw new InputError("the bundle is of another round", {
      file,
      field,
      value: String(bundle[field]),
      limit: `${receipt[field]}, as in the receipt`,
    });
  }
}

async function read(file: string): Promise<Uint8Array> {
  return readFile(file).catch(() => {
    throw new InputError("the file cannot be read", { file });
  });
}

function jsonOf(file: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new InputError("not JSON", { file });
  }
}

function report(ok: boolean, omitted: boolean, found: readonly string[]): ReceiptReport {
  return { ok, omitted, found };
}
