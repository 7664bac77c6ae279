import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A real `redis-server` with a folder of its own, writing each commit to disk before it answers. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** SIGKILL; resolves when it is gone. Its files stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port and folder after `kill` or `stop`. */
  restart(): Promise<void>;
  /** Freezes it (SIGSTOP), so that connections stay open and nothing is answered; `thaw` lets it go on. */
  freeze(): void;
  thaw(): void;
  /** Runs a command on a connection of its own. */
  command(...words: [string, ...string[]]): Promise<unknown>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** A master and a replica of it that is in step. */
export interface RedisPair {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** Makes the replica a master; the old one must be dead or frozen. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

const START_MS = 10_000;

/**
 * Starts a server on a free port of 127.0.0.1.
 * @param settings further settings, such as `["--maxmemory", "3mb"]`
 * @throws Error where `redis-server` is not installed
 */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), "guerdon-redis-"))];
  const launch = () => launched(port, folder, settings);
  let child = await launch();

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid!;
    },
    kill: () => end(child, "SIGKILL"),
    async restart() {
      await end(child, "SIGKILL");
      child = await launch();
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    command: (...words) => command(port, words),
    async stop() {
      await end(child, "SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts a master and a replica and waits until the replica is in step. */
export async function startRedisPair(settings: readonly string[] = []): Promise<RedisPair> {
  const master = await startRedis(settings);
  const replica = await startRedis([...settings, "--replicaof", "127.0.0.1", String(master.port)]);
  const inStep = async () => {
    const info = String(await replica.command("INFO", "everything"));
    return ["master_link_status:up", "aof_rewrite_in_progress:0", "aof_rewrite_scheduled:0"].every((one) =>
      info.includes(one),
    );
  };
  await until(inStep, "the replica does not follow its master");
  await until(async () => (await master.command("WAIT", "1", "100")) === 1, "the master does not count its replica");
  return {
    master,
    replica,
    promote: async () => {
      await replica.command("REPLICAOF", "NO", "ONE");
    },
    stop: async () => {
      await Promise.all([master.stop(), replica.stop()]);
    },
  };
}

async function launched(port: number, folder: string, settings: readonly string[]): Promise<ChildProcess> {
  const base = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--daemonize", "no"];
  const durable = ["--appendonly", "yes", "--appendfsync", "always", "--repl-diskless-sync-delay", "0"];
  const child = spawn("redis-server", [...base, ...durable, ...settings], { stdio: "ignore" });
  const failed = once(child, "error").then(([error]) => {
    throw new Error("redis-server cannot be started: install it (Debian: apt-get install redis-server)", {
      cause: error,
    });
  });
  // A test run that is broken off leaves no server behind.
  const orphan = () => void child.kill("SIGKILL");
  process.once("exit", orphan);
  child.once("exit", () => process.off("exit", orphan));
  await Promise.race([until(() => answers(port), "redis-server does not answer"), failed]);
  return child;
}

/** Whether it has loaded its data; one that asks for a password has. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.once("error", () => resolve(false));
    socket.once("data", (answer) => {
      socket.destroy();
      resolve(/^\+PONG|^-NOAUTH/.test(answer.toString()));
    });
  });
}

async function command(port: number, [name, ...words]: readonly [string, ...string[]]): Promise<unknown> {
  const client = new Redis(port, "127.0.0.1", { lazyConnect: true, retryStrategy: null, connectTimeout: 1_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    return await client.call(name, ...words);
  } finally {
    client.disconnect();
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

async function until(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${otherwise} within ${START_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
