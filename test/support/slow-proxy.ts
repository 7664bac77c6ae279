import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Forwards a port of 127.0.0.1 to another one; what is answered arrives so many milliseconds late. */
export async function startSlowProxy(
  port: number,
  target: number,
  delayMs: number,
): Promise<{ close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    client.pipe(upstream);
    upstream.on("data", (data) => {
      setTimeout(() => {
        if (!client.destroyed) client.write(data);
      }, delayMs);
    });
    // The end must not overtake what comes before it.
    upstream.on("close", () => setTimeout(() => client.destroy(), delayMs + 1));
    client.on("close", () => upstream.destroy());
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
