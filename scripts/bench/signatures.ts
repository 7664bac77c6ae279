import { keccak256, numberToHex, recoverTypedDataAddress, type Hex, type TypedDataDefinition } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { poolDomain, typedData, type TypedData } from "../../contracts/protocol/typed-data.ts";
import { fastAccount } from "../../oracle/adapters/signers/fast-account.ts";
import { fastRecover } from "../../oracle/adapters/signers/fast-secp256k1.ts";
import { nodeSigner } from "../../oracle/adapters/signers/node-signer.ts";
import { fastDigest } from "../../oracle/domain/digest.ts";
import { signatureProblem } from "../../oracle/domain/signatures.ts";

/** Reports a second, of a pool of 200 providers. */
export interface SignatureRates {
  readonly sign: { readonly ours: number; readonly viem: number; readonly ratio: number };
  readonly check: { readonly ours: number; readonly viem: number; readonly ratio: number };
}

/** What signing and checking of reports has to reach, as a multiple of viem's own. */
export const MARK = 3;

const KEY = `0x${"5e".repeat(32)}` as const;
const POOL = `0x${"90".repeat(20)}` as const;
const PROVIDERS = 200;

type Work = (data: TypedData<"Report">, signature: Hex) => Promise<unknown>;

/**
 * Measures signing and checking of reports, ours and viem's in turns in the same run; the medians of all turns count.
 * @param turns how often each is measured
 * @param reports how many reports a turn signs or checks
 */
export async function measureSignatures(turns: number, reports: number): Promise<SignatureRates> {
  const [ours, viems] = [nodeSigner(fastAccount(KEY)), privateKeyToAccount(KEY)];
  const viemSign: Work = (data) => viems.signTypedData(data);
  const viemCheck: Work = async (data, signature) => {
    const found = await recoverTypedDataAddress({ ...(data as unknown as TypedDataDefinition), signature });
    if (found !== viems.address) throw new Error("the signature is another's");
  };
  const check: Work = async (data, signature) => {
    const problem = await signatureProblem(fastDigest(data), { node: ours.address, signature }, fastRecover);
    if (problem !== null) throw new Error(problem);
  };
  const pairs = { sign: [(data) => ours.sign(data), viemSign], check: [check, viemCheck] } satisfies Record<
    string,
    Work[]
  >;
  const rates: Record<"sign" | "check", [number[], number[]]> = { sign: [[], []], check: [[], []] };
  for (let turn = 0; turn < turns; turn++) {
    // Every report is signed and checked for the first time, so that nothing is remembered.
    const fresh = Array.from({ length: reports }, (_, i) => reportOf(turn * reports + i));
    const signatures = await Promise.all(fresh.map((data) => ours.sign(data)));
    for (const what of ["sign", "check"] as const) {
      for (const side of [0, 1] as const) rates[what][side].push(await rate(pairs[what][side]!, fresh, signatures));
    }
  }
  return { sign: ratesOf(rates.sign), check: ratesOf(rates.check) };
}

function reportOf(number: number): TypedData<"Report"> {
  const hash = keccak256(numberToHex(number, { size: 32 }));
  const vector = `0x${hash.slice(2, 6).repeat(PROVIDERS)}` as const;
  return typedData("Report", poolDomain(31_337, POOL), { round: number, specHash: hash, evidenceRoot: hash, vector });
}

/** Reports a second. */
async function rate(work: Work, data: readonly TypedData<"Report">[], signatures: readonly Hex[]): Promise<number> {
  const start = performance.now();
  for (const [i, one] of data.entries()) await work(one, signatures[i]!);
  return (data.length * 1000) / (performance.now() - start);
}

function ratesOf([ours, viem]: readonly [readonly number[], readonly number[]]) {
  const [our, their] = [median(ours), median(viem)];
  return { ours: our, viem: their, ratio: our / their };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The rates as text; a ratio below the mark is named. */
export function ratesText(rates: SignatureRates): string {
  const line = (name: string, { ours, viem, ratio }: SignatureRates["sign"]): string =>
    `${name}: ${ours.toFixed(0)} a second, viem ${viem.toFixed(0)} a second, ratio ${ratio.toFixed(2)}${ratio < MARK ? ` (below ${MARK})` : ""}`;
  return `${line("sign a report ", rates.sign)}\n${line("check a report", rates.check)}`;
}

if (import.meta.main) {
  await measureSignatures(2, 100);
  const rates = await measureSignatures(9, 200);
  console.log(ratesText(rates));
  if (Math.min(rates.sign.ratio, rates.check.ratio) < MARK) process.exitCode = 1;
}
