import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import { linkFetcher, type LinkFetcherOptions } from "../../oracle/adapters/intake/link-fetcher.ts";
import type { IntakeReason } from "../../oracle/domain/evidence-refusal.ts";
import { pdfOf } from "../roles/intake/files.ts";
import { refused } from "../roles/intake/refused.ts";
import { ROUND, startIntake, STRANGER } from "../roles/intake/fixture.ts";
import { HOSTILE_LINKS } from "./ssrf.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A real server on the loopback, what it was asked for, and links to it under public names. */
interface Site {
  readonly port: number;
  readonly asked: string[];
  readonly servers: Server[];
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function siteOf(handler: Handler): Promise<Site> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    handler(request, response);
  });
  return { port: await listening(server), asked, servers: [server] };
}

const LOOPBACK = "127.0.0.1";
const MOST = 100_000;

/** Follows links to the site alone; every name is resolved to it. */
const fetcherFor = (site: Site, options: LinkFetcherOptions = {}) =>
  linkFetcher({
    http: true,
    ports: [site.port, 80, 443],
    mostBytes: MOST,
    timeMs: 400,
    resolve: async () => [LOOPBACK],
    allowPrivate: [LOOPBACK],
    ...options,
  });

const link = (site: Site, path = "/", host = "site.evil.com") => new URL(`http://${host}:${site.port}${path}`);

