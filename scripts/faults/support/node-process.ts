import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Hex } from "viem";
import { z } from "zod";
import { lower } from "../../season/accounts.ts";

/** How long a node may take to start. */
const START_MS = 60_000;

/** A node in a process of its own, which can die and be started again under the same settings. */
export interface NodeProcess {
  readonly address: Hex;
  /** Where it answers, without a slash at the end. */
  readonly url: string;
  /** How often it was started. */
  starts(): number;
  /** Says something to the process, if one runs. */
  tell(message: object): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** Starts it, where it does not run, and waits until it answers. */
  start(): Promise<void>;
  /** SIGTERM; resolves when the process is gone. It is not started again by itself after that. */
  stop(): Promise<void>;
}

export interface NodeProcessOptions {
  readonly address: Hex;
  readonly url: string;
  readonly settings: Readonly<Record<string, string>>;
  /** File to which it logs. */
  readonly logFile: string;
  /** What runs; `oracle/main.ts` where not given. */
  readonly entry?: string;
  /** Variables of its environment besides, which are no settings of nodes. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What a process is told to begin; where given, a spare process waits for that, so that a new start takes no time. */
  readonly begin?: () => object;
  /** Hears of what the process says after it is ready. */
  readonly onMessage?: (message: unknown) => void;
  /** Hears of an end that was not asked for; with `true` it is started again at once. */
  readonly onDeath?: (signal: string | null, code: number | null) => boolean;
}

export const MAIN = fileURLToPath(new URL("../../../oracle/main.ts", import.meta.url));

const readySchema = z.object({ url: z.string(), address: z.string().transform(lower) });

/** @throws from `start`, where a process ends before it is ready */
export function nodeProcess(options: NodeProcessOptions): NodeProcess {
  const { address, url } = options;
  let [child, starts, wanted]: [ChildProcess | null, number, boolean] = [null, 0, false];
  let starting: Promise<void> = Promise.resolve();
  let spare: ChildProcess | null = null;

  function launch(): Promise<void> {
    const process = spare ?? spawned(options);
    [child, starts, spare] = [process, starts + 1, null];
    if (options.begin !== undefined) process.send(options.begin(), () => undefined);
    process.once("exit", (code, signal) => {
      if (child === process) child = null;
      if (!wanted || options.onDeath?.(signal, code) !== true) return;
      starting = launch();
      // Who waits for it hears of it; who does not finds the node silent.
      starting.catch(() => undefined);
    });
    return ready(process, address).then(() => {
      process.on("message", (message) => options.onMessage?.(message));
      if (options.begin !== undefined && wanted) spare = spawned(options);
    });
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    wanted = false;
    spare?.kill("SIGKILL");
    spare = null;
    if (child === null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  }

  return {
    ...{ address, url },
    starts: () => starts,
    tell(message) {
      if (child?.connected === true) child.send(message, () => undefined);
    },
    kill: () => end("SIGKILL"),
    start() {
      wanted = true;
      if (child === null) starting = launch();
      return starting;
    },
    async stop() {
      await starting.catch(() => undefined);
      await end("SIGTERM");
    },
  };
}

function spawned({ entry = MAIN, settings, environment, logFile }: NodeProcessOptions): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GUERDON_"));
  const child = fork(entry, [], {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...Object.fromEntries(inherited), ...settings, ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const log: WriteStream = createWriteStream(logFile, { flags: "a" });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once("close", () => log.end());
  return child;
}

function ready(child: ChildProcess, address: Hex): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => {
      clearTimeout(late);
      reject(new Error(`node ${address} ${what}`));
    };
    const late = setTimeout(() => {
      fail(`did not start within ${START_MS} ms`);
      child.kill("SIGKILL");
    }, START_MS);
    child.once("message", (message) => {
      clearTimeout(late);
      const { success, data } = readySchema.safeParse(message);
      if (success && data.address === address) resolve();
      else fail("has another address");
    });
    child.once("exit", (code, signal) => fail(`ended with ${signal ?? `code ${code ?? "none"}`} before it was ready`));
  });
}
