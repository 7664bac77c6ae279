import { createRoute, z } from "@hono/zod-openapi";
import { appealRequestSchema, APPEAL_LIMITS } from "../domain/appeal.ts";
import { ANSWERS } from "../domain/judgement/unit.ts";
import { addressForm, hashForm, hexForm, poolParam, roundParam, secondsForm } from "./forms.ts";
import { nextForm, pageQuery } from "./pages.ts";
import { problemResponses } from "./problems.ts";

const points = z.int().openapi({ description: "Basis points" });
const pointsOrNull = points.nullable();
const count = z.int().min(0);

const quoteForm = z.object({
  question: z.string(),
  passage: z.string(),
  text: z.string(),
  answer: z.enum(ANSWERS),
  source: hashForm.optional().openapi({ description: "Leaf of the item it stands in" }),
});

const questionForm = z.object({
  question: z.string(),
  text: z.string(),
  answers: z
    .object({ met: count, "not-met": count, insufficient: count })
    .openapi({ description: "Sources by what most nodes found in them" }),
  quotes: z.array(quoteForm),
});

const groupForm = z.object({
  group: z.string(),
  what: z.array(z.string()),
  sources: count,
  hidden: count.openapi({ description: "Private ones of them: of these there are counts alone" }),
  scored: count,
  abstained: count,
  count,
  estimate: pointsOrNull,
  bound: pointsOrNull,
});

const criterionForm = z.object({
  criterion: z.string(),
  statement: z.string(),
  weight: points,
  payable: pointsOrNull,
  questions: z.array(questionForm),
  missing: z.array(z.string()),
  heldBy: z.string().nullable().openapi({ description: "The group that holds the criterion where it is" }),
  gain: pointsOrNull.openapi({ description: "What one smallest change more would add to the score" }),
  rateGain: pointsOrNull.openapi({ description: "What that would add to the rate of pay" }),
  groups: z.array(groupForm),
});

const feedbackForm = z
  .object({
    format: z.literal("guerdon/feedback/1"),
    chainId: z.int(),
    pool: addressForm,
    round: z.int().min(0),
    provider: z.object({ id: z.string(), index: z.int().min(0) }),
    score: pointsOrNull,
    because: z.enum(["guard not judged", "too little judged"]).nullable(),
    rate: points,
    heldBack: points,
    cappedBy: z.array(z.string()),
    vetoedBy: z.array(z.string()),
    criteria: z.array(criterionForm).openapi({ description: "What would raise the score most first" }),
    heldOut: count.openapi({ description: "Criteria of which nothing is told before they are revealed" }),
    nodes: z.object({ shown: count, of: count }),
  })
  .openapi("Feedback");

const appealForm = z
  .object({
    format: z.literal("guerdon/appeal/1"),
    chainId: z.int(),
    pool: addressForm,
    round: z.int().min(0),
    provider: z.string(),
    account: addressForm,
    criterion: z.string(),
    reason: z.string(),
    quotes: z.array(z.string()),
    receivedAt: secondsForm,
  })
  .openapi("Appeal");

const callForm = z.object({ to: addressForm, data: hexForm });

const challengeForm = z
  .object({
    calls: z
      .array(callForm)
      .length(2)
      .openapi({ description: "To send from one account, in this order: allow the bond, challenge" }),
    bond: z.object({ token: addressForm, amount: z.string() }),
    arbiter: addressForm,
    before: secondsForm.openapi({ description: "A challenge has to be in a block before this time" }),
    rulingSeconds: z.int().min(0),
    outcomes: z.object({ unruled: z.string(), uphold: z.string(), replace: z.string(), void: z.string() }),
  })
  .openapi("Challenge");

const takenForm = z
  .object({
    appeal: appealForm,
    hash: hashForm.openapi({ description: "keccak256 of the appeal's canonical JSON: the reason of the challenge" }),
    challenge: challengeForm.nullable().openapi({ description: "Null where the pool has no arbiter" }),
  })
  .openapi("TakenAppeal");

const roundParams = z.object({ pool: poolParam, round: roundParam });
const providerParams = roundParams.extend({
  provider: z
    .string()
    .regex(/^[A-Za-z0-9_.:-]{1,100}$/, "must be a provider's id in the roster")
    .openapi({ param: { name: "provider", in: "path" } }),
});

export const feedbackRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/rounds/{round}/feedback/{provider}",
  tags: ["providers"],
  summary: "What a judged round found of a provider, on which quotes, and what would raise its score most",
  description:
    "From the round's bundle, so for everybody. A provider that is signed in is besides quoted from private documents of its own. What people said in interviews is never shown.",
  security: [{}, { bearer: [] }],
  request: { params: providerParams },
  responses: {
    200: { description: "The feedback", content: { "application/json": { schema: feedbackForm } } },
    304: { description: "The caller has it already" },
    ...problemResponses(404),
  },
});

export const appealRoute = createRoute({
  method: "post",
  path: "/v1/pools/{pool}/rounds/{round}/appeals",
  tags: ["providers"],
  summary: "Appeal against what a round found, while it can be challenged",
  description: `For a provider's account, once a criterion. The reason is plain text of at most ${APPEAL_LIMITS.reason} characters and is public. It decides nothing: the answer says how to make it a challenge on chain.`,
  security: [{ bearer: [] }],
  request: {
    params: roundParams,
    body: {
      required: true,
      content: { "application/json": { schema: appealRequestSchema } },
    },
  },
  responses: {
    200: { description: "It was here already", content: { "application/json": { schema: takenForm } } },
    201: { description: "It is kept", content: { "application/json": { schema: takenForm } } },
    ...problemResponses(400, 403, 404, 409, 413, 415),
  },
});

export const appealsRoute = createRoute({
  method: "get",
  path: "/v1/pools/{pool}/rounds/{round}/appeals",
  tags: ["providers"],
  summary: "Appeals against a round that this node has taken",
  request: { params: roundParams, query: pageQuery },
  responses: {
    200: {
      description: "A page of appeals; `Link` with `rel=next` leads to the next",
      content: {
        "application/json": {
          schema: z.object({ appeals: z.array(z.object({ appeal: appealForm, hash: hashForm })), next: nextForm }),
        },
      },
    },
    ...problemResponses(400, 404),
  },
});
