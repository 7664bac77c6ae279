import { appealHash } from "../domain/appeal.ts";
import { AppealRefusal, type AppealReason, type Appeals, type TakenAppeal } from "../roles/providers/appeals.ts";
import type { Feedback } from "../roles/providers/feedback.ts";
import { isAppealName } from "../store/appeals.ts";
import { requireAccount } from "./callers.ts";
import { apiError } from "./errors.ts";
import { hasEntity } from "./etag.ts";
import { apiApp } from "./invalid.ts";
import { jsonBytes } from "./json-bytes.ts";
import { cursorOf, linkNext, readCursor } from "./pages.ts";
import { refuse, type ProblemDetails, type ProblemName } from "./problems.ts";
import { appealRoute, appealsRoute, feedbackRoute } from "./provider-schemas.ts";
import { NOT_KEPT } from "./sign-in.ts";

/** What the providers' routes are put together from. */
export interface ProvidersParts {
  readonly feedback: Feedback;
  readonly appeals: Appeals;
  readonly chainId: number;
}

/** A round may yet have another bundle, and a provider sees more than others: ask again each time. */
const ASK_AGAIN = { "cache-control": "no-cache", vary: "Authorization" } as const;

/** What rounds tell providers, and what providers say against them. */
export function providersApp({ feedback, appeals, chainId }: ProvidersParts) {
  const app = apiApp();
  app.onError((error, context) => {
    if (!(error instanceof AppealRefusal)) return apiError(error, context);
    const [name, details] = problemOf(error);
    return refuse(context, name, details);
  });
  return app
    .openapi(feedbackRoute, async (c) => {
      const { provider, ...params } = c.req.valid("param");
      const caller = c.get("caller");
      const account = caller?.kind === "account" ? caller.address : null;
      const id = { chainId, ...params };
      const told = await feedback.tell(id, provider, account);
      if (told === null) return refuse(c, "not-found", { detail: "no bundle of a judged round with such a provider" });
      if (told.own) return jsonBytes(c, told.bytes, { ...NOT_KEPT, vary: "Authorization" });
      const headers = { ...ASK_AGAIN, etag: `"${told.bundle}"` };
      if (hasEntity(c.req.header("if-none-match"), headers.etag)) return c.body(null, 304, headers);
      return jsonBytes(c, told.bytes, headers);
    })
    .openapi(appealRoute, async (c) => {
      const account = requireAccount(c);
      const taken = await appeals.take({ chainId, ...c.req.valid("param") }, account, c.req.valid("json"));
      return c.json(takenOf(taken), taken.created ? 201 : 200, NOT_KEPT);
    })
    .openapi(appealsRoute, async (c) => {
      const { limit, cursor } = c.req.valid("query");
      const after = readCursor(cursor, (text) => (isAppealName(text) ? text : null));
      const found = await appeals.list({ chainId, ...c.req.valid("param") }, after, limit);
      const next = found.length === limit ? cursorOf(found.at(-1)!.name) : null;
      linkNext(c, next, limit);
      return c.json({ appeals: found.map(({ appeal }) => ({ appeal, hash: appealHash(appeal) })), next }, 200);
    });
}

function takenOf({ appeal, hash, challenge }: TakenAppeal) {
  return { appeal, hash, challenge: challenge && { ...challenge, calls: [...challenge.calls] } };
}

const PROBLEM_OF = {
  "no-round": "not-found",
  "no-criterion": "invalid",
  "not-provider": "not-provider",
  "not-open": "no-appeal",
  "appealed-already": "appealed-already",
} as const satisfies Record<AppealReason, ProblemName>;

function problemOf({ reason, message }: AppealRefusal): [ProblemName, ProblemDetails] {
  const details =
    reason === "no-criterion" ? { errors: [{ field: "body.criterion", limit: message }] } : { detail: message };
  return [PROBLEM_OF[reason], details];
}
