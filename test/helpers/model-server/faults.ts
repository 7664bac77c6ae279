/** What can go wrong with a request to the server. */
export type Fault =
  /** Answered as it should be. */
  | { readonly kind: "none" }
  /** Words that are no JSON. */
  | { readonly kind: "malformed" }
  /** The right JSON with words around it, in a fence. */
  | { readonly kind: "prose" }
  /** JSON that meets no schema asked for. */
  | { readonly kind: "schema" }
  | { readonly kind: "slow"; readonly ms: number }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: string;
      /** Fields of the error in the body. */
      readonly error?: Readonly<Record<string, unknown>>;
    }
  /** 400 as long as the request has this parameter. */
  | { readonly kind: "no-parameter"; readonly name: string; readonly style: "openai" | "pydantic" }
  /** `message.refusal`. */
  | { readonly kind: "refuse" }
  /** `finish_reason` is `content_filter`. */
  | { readonly kind: "filter" }
  /** Cut in the middle; `finish_reason` is `length`. */
  | { readonly kind: "truncate" }
  | { readonly kind: "wrong-model"; readonly model: string }
  /** The connection ends before anything is answered. */
  | { readonly kind: "hang-up" }
  /** It ends in the middle of the body. */
  | { readonly kind: "reset" }
  | { readonly kind: "no-usage" }
  /** No choices. */
  | { readonly kind: "empty" }
  /** Never answered; ends when the client goes. */
  | { readonly kind: "hang" }
  /** 200 and a page. */
  | { readonly kind: "page" }
  | { readonly kind: "redirect"; readonly to: string }
  /** The error within a stream. */
  | { readonly kind: "stream-error" };

export const NONE: Fault = { kind: "none" };
