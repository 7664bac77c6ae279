import { createRoute, z, type OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { InputError } from "../domain/errors.ts";
import { sealRequestSchema } from "../domain/messages.ts";
import { envelopeSchema, type Envelope } from "../domain/round/envelope.ts";
import type { RoundId } from "../ports.ts";
import { Refusal } from "../roles/refusal.ts";
import type { Seal } from "../roles/sealer.ts";
import type { Env } from "./env.ts";
import { poolParam, roundParam } from "./forms.ts";
import { apiApp } from "./invalid.ts";
import { problemResponses, refuse } from "./problems.ts";

/** Largest message: the vector of the largest pool, with room. */
const MAX_MESSAGE_BYTES = 256 * 1024;
/** Largest set of files to seal: the evidence of a season, with room. */
const MAX_SEAL_BYTES = 64 * 1024 * 1024;

/** What other nodes ask of this one. */
export interface PeerParts {
  readonly chainId: number;
  /** Takes a message. @returns whether it is new @throws Refusal */
  readonly take: (envelope: Envelope) => Promise<boolean>;
  readonly messages: (id: RoundId) => Promise<readonly Envelope[]>;
  readonly seal: Seal;
}

const hex = (what: string) => z.string().openapi({ type: "string", pattern: "^0x[0-9a-f]+$", description: what });

/** As it is described; what is taken is decided by the domain's own schema. */
const messageForm = z
  .object({
    version: z.int(),
    kind: z.enum(["commit", "reveal", "assessment", "bundle"]),
    chainId: z.int(),
    pool: hex("Address of the pool"),
    round: z.int(),
    node: hex("The node that signed"),
    deadline: z.int().openapi({ description: "Block time from which it is no longer taken, seconds" }),
    body: z.unknown(),
    signature: hex("EIP-712 PeerMessage in the pool's domain"),
  })
  .openapi("PeerMessage");

const sendRoute = createRoute({
  method: "post",
  path: "/v1/messages",
  tags: ["nodes"],
  summary: "Tell a node what another node found in a round",
  description: "The signature in the message says who speaks. The same message again changes nothing.",
  request: { body: { required: true, content: { "application/json": { schema: envelopeSchema } } } },
  responses: {
    200: {
      description: "It counts; `new` says whether it was not known before",
      content: { "application/json": { schema: z.object({ new: z.boolean() }) } },
    },
    ...problemResponses(413, 415, 422),
  },
});

const listRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/rounds/{round}/messages",
  tags: ["nodes"],
  summary: "What a node has been told of a round, its own messages among them",
  request: { params: z.object({ pool: poolParam, round: roundParam }) },
  responses: {
    200: {
      description: "All messages it has taken",
      content: { "application/json": { schema: z.object({ messages: z.array(messageForm) }) } },
    },
    ...problemResponses(),
  },
});

const sealRoute = createRoute({
  method: "post",
  path: "/v1/seals",
  tags: ["nodes"],
  summary: "Have a node audit the files of a season and sign their hashes",
  request: { body: { required: true, content: { "application/json": { schema: sealRequestSchema } } } },
  responses: {
    200: {
      description: "The node's EIP-712 Seal",
      content: { "application/json": { schema: z.object({ node: hex("The node"), signature: hex("Its signature") }) } },
    },
    ...problemResponses(413, 415, 422),
  },
});

/** The face of a node towards other nodes and auditors. */
export function peersApp({ chainId, take, messages, seal }: PeerParts): OpenAPIHono<Env> {
  const app = apiApp();
  app.use("/v1/messages", limit(MAX_MESSAGE_BYTES));
  app.use("/v1/seals", limit(MAX_SEAL_BYTES));
  app.openapi(sendRoute, async (c) => {
    const envelope = c.req.valid("json");
    const taken = await orRefusal(() => take(envelope));
    if (taken instanceof Refusal) return refuse(c, "refused", { reason: taken.reason, detail: taken.message });
    return c.json({ new: taken }, 200);
  });
  app.openapi(listRoute, async (c) => {
    const { pool, round } = c.req.valid("param");
    return c.json({ messages: [...(await messages({ chainId, pool, round }))] }, 200);
  });
  app.openapi(sealRoute, async (c) => {
    const request = c.req.valid("json");
    const sealed = await orRefusal(() => seal(request));
    if (sealed instanceof Refusal) return refuse(c, "refused", { reason: sealed.reason, detail: sealed.message });
    return c.json(sealed, 200);
  });
  return app;

  function limit(maxSize: number) {
    return bodyLimit({
      maxSize,
      onError: (c) => refuse(c, "too-large", { errors: [{ field: "body", limit: `at most ${maxSize} bytes` }] }),
    });
  }
}

async function orRefusal<Result>(act: () => Promise<Result>): Promise<Result | Refusal> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refusal) return error;
    if (error instanceof InputError) return new Refusal("bad-input", error.message);
    throw error;
  }
}
