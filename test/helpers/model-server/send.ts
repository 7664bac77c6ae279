import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { completionBody, completionChunks, errorBody, eventsOf, type Answer } from "./bodies.ts";
import type { Fault } from "./faults.ts";
import { json, type Body } from "./http.ts";

/** Faults that leave no answer. Whether it was one of them. */
export async function failed(fault: Fault, body: Body, response: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case "status": {
      if (fault.retryAfter !== undefined) response.setHeader("retry-after", fault.retryAfter);
      json(response, fault.status, errorBody(`the server says ${fault.status}`, fault.error));
      return true;
    }
    case "no-parameter": {
      if (!(fault.name in body)) return false;
      const message = `Unsupported parameter: '${fault.name}' is not supported with this model.`;
      if (fault.style === "openai") {
        json(response, 400, errorBody(message, { param: fault.name, code: "unsupported_parameter" }));
      } else {
        json(response, 422, { detail: [{ type: "extra_forbidden", loc: ["body", fault.name], msg: "Extra inputs" }] });
      }
      return true;
    }
    case "hang-up":
      response.destroy();
      return true;
    case "hang":
      await once(response, "close");
      return true;
    case "page":
      response.writeHead(200, { "content-type": "text/html" }).end("<html><body>Sign in</body></html>");
      return true;
    case "redirect":
      response.writeHead(307, { location: fault.to }).end();
      return true;
    case "slow":
      // Ends early where the client does not wait.
      await Promise.race([pause(fault.ms), once(response, "close")]);
      return response.destroyed;
    default:
      return false;
  }
}

/** Answers at once. */
export async function whole(response: ServerResponse, answer: Answer, fault: Fault): Promise<void> {
  if (fault.kind !== "reset") return json(response, 200, completionBody(answer));
  const text = JSON.stringify(completionBody(answer));
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2));
  await breakOff(response);
}

/** Answers in pieces. */
export async function stream(response: ServerResponse, answer: Answer, body: Body, fault: Fault): Promise<void> {
  const { include_usage: counted } = (body["stream_options"] ?? {}) as { include_usage?: boolean };
  const events = eventsOf(completionChunks(answer, counted === true));
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const broken = fault.kind === "reset" || fault.kind === "stream-error";
  for (const event of broken ? events.slice(0, events.length / 2) : events) response.write(event);
  if (fault.kind === "stream-error") response.write(`data: ${JSON.stringify(errorBody("overloaded"))}\n\n`);
  if (fault.kind === "reset") await breakOff(response);
  else response.end();
}

/** What was written must have left before the connection goes, or the client would see nothing of it. */
async function breakOff(response: ServerResponse): Promise<void> {
  await pause(10);
  response.socket?.resetAndDestroy();
}
