import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { askedOf } from "./asked.ts";
import { errorBody, type Answer } from "./bodies.ts";
import type { Brain } from "./brains.ts";
import { embeddingsBody } from "./embeddings.ts";
import { NONE, type Fault } from "./faults.ts";
import { bodyOf, json, type Body } from "./http.ts";
import { said, type Said } from "./said.ts";
import { failed, stream, whole } from "./send.ts";
import { CHARACTERS, createCounter, tokensIn } from "./usage.ts";

/** How a server is to be. */
export interface ModelServerOptions {
  readonly brain: Brain;
  /** Models it has; the first where nothing else is said. */
  readonly models?: readonly string[];
  /** Named as the model that answers; the one asked for where not given. */
  readonly returnedModel?: string;
  readonly fingerprint?: string | null;
  /** `null`: none is asked for. */
  readonly key?: string | null;
}

/** A request as it came. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Readonly<Record<string, unknown>>;
}

/** A server on this machine that speaks OpenAI's protocol: chat completions at once and in pieces, embeddings, models. */
export interface ModelServer {
  /** Base URL, as clients are given it. */
  readonly url: string;
  readonly key: string;
  /** In the order they came. Those without the right key are among them. */
  readonly received: readonly Received[];
  /** Most requests for answers that were under way at once. */
  readonly mostAtOnce: number;
  /** From now on. */
  think(brain: Brain): void;
  /** What happens to the next requests for answers, one after the other. */
  next(...faults: readonly Fault[]): void;
  /** What happens to all for which nothing else is said. */
  always(fault: Fault): void;
  /** Forgets requests and faults. */
  reset(): void;
  close(): Promise<void>;
}

const KEY = "sk-test-0123456789abcdef";

/** Starts one on a free port of 127.0.0.1. */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const { models = ["judge-1"], key = KEY, fingerprint = "fp_test", returnedModel } = options;
  let brain = options.brain;
  let standing = NONE;
  let faults: Fault[] = [];
  let received: Received[] = [];
  let [atOnce, mostAtOnce] = [0, 0];
  const count = createCounter();

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) json(response, 500, errorBody(String(error), { type: "server_error" }));
      else response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://server").pathname;
    const body = await bodyOf(request);
    received.push({ method: request.method ?? "", path, headers: request.headers, body: body ?? {} });
    if (key !== null && request.headers.authorization !== `Bearer ${key}`) {
      const given = request.headers.authorization?.slice("Bearer ".length) ?? "";
      // As careless as a real one: it quotes the key.
      json(response, 401, errorBody(`Incorrect API key provided: ${given}.`, { code: "invalid_api_key" }));
      return;
    }
    if (request.method === "GET" && path === "/v1/models") {
      const data = models.map((id) => ({ id, object: "model", created: 0, owned_by: "test" }));
      json(response, 200, { object: "list", data });
      return;
    }
    const answer = request.method === "POST" ? ROUTES[path] : undefined;
    if (answer === undefined) return json(response, 404, errorBody(`there is no ${request.method} ${path}`));
    if (body === null) return json(response, 400, errorBody("the body is not a JSON object"));
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    try {
      const fault = faults.shift() ?? standing;
      if (!(await failed(fault, body, response))) await answer(body, fault, response);
    } finally {
      atOnce--;
    }
  }

  const ROUTES: Record<string, (body: Body, fault: Fault, response: ServerResponse) => Promise<void> | void> = {
    "/v1/chat/completions": async (body, fault, response) => {
      const asked = askedOf(body, received.length - 1);
      if (asked === null) return json(response, 400, errorBody("messages or response_format are not as they must be"));
      if (!models.includes(asked.model)) {
        const fields = { code: "model_not_found", param: "model" };
        return json(response, 404, errorBody(`The model ${asked.model} does not exist`, fields));
      }
      const { content, refusal, finishReason } = cut(await said(brain, asked, fault), body);
      const answer: Answer = {
        id: `chatcmpl-${received.length}`,
        model: fault.kind === "wrong-model" ? fault.model : (returnedModel ?? asked.model),
        fingerprint,
        content,
        refusal,
        finishReason,
        usage: fault.kind === "no-usage" ? null : count(`${asked.system}\n${asked.user}`, content ?? refusal ?? ""),
        empty: fault.kind === "empty",
      };
      if (body["stream"] === true) await stream(response, answer, body, fault);
      else await whole(response, answer, fault);
    },
    "/v1/embeddings": (body, fault, response) => {
      const input = typeof body["input"] === "string" ? [body["input"]] : body["input"];
      if (!Array.isArray(input) || !input.every((one) => typeof one === "string" && one !== "")) {
        return json(response, 400, errorBody("input must be texts", { param: "input" }));
      }
      json(response, 200, embeddingsBody(input as string[], body, fault));
    },
  };

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key: key ?? "",
    get received() {
      return received;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    think: (other) => (brain = other),
    next: (...more) => void faults.push(...more),
    always: (fault) => (standing = fault),
    reset: () => {
      [faults, received, standing, mostAtOnce] = [[], [], NONE, 0];
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** An answer longer than it may be ends there. */
function cut(answer: Said, body: Body): Said {
  const bound = Number(body["max_completion_tokens"] ?? body["max_tokens"] ?? Infinity);
  if (answer.content === null || tokensIn(answer.content) <= bound) return answer;
  return { ...answer, content: answer.content.slice(0, bound * CHARACTERS), finishReason: "length" };
}
