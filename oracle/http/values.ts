import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { interviewToken } from "../roles/access/tokens.ts";
import type { ConfirmedCriteria } from "../roles/interviewer/values/criteria.ts";
import type { Values, ValuesDraft, ValuesView } from "../roles/interviewer/values/values.ts";
import { canonicalHash } from "../domain/canonical.ts";
import { requireAccount } from "./callers.ts";
import type { Env } from "./env.ts";
import { hasEntity } from "./etag.ts";
import { timeText } from "./forms.ts";
import { interviewError } from "./interview-problems.ts";
import { apiApp } from "./invalid.ts";
import { NOT_KEPT } from "./sign-in.ts";
import {
  closeRoute,
  confirmRoute,
  criteriaRoute,
  draftRoute,
  openRoute,
  putCriteriaRoute,
  valuesInviteRoute,
  valuesRoute,
  voteRoute,
  votingRoute,
} from "./values-routes.ts";
import type { criteriaForm, draftForm, valuesForm } from "./values-schemas.ts";

/** What buyers find good, over HTTP under `/v1/values`: for who asks, and for the buyers. Their interviews are those of `interviewsApp`. */
export function valuesApp(values: Values) {
  const app = apiApp();
  app.onError(interviewError);
  return app
    .openapi(openRoute, async (c) => {
      const account = requireAccount(c);
      const { closesAt, ...asked } = c.req.valid("json");
      const id = await values.open(account, { ...asked, closesAt: Date.parse(closesAt) });
      return c.json({ id: id.values }, 201, { ...NOT_KEPT, location: `/v1/values/${id.values}` });
    })
    .openapi(valuesInviteRoute, async (c) => {
      const { interview, secret } = await values.invite(idIn(c.req.valid("param")), requireAccount(c));
      return c.json({ id: interview, token: interviewToken(interview, secret) }, 201, NOT_KEPT);
    })
    .openapi(valuesRoute, async (c) => {
      return c.json(viewOf(await values.view(idIn(c.req.valid("param")), requireAccount(c))), 200, NOT_KEPT);
    })
    .openapi(votingRoute, async (c) => {
      return c.json(viewOf(await values.beginVoting(idIn(c.req.valid("param")), requireAccount(c))), 200, NOT_KEPT);
    })
    .openapi(voteRoute, async (c) => {
      await values.vote(idIn(c.req.valid("param")), requireAccount(c), c.req.valid("json"));
      return c.body(null, 204, NOT_KEPT);
    })
    .openapi(closeRoute, async (c) => {
      return c.json(draftOf(await values.close(idIn(c.req.valid("param")), requireAccount(c))), 200, NOT_KEPT);
    })
    .openapi(draftRoute, async (c) => {
      const draft = draftOf(await values.draft(idIn(c.req.valid("param")), requireAccount(c)));
      const headers = headersOf(draft);
      return isKnown(c, headers) ? c.body(null, 304, headers) : c.json(draft, 200, headers);
    })
    .openapi(putCriteriaRoute, async (c) => {
      const id = idIn(c.req.valid("param"));
      return c.json(criteriaOf(await values.putCriteria(id, requireAccount(c), c.req.valid("json"))), 200, NOT_KEPT);
    })
    .openapi(criteriaRoute, async (c) => {
      const criteria = criteriaOf(await values.criteria(idIn(c.req.valid("param")), requireAccount(c)));
      const headers = headersOf(criteria);
      return isKnown(c, headers) ? c.body(null, 304, headers) : c.json(criteria, 200, headers);
    })
    .openapi(confirmRoute, async (c) => {
      const { hash, ids } = c.req.valid("json");
      const id = idIn(c.req.valid("param"));
      return c.json(criteriaOf(await values.confirm(id, requireAccount(c), hash, ids)), 200, NOT_KEPT);
    });
}

function idIn({ id }: { readonly id: string }) {
  return { values: id };
}

/** What only some may read stays with them, and is asked for again each time. */
function headersOf(answer: object) {
  return { "cache-control": "private, no-cache", vary: "Authorization", etag: `"${canonicalHash(answer)}"` };
}

function isKnown(context: Context<Env>, { etag }: { readonly etag: string }): boolean {
  return hasEntity(context.req.header("if-none-match"), etag);
}

function viewOf({ about, state, interviews, votes, cards, own }: ValuesView): z.output<typeof valuesForm> {
  const { organiser, buyers, closesAt, plan } = about;
  return {
    ...{ state, title: plan.title, subject: plan.subject, languages: plan.languages, organiser, buyers },
    closesAt: timeText(closesAt),
    ...{ interviews, votes, own },
    cards: cards?.map(({ stories, ...card }) => ({ ...card, quotes: stories.map(({ quote }) => quote) })) ?? null,
  };
}

function draftOf({ hash, record, findings, concerns }: ValuesDraft): z.output<typeof draftForm> {
  return { hash, record, findings: [...findings], concerns: [...concerns] };
}

function criteriaOf(criteria: ConfirmedCriteria): z.output<typeof criteriaForm> {
  const { hash, document, confirmed, findings, accepted } = criteria;
  const accounts = confirmed.map(({ account, ids }) => ({ account, ids: [...ids] }));
  return { hash, document, confirmed: accounts, findings: [...findings], accepted };
}
