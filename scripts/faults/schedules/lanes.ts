import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Lane } from "./lane.ts";
import type { Played } from "./run.ts";

/** A lane in a process of its own, so that several processors have work. @throws Error where it ends by itself */
export async function forkLane(): Promise<Lane> {
  const child = fork(fileURLToPath(new URL("lane-process.ts", import.meta.url)), [], {
    execArgv: ["--import", "tsx"],
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`a lane ended with code ${String(code)}`);
  });
  ended.catch(() => undefined);
  await Promise.race([once(child, "message"), ended]);
  return {
    async play(kind, seed) {
      child.send({ kind, seed });
      const [played] = (await Promise.race([once(child, "message"), ended])) as [Played];
      return played;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}
