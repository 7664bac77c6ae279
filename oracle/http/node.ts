import { Hono, type Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import { InputError } from "../domain/errors.ts";
import { cosignRequestSchema, reportRequestSchema, sealRequestSchema } from "../domain/messages.ts";
import { Refusal, type Assessor } from "../roles/assessor.ts";
import { onError, onNotFound, problem, type Log } from "./problem.ts";

/** Largest request: the evidence of a round, with room. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/**
 * What an oracle node answers to its peers and to whoever collects its work. JSON in and out; refusals are problem documents:
 * 400 malformed, 413 too large, 422 not acted upon, with the reason.
 * @param log told of errors that nobody foresaw
 */
export function nodeApp(assessor: Assessor, log?: Log): Hono {
  const app = new Hono();
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => problem(c, { type: "too-large", title: `more than ${MAX_BODY_BYTES} bytes`, status: 413 }),
    }),
  );
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.post("/v1/reports", (c) => answer(c, reportRequestSchema, (request) => assessor.report(request)));
  app.post("/v1/cosignatures", (c) => answer(c, cosignRequestSchema, (request) => assessor.cosign(request)));
  app.post("/v1/seals", (c) => answer(c, sealRequestSchema, (request) => assessor.seal(request)));
  app.notFound(onNotFound);
  app.onError(onError(log));
  return app;
}

async function answer<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
  act: (request: z.output<Schema>) => Promise<object>,
): Promise<Response> {
  const body: unknown = await context.req.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const detail = `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "not of the expected form"}`;
    return problem(context, { type: "malformed", title: "the request is malformed", status: 400, detail });
  }
  try {
    return context.json(await act(parsed.data));
  } catch (error) {
    if (error instanceof Refusal) return problem(context, { type: error.reason, title: error.message, status: 422 });
    if (error instanceof InputError) {
      return problem(context, { type: "bad-evidence", title: error.message, status: 422 });
    }
    throw error;
  }
}
