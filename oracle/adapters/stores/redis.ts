import { InputError } from "../../domain/errors.ts";
import { StoreUnavailable, type Committed, type Store } from "../../ports.ts";
import { inGroups } from "./groups.ts";
import { checkKey, rangeOf } from "./keys.ts";
import { planOf, type Plan } from "./plan.ts";
import { checkServer, type Durability } from "./redis-check.ts";
import { openConnection, type Connection, type RedisAddress } from "./redis-connection.ts";
import { commitAll, listAll, namesOf, type Names } from "./redis-script.ts";

export interface RedisStoreOptions {
  /** `redis://` or `rediss://` with user and password in it, or options of ioredis (for Sentinel or TLS). */
  readonly server: RedisAddress;
  /** Of all keys, so that stores can share a server. `guerdon` where not given. */
  readonly prefix?: string;
  /** How many replicas must hold a batch before it counts as made; 0 where not given. */
  readonly waitReplicas?: number;
  /** How long replicas are waited for, ms; 2,000 where not given. */
  readonly waitMs?: number;
  /** How long a caller waits at most, ms, connecting included; 3,000 more than `waitMs` where not given, and always above it. */
  readonly timeoutMs?: number;
  /** What the server's settings must promise; `always` where not given. */
  readonly durability?: Durability;
}

const PREFIX = /^[A-Za-z0-9._:-]{1,64}$/;

/**
 * A store on a Redis server, for any number of processes. Each operation is one script, so it is atomic. Reading needs the master:
 * where a failover has left an old one running, it answers with what it had.
 * @throws StoreUnavailable where the server cannot be reached or its settings promise less than `durability`
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const {
    server,
    waitReplicas = 0,
    waitMs = 2_000,
    timeoutMs = waitMs + 3_000,
    durability = "always",
  } = checked(options);
  const names = namesOf(options.prefix ?? "guerdon");
  const open = () => openConnection(server, timeoutMs, (client) => checkServer(client, durability));
  // `WAIT` blocks its connection, so reading has one of its own.
  const [reader, writer] = [open(), open()];
  const make = (plans: readonly Plan[]) => commitGroup(writer, names, plans, waitReplicas, waitMs);
  const commits = inGroups(make, ({ weight }) => weight);
  const reads = readsOf(reader, names);
  let closed: Promise<void> | null = null;

  async function close(): Promise<void> {
    await Promise.all([commits.idle(), reads.idle()]);
    for (const connection of [reader, writer]) connection.close();
  }

  const store: Store = {
    get: reads.get,
    getMany: reads.getMany,
    list: reads.list,
    commit: async (batch) => {
      if (closed !== null) throw new StoreUnavailable("Redis: the store is closed");
      return commits.add(planOf(batch));
    },
    probe: async () => {
      await commits.add(planOf({}));
    },
    close: () => (closed ??= close()),
  };
  await Promise.all([store.probe(), reader.use(() => Promise.resolve())]).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return store;
}

/**
 * A batch whose conditions did not hold waits for the replicas too: what it found there may be another's batch that they do not
 * hold yet, and its caller will rely on it.
 */
async function commitGroup(
  writer: Connection,
  names: Names,
  plans: readonly Plan[],
  replicas: number,
  waitMs: number,
): Promise<Committed[]> {
  const { committed, acknowledged } = await writer.use((client) => commitAll(client, names, plans, replicas, waitMs));
  if (acknowledged >= replicas) return committed;
  throw new StoreUnavailable(
    `Redis: ${acknowledged} of ${replicas} replicas acknowledged within ${waitMs} ms; the batch may or may not have been made`,
  );
}

function readsOf(reader: Connection, names: Names) {
  const lookUps = inGroups(
    (groups: readonly (readonly string[])[]) => reader.use((client) => getGroups(client, names, groups)),
    (keys) => keys.length,
  );

  async function getMany(keys: readonly string[]): Promise<(string | null)[]> {
    for (const key of keys) checkKey(key);
    return keys.length === 0 ? [] : lookUps.add(keys);
  }

  const reads: Pick<Store, "get" | "getMany" | "list"> = {
    get: async (key) => (await getMany([key]))[0]!,
    getMany,
    list: async (prefix, listing) => {
      const range = rangeOf(prefix, listing);
      return reader.use((client) => listAll(client, names, range));
    },
  };
  return { ...reads, idle: lookUps.idle };
}

/** Many callers' keys in one command. */
async function getGroups(
  client: { mget(keys: string[]): Promise<(string | null)[]> },
  { values }: Names,
  groups: readonly (readonly string[])[],
): Promise<(string | null)[][]> {
  const found = await client.mget(groups.flatMap((keys) => keys.map((key) => values + key)));
  let at = 0;
  return groups.map((keys) => found.slice(at, (at += keys.length)));
}

function checked(options: RedisStoreOptions): RedisStoreOptions {
  const { prefix = "guerdon", waitReplicas = 0, waitMs = 2_000, timeoutMs = waitMs + 3_000 } = options;
  if (!PREFIX.test(prefix)) fail("prefix", prefix, "1 to 64 letters, digits and ._:-");
  if (!Number.isInteger(waitReplicas) || waitReplicas < 0) fail("waitReplicas", waitReplicas, "a whole number from 0");
  if (!(waitMs > 0 && waitMs < timeoutMs)) fail("waitMs", waitMs, `above 0 and below timeoutMs, ${timeoutMs}`);
  return options;
}

function fail(field: string, value: string | number, limit: string): never {
  throw new InputError("the store cannot be opened so", { field, value: String(value), limit });
}
