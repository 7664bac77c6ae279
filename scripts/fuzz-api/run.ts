import { answerChecker, type Answer } from "./check.ts";
import type { OpenApi } from "./document.ts";
import { seeded } from "./random.ts";
import { requestMaker, type FuzzRequest } from "./requests.ts";
import { openWorld, type World } from "./world.ts";

/** How many requests are under way at once: enough for the store to write in groups. */
const AT_ONCE = 16;

/** Most violations that are told of, each kind once a route; then it ends. */
const MAX_TOLD = 20;

/** An answer that breaks a promise of the service. */
export interface Violation {
  readonly route: string;
  readonly request: FuzzRequest;
  readonly fault: string;
  readonly answer: string;
}

export interface FuzzResult {
  readonly requests: number;
  readonly violations: readonly Violation[];
  /** Requests by route, then by status. */
  readonly counts: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** Sends requests to a service in this process, and compares each answer with the service's own description. */
export async function fuzzApi(options: { readonly requests: number; readonly seed: number }): Promise<FuzzResult> {
  const world = await openWorld();
  try {
    const document = (await (await world.app.request("/openapi.json")).json()) as unknown as OpenApi;
    const make = requestMaker(document, world, seeded(options.seed));
    const check = answerChecker(document);
    const violations: Violation[] = [];
    const counts = new Map<string, Map<number, number>>();
    let sent = 0;
    const worker = async (): Promise<void> => {
      while (sent++ < options.requests && violations.length < MAX_TOLD) {
        const request = await make();
        const answer = await answerTo(world, request);
        const { route, fault } = check(request, answer);
        await learn(world, request, answer);
        count(counts, route, answer.status);
        const known = violations.some((one) => one.route === route && one.fault === fault);
        if (fault !== null && !known) violations.push({ route, request, fault, answer: told(world, answer) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return { requests: total(counts), violations, counts };
  } finally {
    await world.close();
  }
}

async function answerTo(world: World, { method, url, headers, body, tight }: FuzzRequest): Promise<Answer> {
  const app = tight ? world.tight : world.app;
  const response = await app.request(`http://localhost${url}`, { method, headers, body });
  if (response.headers.get("content-type") === "text/event-stream") {
    await response.body?.cancel();
    return { status: response.status, headers: response.headers, body: null };
  }
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** Goes on with what there is now: a session that was ended is begun anew, evidence that was taken in can be asked for. */
async function learn(world: World, { method, url, headers }: FuzzRequest, { status, body }: Answer): Promise<void> {
  const [, token] = /^Bearer (gs_.*)$/.exec(headers["authorization"] ?? "") ?? [];
  if (method === "DELETE" && status === 204 && url.startsWith("/v1/sign-in")) await world.renew(token ?? "");
  if (status !== 201 || !url.includes("/rounds/") || world.items.length > 500) return;
  const { pool, round, leaf } = JSON.parse(body ?? "{}") as Partial<World["items"][number]>;
  if (pool !== undefined && round !== undefined && leaf !== undefined) world.items.push({ pool, round, leaf });
}

/** What a failure was inside goes with it: the answer says nothing of that. */
function told({ failures }: World, { status, headers, body }: Answer): string {
  const failure = failures.find(({ requestId }) => requestId === headers.get("x-request-id"));
  return `${status} ${(body ?? "").slice(0, 500)} ${failure === undefined ? "" : JSON.stringify(failure.error)}`;
}

function count(counts: Map<string, Map<number, number>>, route: string, status: number): void {
  const statuses = counts.get(route) ?? new Map<number, number>();
  counts.set(route, statuses.set(status, (statuses.get(status) ?? 0) + 1));
}

function total(counts: FuzzResult["counts"]): number {
  return [...counts.values()].flatMap((statuses) => [...statuses.values()]).reduce((sum, one) => sum + one, 0);
}
