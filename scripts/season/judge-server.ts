import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { InputError } from "../../oracle/domain/errors.ts";
import type { Brain } from "../judges/brain.ts";
import { scriptedJudge, type ScriptedOptions } from "../judges/scripted.ts";

/** What every answer says of who gave it. */
export const NO_MODEL = "scripted judge of an example, not a language model";

/** A scripted judge and the name under which it is asked. */
export interface NamedJudge extends ScriptedOptions {
  /** Begins with `scripted-`, so that no record can be taken for a language model's. */
  readonly model: string;
}

/** A server on this machine behind which scripted judges answer by OpenAI's chat completions. */
export interface JudgeServer {
  /** Base URL, as nodes are given it. */
  readonly url: string;
  readonly models: readonly string[];
  /** Calls answered so far. */
  readonly answered: number;
  close(): Promise<void>;
}

/** Characters that count as a token: about what English takes. */
const CHARACTERS = 4;
/** Longest request that is read, bytes: above that of any unit. */
const MOST_BYTES = 1 << 20;

const requestSchema = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.enum(["system", "user"]), content: z.string() })).min(1),
  response_format: z.object({
    type: z.literal("json_schema"),
    json_schema: z.object({ name: z.enum(["quotes", "answers"]) }),
  }),
  stream: z.literal(false).optional(),
});
type Asked = z.output<typeof requestSchema>;

/**
 * Starts one on a free port of 127.0.0.1.
 * @param key asked for as bearer token; `null`: none is
 * @throws InputError where a name could be taken for a language model's, or is there twice
 */
export async function startJudgeServer(judges: readonly NamedJudge[], key: string | null = null): Promise<JudgeServer> {
  const models = judges.map(({ model }) => model);
  checkNames(models);
  const brains = new Map(judges.map((judge) => [judge.model, scriptedJudge(judge)]));
  let answered = 0;
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, String(error));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (key !== null && request.headers.authorization !== `Bearer ${key}`) {
      return refuse(response, 401, "another key is needed");
    }
    const { pathname } = new URL(request.url ?? "/", "http://judges");
    const route = `${request.method} ${pathname}`;
    if (route === "GET /v1/models") {
      const data = models.map((id) => ({ id, object: "model", created: 0, owned_by: NO_MODEL }));
      return send(response, 200, { object: "list", data });
    }
    if (route !== "POST /v1/chat/completions") return refuse(response, 404, `there is no ${route}`);
    const text = await textOf(request);
    if (text === null) return refuse(response, 413, `a request has at most ${MOST_BYTES} bytes`);
    const asked = readRequest(text);
    if (asked === null) return refuse(response, 400, "only calls for quotes or answers by a JSON schema, unstreamed");
    const brain = brains.get(asked.model);
    if (brain === undefined) return refuse(response, 404, `the model ${asked.model} does not exist`);
    const answer = answerOf(brain, asked);
    if (answer === null) return refuse(response, 400, "the user message is no case to judge");
    answered += 1;
    send(response, 200, completion(asked, answer, answered));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    models,
    get answered() {
      return answered;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function checkNames(models: readonly string[]): void {
  const fault = { field: "model", limit: "names that begin with scripted-, each once" };
  const wrong = models.find((model, i) => !/^scripted-[\w.-]{1,60}$/.test(model) || models.indexOf(model) < i);
  if (wrong !== undefined) throw new InputError("not a name of a scripted judge", { ...fault, value: wrong });
}

/** `null` where it is longer than may be. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function readRequest(text: string): Asked | null {
  try {
    return requestSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** What the judge says, as the text of a message; `null` where it is not asked about a case. */
function answerOf(brain: Brain, asked: Asked): string | null {
  const said = (role: "system" | "user"): string =>
    asked.messages.flatMap((one) => (one.role === role ? [one.content] : [])).join("\n");
  try {
    const schema = { name: asked.response_format.json_schema.name };
    return JSON.stringify(brain({ system: said("system"), user: said("user"), schema }));
  } catch {
    return null;
  }
}

function completion({ model, messages }: Asked, content: string, count: number) {
  const tokens = (text: string): number => Math.ceil(text.length / CHARACTERS);
  const [asked, answered] = [tokens(messages.map((one) => one.content).join("\n")), tokens(content)];
  return {
    id: `scripted-${count}`,
    object: "chat.completion",
    // No time stands in it, as nothing an auditor reads depends on when a script was asked.
    created: 0,
    model,
    system_fingerprint: NO_MODEL,
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: asked, completion_tokens: answered, total_tokens: asked + answered },
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, { error: { message: `${message} (${NO_MODEL})`, type: "invalid_request_error" } });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
