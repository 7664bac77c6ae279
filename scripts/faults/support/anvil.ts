import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { foundry } from "../../foundry.ts";
import { PROJECT } from "./artifacts.ts";

const START_MS = 20_000;

/** A chain whose blocks and clock are moved by hand, and that can be reorganised, in a process of its own. */
export interface Anvil {
  readonly url: string;
  readonly pid: number;
  /** Asks it for something. @throws Error with the chain's message and, as `data`, what a revert returned */
  rpc<Result = unknown>(method: string, ...params: readonly unknown[]): Promise<Result>;
  stop(): Promise<void>;
}

/**
 * Starts a chain on a free port of 127.0.0.1.
 * @param settings further settings, such as `["--no-mining"]`
 */
export async function startAnvil(settings: readonly string[] = []): Promise<Anvil> {
  const port = await freePort();
  const base = ["--host", "127.0.0.1", "--port", String(port), "--chain-id", "31337", "--hardfork", "osaka", "--quiet"];
  const child = spawn(foundry(PROJECT, "anvil"), [...base, ...settings], { stdio: "ignore" });
  // A run that is broken off leaves no chain behind.
  const orphan = () => void child.kill("SIGKILL");
  process.once("exit", orphan);
  child.once("exit", () => process.off("exit", orphan));
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  return {
    url,
    pid: child.pid!,
    rpc: <Result>(method: string, ...params: readonly unknown[]) => ask(url, method, params) as Promise<Result>,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}

async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body });
  const answer = (await response.json()) as { result?: unknown; error?: { code: number; message: string } };
  if (answer.error === undefined) return answer.result;
  throw Object.assign(new Error(answer.error.message), answer.error);
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (const end = Date.now() + START_MS; ;) {
    if (await ask(url, "eth_chainId", []).then(Boolean, () => false)) return;
    if (child.exitCode !== null) throw new Error(`anvil ended with code ${child.exitCode} before it answered`);
    if (Date.now() > end) throw new Error(`anvil does not answer within ${START_MS} ms`);
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
