import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import type { Intake } from "../roles/intake/intake.ts";
import { intakeProblem } from "./evidence-problems.ts";
import { readRoutes } from "./evidence-read.ts";
import { sendRoutes } from "./evidence-send.ts";
import type { Env } from "./env.ts";
import { onError, problem } from "./problem.ts";
import { specRoutes } from "./specs.ts";

/** What the evidence API is put together from. */
export interface EvidenceParts {
  readonly intake: Intake;
  readonly chainId: number;
  /** How long a body may take, milliseconds; 30,000 where not given. */
  readonly bodyTimeMs?: number;
}

/**
 * Evidence and outcome specs over HTTP, under `/v1`. Who calls is told by `caller` in the context. Refusals are problem documents
 * named like the intake's reasons.
 */
export function evidenceApp(parts: EvidenceParts) {
  const app = newApp();
  sendRoutes(app, parts);
  specRoutes(app, parts);
  return readRoutes(app, parts);
}

function newApp(): OpenAPIHono<Env> {
  const app = new OpenAPIHono<Env>({
    defaultHook: (result, context) => {
      if (result.success) return undefined;
      const errors = result.error.issues.map(({ path, message }) => ({
        field: [result.target, ...path].join("."),
        limit: message,
      }));
      return problem(context, {
        type: "invalid",
        title: "a part of the request is not as it must be",
        status: 400,
        errors,
      });
    },
  });
  app.onError((error, context: Context<Env>) => {
    if (error instanceof IntakeRefusal) return intakeProblem(context, error);
    return onError((unforeseen) => {
      context.get("log").error({ err: unforeseen }, "the evidence API failed");
    })(error, context);
  });
  return app;
}
