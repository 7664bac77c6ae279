import { createServer } from "node:net";
import { InputError } from "../../oracle/domain/errors.ts";

/**
 * Makes sure that a port can be listened on; 0 always can.
 * @throws InputError naming the option and the port
 */
export async function requireFreePort(option: string, port: number): Promise<void> {
  if (port === 0) return;
  await new Promise<void>((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => reject(unusablePort(option, port, error)));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
}

/** What a server's error says about the port it was to listen on. */
export function unusablePort(option: string, port: number, error: Error): InputError {
  const reason = "code" in error ? String(error.code) : error.message;
  const problem = reason === "EADDRINUSE" ? "the port is in use" : `the port cannot be listened on (${reason})`;
  return new InputError(problem, { field: option, value: String(port), limit: "a free port; 0 takes any" });
}
