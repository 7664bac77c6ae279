import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Tokens are 256 random bits, so what is kept of them is a plain SHA-256: nobody can try that many. A slow hash with a salt is
 * for what people choose, and would make each request with a key dear.
 */
const SECRET_BYTES = 32;

const SESSION = /^gs_([\w-]{43})$/;
const KEY = /^gk_([0-9a-z]{16})_([\w-]{43})$/;
const INTERVIEW = /^gi_([0-9a-f]{40})_([\w-]{43})$/;

/** What a bearer token claims to be; `null` where it has the form of none. */
export type Claim =
  | { readonly kind: "session"; readonly hash: string }
  | { readonly kind: "key"; readonly id: string; readonly hash: string }
  | { readonly kind: "interview"; readonly id: string; readonly hash: string };

/** A secret and what is kept of it. */
export interface Secret {
  readonly text: string;
  readonly hash: string;
}

export function newSecret(): Secret {
  const text = randomBytes(SECRET_BYTES).toString("base64url");
  return { text, hash: sha256(text) };
}

/** 80 random bits, so that no id is ever given twice. */
export function newKeyId(): string {
  return [...randomBytes(16)].map((byte) => (byte & 31).toString(32)).join("");
}

/** Letters and digits alone, as EIP-4361 wants it: 128 random bits in hexadecimal. */
export function newNonce(): string {
  return randomBytes(16).toString("hex");
}

export function sessionToken(secret: Secret): string {
  return `gs_${secret.text}`;
}

export function keyToken(id: string, secret: Secret): string {
  return `gk_${id}_${secret.text}`;
}

/** What stands in the link to an interview. */
export function interviewToken(id: string, secret: string): string {
  return `gi_${id}_${secret}`;
}

export function readToken(token: string): Claim | null {
  const [, session] = SESSION.exec(token) ?? [];
  if (session !== undefined) return { kind: "session", hash: sha256(session) };
  return withId("key", KEY.exec(token)) ?? withId("interview", INTERVIEW.exec(token));
}

function withId(kind: "key" | "interview", found: RegExpExecArray | null): Claim | null {
  const [, id, secret] = found ?? [];
  return id === undefined || secret === undefined ? null : { kind, id, hash: sha256(secret) };
}

/** Whether two hashes are the same, in a time that does not depend on where they differ. */
export function sameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one, "hex"), Buffer.from(other, "hex")];
  return left.length === right.length && timingSafeEqual(left, right);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
