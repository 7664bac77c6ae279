import { parseGwei, type Hex } from "viem";
import { z } from "zod";
import { addressSchema } from "../domain/schema.ts";

/** Forms that settings have in the environment. None quotes the text it refuses: that is left to who knows whether it is secret. */

/** A whole number in decimal digits. */
export function whole(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.int(error).min(min, error).max(max, error));
}

/** An amount of the chain in decimal digits. */
export const amount = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,77})$/, "must be a whole number in decimal digits")
  .transform(BigInt);

/** A price of gas in gwei, with up to nine decimals; becomes wei. */
export const gwei = z
  .string()
  .regex(/^(?:0|[1-9]\d{0,8})(?:\.\d{1,9})?$/, "must be a number of gwei with at most 9 decimals")
  .transform((text) => parseGwei(text))
  .refine((wei) => wei > 0n, "must be more than 0");

/** `true` or `false`. */
export const flag = z.enum(["true", "false"], "must be true or false").transform((text) => text === "true");

/** Any text that is not empty: names, paths. */
export const text = z.string().min(1);

/** An address in any case. */
export const anyAddress = z
  .string()
  .transform((value) => value.toLowerCase())
  .pipe(addressSchema);

export const httpUrl = z.url({ protocol: /^https?$/, error: "must be a URL of http or https", abort: true });

export const redisUrl = z.url({ protocol: /^rediss?$/, error: "must be a URL of redis or rediss", abort: true });

/** A URL to which paths are added: http or https, no user, query or fragment; no slash at its end. */
export const baseUrl = httpUrl
  .refine((url) => !/[?#]/.test(url) && !hasUser(url), "must be a URL without user, query and fragment")
  .transform((url) => url.replace(/\/+$/, ""));

/** A scheme, host and port, as browsers send it. */
export const origin = httpUrl
  .refine((url) => url.replace(/\/$/, "").toLowerCase() === originOf(url), "must be scheme, host and port alone")
  .transform(originOf);

/** A list between commas; spaces around its parts do not count. Whatever is given twice is refused. */
export function list<Schema extends z.ZodType<unknown, string>>(
  part: Schema,
  key: (one: z.output<Schema>) => unknown = (one) => one,
) {
  return z
    .string()
    .transform((value) => value.split(",").map((one) => one.trim()))
    .pipe(z.array(part).min(1))
    .refine((parts) => new Set(parts.map(key)).size === parts.length, "must not name anything twice");
}

/** Another node, or the intake, of a pool: whose signatures are expected behind that URL. */
export interface Peer {
  /** Lower case. */
  readonly address: Hex;
  /** Without a slash at its end. */
  readonly url: string;
}

/** `address=url`. */
export const peer = peerAt(baseUrl);

/** `address=url`, the URL scheme, host and port alone. */
export const peerOrigin = peerAt(origin);

function peerAt(urlForm: z.ZodType<string, string>) {
  return z.string().transform((value, context): Peer => {
    const [address, url] = cut(value, "=");
    const parsed = z.object({ address: anyAddress, url: urlForm }).safeParse({ address, url });
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: "custom", message: `must be address=url; the ${String(path[0])} ${message}` });
    }
    return z.NEVER;
  });
}

function cut(value: string, at: string): [string, string] {
  const place = value.indexOf(at);
  return place < 0 ? [value, ""] : [value.slice(0, place), value.slice(place + 1)];
}

function hasUser(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== "" || password !== "";
}

function originOf(url: string): string {
  return new URL(url).origin;
}
