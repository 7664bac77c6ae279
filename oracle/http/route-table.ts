import type { OpenAPIHono } from "@hono/zod-openapi";
import { TrieRouter } from "hono/router/trie-router";

interface Route {
  readonly method: string;
  readonly path: string;
}

/** Whether a path is one of the routes of an app. Looked up in the same way as the app itself does. */
export function routesOf(apps: readonly { readonly routes: readonly Route[] }[]): (path: string) => boolean {
  const router = new TrieRouter<true>();
  for (const { method, path } of apps.flatMap(({ routes }) => routes)) {
    if (method !== "ALL") router.add("ALL", path, true);
  }
  return (path) => router.match("ALL", path)[0].length > 0;
}

/**
 * Types of the answers that routes declare for success, by method and path; `null` for what no route declares.
 * @param registry of all routes, the way OpenAPI has them
 */
export function producedTypes(
  registry: OpenAPIHono["openAPIRegistry"],
): (method: string, path: string) => readonly string[] | null {
  const router = new TrieRouter<readonly string[]>();
  for (const definition of registry.definitions) {
    if (definition.type !== "route") continue;
    const { method, path, responses } = definition.route;
    const types = Object.entries(responses)
      .filter(([status]) => status.startsWith("2"))
      .flatMap(([, response]) => ("content" in response ? Object.keys(response.content ?? {}) : []));
    router.add(method.toUpperCase(), path.replaceAll(/\/{(.+?)}/g, "/:$1"), types);
  }
  return (method, path) => {
    const [matched] = router.match(method === "HEAD" ? "GET" : method, path);
    return matched[0]?.[0] ?? null;
  };
}
