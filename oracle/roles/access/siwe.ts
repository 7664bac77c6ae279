import { getAddress, type Address } from "viem";
import { createSiweMessage, parseSiweMessage, validateSiweMessage, type SiweMessage } from "viem/siwe";
import { STATEMENT } from "../../domain/sign-in.ts";
import { SignInRefusal, type SignInReason } from "./refusal.ts";

export { STATEMENT };

/** Longest message that is looked at, characters. */
export const MAX_MESSAGE = 1_500;

/** How long before a sign-in a message may have been made, milliseconds: as long as a nonce stands. */
export const MAX_AGE = 5 * 60_000;

/** How far a caller's clock may be ahead, milliseconds. */
export const MAX_SKEW = 60_000;

/** How long a session lasts, milliseconds. A message may not stand longer than that. */
export const SESSION_MS = 12 * 3_600_000;

/** What a message must be for. */
export interface SiweRules {
  /** The origin people reach the service at: a domain name with a dot, `localhost` or an IPv4 address, as EIP-4361 has it. */
  readonly publicUrl: string;
  readonly chainId: number;
}

/** A message whose every byte is as it must be; only its nonce and its signature are not checked yet. */
export interface CheckedMessage {
  /** In EIP-55's spelling. */
  readonly address: Address;
  readonly nonce: string;
  /** Until when a session may last, Unix milliseconds. */
  readonly until: number;
}

/**
 * Checks a message of EIP-4361 against what this service signs in to. Besides its fields the whole text must be the one spelling
 * of them, so that nothing stands in it that a person would read and the service would not.
 * @param now Unix milliseconds
 * @throws SignInRefusal naming the first field that is wrong
 */
export function checkMessage(text: string, rules: SiweRules, now: number): CheckedMessage {
  if (text.length > MAX_MESSAGE) {
    refuse("form", "message", `${text.length} characters`, `at most ${MAX_MESSAGE} characters`);
  }
  const message = parsed(text);
  checkPlace(message, rules);
  checkTimes(message, now);
  checkSpelling(message, text, now);
  const until = Math.min(now + SESSION_MS, message.expirationTime?.getTime() ?? Infinity);
  return { address: message.address, nonce: message.nonce, until };
}

type Parsed = SiweMessage & { readonly issuedAt: Date };

function parsed(text: string): Parsed {
  const { address, chainId, domain, issuedAt, nonce, uri, version, ...rest } = parseSiweMessage(text);
  const fields = { address, chainId, domain, issuedAt, nonce, uri, version };
  const missing = Object.entries(fields).find(([, value]) => value === undefined || value === "");
  if (missing !== undefined) refuse("form", `message.${missing[0]}`, "", "a message of EIP-4361 that holds it");
  return { ...fields, ...rest } as Parsed;
}

function checkPlace(message: Parsed, { publicUrl, chainId }: SiweRules): void {
  const { host, protocol, origin } = new URL(publicUrl);
  const { domain, scheme, uri, version, statement, address, requestId, resources } = message;
  equal("domain", "domain", domain, host);
  if (scheme !== undefined) equal("scheme", "scheme", scheme, protocol.slice(0, -1));
  if (originOf(uri) !== origin) refuse("uri", "message.uri", uri, `a URI of ${origin}`);
  equal("version", "version", version, "1");
  equal("chain", "chainId", String(message.chainId), String(chainId));
  equal("statement", "statement", statement ?? "", STATEMENT);
  equal("address", "address", address, getAddress(address));
  if (requestId !== undefined) refuse("extras", "message.requestId", requestId, "none");
  if (resources !== undefined) refuse("extras", "message.resources", resources.join(" "), "none");
}

function checkTimes({ issuedAt, expirationTime, notBefore }: Parsed, now: number): void {
  within("issued-at", "issuedAt", issuedAt, now - MAX_AGE, now + MAX_SKEW);
  if (notBefore !== undefined) within("not-yet-valid", "notBefore", notBefore, -Infinity, now);
  if (expirationTime === undefined) return;
  within("expired", "expirationTime", expirationTime, now + 1, Infinity);
  within("expires-too-late", "expirationTime", expirationTime, -Infinity, issuedAt.getTime() + SESSION_MS);
}

/** viem's parser takes what stands around the message too, and its own rules are asked once more. */
function checkSpelling(message: Parsed, text: string, now: number): void {
  if (!validateSiweMessage({ message, time: new Date(now) }) || spelled(message) !== text) {
    refuse("form", "message", text.slice(0, 100), "exactly the text of EIP-4361, times in UTC with milliseconds");
  }
}

/** The one text of these fields; `null` where there is none. */
function spelled(message: Parsed): string | null {
  try {
    return createSiweMessage(message);
  } catch {
    return null;
  }
}

function equal(reason: SignInReason, field: string, found: string, limit: string): void {
  if (found !== limit) refuse(reason, `message.${field}`, found, limit);
}

function within(reason: SignInReason, field: string, time: Date, from: number, to: number): void {
  const at = time.getTime();
  if (Number.isNaN(at)) refuse("form", `message.${field}`, "", "a time of RFC 3339");
  if (at < from || at > to) refuse(reason, `message.${field}`, time.toISOString(), words(from, to));
}

function words(from: number, to: number): string {
  const lower = Number.isFinite(from) ? [`from ${new Date(from).toISOString()}`] : [];
  const upper = Number.isFinite(to) ? [`to ${new Date(to).toISOString()}`] : [];
  return [...lower, ...upper].join(" ");
}

function originOf(uri: string): string | null {
  try {
    return new URL(uri).origin;
  } catch {
    return null;
  }
}

function refuse(reason: SignInReason, field: string, found: string, limit: string): never {
  throw new SignInRefusal(reason, { field, found, limit });
}
