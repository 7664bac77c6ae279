import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { openRedisStore } from "../../../oracle/adapters/stores/redis.ts";
import { openSqliteStore } from "../../../oracle/adapters/stores/sqlite.ts";
import type { Store } from "../../../oracle/ports.ts";

/** A process that writes to a store as fast as it can and says what was acknowledged. */
export interface Writer {
  /** Resolves when so many batches have been acknowledged. */
  acknowledged(count: number): Promise<void>;
  /** SIGKILL; the keys of all batches that were acknowledged. */
  kill(): Promise<readonly string[]>;
}

const CALLERS = 20;

/** Starts it; resolves when its store is open. */
export async function startWriter(kind: "sqlite" | "redis", address: string): Promise<Writer> {
  const program = `import(${JSON.stringify(import.meta.url)}).then((own) => own.writeForEver(${JSON.stringify(kind)}, ${JSON.stringify(address)}))`;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const keys: string[] = [];
  const lines = createInterface(child.stdout);
  const ended = once(lines, "close");
  lines.on("line", (line) => keys.push(line));
  await Promise.race([
    once(lines, "line"),
    once(child, "exit").then(() => Promise.reject(new Error("the writer ended"))),
  ]);

  return {
    async acknowledged(count) {
      while (keys.length <= count) {
        if (child.exitCode !== null) throw new Error(`the writer ended after ${keys.length} batches`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
      return keys.slice(1);
    },
  };
}

/** The writer itself. Each batch has a key of its own and an entry in a log. */
export async function writeForEver(kind: "sqlite" | "redis", address: string): Promise<void> {
  const store = await (kind === "sqlite" ? openSqliteStore(address) : openRedisStore({ server: address }));
  process.stdout.write("open\n");
  const callers = Array.from({ length: CALLERS }, (_, caller) => writeOn(store, `${process.pid}/${caller}`));
  // The server may be killed as well: what was acknowledged has been said by then.
  await Promise.allSettled(callers);
}

async function writeOn(store: Store, caller: string): Promise<never> {
  for (let count = 0; ; count++) {
    const key = `acked/${caller}/${count}`;
    await store.commit({ put: { [key]: "x".repeat(100) }, append: [{ log: "journal", value: key }] });
    process.stdout.write(`${key}\n`);
  }
}
