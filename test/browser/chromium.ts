import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/** A page of a real browser. */
export interface Page {
  /** Loads an address and waits until it has. */
  open(url: string): Promise<void>;
  /** Value of an expression in the page, in JSON. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true. */
  until(expression: string): Promise<void>;
  /** Addresses of everything the page has asked for since it was opened. */
  requests(): readonly string[];
  /** Whether a dialog was opened by a script. */
  dialogs(): number;
  /** What the console was told, policy violations among it. */
  messages(): readonly string[];
}

export interface Browser {
  readonly page: Page;
  close(): Promise<void>;
}

/** Path of a Chromium; `null` where there is none on PATH. */
export function findChromium(): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.find(isExecutable) ?? null;
}

/** Starts a browser with an empty profile and one page. */
export async function openBrowser(executable: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), "guerdon-chromium-"));
  const child = spawn(executable, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], { stdio: "ignore" });
  const port = await debuggingPort(profile);
  const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Target[];
  const target = pages.find(({ type }) => type === "page");
  if (target === undefined) throw new Error("the browser has no page");
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  return {
    page: await pageOver(socket),
    close: async () => {
      socket.close();
      await stopped(child);
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

interface Target {
  readonly type: string;
  readonly webSocketDebuggerUrl: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, never>;
  readonly result?: Record<string, never>;
}

type Send = (method: string, params?: object) => Promise<Record<string, never>>;

async function pageOver(socket: WebSocket): Promise<Page> {
  const seen = { requests: [] as string[], messages: [] as string[], dialogs: 0, loaded: (): void => undefined };
  const send = speaking(socket, ({ method, params }) => {
    const text = params as unknown as { request: { url: string }; entry: { text: string }; args: { value: string }[] };
    if (method === "Network.requestWillBeSent") seen.requests.push(text.request.url);
    if (method === "Log.entryAdded") seen.messages.push(text.entry.text);
    if (method === "Runtime.consoleAPICalled") seen.messages.push(String(text.args[0]?.value));
    if (method === "Page.loadEventFired") seen.loaded();
    if (method === "Page.javascriptDialogOpening") {
      seen.dialogs++;
      void send("Page.handleJavaScriptDialog", { accept: true });
    }
  });
  for (const domain of ["Page", "Network", "Runtime", "Log"]) await send(`${domain}.enable`);
  await send("Browser.setDownloadBehavior", { behavior: "deny" });
  const evaluate = async (expression: string): Promise<unknown> => {
    const answer = await send("Runtime.evaluate", { expression, returnByValue: true });
    return (answer as unknown as { result: { value: unknown } }).result.value;
  };
  const navigate = async (url: string): Promise<void> => {
    const loaded = new Promise<void>((resolve) => (seen.loaded = resolve));
    // What is not shown as a page (a download, no content) is never loaded.
    const { errorText } = (await send("Page.navigate", { url })) as { errorText?: string };
    if (errorText === undefined) await loaded;
  };
  return {
    open: async (url) => {
      // By way of an empty page, so that nothing of the one before is counted.
      await navigate("about:blank");
      Object.assign(seen, { requests: [], messages: [], dialogs: 0 });
      await navigate(url);
    },
    evaluate,
    until: async (expression) => {
      for (let tries = 0; tries < 200; tries++) {
        if ((await evaluate(expression)) === true) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`never true: ${expression}`);
    },
    requests: () => seen.requests,
    dialogs: () => seen.dialogs,
    messages: () => seen.messages,
  };
}

/** The DevTools protocol: each command has a number, by which its answer is known; the rest are events. */
function speaking(socket: WebSocket, onEvent: (message: Message) => void): Send {
  const waiting = new Map<number, (result: Record<string, never>) => void>();
  let last = 0;
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id === undefined) onEvent(message);
    else waiting.get(message.id)?.(message.result ?? {});
  });
  return (method, params = {}) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params }));
    });
}

/** The browser writes the port it chose into its profile. */
async function debuggingPort(profile: string): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const text = await readFile(join(profile, "DevToolsActivePort"), "utf8").catch(() => "");
    const port = Number(text.split("\n")[0]);
    if (port > 0) return port;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("the browser did not start within 10 s");
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