describe("Hostile links", () => {
  let site: Site;
  let answer: Handler;
  before(async () => {
    site = await siteOf((request, response) => answer(request, response));
  });
  beforeEach(() => {
    site.asked.length = 0;
    answer = (_, response) => response.writeHead(200, { "content-type": "text/plain" }).end("fine");
  });
  after(() => site.servers.forEach((server) => server.close()));

  it("are at least 50 in number, each of its own name", () => {
    expect(new Set(HOSTILE_LINKS.map(({ name }) => name)).size)
      .to.equal(HOSTILE_LINKS.length)
      .and.to.be.at.least(50);
  });

  it("are told from one that is followed", async () => {
    const snapshot = await fetcherFor(site)(link(site, "/page?a=1"));
    expect(Buffer.from(snapshot.bytes).toString()).to.equal("fine");
    expect(snapshot.mediaType).to.equal("text/plain");
    expect(site.asked).to.deep.equal([`site.evil.com:${site.port} /page?a=1`]);
  });

  for (const { name, url, reason, addresses = [LOOPBACK] } of HOSTILE_LINKS) {
    it(`${reason}: ${name}`, async () => {
      const fetchLink = linkFetcher({ http: true, timeMs: 1_000, resolve: async () => addresses });
      const play = await startIntake({ fetchLink });
      await refused(fetchLink(new URL(url)), reason);
      const sent = { ...ROUND, url, source: STRANGER, private: false };
      await refused(play.intake.acceptLink(sent), reason);
      expect(await play.dump(), "nothing is stored").to.equal("");
      expect(site.asked, "nobody is asked").to.deep.equal([]);
      await play.close();
    });
  }

  it("link-scheme: http where only https is followed", () =>
    refused(linkFetcher({ resolve: async () => [LOOPBACK] })(new URL("http://a.evil.com/")), "link-scheme"));

  describe("that lead on", () => {
    const leadingTo = (...targets: string[]): void => {
      answer = (request, response) => {
        const target = targets[Number(request.url!.slice(1))];
        if (target === undefined) response.writeHead(200, { "content-type": "text/plain" }).end("secret");
        else response.writeHead(302, { location: target }).end();
      };
    };
    const hostile: Record<string, [IntakeReason, string]> = {
      "the loopback in IPv6": ["link-address", "http://[::1]/"],
      "another loopback": ["link-address", "http://127.0.0.2/"],
      "a cloud's metadata": ["link-address", "http://169.254.169.254/"],
      "the loopback as one number": ["link-address", "//2130706434/"],
      localhost: ["link-host", "http://localhost/"],
      "a file": ["link-scheme", "file:///etc/passwd"],
      "another port": ["link-port", "http://evil.com:6379/"],
      "another port of the same host": ["link-port", "//site.evil.com:22/"],
      credentials: ["link-credentials", "http://a:b@evil.com/"],
      nothing: ["link-redirects", "http://"],
    };
    for (const [name, [reason, target]] of Object.entries(hostile)) {
      it(`${reason}: to ${name}`, async () => {
        leadingTo(target);
        await refused(fetcherFor(site)(link(site, "/0")), reason);
        expect(site.asked).to.have.length(1);
      });
    }

    it("link-redirects: nowhere, without a location", async () => {
      answer = (_, response) => response.writeHead(301).end();
      await refused(fetcherFor(site)(link(site)), "link-redirects");
    });

    it("link-redirects: more than three times", async () => {
      leadingTo("/1", "/2", "/3", "/4", "/5");
      await refused(fetcherFor(site)(link(site, "/0")), "link-redirects");
      expect(site.asked).to.have.length(4);
      leadingTo("/1", "/2", "/3");
      expect(Buffer.from((await fetcherFor(site)(link(site, "/0"))).bytes).toString()).to.equal("secret");
    });

    it("link-redirects: in a circle", async () => {
      leadingTo("/0");
      await refused(fetcherFor(site)(link(site, "/0")), "link-redirects");
    });

    it("link-address: to a name that is private", async () => {
      leadingTo(`http://inner.evil.com:${site.port}/1`);
      const resolve = async (host: string) => [host.startsWith("inner") ? "10.0.0.1" : LOOPBACK];
      await refused(fetcherFor(site, { resolve })(link(site, "/0")), "link-address");
    });
  });

  describe("that change what their name means", () => {
    it("are resolved once, and the connection goes to what was checked", async () => {
      const answers = [[LOOPBACK], ["10.0.0.1"], ["10.0.0.1"]];
      let resolved = 0;
      const resolve = async () => answers[resolved++]!;
      expect((await fetcherFor(site, { resolve })(link(site))).mediaType).to.equal("text/plain");
      expect(resolved).to.equal(1);
    });

    it("link-address: private by the time they lead on to themselves", async () => {
      answer = (_, response) => response.writeHead(302, { location: "/again" }).end();
      let resolved = 0;
      const resolve = async () => [resolved++ === 0 ? LOOPBACK : "127.0.0.3"];
      await refused(fetcherFor(site, { resolve })(link(site)), "link-address");
      expect(site.asked).to.have.length(1);
    });

    it("public when they are checked, never ask the loopback", async () => {
      // A public address that nothing here is at; a second look at the name would find the site.
      let resolved = 0;
      const resolve = async () => (resolved++ === 0 ? ["203.0.112.1"] : [LOOPBACK]);
      const error = await linkFetcher({ http: true, ports: [site.port], timeMs: 300, resolve })(link(site)).catch(
        (reason: { reason: string }) => reason.reason,
      );
      expect(error).to.be.oneOf(["link-failed", "link-timeout"]);
      expect(site.asked).to.deep.equal([]);
      expect(resolved).to.equal(1);
    });

    it("link-unresolved: no name at all", async () => {
      const resolve = () => Promise.reject(new Error("NXDOMAIN"));
      await refused(fetcherFor(site, { resolve })(link(site)), "link-unresolved");
    });

    it("link-timeout: a resolver that never answers", async () => {
      const resolve = () => new Promise<string[]>(() => undefined);
      await refused(fetcherFor(site, { resolve })(link(site)), "link-timeout");
    });
  });

  describe("whose server", () => {
    const head = { "content-type": "text/plain" };
    const answers: Record<string, [IntakeReason, Handler]> = {
      "says it sends too much": [
        "link-too-large",
        (_, r) => r.writeHead(200, { ...head, "content-length": MOST + 1 }).write("a"),
      ],
      "sends too much": ["link-too-large", (_, r) => r.writeHead(200, head).end(Buffer.alloc(MOST + 1, "a"))],
      "sends without end": ["link-too-large", (_, r) => endless(r.writeHead(200, head))],
      "sends a bomb in gzip": ["link-too-large", packed("gzip", gzipSync)],
      "sends a bomb in deflate": ["link-too-large", packed("deflate", deflateSync)],
      "sends a bomb in Brotli": ["link-too-large", packed("br", brotliCompressSync)],
      "sends a bomb within a bomb": [
        "link-type",
        (_, r) =>
          r.writeHead(200, { ...head, "content-encoding": "gzip" }).end(gzipSync(gzipSync(Buffer.alloc(9_999_999)))),
      ],
      "packs twice": [
        "link-encoding",
        (_, r) => r.writeHead(200, { ...head, "content-encoding": "gzip, gzip" }).end(gzipSync(gzipSync("a"))),
      ],
      "packs in an unknown way": [
        "link-encoding",
        (_, r) => r.writeHead(200, { ...head, "content-encoding": "zstd" }).end("a"),
      ],
      "says it packs and does not": [
        "link-encoding",
        (_, r) => r.writeHead(200, { ...head, "content-encoding": "gzip" }).end("plain"),
      ],
      "sends headers without end": [
        "link-too-large",
        (_, r) => r.writeHead(200, { ...head, "x-long": "a".repeat(40_000) }).end("a"),
      ],
      "never answers": ["link-timeout", () => undefined],
      "never ends": ["link-timeout", (_, r) => void r.writeHead(200, head).write("a")],
      "sends a byte at a time": ["link-timeout", (_, r) => trickle(r.writeHead(200, head))],
      "has nothing": ["link-status", (_, r) => r.writeHead(404, head).end("nothing")],
      "asks for a password": ["link-status", (_, r) => r.writeHead(401, head).end("who?")],
      fails: ["link-status", (_, r) => r.writeHead(500, head).end("oh")],
      "sends no content": ["link-status", (_, r) => r.writeHead(204).end()],
      "hangs up": ["link-failed", (request) => request.socket.destroy()],
      "hangs up within the body": [
        "link-failed",
        (_, r) =>
          void (r.writeHead(200, { ...head, "content-length": 9 }).write("a"), setTimeout(() => r.destroy(), 20)),
      ],
      "sends a program": [
        "link-type",
        (_, r) => r.writeHead(200, { "content-type": "application/octet-stream" }).end("MZ"),
      ],
      "sends a zip as text": ["link-type", (_, r) => r.writeHead(200, head).end("PK\u0003\u0004\0\0")],
      "sends a page as PDF": [
        "link-type",
        (_, r) => r.writeHead(200, { "content-type": "application/pdf" }).end("<html>"),
      ],
      "sends SVG": ["link-type", (_, r) => r.writeHead(200, { "content-type": "image/svg+xml" }).end("<svg/>")],
      "sends XML": ["link-type", (_, r) => r.writeHead(200, { "content-type": "application/xml" }).end("<a/>")],
    };
    for (const [name, [reason, handler]] of Object.entries(answers)) {
      it(`${reason}: ${name}`, async () => {
        answer = handler;
        const play = await startIntake({ fetchLink: fetcherFor(site) });
        const sent = { ...ROUND, url: link(site).href, source: STRANGER, private: false };
        await refused(play.intake.acceptLink(sent), reason);
        expect(await play.dump()).to.equal("");
        await play.close();
      });
    }

    it("link-failed: speaks another protocol", async () => {
      const server = createTcpServer((socket: Socket) =>
        socket.on("error", () => undefined).end("SSH-2.0-OpenSSH_9.2\r\n"),
      );
      const other: Site = { port: await listening(server), asked: [], servers: [server] };
      await refused(fetcherFor(other)(link(other)), "link-failed");
      server.close();
    });

    it("link-failed: is not there", async () => {
      const server = createTcpServer();
      const port = await listening(server);
      server.close();
      await once(server, "close");
      await refused(
        fetcherFor({ port, asked: [], servers: [] })(link({ port, asked: [], servers: [] })),
        "link-failed",
      );
    });
  });

  it("are told from snapshots of every type that is taken, kept under their link", async () => {
    const pdf = await pdfOf(["fine"]);
    const pages: Record<string, [string | undefined, Buffer, string]> = {
      "/a.html": ["text/html; charset=utf-8", Buffer.from("<p>fine</p>"), "text/html"],
      "/b.pdf": ["application/pdf", pdf, "application/pdf"],
      "/c.json": ["application/json", Buffer.from("[1]"), "application/json"],
      "/d.csv": ["text/csv", Buffer.from("a\n1\n"), "text/csv"],
      "/e": [undefined, Buffer.from("<!DOCTYPE html><p>"), "text/html"],
      "/f": [undefined, Buffer.from("fine"), "text/plain"],
    };
    answer = (request, response) => {
      const [type, body] = pages[request.url!]!;
      if (type !== undefined) response.setHeader("content-type", type);
      response.setHeader("content-encoding", "gzip").end(gzipSync(body));
    };
    const play = await startIntake({ fetchLink: fetcherFor(site) });
    for (const [path, [, body, mediaType]] of Object.entries(pages)) {
      const sent = { ...ROUND, url: `${link(site, path).href}#part`, source: STRANGER, private: false };
      const { receipt } = await play.intake.acceptLink(sent);
      const { facts, bytes } = await play.intake.content(ROUND, receipt.leaf, STRANGER);
      expect(facts).to.include({ kind: "link", name: link(site, path).href, mediaType });
      expect(Buffer.compare(bytes, body)).to.equal(0);
    }
    await play.close();
  });
});

function endless(response: ServerResponse): void {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(16_384, "a")));
    if (!response.destroyed) response.once("drain", more);
  };
  more();
}

function trickle(response: ServerResponse): void {
  const timer = setInterval(() => response.write("a"), 50);
  response.on("close", () => clearInterval(timer));
}

function packed(encoding: string, pack: (bytes: Buffer) => Buffer): Handler {
  return (_, response) => {
    response.writeHead(200, { "content-type": "text/plain", "content-encoding": encoding });
    response.end(pack(Buffer.alloc(5_000_000, "a")));
  };
}
