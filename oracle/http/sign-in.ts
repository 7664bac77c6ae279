import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { Hex } from "viem";
import { SCOPES, type Env } from "./env.ts";
import { SIGN_IN_REASONS, SignInRefusal } from "../roles/access/refusal.ts";
import type { SignIn } from "../roles/access/sign-in.ts";
import { MAX_MESSAGE, STATEMENT } from "../roles/access/siwe.ts";
import { claimOf, requireAccount } from "./callers.ts";
import { addressForm, timeForm, timeText } from "./forms.ts";
import { apiApp, shown } from "./invalid.ts";
import { Refused, problemResponses, refuse } from "./problems.ts";

/** Longest signature, characters: a contract's may be long. */
const MAX_SIGNATURE = 16_384;

const nonceRoute = createRoute({
  method: "post",
  path: "/v1/sign-in/nonce",
  tags: ["sign-in"],
  summary: "Get a nonce to sign in with",
  description: `It can be used once, within five minutes. The message's statement must be “${STATEMENT}”.`,
  responses: {
    200: {
      description: "The nonce",
      content: { "application/json": { schema: z.object({ nonce: z.string(), expiresAt: timeForm }) } },
    },
    ...problemResponses(413),
  },
});

const signInRoute = createRoute({
  method: "post",
  path: "/v1/sign-in",
  tags: ["sign-in"],
  summary: "Sign in with a signed message of EIP-4361",
  description: `What is wrong with a message that is refused is in \`reason\`: ${SIGN_IN_REASONS.join(", ")}.`,
  request: {
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({
            message: z.string().min(1).max(MAX_MESSAGE),
            signature: z
              .string()
              .max(MAX_SIGNATURE)
              .regex(/^0x(?:[0-9a-fA-F]{2})*$/, "must be whole bytes in hexadecimal"),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "A session. Send its token as `Authorization: Bearer`",
      content: {
        "application/json": { schema: z.object({ token: z.string(), address: addressForm, expiresAt: timeForm }) },
      },
    },
    ...problemResponses(401, 413, 415),
  },
});

const signOutRoute = createRoute({
  method: "delete",
  path: "/v1/sign-in",
  tags: ["sign-in"],
  summary: "End the session",
  security: [{ bearer: [] }],
  responses: { 204: { description: "The session is over" }, ...problemResponses(403, 413) },
});

const meRoute = createRoute({
  method: "get",
  path: "/v1/me",
  tags: ["sign-in"],
  summary: "Who calls",
  security: [{ bearer: [] }],
  responses: {
    200: {
      description: "The account, the API key, or the interview whose link it is",
      content: {
        "application/json": {
          schema: z.discriminatedUnion("kind", [
            z.object({ kind: z.literal("account"), address: addressForm }),
            z.object({ kind: z.literal("sender"), id: z.string(), pool: addressForm, scopes: z.array(z.enum(SCOPES)) }),
            z.object({ kind: z.literal("participant"), interview: z.string() }),
          ]),
        },
      },
    },
    ...problemResponses(),
  },
});

/** Sign-in with Ethereum. */
export function signInApp(signIn: SignIn) {
  return apiApp()
    .openapi(nonceRoute, async (c) => {
      const { nonce, expiresAt } = await signIn.nonce();
      return c.json({ nonce, expiresAt: timeText(expiresAt) }, 200, NOT_KEPT);
    })
    .openapi(signInRoute, async (c) => {
      const { message, signature } = c.req.valid("json");
      try {
        const { expiresAt, ...session } = await signIn.signIn(message, signature as Hex);
        return c.json({ ...session, expiresAt: timeText(expiresAt) }, 200, NOT_KEPT);
      } catch (error) {
        if (error instanceof SignInRefusal) return refused(c, error);
        throw error;
      }
    })
    .openapi(signOutRoute, async (c) => {
      requireAccount(c);
      const claim = claimOf(c);
      if (claim !== null) await signIn.signOut(claim.hash);
      return c.body(null, 204);
    })
    .openapi(meRoute, (c) => {
      const caller = c.get("caller");
      if (caller === null) throw new Refused("sign-in-needed", { headers: { "www-authenticate": "Bearer" } });
      if (caller.kind !== "sender") return c.json(caller, 200, NOT_KEPT);
      return c.json({ ...caller, scopes: [...caller.scopes] }, 200, NOT_KEPT);
    });
}

/** Answers that are for one caller alone. */
export const NOT_KEPT = { "Cache-Control": "no-store" } as const;

function refused(context: Context<Env>, { reason, field, found, limit }: SignInRefusal) {
  const value = shown(found);
  const errors = [{ field: `body.${field}`, limit, ...(value === undefined ? {} : { value }) }];
  return refuse(context, "sign-in-refused", { reason, errors });
}
