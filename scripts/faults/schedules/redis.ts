import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { startRedis, startRedisPair, type RedisServer } from "../../../test/support/redis.ts";
import { pause } from "./wire.ts";

/** Redis servers that schedules use one after the other; started when first needed. */
export interface RedisPark {
  /** A server alone, that can be killed. */
  alone(): Promise<LoneRedis>;
  /** A server with a replica, that can fail over to it. */
  pair(): Promise<RedisFailover>;
  /** Empties what was started. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface LoneRedis {
  urlOf(node: number): string;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export interface RedisFailover {
  urlOf(node: number): string;
  /** Kills the server that is written to, and puts its replica in its place. */
  failOver(): Promise<void>;
  /** Lets the killed one come back as a replica; nothing can be written durably before. */
  mend(): Promise<void>;
}

/** Each node has a database of its own on the servers they share. */
const database = (port: number, node: number): string => `redis://127.0.0.1:${port}/${node + 1}`;

export function redisPark(): RedisPark {
  let lone: Promise<RedisServer> | null = null;
  let failover: Promise<Failover> | null = null;
  return {
    async alone() {
      const server = await (lone ??= startRedis());
      return {
        urlOf: (node) => database(server.port, node),
        kill: () => server.kill(),
        restart: () => server.restart(),
      };
    },
    pair: () => (failover ??= startFailover()),
    async clear() {
      await (await lone)?.command("FLUSHALL");
      await (await failover)?.clear();
    },
    async stop() {
      await (await lone)?.stop();
      await (await failover)?.stop();
    },
  };
}

type Failover = RedisFailover & { clear(): Promise<void>; stop(): Promise<void> };

async function startFailover(): Promise<Failover> {
  const servers = await startRedisPair();
  let [master, replica] = [servers.master, servers.replica];
  const line = await startSwitch(master.port);
  return {
    urlOf: (node) => database(line.port, node),
    async failOver() {
      await master.kill();
      await replica.command("REPLICAOF", "NO", "ONE");
      [master, replica] = [replica, master];
      line.lead(master.port);
    },
    async mend() {
      await replica.restart();
      await replica.command("REPLICAOF", "127.0.0.1", String(master.port));
      while ((await master.command("WAIT", "1", "200")) !== 1) await pause(20);
    },
    async clear() {
      await master.command("FLUSHALL");
      await master.command("WAIT", "1", "2000");
    },
    async stop() {
      line.close();
      await Promise.all([master.stop(), replica.stop()]);
    },
  };
}

/** A port that leads to one server now and to another one later, as the address of a failed-over service does. */
async function startSwitch(first: number) {
  let target = first;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.pipe(upstream).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    lead(port: number): void {
      target = port;
      cut();
    },
    close(): void {
      server.close();
      cut();
    },
  };
}
