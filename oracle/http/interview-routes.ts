import { createRoute, z } from "@hono/zod-openapi";
import { INTERVIEW_ID } from "../store/interviews.ts";
import { jsonAnswer, jsonBody, poolParam, roundParam } from "./forms.ts";
import {
  answerRequest,
  consentRequest,
  countsForm,
  invitation,
  invited,
  languageRequest,
  rosterForm,
  rosterRequest,
  sampleForm,
  sampleRequest,
  transcriptForm,
  viewForm,
} from "./interview-schemas.ts";
import { problemResponses } from "./problems.ts";

const ROUND = "/v1/pools/{pool}/rounds/{round}";
const roundParams = z.object({ pool: poolParam, round: roundParam });
const interviewParams = z.object({
  id: z
    .string()
    .regex(INTERVIEW_ID, "must be the id of an interview")
    .openapi({ param: { name: "id", in: "path" } }),
});
const shared = { tags: ["interviews"], security: [{ bearer: [] }] };

export const putRosterRoute = createRoute({
  ...shared,
  method: "put",
  path: `${ROUND}/roster`,
  summary: "Close the round's roster of participants, once",
  description: "For the pool's manager. Who is asked hangs on the hash of a block that comes later.",
  request: { params: roundParams, body: jsonBody(rosterRequest) },
  responses: {
    200: jsonAnswer("It was closed with the same entries before", rosterForm),
    201: jsonAnswer("It is closed", rosterForm),
    ...problemResponses(400, 401, 403, 404, 408, 409, 413, 415),
  },
});

export const rosterRoute = createRoute({
  ...shared,
  method: "get",
  path: `${ROUND}/roster`,
  summary: "The round's roster: its hash and the blocks it hangs on for everybody",
  request: { params: roundParams },
  responses: { 200: jsonAnswer("The roster", rosterForm), ...problemResponses(404, 409) },
});

export const drawRoute = createRoute({
  ...shared,
  method: "post",
  path: `${ROUND}/sample`,
  summary: "Draw whom to ask, once",
  description: "For interviewers, when the block of the seed is final.",
  request: { params: roundParams, body: jsonBody(sampleRequest) },
  responses: {
    200: jsonAnswer("It was drawn with the same numbers before", sampleForm),
    201: jsonAnswer("It is drawn", sampleForm),
    ...problemResponses(400, 401, 403, 404, 409, 413, 415),
  },
});

export const sampleRoute = createRoute({
  ...shared,
  method: "get",
  path: `${ROUND}/sample`,
  summary: "The round's sample: its numbers for everybody, who is in it for interviewers",
  request: { params: roundParams },
  responses: { 200: jsonAnswer("The sample", sampleForm), ...problemResponses(404, 409) },
});

export const inviteRoute = createRoute({
  ...shared,
  method: "post",
  path: `${ROUND}/interviews`,
  summary: "Make the link to the interview of somebody who was drawn",
  description: "For interviewers. The same again gives a fresh link to the same interview and voids the one before.",
  request: { params: roundParams, body: jsonBody(invitation) },
  responses: { 201: jsonAnswer("The link", invited), ...problemResponses(400, 401, 403, 404, 409, 413, 415) },
});

export const countsRoute = createRoute({
  ...shared,
  method: "get",
  path: `${ROUND}/interviews`,
  summary: "How many interviews of each provider stand where",
  description: "For interviewers.",
  request: { params: roundParams },
  responses: { 200: jsonAnswer("The counts", countsForm), ...problemResponses(401, 403, 404, 409) },
});

const view = { 200: jsonAnswer("What is next", viewForm) };
const INTERVIEW = "/v1/interviews/{id}";

export const stepRoute = createRoute({
  ...shared,
  method: "get",
  path: `${INTERVIEW}/step`,
  summary: "What is next in an interview",
  request: { params: interviewParams },
  responses: { ...view, ...problemResponses(401, 403, 404, 409) },
});

export const consentRoute = createRoute({
  ...shared,
  method: "post",
  path: `${INTERVIEW}/consent`,
  summary: "Agree to take part, or decline",
  request: { params: interviewParams, body: jsonBody(consentRequest) },
  responses: { ...view, ...problemResponses(400, 401, 403, 404, 409, 413, 415) },
});

export const languageRoute = createRoute({
  ...shared,
  method: "put",
  path: `${INTERVIEW}/language`,
  summary: "Choose the language",
  request: { params: interviewParams, body: jsonBody(languageRequest) },
  responses: { ...view, ...problemResponses(400, 401, 403, 404, 409, 413, 415) },
});

export const answerRoute = createRoute({
  ...shared,
  method: "post",
  path: `${INTERVIEW}/answers`,
  summary: "Answer the question that is next, or skip it",
  description: "The same answer again changes nothing.",
  request: { params: interviewParams, body: jsonBody(answerRequest) },
  responses: { ...view, ...problemResponses(400, 401, 403, 404, 409, 413, 415) },
});

export const transcriptRoute = createRoute({
  ...shared,
  method: "get",
  path: `${INTERVIEW}/transcript`,
  summary: "All that was asked and answered so far",
  request: { params: interviewParams },
  responses: { 200: jsonAnswer("The transcript", transcriptForm), ...problemResponses(401, 403, 404, 409) },
});

export const withdrawRoute = createRoute({
  ...shared,
  method: "delete",
  path: INTERVIEW,
  summary: "Withdraw: what was said is erased, in the round's evidence or among the cards voted on as well",
  request: { params: interviewParams },
  responses: { 204: { description: "It is erased" }, ...problemResponses(401, 403, 404, 409, 413) },
});
