import { Worker } from "node:worker_threads";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";
import type { SandboxAnswer, SandboxTask } from "./sandbox-worker.ts";

/** Where files of strangers are taken apart: a thread of its own for each, ended when it takes too long or too much. */
export interface Sandbox {
  /** Never rejects for what the file is. @throws IntakeRefusal `busy` where too many files wait already */
  run(task: SandboxTask): Promise<SandboxResult>;
}

export type SandboxResult = SandboxAnswer | { readonly failed: "time-limit" | "memory-limit" | "unreadable" };

export interface SandboxOptions {
  /** Milliseconds for one file. */
  readonly timeMs?: number;
  /** Heap of a thread. Pictures are bounded by their pixels instead. */
  readonly memoryMb?: number;
  readonly concurrency?: number;
  /** Files that may wait for a thread. */
  readonly waiting?: number;
}

export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { timeMs = 30_000, memoryMb = 256, concurrency = 2, waiting = 32 } = options;
  const turns: (() => void)[] = [];
  let running = 0;

  async function take(): Promise<void> {
    if (running < concurrency) {
      running++;
      return;
    }
    if (turns.length >= waiting) {
      throw new IntakeRefusal("busy", {
        field: "body",
        value: `${waiting + 1} files`,
        limit: `at most ${waiting} wait`,
      });
    }
    await new Promise<void>((resolve) => turns.push(resolve));
  }

  function give(): void {
    const next = turns.shift();
    if (next === undefined) running--;
    else next();
  }

  return {
    async run(task) {
      await take();
      try {
        return await inThread(task, timeMs, memoryMb);
      } finally {
        give();
      }
    },
  };
}

async function inThread(task: SandboxTask, timeMs: number, memoryMb: number): Promise<SandboxResult> {
  const worker = new Worker(new URL("./sandbox-worker.ts", import.meta.url), {
    workerData: task,
    env: {},
    // What libraries print about a file is text of strangers.
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
  });
  const late = AbortSignal.timeout(timeMs);
  try {
    return await new Promise<SandboxResult>((resolve) => {
      worker.once("message", (answer: SandboxAnswer) => resolve(answer));
      worker.once("error", (error) => resolve({ failed: isOutOfMemory(error) ? "memory-limit" : "unreadable" }));
      worker.once("exit", () => resolve({ failed: "unreadable" }));
      late.addEventListener("abort", () => resolve({ failed: "time-limit" }));
    });
  } finally {
    await worker.terminate();
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
