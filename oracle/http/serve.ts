import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import type { AddressInfo } from "node:net";

/** What is served: an app of hono. */
interface Served {
  readonly fetch: (request: Request, env: object) => Response | Promise<Response>;
}

/** Bounds on how slowly and how largely a connection may speak. */
const BOUNDS = {
  /** Bytes of request line and headers. */
  maxHeaderSize: 16 * 1024,
  /** Milliseconds in which headers, and the whole of a request with its body, must have come. */
  headersTimeout: 10_000,
  requestTimeout: 120_000,
  /** Milliseconds a connection may stay open without a request. */
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
} as const;

export interface ListenOptions {
  readonly hostname: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Other bounds than those of the public API. */
  readonly bounds?: Partial<Record<keyof typeof BOUNDS, number>>;
}

/** A server that listens. */
export interface Listening {
  readonly hostname: string;
  readonly port: number;
  /** Takes no new connection, waits for answers under way for so many milliseconds, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/**
 * Serves an app over HTTP.
 * @throws the system's error where it cannot listen
 */
export function listen(app: Served, { hostname, port, bounds = {} }: ListenOptions): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const serverOptions = { ...BOUNDS, ...bounds };
    const options = { fetch: app.fetch, hostname, port, serverOptions };
    const server = serve(options, (info: AddressInfo) => {
      server.off("error", reject);
      resolve({ hostname, port: info.port, close: (graceMs) => closed(server, graceMs) });
    }) as Server;
    server.once("error", reject);
  });
}

function closed(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection whose answer has ended meanwhile would stay until its keep-alive time is over.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(idle);
      resolve();
    });
  });
}
