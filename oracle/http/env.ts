import type { Hex } from "viem";
import type { Logger } from "../ports.ts";

/** Who calls, as far as it has proved so. */
export type Caller =
  /** Signed in with Ethereum. */
  | { readonly kind: "account"; readonly address: Hex }
  /** Holds an API key for the telemetry of one pool. */
  | { readonly kind: "sender"; readonly id: string; readonly pool: Hex; readonly scopes: readonly Scope[] }
  /** Holds the link to an interview. */
  | { readonly kind: "participant"; readonly interview: string };

/** What an API key may be used for. */
export const SCOPES = ["telemetry:write", "evidence:read"] as const;
export type Scope = (typeof SCOPES)[number];

/** What every handler finds in its context. */
export interface Env {
  Variables: {
    /** `null` where nobody has signed in. */
    caller: Caller | null;
    requestId: string;
    log: Logger;
  };
}
