import { spawn } from "node:child_process";
import { once } from "node:events";
import { openBullQueue } from "../../../oracle/adapters/queues/bull.ts";
import { openEmbeddedQueue } from "../../../oracle/adapters/queues/embedded.ts";
import { openRedisStore } from "../../../oracle/adapters/stores/redis.ts";
import { openSqliteStore } from "../../../oracle/adapters/stores/sqlite.ts";
import { QUICK, sleep } from "./contract.ts";

/** What kind of queue, and where: the path of a SQLite file or the URL of a Redis server. */
export type QueuePlace = readonly ["sqlite" | "redis" | "bull", string];

/** Starts a process that adds a job "a", takes it and never ends it. @returns kills it once it has the job */
export async function startStuckWorker(...place: QueuePlace): Promise<() => Promise<void>> {
  const program = `import(${JSON.stringify(import.meta.url)}).then((own) => own.workForEver(...${JSON.stringify(place)}))`;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error("it ended"))),
  ]);
  return async () => {
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  };
}

/** The process itself. */
export async function workForEver(...place: QueuePlace): Promise<void> {
  const queue = await openQueue(...place);
  queue.work(
    "k",
    async () => {
      process.stdout.write("taken\n");
      await sleep(1_000_000);
    },
    { concurrency: 1, attempts: 1 },
  );
  await queue.add({ kind: "k", id: "a", data: 1 });
}

async function openQueue(kind: QueuePlace[0], address: string) {
  if (kind === "bull") return openBullQueue({ ...QUICK, server: address });
  const store = await (kind === "sqlite" ? openSqliteStore(address) : openRedisStore({ server: address }));
  return openEmbeddedQueue(store, { ...QUICK, leaseMs: kind === "sqlite" ? 60_000 : QUICK.leaseMs! });
}
