import { z } from "zod";
import { MAX_PROVIDERS } from "../../../contracts/protocol/limits.ts";
import { decode } from "../csv.ts";
import { InputError } from "../errors.ts";
import type { EvidenceFile } from "./template.ts";

/** Minutes of a day, all of which a service can be down. */
export const MINUTES_PER_DAY = 1440;

const MS_PER_DAY = 86_400_000;

/** What is used of one service in an Upptime `summary.json`. */
export interface Service {
  readonly slug: string;
  readonly name: string;
  /** As Upptime states it, such as `99.62%`. */
  readonly uptimeYear: string;
  /** Minutes down by day, as `dayNumber` counts days; days without downtime may be left out. */
  readonly minutesDown: ReadonlyMap<number, number>;
}

/**
 * One line of text: no control characters, no marks that turn text around, no halves of surrogate pairs, which have no hash.
 * Emoji and scripts that need joiners are fine.
 */
const LINE = /^[^\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}]{1,200}$/u;

// Ids and names reach terminals, tables and the spec's hash.
const serviceSchema = z.object({
  slug: z.string("a text").regex(/^[^\p{C}\s]{1,100}$/u, "1 to 100 visible characters without spaces"),
  name: z
    .string("a text")
    .regex(LINE, "1 to 200 characters without line breaks, control characters and halves of characters")
    .optional(),
  uptimeYear: z
    .string("a percentage")
    .regex(/^(100(\.0{1,4})?|\d{1,2}(\.\d{1,4})?)%$/, 'a percentage such as "99.62%"'),
  dailyMinutesDown: z.custom<Readonly<Record<string, unknown>>>(isObject, "an object of minutes by day"),
});

const minutesSchema = z.int().min(0).max(MINUTES_PER_DAY);

/**
 * The services of an Upptime `summary.json`, in file order. Properties nobody uses may be anything.
 * @throws InputError where the file is no such list, or a property used here is missing, malformed or repeated
 */
export function readSummary(file: EvidenceFile): Service[] {
  const items = parseJson(file);
  if (!Array.isArray(items))
    throw new InputError("the file holds no list", { file: file.name, limit: "a JSON array of services" });
  if (items.length === 0 || items.length > MAX_PROVIDERS) {
    const limit = `1 to ${MAX_PROVIDERS} services`;
    throw new InputError("the number of services is out of range", {
      file: file.name,
      value: String(items.length),
      limit,
    });
  }
  const seen = new Set<string>();
  return items.map((item: unknown, i) => {
    const service = readService(file.name, item, i);
    if (seen.has(service.slug)) throw fault(file.name, label(item, i), "slug", service.slug, "each slug once");
    seen.add(service.slug);
    return service;
  });
}

/** Days since 1970-01-01 of a UTC day written `YYYY-MM-DD`, or `null` where there is no such day. */
export function dayNumber(day: string): number | null {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  // Parsers may roll 30 February over into March; writing the date back tells.
  return Number.isNaN(ms) || dayText(ms / MS_PER_DAY) !== day ? null : ms / MS_PER_DAY;
}

/** The inverse of `dayNumber`. */
export function dayText(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

function readService(file: string, item: unknown, i: number): Service {
  const who = label(item, i);
  if (!isObject(item)) throw new InputError(`${who} is not an object`, { file, value: JSON.stringify(item) });
  const parsed = serviceSchema.safeParse(item);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const field = String(path[0]);
    throw fault(file, who, field, item[field], message);
  }
  const { slug, name, uptimeYear, dailyMinutesDown } = parsed.data;
  return { slug, name: name ?? slug, uptimeYear, minutesDown: readDays(file, who, dailyMinutesDown) };
}

function readDays(file: string, who: string, days: Readonly<Record<string, unknown>>): Map<number, number> {
  const minutesDown = new Map<number, number>();
  for (const [key, value] of Object.entries(days)) {
    const day = dayNumber(key);
    if (day === null) throw fault(file, who, "dailyMinutesDown", key, "days that exist, as YYYY-MM-DD");
    const minutes = minutesSchema.safeParse(value);
    if (!minutes.success) {
      throw fault(file, who, `dailyMinutesDown.${key}`, value, `a whole number of minutes, 0 to ${MINUTES_PER_DAY}`);
    }
    minutesDown.set(day, minutes.data);
  }
  return minutesDown;
}

function parseJson(file: EvidenceFile): unknown {
  const text = decode(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`not valid JSON: ${error instanceof Error ? error.message : String(error)}`, {
      file: file.name,
    });
  }
  refuseRepeatedKeys(file.name, text);
  return value;
}

/** JSON readers differ on which of two equal keys counts, so what was signed would be unclear. The text is valid JSON. */
function refuseRepeatedKeys(file: string, text: string): void {
  const open: Set<string>[] = [];
  for (const token of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")\s*(:)?|[{}[\]]/g)) {
    if (token[0] === "{" || token[0] === "[") open.push(new Set());
    else if (token[0] === "}" || token[0] === "]") open.pop();
    if (token[2] === undefined) continue;
    const key = JSON.parse(token[1]!) as string;
    const keys = open.at(-1)!;
    if (keys.has(key)) {
      const line = text.slice(0, token.index).split(/\r\n|\n|\r/).length;
      throw new InputError("the property occurs twice in one object", {
        file,
        line,
        field: key,
        limit: "each property once",
      });
    }
    keys.add(key);
  }
}

function fault(file: string, who: string, field: string, value: unknown, limit: string): InputError {
  if (value === undefined) return new InputError(`${who} lacks it`, { file, field, limit });
  const found = typeof value === "string" ? value : String(JSON.stringify(value));
  return new InputError(`${who} cannot be used`, { file, field, value: found, limit });
}

function label(item: unknown, i: number): string {
  const slug = isObject(item) ? item["slug"] : undefined;
  return typeof slug === "string" ? `service ${JSON.stringify(slug)}` : `service number ${i + 1}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
