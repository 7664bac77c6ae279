import {
  concatHex,
  numberToHex,
  parseSignature,
  serializeCompactSignature,
  serializeSignature,
  signatureToCompactSignature,
  type Hex,
} from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { createSiweMessage, type SiweMessage } from "viem/siwe";

/** A sign-in that must be refused, and how. */
export interface SignInCase {
  readonly name: string;
  /** Changes fields of a message that is in order. */
  readonly fields?: (fields: SiweMessage, now: number) => Partial<SiweMessage>;
  /** Changes the text after its fields were written. */
  readonly text?: (text: string) => string;
  /** Changes the signature over the text. */
  readonly signature?: (signature: Hex, text: string) => Hex | Promise<Hex>;
  /** Signs in place of the account. */
  readonly signer?: (signers: { readonly other: PrivateKeyAccount }) => PrivateKeyAccount;
  readonly reason?: string;
  /** Where it is no refusal of the sign-in itself. */
  readonly problem?: { readonly type: string; readonly status: number };
  /** Field that is named. */
  readonly field?: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export const MESSAGE_CASES: readonly SignInCase[] = [
  {
    name: "another domain",
    fields: () => ({ domain: "evil.example.org" }),
    reason: "domain",
    field: "body.message.domain",
  },
  { name: "a domain that ends in ours", fields: () => ({ domain: "not-guerdon.example.org" }), reason: "domain" },
  {
    name: "a domain that begins with ours",
    fields: () => ({ domain: "guerdon.example.org.evil.com" }),
    reason: "domain",
  },
  { name: "our domain with a port", fields: () => ({ domain: "guerdon.example.org:8443" }), reason: "domain" },
  { name: "our domain in capitals", fields: () => ({ domain: "Guerdon.example.org" }), reason: "domain" },
  { name: "a homoglyph of our domain", text: (text) => text.replace("guerdon.", "guеrdon."), reason: "form" },
  { name: "punycode of a homoglyph", fields: () => ({ domain: "xn--gurdon-2of.example.org" }), reason: "domain" },
  { name: "another scheme", fields: () => ({ scheme: "http" }), reason: "scheme", field: "body.message.scheme" },
  {
    name: "a URI of another host",
    fields: () => ({ uri: "https://evil.example.org/" }),
    reason: "uri",
    field: "body.message.uri",
  },
  { name: "a URI of another scheme", fields: () => ({ uri: "http://guerdon.example.org/" }), reason: "uri" },
  {
    name: "a URI with our host as its user",
    fields: () => ({ uri: "https://guerdon.example.org@evil.com/" }),
    reason: "uri",
  },
  { name: "a URI of another port", fields: () => ({ uri: "https://guerdon.example.org:8443/" }), reason: "uri" },
  { name: "a script for a URI", text: (text) => text.replace(/URI: .*/, "URI: javascript:alert(1)"), reason: "uri" },
  {
    name: "another version",
    text: (text) => text.replace("Version: 1", "Version: 2"),
    reason: "version",
    field: "body.message.version",
  },
  { name: "a version with a space", text: (text) => text.replace("Version: 1", "Version: 1 "), reason: "version" },
  { name: "another chain", fields: () => ({ chainId: 1 }), reason: "chain", field: "body.message.chainId" },
  {
    name: "our chain with a zero before it",
    text: (text) => text.replace("Chain ID: ", "Chain ID: 0"),
    reason: "form",
  },
  {
    name: "another statement",
    fields: () => ({ statement: "I give all my tokens away." }),
    reason: "statement",
    field: "body.message.statement",
  },
  { name: "no statement", text: (text) => text.replace(/\n\nSign in.*\n\n/, "\n\n\n"), reason: "statement" },
  {
    name: "an address in lower case",
    text: (text) => text.replace(/0x[0-9a-fA-F]{40}/, (address) => address.toLowerCase()),
    reason: "address",
    field: "body.message.address",
  },
  {
    name: "an address with a wrong checksum",
    text: (text) => text.replace(/0x[0-9a-fA-F]{40}/, swapCase),
    reason: "address",
  },
  {
    name: "a nonce nobody gave out",
    fields: () => ({ nonce: "a".repeat(32) }),
    reason: "nonce",
    field: "body.message.nonce",
  },
  { name: "a nonce that is too short", text: (text) => text.replace(/Nonce: \w+/, "Nonce: abc"), reason: "form" },
  {
    name: "the nonce in capitals",
    text: (text) => text.replace(/Nonce: \w+/, (line) => `Nonce: ${line.slice(7).toUpperCase()}`),
    reason: "nonce",
  },
  {
    name: "a nonce that leads to another key of the store",
    text: (text) => text.replace(/Nonce: \w+/, "Nonce: ../sessions/a"),
    reason: "form",
  },
  {
    name: "issued six minutes ago",
    fields: (_, now) => ({ issuedAt: new Date(now - 6 * MINUTE) }),
    reason: "issued-at",
    field: "body.message.issuedAt",
  },
  {
    name: "issued two minutes ahead",
    fields: (_, now) => ({ issuedAt: new Date(now + 2 * MINUTE) }),
    reason: "issued-at",
  },
  {
    name: "issued in the far future",
    fields: () => ({ issuedAt: new Date("9999-12-31T23:59:59.999Z") }),
    reason: "issued-at",
  },
  {
    name: "issued at no time",
    text: (text) => text.replace(/Issued At: .*/, "Issued At: yesterday"),
    reason: "form",
    field: "body.message.issuedAt",
  },
  {
    name: "expired",
    fields: (_, now) => ({ expirationTime: new Date(now) }),
    reason: "expired",
    field: "body.message.expirationTime",
  },
  {
    name: "expiring at no time",
    text: (text) => text.replace(/Expiration Time: .*/, "Expiration Time: never"),
    reason: "form",
    field: "body.message.expirationTime",
  },
  {
    name: "expiring too late",
    fields: (_, now) => ({ expirationTime: new Date(now + 13 * HOUR) }),
    reason: "expires-too-late",
    field: "body.message.expirationTime",
  },
  {
    name: "not yet valid",
    fields: (_, now) => ({ notBefore: new Date(now + 1) }),
    reason: "not-yet-valid",
    field: "body.message.notBefore",
  },
  { name: "a request id", fields: () => ({ requestId: "42" }), reason: "extras", field: "body.message.requestId" },
  {
    name: "resources",
    fields: () => ({ resources: ["https://evil.example.org/"] }),
    reason: "extras",
    field: "body.message.resources",
  },
  { name: "a line after the message", text: (text) => `${text}\nI also sell my house.`, reason: "form" },
  { name: "an empty line after the message", text: (text) => `${text}\n`, reason: "form" },
  { name: "a line before the message", text: (text) => `I sell my house.\n${text}`, reason: "form" },
  {
    name: "a line within the message",
    text: (text) => text.replace("\nURI:", "\nI sell my house.\nURI:"),
    reason: "form",
  },
  { name: "line ends of two characters", text: (text) => text.replaceAll("\n", "\r\n"), reason: "form" },
  {
    name: "a field that stands twice",
    text: (text) => text.replace("\nNonce:", "\nChain ID: 1\nNonce:"),
    reason: "form",
  },
  {
    name: "fields in another order",
    text: (text) => text.replace(/(Version: 1)\n(Chain ID: \d+)/, "$2\n$1"),
    reason: "form",
  },
  { name: "a time with an offset", text: (text) => text.replace(/(Issued At: .*)Z/, "$1+00:00"), reason: "form" },
  { name: "a time without milliseconds", text: (text) => text.replace(/(Issued At: .*)\.000Z/, "$1Z"), reason: "form" },
  { name: "an invisible character", text: (text) => text.replace("Sign in", "Sign\u200b in"), reason: "statement" },
  { name: "text that is turned around", text: (text) => text.replace("wants you", "wants \u202eyou"), reason: "form" },
  { name: "a space at the end", text: (text) => `${text} `, reason: "form" },
  { name: "a NUL at the end", text: (text) => `${text}\0`, reason: "form" },
  {
    name: "a message that is longer than any",
    text: (text) => text + "a".repeat(1_500),
    problem: { type: "invalid", status: 400 },
    field: "body.message",
  },
  { name: "no message", text: () => "", problem: { type: "invalid", status: 400 }, field: "body.message" },
  { name: "any other text", text: () => "hello", reason: "form" },
];

export const SIGNATURE_CASES: readonly SignInCase[] = [
  {
    name: "the signature of another account",
    signer: ({ other }) => other,
    reason: "signature",
    field: "body.signature",
  },
  { name: "high s", signature: malleated, reason: "signature-form", field: "body.signature" },
  {
    name: "high s without turning v",
    signature: (signature) => serialized(signature, { turned: false }),
    reason: "signature",
  },
  { name: "v of 0 or 1", signature: (signature) => withLast(signature, (v) => v - 27), reason: "signature-form" },
  { name: "v of 29 or 30", signature: (signature) => withLast(signature, (v) => v + 2), reason: "signature-form" },
  {
    name: "v with a chain in it",
    signature: (signature) => withLast(signature, (v) => v + 10),
    reason: "signature-form",
  },
  { name: "the compact form", signature: (signature) => compact(signature), reason: "signature-form" },
  { name: "two bytes too few", signature: (signature) => signature.slice(0, -4) as Hex, reason: "signature" },
  { name: "a byte too many", signature: (signature) => concatHex([signature, "0x00"]), reason: "signature" },
  {
    name: "half a byte too many",
    signature: (signature) => `${signature}0`,
    problem: { type: "invalid", status: 400 },
    field: "body.signature",
  },
  { name: "capitals", signature: (signature) => `0x${signature.slice(2).toUpperCase()}`, reason: "signature-form" },
  { name: "nothing", signature: () => "0x", reason: "signature-form" },
  { name: "zeros", signature: () => `0x${"00".repeat(65)}`, reason: "signature" },
  { name: "r of zero", signature: (signature) => `0x${"00".repeat(32)}${signature.slice(66)}`, reason: "signature" },
  {
    name: "s of zero",
    signature: (signature) => `${signature.slice(0, 66)}${"00".repeat(32)}1b` as Hex,
    reason: "signature",
  },
  {
    name: "s of the curve's order",
    signature: (signature) => `${signature.slice(0, 66)}${ORDER.toString(16)}1b` as Hex,
    reason: "signature",
  },
  {
    name: "more than any contract's",
    signature: () => `0x${"ab".repeat(10_000)}`,
    problem: { type: "invalid", status: 400 },
    field: "body.signature",
  },
  {
    name: "no hexadecimal",
    signature: () => "0xzz" as Hex,
    problem: { type: "invalid", status: 400 },
    field: "body.signature",
  },
];

/** The text of a message with a case's changes. */
export function textOf({ fields, text }: SignInCase, base: SiweMessage, now: number): string {
  const written = createSiweMessage({ ...base, ...fields?.(base, now) });
  return text === undefined ? written : text(written);
}

function malleated(signature: Hex): Hex {
  return serialized(signature, { turned: true });
}

function serialized(signature: Hex, { turned }: { turned: boolean }): Hex {
  const { r, s, yParity } = parseSignature(signature);
  const high = numberToHex(ORDER - BigInt(s), { size: 32 });
  return serializeSignature({ r, s: high, yParity: turned ? 1 - yParity : yParity });
}

function compact(signature: Hex): Hex {
  return serializeCompactSignature(signatureToCompactSignature(parseSignature(signature)));
}

function withLast(signature: Hex, change: (v: number) => number): Hex {
  const v = change(Number.parseInt(signature.slice(-2), 16));
  return `${signature.slice(0, -2)}${v.toString(16).padStart(2, "0")}` as Hex;
}

function swapCase(address: string): string {
  const at = [...address].findIndex((character, i) => i > 1 && /[a-f]/i.test(character));
  const character = address[at]!;
  const swapped = character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();
  return address.slice(0, at) + swapped + address.slice(at + 1);
}
