import type { IncomingMessage, ServerResponse } from "node:http";

export type Body = Readonly<Record<string, unknown>>;

export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** The JSON object of a request; `null` where there is none. */
export async function bodyOf(request: IncomingMessage): Promise<Body | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    return typeof body === "object" && body !== null ? (body as Body) : null;
  } catch {
    return null;
  }
}
