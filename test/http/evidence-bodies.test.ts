import { once } from "node:events";
import type { Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { createAdaptorServer } from "@hono/node-server";
import { expect } from "chai";
import { CSV, MANAGER } from "../roles/intake/fixture.ts";
import { ROUND_PATH, startEvidence, type EvidencePlay } from "./evidence-play.ts";

const LIMIT = 1_000;
const TIME_MS = 250;

/** What a raw connection was answered until it was closed or nothing more came. */
async function answerTo(port: number, write: (socket: Socket) => void | Promise<void>): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  socket.on("error", () => undefined);
  await write(socket);
  await Promise.race([once(socket, "close"), pause(TIME_MS + 400)]);
  socket.destroy();
  return text;
}

const head = (...lines: string[]): string =>
  [
    `POST ${ROUND_PATH}/telemetry/up.csv/0 HTTP/1.1`,
    "host: a",
    `x-caller: ${MANAGER}`,
    "content-type: text/csv",
    ...lines,
    "",
    "",
  ].join("\r\n");

describe("Bodies over real connections", () => {
  let play: EvidencePlay;
  let server: Server;
  let port: number;
  before(async () => {
    play = await startEvidence({ limits: { telemetryBytes: LIMIT } }, TIME_MS);
    server = createAdaptorServer({ fetch: play.app.fetch }) as Server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await play.close();
  });
  afterEach(async () => {
    expect(await play.dump(), "nothing is stored").to.equal("");
  });

  it("are refused by the size they announce, before any of it came", async () => {
    const answer = await answerTo(port, (socket) => void socket.write(head(`content-length: ${LIMIT + 1}`)));
    expect(answer)
      .to.match(/^HTTP\/1\.1 413 /)
      .and.to.contain("too-large")
      .and.to.contain(`${LIMIT + 1} bytes`);
    expect(answer.toLowerCase()).to.contain("connection: close");
  });

  it("are read no further than the limit where they announce nothing", async () => {
    let sent = 0;
    const answer = await answerTo(port, async (socket) => {
      socket.write(head("transfer-encoding: chunked"));
      while (!socket.destroyed && sent < 40_000_000) {
        sent += 64 * 1024;
        if (!socket.write(`10000\r\n${"1".repeat(65_536)}\r\n`))
          await Promise.race([once(socket, "drain").catch(() => undefined), pause(50)]);
      }
    });
    expect(answer)
      .to.match(/^HTTP\/1\.1 413 /)
      .and.to.contain(`at most ${LIMIT} bytes`);
  });

  it("are given up where they come too slowly", async () => {
    const answer = await answerTo(port, async (socket) => {
      socket.write(head("content-length: 100"));
      for (let i = 0; i < 8; i++) {
        socket.write("a");
        await pause(TIME_MS / 5);
      }
    });
    expect(answer)
      .to.match(/^HTTP\/1\.1 408 /)
      .and.to.contain("slow-body")
      .and.to.contain(`${TIME_MS} ms`);
  });

  it("count for nothing where the sender hangs up in between", async () => {
    const answer = await answerTo(port, (socket) => {
      socket.write(`${head("content-length: 100")}service,up\n`);
      socket.destroy();
    });
    expect(answer).to.equal("");
    await pause(50);
  });

  it("are no end for the server, which goes on", async () => {
    const body = `${CSV}web`;
    const answer = await answerTo(
      port,
      (socket) => void socket.write(`${head(`content-length: ${body.length}`)}${body}`),
    );
    expect(answer)
      .to.match(/^HTTP\/1\.1 422 /)
      .and.to.contain("bad-csv");
  });
});

describe("Bodies that are fine over real connections", () => {
  it("are taken on one connection after the other, in pieces and whole", async () => {
    const play = await startEvidence();
    const server = createAdaptorServer({ fetch: play.app.fetch }) as Server;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const answer = await answerTo(port, async (socket) => {
      socket.write(`${head(`content-length: ${CSV.length}`)}${CSV}`);
      await pause(100);
      socket.write(head(`content-length: ${CSV.length}`));
      for (const character of CSV) socket.write(character);
    });
    expect(answer.match(/HTTP\/1\.1 20[01] /g)).to.deep.equal(["HTTP/1.1 201 ", "HTTP/1.1 200 "]);
    server.closeAllConnections();
    server.close();
    await play.close();
  });
});
