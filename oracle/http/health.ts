import { Hono, type Context } from "hono";
import type { Health } from "../ops/health.ts";
import { PROBLEM_URN } from "./problem.ts";

/**
 * `/healthz`: the process is alive. `/readyz`: the node can take work, or 503 with a problem that lists what fails. For the public
 * port and the operator's.
 */
export function healthApp(health: Health): Hono {
  const app = new Hono();
  app.get("/healthz", (c) => c.json({ status: "ok" }, 200, NEVER_STORED));
  app.get("/readyz", (c) => answer(c, health));
  return app;
}

const NEVER_STORED = { "cache-control": "no-store" };

async function answer(context: Context, health: Health): Promise<Response> {
  const { ready, checks } = await health.readiness();
  const warnings = checks.filter(({ ok, required }) => !ok && !required).map(shown);
  if (ready)
    return context.json({ status: "ready", checks: checks.map(({ name }) => name), warnings }, 200, NEVER_STORED);
  const failing = checks.filter(({ ok, required }) => !ok && required).map(shown);
  const detail = failing.map((check) => `${check.name}: ${check.detail}`).join("; ");
  const problem = { type: `${PROBLEM_URN}not-ready`, title: "the node is not ready", status: 503, detail };
  return context.body(JSON.stringify({ ...problem, failing, warnings }), 503, {
    ...NEVER_STORED,
    "content-type": "application/problem+json",
    "retry-after": "5",
  });
}

function shown({ name, detail }: { name: string; detail: string }): { name: string; detail: string } {
  return { name, detail };
}
