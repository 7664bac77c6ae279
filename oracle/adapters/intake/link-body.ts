import type { IncomingHttpHeaders } from "node:http";
import type { Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { IntakeRefusal } from "../../domain/evidence-refusal.ts";

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The body of an answer, unpacked where it is packed once, as far as neither what is sent nor what comes out of it is too large.
 * @throws IntakeRefusal `link-too-large`, `link-encoding`
 */
export async function boundedBody(body: Readable, headers: IncomingHttpHeaders, most: number): Promise<Uint8Array> {
  const declared = Number(headers["content-length"] ?? "0");
  if (declared > most) {
    body.on("error", () => undefined).destroy();
    throw tooLarge(`${declared} bytes`, most);
  }
  const encoding = String(headers["content-encoding"] ?? "identity")
    .trim()
    .toLowerCase();
  if (encoding === "identity" || encoding === "") return collect(body, most);
  const decoder = DECODERS[encoding]?.();
  if (decoder === undefined) {
    body.on("error", () => undefined).destroy();
    const limit = `none or one of ${Object.keys(DECODERS).join(", ")}, once`;
    throw new IntakeRefusal("link-encoding", { field: "url", value: encoding, limit });
  }
  return unpack(body, decoder, most);
}

async function unpack(body: Readable, decoder: Transform, most: number): Promise<Uint8Array> {
  // A fault of the answer ends the decoder, whose own faults are the encoding's.
  body.on("error", (error) => decoder.destroy(error));
  body.pipe(decoder);
  try {
    return await collect(decoder, most);
  } catch (error) {
    if (isOfZlib(error)) throw new IntakeRefusal("link-encoding", { field: "url", limit: "a body packed as it says" });
    throw error;
  } finally {
    body.on("error", () => undefined).destroy();
    decoder.on("error", () => undefined).destroy();
  }
}

async function collect(stream: Readable, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > most) throw tooLarge(`more than ${most} bytes`, most);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isOfZlib(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && /^(?:Z_|ERR__?BROTLI|ERR_BROTLI|ERR_PADDING)/.test(String(error.code))
  );
}

function tooLarge(value: string, most: number): IntakeRefusal {
  return new IntakeRefusal("link-too-large", { field: "url", value, limit: `at most ${most} bytes` });
}
