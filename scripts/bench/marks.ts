import { PROVIDERS_PER_BATCH } from "../../contracts/protocol/limits.ts";
import type { Results } from "./cases.ts";
import { PAID, type Figures } from "./operations.ts";
import type { Variant } from "./population.ts";

/** A limit the contracts have to keep, and how close a run came to it. */
export interface Mark {
  readonly what: string;
  readonly limit: string;
  /** The case that came closest to the limit. */
  readonly worst: string;
  readonly passed: boolean;
}

/** Checked on `value(figures, count) <= limit(count)` in every case of the variants from `least` providers on. */
interface Rule {
  readonly what: string;
  readonly words: string;
  readonly variants: readonly Variant[];
  readonly least: number;
  readonly limit: (count: number) => number;
  readonly value: (figures: Figures, count: number) => number;
}

const PLAIN: readonly Variant[] = ["plain"];
const CURVED: readonly Variant[] = ["plain", "curved"];
const METERED: readonly Variant[] = ["metered", "metered curved"];
const ALL: readonly Variant[] = [...CURVED, ...METERED];

/** EIP-170. */
const MAX_CODE = 24_576;

const RULES: readonly Rule[] = [
  settle("settle, no curve", PLAIN, 560),
  settle("settle, 8 knots", CURVED, 950),
  settle("settle, metered", METERED, 1_900),
  flat("claim, no curve, word in use, non-zero balance", [...PLAIN, "metered"], 56_500, ({ claim }) => claim),
  flat("a further round in the same claim", ALL, 14_000, ({ claimTwo, claim }) => claimTwo - claim),
  {
    ...flat(
      `distribute to ${PAID}, no curve, each`,
      [...PLAIN, "metered"],
      9_300,
      ({ distribute }) => distribute / PAID,
    ),
    least: PAID,
  },
  flat("create a pool", ALL, 190_000, ({ create }) => create),
  {
    ...flat("enrol a full batch, each", ALL, 5_500, ({ enrol }) => enrol / PROVIDERS_PER_BATCH),
    least: PROVIDERS_PER_BATCH,
  },
  flat("fund again", ALL, 58_000, ({ fundAgain }) => fundAgain),
  flat("refund", ALL, 50_000, ({ refund }) => refund),
  flat("any call of a pool", ALL, 8_000_000, ({ largest }) => largest),
];

/** Every mark, on what was measured; one of which nothing was measured fails. */
export function checkMarks({ measured, sizes }: Results): Mark[] {
  const gas = RULES.map((rule): Mark => {
    const { what, words } = rule;
    const cases = measured
      .filter(({ variant, count }) => rule.variants.includes(variant) && count >= rule.least)
      .map(({ variant, count, figures }) => {
        const value = rule.value(figures, count);
        return { value, share: value / rule.limit(count), name: `${variant}, ${format(count)} providers` };
      });
    const worst = cases.toSorted((a, b) => b.share - a.share)[0];
    if (worst === undefined) return { what, limit: words, worst: "not measured", passed: false };
    return { what, limit: words, worst: `${format(worst.value)} (${worst.name})`, passed: worst.share <= 1 };
  });
  const code = Object.entries(sizes).map(([name, bytes]) => ({
    what: `code of ${name}`,
    limit: `below ${format(MAX_CODE)} bytes`,
    worst: `${format(bytes)} bytes`,
    passed: bytes < MAX_CODE,
  }));
  return [...gas, ...code];
}

/** A number for people: thousands separated, one decimal where it is not whole. */
export function format(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
}

function settle(what: string, variants: readonly Variant[], each: number): Rule {
  const words = `155,000 + ${format(each)} · N`;
  return { what, words, variants, least: 0, limit: (n) => 155_000 + each * n, value: ({ assess }) => assess };
}

function flat(what: string, variants: readonly Variant[], most: number, value: Rule["value"]): Rule {
  return { what, words: format(most), variants, least: 0, limit: () => most, value };
}
