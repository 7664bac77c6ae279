import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import { IntakeRefusal } from "../domain/evidence-refusal.ts";

/** How much of a body is read, and how long it may take, milliseconds. */
export interface BodyLimits {
  readonly bytes: number;
  readonly timeMs: number;
}

/**
 * A request's body as it was sent, as far as it is no larger and no slower than it may be. What is announced as too large is
 * not read at all, and reading ends where the limit is passed.
 * @throws IntakeRefusal `too-large`, `slow-body`, `encoded-body`, `empty` where the caller left in between
 */
export async function boundedBody(context: Context, { bytes, timeMs }: BodyLimits): Promise<Uint8Array> {
  const encoding = context.req.header("content-encoding");
  if (encoding !== undefined && encoding !== "identity") {
    throw new IntakeRefusal("encoded-body", { field: "content-encoding", value: encoding, limit: "none" });
  }
  const announced = Number(context.req.header("content-length") ?? "0");
  if (announced > bytes) throw tooLarge(`${announced} bytes`, bytes);
  const incoming = incomingOf(context);
  return incoming === null ? readStream(context.req.raw.body, bytes, timeMs) : readIncoming(incoming, bytes, timeMs);
}

/** Node's own request where there is one whose body nobody has begun to read: much quicker than a stream of the web. */
function incomingOf({ env }: Context): IncomingMessage | null {
  const bindings = env as { incoming?: IncomingMessage } | undefined;
  const incoming = bindings?.incoming;
  return incoming === undefined || incoming.readableDidRead || typeof incoming.on !== "function" ? null : incoming;
}

function readIncoming(incoming: IncomingMessage, most: number, timeMs: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => fail(slow(timeMs)), timeMs);
    const end = (): void => {
      clearTimeout(timer);
      incoming.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
    };
    const fail = (error: IntakeRefusal): void => {
      end();
      // Nothing more is read; the answer closes the connection.
      incoming.pause();
      reject(error);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > most) fail(tooLarge(`more than ${most} bytes`, most));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      end();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    };
    const onClose = (): void => fail(new IntakeRefusal("empty", { field: "body", limit: "a body sent to its end" }));
    incoming.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
  });
}

async function readStream(
  stream: ReadableStream<Uint8Array> | null,
  most: number,
  timeMs: number,
): Promise<Uint8Array> {
  if (stream === null) return new Uint8Array(0);
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void reader.cancel().catch(() => undefined);
  }, timeMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (late) throw slow(timeMs);
      if (done) return Buffer.concat(chunks);
      size += value.length;
      if (size > most) throw tooLarge(`more than ${most} bytes`, most);
      chunks.push(value);
    }
  } finally {
    clearTimeout(timer);
    void reader.cancel().catch(() => undefined);
  }
}

function tooLarge(value: string, most: number): IntakeRefusal {
  return new IntakeRefusal("too-large", { field: "body", value, limit: `at most ${most} bytes` });
}

function slow(timeMs: number): IntakeRefusal {
  return new IntakeRefusal("slow-body", { field: "body", limit: `all of it within ${timeMs} ms` });
}
