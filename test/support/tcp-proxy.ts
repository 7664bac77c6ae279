import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A line between a client and a server that can be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Breaks the connection on which these bytes are next sent to the server: before they arrive, or before anything is answered. */
  breakOn(bytes: string, when: "before" | "after"): void;
  close(): Promise<void>;
}

/** Forwards a free port of 127.0.0.1 to another one. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let trap: { bytes: string; when: "before" | "after" } | null = null;

  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    let answers = true;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on("data", (data) => {
      const sprung = trap !== null && data.includes(trap.bytes) ? trap.when : null;
      if (sprung !== null) [trap, answers] = [null, false];
      if (sprung !== "before") upstream.write(data);
      if (sprung === "before") client.destroy();
    });
    upstream.on("data", (data) => (answers ? client.write(data) : client.destroy()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    port: (server.address() as AddressInfo).port,
    breakOn: (bytes, when) => {
      trap = { bytes, when };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
