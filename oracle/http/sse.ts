/** One event of a stream, as the HTML standard has it. */
export function sseEvent(fields: { readonly id: string; readonly event: string; readonly data: string }): string {
  const lines = fields.data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`);
  return [`id: ${oneLine(fields.id)}`, `event: ${oneLine(fields.event)}`, ...lines, "", ""].join("\n");
}

/** A line that means nothing, so that proxies and callers see the stream is alive. */
export const HEARTBEAT = ": still here\n\n";

function oneLine(text: string): string {
  return text.replace(/[\r\n\0]/g, " ");
}

/**
 * A stream of texts as they come, read only as fast as it is taken. While none comes, `idle` is sent every so often.
 * @param ended called once when the stream is over, whoever ended it
 */
export function textStream(
  texts: AsyncIterator<string>,
  idle: { readonly text: string; readonly everyMs: number },
  ended: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: Promise<IteratorResult<string>> | null = null;
  const end = onlyOnce(ended);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          next ??= texts.next();
          const result = await unlessIdle(next, idle.everyMs);
          if (result === null) return controller.enqueue(encoder.encode(idle.text));
          next = null;
          if (result.done !== true) return controller.enqueue(encoder.encode(result.value));
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        end();
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
}

/** `null` where nothing came within the time. */
async function unlessIdle<Value>(value: Promise<Value>, ms: number): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const idle = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([value, idle]);
  } finally {
    clearTimeout(timer);
  }
}

function onlyOnce(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}
