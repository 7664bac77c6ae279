import { connect, type Socket } from "node:net";

/** What the load of a turn is: sent to the child process as one argument in JSON. */
export interface Load {
  readonly port: number;
  /** Path up to the sequence. */
  readonly path: string;
  readonly firstSequence: number;
  readonly connections: number;
  readonly milliseconds: number;
  readonly body: string;
}

/** What a turn came to. */
export interface LoadResult {
  readonly answered: number;
  readonly seconds: number;
  /** Answers that were not of status 200 or 201. */
  readonly failed: number;
}

/**
 * Keeps so many connections busy with one request each until the time is over. Requests are written and answers told apart by
 * hand, so that the sender takes little of the machine that it measures.
 */
export async function sendLoad(load: Load): Promise<LoadResult> {
  const start = process.hrtime.bigint();
  const end = start + BigInt(load.milliseconds) * 1_000_000n;
  let sequence = load.firstSequence;
  const next = () => (process.hrtime.bigint() < end ? requestOf(load, sequence++) : null);
  const counts = await Promise.all(Array.from({ length: load.connections }, () => talk(load.port, next)));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const sum = (of: (count: (typeof counts)[number]) => number) => counts.reduce((all, one) => all + of(one), 0);
  return { answered: sum(({ answered }) => answered), failed: sum(({ failed }) => failed), seconds };
}

function requestOf({ path, body }: Load, sequence: number): string {
  const lines = [`POST ${path}/${sequence} HTTP/1.1`, "host: 127.0.0.1", "content-type: text/csv"];
  return `${lines.join("\r\n")}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** One connection, from its first request to its last answer. */
function talk(port: number, next: () => string | null): Promise<{ answered: number; failed: number }> {
  return new Promise((resolve, reject) => {
    const count = { answered: 0, failed: 0 };
    let pending = "";
    const socket: Socket = connect(port, "127.0.0.1", ask).setNoDelay(true).setEncoding("latin1");
    function ask(): void {
      const request = next();
      if (request === null) socket.end(() => resolve(count));
      else socket.write(request);
    }
    socket.on("error", reject).on("data", (chunk: string) => {
      pending += chunk;
      if (!isWhole(pending)) return;
      count.answered++;
      if (!/^HTTP\/1\.1 20[01] /.test(pending)) count.failed++;
      pending = "";
      ask();
    });
  });
}

/** Whether an answer is there to its end; every answer here says its length. */
function isWhole(text: string): boolean {
  const head = text.indexOf("\r\n\r\n");
  if (head === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head + 2))?.[1];
  return length !== undefined && text.length >= head + 4 + Number(length);
}

// Only where it was started for it: whoever imports this for its types sends nothing.
const [, program, argument] = process.argv;
if (program?.endsWith("intake-load.ts") === true && argument !== undefined) {
  process.stdout.write(JSON.stringify(await sendLoad(JSON.parse(argument) as Load)));
}
