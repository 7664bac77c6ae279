import type { Address } from "viem";
import { createSiweMessage } from "viem/siwe";
import { InputError } from "./errors.ts";

/** What every sign-in says above its fields. */
export const STATEMENT = "Sign in to Guerdon. This moves no money and gives no right to any.";

const NONCE = /^[0-9A-Za-z]{8,}$/;

/** What an account signs in to, and when. */
export interface SignInFacts {
  readonly account: Address;
  readonly chainId: number;
  /** Where people reach the service; only scheme, host and port of it are used. */
  readonly url: string;
  /** From the service: 8 letters and digits or more. */
  readonly nonce: string;
  readonly issuedAt: Date;
}

/**
 * The text an account signs to sign in to a service, as EIP-4361 has it. It names the service's host, so that what is signed for
 * one service is worth nothing at another: the URL must come from who signs, never from who asks for the signature.
 * @throws InputError where the host is none that can be signed in to, or the nonce has another form
 */
export function signInMessage({ account, chainId, url, nonce, issuedAt }: SignInFacts): string {
  if (!NONCE.test(nonce)) {
    throw new InputError("this is no nonce to sign in with", { field: "nonce", limit: "8 letters and digits or more" });
  }
  const { host, origin } = new URL(url);
  const fields = { address: account, chainId, domain: host, uri: origin, nonce, issuedAt } as const;
  try {
    return createSiweMessage({ ...fields, version: "1", statement: STATEMENT });
  } catch {
    const limit = "a name with a dot, localhost or an IPv4 address";
    throw new InputError("this cannot be signed in to", { field: "host", value: host, limit });
  }
}
