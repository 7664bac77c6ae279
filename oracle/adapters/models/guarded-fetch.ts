/** Largest answer that is read, bytes. */
const LARGEST = 8 * 1024 * 1024;

/** What a request needs. The client's own headers also tell of this machine, and of whatever OPENAI_CUSTOM_HEADERS holds. */
const SENT = new Set(["accept", "authorization", "content-type"]);

/** What is thrown where an answer is too large. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/**
 * `fetch` for one endpoint: sends the headers that are needed and no others, follows no redirect, which would carry evidence to
 * somebody else, and stops reading an answer that is too large.
 * @param keyed whether to send the key
 */
export function guardedFetch(keyed: boolean): typeof fetch {
  return async (input, init) => {
    const headers = new Headers({ "user-agent": "guerdon" });
    for (const [name, value] of new Headers(init?.headers)) {
      if (SENT.has(name) && (keyed || name !== "authorization")) headers.set(name, value);
    }
    const answer = await fetch(input, { ...init, headers, redirect: "error" });
    const { status, statusText } = answer;
    return new Response(answer.body?.pipeThrough(bounded()) ?? null, { status, statusText, headers: answer.headers });
  };
}

function bounded(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let read = 0;
  return new TransformStream({
    transform(chunk, out) {
      read += chunk.length;
      if (read > LARGEST) out.error(new TooLarge(`more than ${LARGEST} bytes`));
      else out.enqueue(chunk);
    },
  });
}
