import type { JsonSchema, OpenApi } from "./document.ts";
import type { Random } from "./random.ts";

/** Texts that have broken services before. */
export const JUNK: readonly string[] = [
  "",
  " ",
  "0",
  "-1",
  "1.5",
  "1e309",
  "00",
  "520",
  "99999999999999999999",
  "NaN",
  "null",
  "undefined",
  "true",
  "[]",
  "{}",
  "..",
  "../../etc/passwd",
  "%2e%2e%2f",
  "a/b",
  "a\\b",
  "a?b#c",
  "0x",
  `0x${"g".repeat(40)}`,
  `0x${"A".repeat(40)}`,
  `0x${"f".repeat(64)}`,
  `0x${"0".repeat(63)}`,
  "__proto__",
  "constructor",
  "toString",
  "' OR 1=1 --",
  "<script>alert(1)</script>",
  "${7*7}",
  "\u0000",
  "\n\r\t",
  "\u202etxt.exe",
  "\ufeffbom",
  "e\u0301",
  "日本語",
  "😀".repeat(50),
  "\ud800",
  "\udfff half",
  "a".repeat(300),
  "b".repeat(5_000),
];

/** What properties of these names hold, where their description says less than is asked of them. */
export const KNOWN: Readonly<Record<string, string>> = {
  pool: `0x${"0".repeat(36)}1000`,
  subject: `0x${"cd".repeat(20)}`,
  node: `0x${"ab".repeat(20)}`,
  signature: `0x${"11".repeat(64)}1b`,
};

/** Values of a schema, right but for what it says in words; and values that are no such thing. */
export function valueMaker(document: OpenApi, random: Random) {
  const resolve = (schema: JsonSchema): JsonSchema => {
    const name = schema.$ref?.split("/").at(-1);
    return name === undefined ? schema : (document.components.schemas[name] ?? {});
  };
  return { fitting, broken, text: () => random.pick(JUNK) };

  function fitting(given: JsonSchema, depth = 0): unknown {
    const schema = resolve(given);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return random.pick(schema.enum);
    const options = schema.anyOf ?? schema.oneOf;
    if (options !== undefined) return fitting(random.pick(options), depth);
    const type = typeof schema.type === "string" ? schema.type : random.pick(schema.type ?? ["string"]);
    switch (type) {
      case "object":
        return depth > 8 ? {} : objectOf(schema, depth);
      case "array":
        return Array.from({ length: random.below(3) }, () => fitting(schema.items ?? {}, depth + 1));
      case "integer":
      case "number":
        return numberOf(schema);
      case "boolean":
        return random.chance(0.5);
      case "null":
        return null;
      default:
        return stringOf(schema);
    }
  }

  function objectOf({ properties = {}, required = [] }: JsonSchema, depth: number): object {
    const wanted = Object.entries(properties).filter(([name]) => required.includes(name) || random.chance(0.5));
    return Object.fromEntries(wanted.map(([name, schema]) => [name, KNOWN[name] ?? fitting(schema, depth + 1)]));
  }

  function numberOf({ minimum = 0, maximum = 1_000 }: JsonSchema): number {
    return random.pick([minimum, maximum, minimum + random.below(Math.max(1, Math.min(maximum - minimum, 1_000)))]);
  }

  function stringOf({ pattern = "", format, maxLength = 20 }: JsonSchema): string {
    if (format === "date-time") return random.pick(["2030-01-01T00:00:00Z", "2020-01-01T00:00:00.000Z"]);
    const digits = /\{(\d+)\}/.exec(pattern)?.[1];
    if (pattern.startsWith("^0x")) return `0x${"ab".repeat(Number(digits ?? 40) / 2)}`;
    return "x".repeat(Math.max(1, random.below(Math.min(maxLength, 200))));
  }

  /** A fitting value with one thing wrong with it, or something else altogether. */
  function broken(schema: JsonSchema): unknown {
    const value = fitting(schema);
    if (typeof value !== "object" || value === null || random.chance(0.2)) return odd();
    const entries = Object.entries(value);
    const at = random.below(Math.max(1, entries.length));
    if (random.chance(0.3)) return Object.fromEntries(entries.filter((_, i) => i !== at));
    if (random.chance(0.2)) return { ...value, [random.pick(JUNK)]: odd() };
    return Object.fromEntries(entries.map(([name, part], i) => [name, i === at ? odd() : part]));
  }

  function odd(): unknown {
    return random.pick<() => unknown>([
      () => random.pick(JUNK),
      () => null,
      () => [],
      () => ({}),
      () => -1,
      () => 1e308,
      () => 0.5,
      () => true,
      () => "x".repeat(random.chance(0.05) ? 2_000_000 : 3_000),
      () => deep(100),
      () => Array.from({ length: 500 }, () => 0),
    ])();
  }
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}
