import type { Hex } from "viem";
import { keepNonce, keepSession, readSession, removeSession, takeNonce, type Session } from "../../store/access.ts";
import type { ChainReader, Clock, Store } from "../../ports.ts";
import { createCache } from "./cache.ts";
import { SignInRefusal } from "./refusal.ts";
import { requireSigned } from "./signature.ts";
import { checkMessage, MAX_AGE, type SiweRules } from "./siwe.ts";
import { newNonce, newSecret, sessionToken } from "./tokens.ts";

/** For how long another process may still take a session or key that has been revoked, milliseconds. */
export const REVOKED_WITHIN = 10_000;

/** Most sessions, and most keys, that are remembered between requests. */
export const REMEMBERED = 10_000;

export interface SignInParts extends SiweRules {
  readonly store: Store;
  readonly chain: Pick<ChainReader, "signedBy">;
  readonly clock: Clock;
}

/** A session as it is given to who signed in. Times are Unix milliseconds. */
export interface NewSession {
  readonly token: string;
  /** Lower case. */
  readonly address: Hex;
  readonly expiresAt: number;
}

/** Sign-in with Ethereum, EIP-4361. All functions throw `StoreUnavailable` where the store cannot be reached. */
export interface SignIn {
  /** Something to sign that was never signed before. It can be used once, for five minutes. */
  nonce(): Promise<{ nonce: string; expiresAt: number }>;
  /** @throws SignInRefusal; whatever the chain reader throws where the chain cannot be asked */
  signIn(message: string, signature: Hex): Promise<NewSession>;
  /** The session of a token's hash, as long as it lasts. */
  session(hash: string): Promise<Session | null>;
  /** Ends a session: here at once, in other processes within `REVOKED_WITHIN`. */
  signOut(hash: string): Promise<void>;
}

export function createSignIn({ store, chain, clock, ...rules }: SignInParts): SignIn {
  const cache = createCache<Session>(clock, REVOKED_WITHIN, REMEMBERED);
  return {
    async nonce() {
      const [nonce, expiresAt] = [newNonce(), clock() + MAX_AGE];
      await keepNonce(store, nonce, expiresAt);
      return { nonce, expiresAt };
    },
    async signIn(message, signature) {
      const { address, nonce, until } = checkMessage(message, rules, clock());
      // Used up before the signature is looked at, so that each nonce costs the chain one question at most.
      const expiresAt = await takeNonce(store, nonce);
      if (expiresAt === null || expiresAt <= clock()) throw noSuchNonce(nonce);
      await requireSigned(chain, address, message, signature);
      const session = { address: address.toLowerCase() as Hex, issuedAt: clock(), expiresAt: until };
      const secret = newSecret();
      await keepSession(store, secret.hash, session);
      return { token: sessionToken(secret), address: session.address, expiresAt: until };
    },
    async session(hash) {
      const session = await cache.get(hash, () => readSession(store, hash));
      return session !== null && clock() < session.expiresAt ? session : null;
    },
    async signOut(hash) {
      await removeSession(store, hash);
      cache.drop(hash);
    },
  };
}

function noSuchNonce(nonce: string): SignInRefusal {
  const limit = "one this service gave out less than five minutes ago, and that was not used yet";
  return new SignInRefusal("nonce", { field: "message.nonce", found: nonce, limit });
}
