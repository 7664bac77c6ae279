import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { HonoAdapter } from "@bull-board/hono";
import { serveStatic } from "@hono/node-server/serve-static";
import type { Queue as BullQueue } from "bullmq";
import { Hono } from "hono";
import { html } from "hono/html";
import { secureHeaders } from "hono/secure-headers";
import type { Health } from "../ops/health.ts";
import type { Metrics } from "../ops/metrics.ts";
import type { Queue } from "../ports.ts";
import { healthApp } from "./health.ts";
import { onError, onNotFound, type Log } from "./problem.ts";

/** What the operator sees. */
export interface OpsParts {
  readonly health: Health;
  readonly metrics: Metrics;
  readonly queue: Queue;
  /** Queues of BullMQ known so far, where jobs are kept in Redis: then their board stands at `/queues/board`. */
  readonly boards?: (() => Promise<readonly BullQueue[]>) | undefined;
  readonly log?: Log;
}

const BOARD = "/queues/board";

/** Pages load nothing from elsewhere: the board would fetch fonts. */
const OWN_ALONE = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  frameAncestors: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'none'"],
};

/**
 * What is served to the operator alone: `/healthz`, `/readyz`, `/metrics`, `/queues` (a page, or JSON where that is asked for) and
 * the board of BullMQ. Nothing here changes anything.
 */
export function opsApp({ health, metrics, queue, boards, log }: OpsParts): Hono {
  const app = new Hono();
  app.use(secureHeaders({ contentSecurityPolicy: OWN_ALONE }));
  app.route("/", healthApp(health));
  app.get("/metrics", async (c) => {
    // Asked here too, so that its metric is as new as the others.
    await health.readiness();
    const text = await metrics.text();
    return c.body(text, 200, { "content-type": metrics.contentType });
  });
  app.get("/queues", async (c) => {
    const counts = await queue.counts();
    const wantsPage = c.req.header("accept")?.includes("text/html") ?? false;
    return wantsPage ? c.html(queuePage(counts, boards !== undefined)) : c.json({ queues: counts });
  });
  if (boards !== undefined) app.route(BOARD, board(boards));
  app.notFound(onNotFound);
  app.onError(onError(log));
  return app;
}

type BoardOptions = Parameters<typeof createBullBoard>[0];

/** Read-only: a page elsewhere could make the operator's browser press its buttons. */
function board(boards: () => Promise<readonly BullQueue[]>): Hono {
  const adapter = new HonoAdapter(serveStatic);
  adapter.setBasePath(BOARD);
  // The adapter brings a release of the interface of its own, which differs in a private field alone.
  const serverAdapter = adapter as unknown as BoardOptions["serverAdapter"];
  const { replaceQueues } = createBullBoard({ queues: [], serverAdapter });
  const app = new Hono();
  app.use("/api/*", async (_, next) => {
    // Kinds of jobs come up while the node runs.
    replaceQueues((await boards()).map((queue) => new BullMQAdapter(queue, { readOnlyMode: true })));
    await next();
  });
  app.route("/", adapter.registerPlugin());
  return app;
}

type Counts = Awaited<ReturnType<Queue["counts"]>>;

function queuePage(counts: Counts, hasBoard: boolean) {
  const rows = counts.map(
    ({ kind, waiting, active, failed }) =>
      html`<tr>
        <td>${kind}</td>
        <td>${waiting}</td>
        <td>${active}</td>
        <td>${failed}</td>
      </tr>`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>Jobs of this node</title>
      </head>
      <body>
        <h1>Jobs of this node</h1>
        ${hasBoard ? html`<p><a href="${BOARD}">each job</a></p>` : ""}
        <table>
          <thead>
            <tr>
              <th scope="col">kind</th>
              <th scope="col">waiting</th>
              <th scope="col">active</th>
              <th scope="col">failed</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </body>
    </html>`;
}
