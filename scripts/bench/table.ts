import Table from "cli-table3";
import { PROVIDERS_PER_BATCH } from "../../contracts/protocol/limits.ts";
import type { Results } from "./cases.ts";
import { format, type Mark } from "./marks.ts";
import { OPERATIONS, PAID, REFERENCES, type Figures, type Operation } from "./operations.ts";
import { VARIANTS, type Variant } from "./population.ts";

/** A heading and rows of cells. */
export interface Grid {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Value = (figures: Figures, count: number) => number;
type Line = readonly [words: string, value: Value];

const REST: readonly Operation[] = [
  ...(["fundFirst", "fundRound", "fundAgain", "fundPermit", "fundAuthorization", "withdraw", "assess"] as const),
  ...(["challenge", "uphold", "replace", "void"] as const),
  ...(["claimFirst", "claim", "claimEmpty"] as const),
];
const LAST: readonly Operation[] = ["claimTo", "claimSigned", "refund", "payFee", "payBond", "payArbiter", "largest"];

const LINES: readonly Line[] = [
  [OPERATIONS.create, ({ create }) => create],
  ["enrol a provider, of the first batch", ({ enrol }, count) => enrol / Math.min(count, PROVIDERS_PER_BATCH)],
  ...REST.map((key): Line => [OPERATIONS[key], (figures) => figures[key]]),
  ["claim: each further round of the same call", ({ claimTwo, claim }) => claimTwo - claim],
  [`distribute, each of at most ${PAID}`, ({ distribute }, count) => distribute / Math.min(count, PAID)],
  ...LAST.map((key): Line => [OPERATIONS[key], (figures) => figures[key]]),
];

const REFERENCE_LINES: readonly Line[] = [
  [REFERENCES.transfer, ({ transfer }) => transfer],
  [REFERENCES.transferFrom, ({ transferFrom }) => transferFrom],
  [REFERENCES.merkleClaim, ({ merkleClaim }) => merkleClaim],
  [`bare loop of transfers, each of at most ${PAID}`, ({ transferLoop }, n) => transferLoop / Math.min(n, PAID)],
];

/** Every operation of a plain pool, and the references beside them, by number of providers. */
export function operationsGrid({ measured }: Results): Grid {
  const plain = measured.filter(({ variant }) => variant === "plain");
  const row = ([words, value]: Line) => [words, ...plain.map(({ figures, count }) => format(value(figures, count)))];
  return {
    head: ["gas", ...plain.map(({ count }) => `N = ${format(count)}`)],
    rows: [...LINES, ...REFERENCE_LINES].map(row),
  };
}

/** What depends on how a pool pays, in every variant. */
export function variantsGrid({ measured }: Results): Grid {
  const variants = Object.keys(VARIANTS) as Variant[];
  const lines: readonly Line[] = [
    [OPERATIONS.assess, ({ assess }) => assess],
    ["of which above 155,000, each", ({ assess }, count) => (assess - 155_000) / count],
    [OPERATIONS.claim, ({ claim }) => claim],
    [`distribute, each of at most ${PAID}`, ({ distribute }, count) => distribute / Math.min(count, PAID)],
  ];
  const rows = variants.flatMap((variant) =>
    measured
      .filter((one) => one.variant === variant)
      .map(({ count, figures }) => [
        variant,
        format(count),
        ...lines.map(([, value], i) => (i === 1 && count < 200 ? "–" : format(value(figures, count)))),
      ]),
  );
  return { head: ["pool", "N", ...lines.map(([words]) => words)], rows };
}

export function marksGrid(marks: readonly Mark[]): Grid {
  return {
    head: ["mark", "at most", "worst measured", ""],
    rows: marks.map(({ what, limit, worst, passed }) => [what, limit, worst, passed ? "pass" : "FAIL"]),
  };
}

/** For a terminal. */
export function printGrid({ head, rows }: Grid): void {
  const noLines = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };
  const table = new Table({ head: [...head], style: { head: [], border: [] }, chars: noLines });
  table.push(...rows.map((row) => [...row]));
  console.log(table.toString());
}

/** For a page of Markdown. */
export function markdownGrid({ head, rows }: Grid): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
