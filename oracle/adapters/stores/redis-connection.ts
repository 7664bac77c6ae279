import { Redis, type RedisOptions } from "ioredis";
import { StoreUnavailable } from "../../ports.ts";

/** Where a server is: a URL, or options of ioredis (for Sentinel or TLS). Answers keep the form they have by default. */
export type RedisAddress = string | Omit<RedisOptions, "replyMapping">;

/** A connection that comes back by itself, and on which nothing waits for ever. */
export interface Connection {
  /**
   * Sends commands once there is a connection that has passed its check. What `work` sends in its first turn goes out on that very
   * connection. No command is ever sent twice.
   * @throws StoreUnavailable where there is none in time, it breaks, the answer takes too long, or Redis refuses
   */
  use<Result>(work: (client: Redis) => Promise<Result>): Promise<Result>;
  close(): void;
}

const LONGEST_RECONNECT_MS = 1_000;

/**
 * @param timeoutMs how long a caller waits at most, connecting included
 * @param check is made on every new connection before anything else; its rejection is passed on to whoever wanted to use it
 */
export function openConnection(
  server: RedisAddress,
  timeoutMs: number,
  check: (client: Redis) => Promise<void>,
): Connection {
  const client = clientOf(server, timeoutMs);
  let checked: Promise<void> | null = null;
  const uncheck = () => {
    checked = null;
  };
  client.on("ready", uncheck).on("close", uncheck);
  // Every caller gets the reason; without a listener the library would print it.
  let lastError = "no connection";
  client.on("error", (error: Error) => {
    lastError = wordsFor(error);
  });

  async function passCheck(): Promise<void> {
    checked ??= check(client);
    try {
      await checked;
    } catch (error) {
      uncheck();
      throw error;
    }
  }

  async function send<Result>(work: (client: Redis) => Promise<Result>): Promise<Result> {
    await untilReady(client);
    await passCheck();
    return work(client);
  }

  return {
    async use(work) {
      const late = () => (client.status === "ready" ? "no answer" : lastError);
      try {
        return await within(
          timeoutMs,
          send(work),
          () => new StoreUnavailable(`Redis: ${late()} within ${timeoutMs} ms`),
        );
      } catch (error) {
        throw error instanceof StoreUnavailable ? error : new StoreUnavailable(`Redis: ${wordsFor(error)}`);
      }
    },
    close: () => client.disconnect(),
  };
}

/** Options under which a command is sent at once or not at all, and never again after a break. */
function clientOf(server: RedisAddress, timeoutMs: number): Redis {
  const options = {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    // A server that hangs is left, and with it the commands it has not answered.
    socketTimeout: timeoutMs,
    retryStrategy: (times: number) => Math.min(50 * times, LONGEST_RECONNECT_MS),
    // After a failover the old address may lead to a replica: look it up again. 1: without sending the command again.
    reconnectOnError: (error: Error) => (error.message.startsWith("READONLY") ? 1 : false),
  } satisfies RedisOptions;
  return typeof server === "string" ? new Redis(server, options) : new Redis({ ...server, ...options });
}

function untilReady(client: Redis): Promise<void> {
  if (client.status === "ready") return Promise.resolve();
  if (client.status === "end") return Promise.reject(new StoreUnavailable("Redis: the connection is closed"));
  return new Promise((resolve, reject) => {
    const end = () => {
      client.off("ready", ready);
      reject(new StoreUnavailable("Redis: the connection is closed"));
    };
    const ready = () => {
      client.off("end", end);
      resolve();
    };
    client.once("ready", ready).once("end", end);
  });
}

function within<Result>(ms: number, work: Promise<Result>, late: () => Error): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

/** The library's errors carry the command and so what was to be stored: only the first words are passed on. */
function wordsFor(error: unknown): string {
  if (!(error instanceof Error)) return "failed";
  // What the library says of a command that was under way when its connection broke, and that it was told not to send again.
  return error.name === "MaxRetriesPerRequestError" ? "the connection broke" : error.message.slice(0, 200);
}
