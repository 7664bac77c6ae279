import { hc } from "hono/client";
import type { ApiType } from "./api.ts";

/** How a client speaks to a node. */
export interface ClientOptions {
  /** Of a session, or an API key. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
}

/**
 * A typed client of a node's public API: paths, parameters and answers are those of its routes.
 * @param url where the node answers, without a path
 */
export function apiClient(url: string, { token, fetch }: ClientOptions = {}) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return hc<ApiType>(url, { headers, ...(fetch && { fetch }) });
}
