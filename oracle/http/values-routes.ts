import { createRoute, z } from "@hono/zod-openapi";
import { VALUES_ID } from "../store/interviews.ts";
import { invited } from "./interview-schemas.ts";
import { jsonAnswer, jsonBody } from "./forms.ts";
import { problemResponses } from "./problems.ts";
import {
  confirmRequest,
  criteriaForm,
  criteriaRequest,
  draftForm,
  valuesForm,
  valuesMade,
  valuesRequest,
  voteRequest,
} from "./values-schemas.ts";

const VALUES = "/v1/values/{id}";
const params = z.object({
  id: z
    .string()
    .regex(VALUES_ID, "must be the id of values")
    .openapi({ param: { name: "id", in: "path" } }),
});
const shared = { tags: ["values"], security: [{ bearer: [] }] };
const unchanged = { 304: { description: "The caller has it already" } };

export const openRoute = createRoute({
  ...shared,
  method: "post",
  path: "/v1/values",
  summary: "Ask buyers what they find good, before there is a pool",
  description: "For any account, which is the organiser from then on.",
  request: { body: jsonBody(valuesRequest) },
  responses: { 201: jsonAnswer("The values", valuesMade), ...problemResponses(400, 401, 403, 409, 413, 415) },
});

export const valuesInviteRoute = createRoute({
  ...shared,
  method: "post",
  path: `${VALUES}/interviews`,
  summary: "Make the link to one's own interview",
  description: "For buyers. The same again gives a fresh link to the same interview and voids the one before.",
  request: { params },
  responses: { 201: jsonAnswer("The link", invited), ...problemResponses(400, 401, 403, 404, 409, 413) },
});

export const valuesRoute = createRoute({
  ...shared,
  method: "get",
  path: VALUES,
  summary: "Where the values are, and the cards that are voted on",
  description: "For the organiser and the buyers.",
  request: { params },
  responses: { 200: jsonAnswer("The values", valuesForm), ...problemResponses(400, 401, 403, 404) },
});

export const votingRoute = createRoute({
  ...shared,
  method: "post",
  path: `${VALUES}/voting`,
  summary: "End the interviews before their time, so that cards are voted on",
  description: "For the organiser.",
  request: { params },
  responses: { 200: jsonAnswer("The values", valuesForm), ...problemResponses(400, 401, 403, 404, 413) },
});

export const voteRoute = createRoute({
  ...shared,
  method: "post",
  path: `${VALUES}/votes`,
  summary: "Vote on the cards, in place of one's vote before",
  description: "For buyers.",
  request: { params, body: jsonBody(voteRequest) },
  responses: { 204: { description: "It counts" }, ...problemResponses(400, 401, 403, 404, 409, 413, 415) },
});

export const closeRoute = createRoute({
  ...shared,
  method: "post",
  path: `${VALUES}/close`,
  summary: "End the vote and draft criteria from it",
  description: "For the organiser. The same again gives the same.",
  request: { params },
  responses: { 200: jsonAnswer("The draft", draftForm), ...problemResponses(400, 401, 403, 404, 409, 413) },
});

export const draftRoute = createRoute({
  ...shared,
  method: "get",
  path: `${VALUES}/draft`,
  summary: "The draft of criteria, all it rests on, what is contested and what the linter finds",
  description: "For the organiser and the buyers.",
  request: { params },
  responses: { 200: jsonAnswer("The draft", draftForm), ...unchanged, ...problemResponses(400, 401, 403, 404, 409) },
});

export const putCriteriaRoute = createRoute({
  ...shared,
  method: "put",
  path: `${VALUES}/criteria`,
  summary: "Keep the criteria, edited and complete",
  description: "For the organiser, when the vote is closed. Other criteria void what was confirmed.",
  request: { params, body: jsonBody(criteriaRequest) },
  responses: { 200: jsonAnswer("The criteria", criteriaForm), ...problemResponses(400, 401, 403, 404, 409, 413, 415) },
});

export const criteriaRoute = createRoute({
  ...shared,
  method: "get",
  path: `${VALUES}/criteria`,
  summary: "The criteria, and who confirmed which of them",
  description: "For the organiser and the buyers.",
  request: { params },
  responses: {
    200: jsonAnswer("The criteria", criteriaForm),
    ...unchanged,
    ...problemResponses(400, 401, 403, 404, 409),
  },
});

export const confirmRoute = createRoute({
  ...shared,
  method: "post",
  path: `${VALUES}/criteria/confirm`,
  summary: "Confirm criteria one has read",
  description: "For buyers.",
  request: { params, body: jsonBody(confirmRequest) },
  responses: { 200: jsonAnswer("The criteria", criteriaForm), ...problemResponses(400, 401, 403, 404, 409, 413, 415) },
});
