import type { OpenAPIHono } from "@hono/zod-openapi";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";
import type { Intake } from "../roles/intake/intake.ts";
import { intakeProblem } from "./evidence-problems.ts";
import { readRoutes } from "./evidence-read.ts";
import { sendRoutes } from "./evidence-send.ts";
import type { Env } from "./env.ts";
import { apiError } from "./errors.ts";
import { apiApp } from "./invalid.ts";
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
  const app = apiApp();
  app.onError((error, context) =>
    error instanceof IntakeRefusal ? intakeProblem(context, error) : apiError(error, context),
  );
  return app;
}
