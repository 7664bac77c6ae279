import { connect } from "node:net";
import { expect } from "chai";
import { apiClient } from "../../oracle/http/client.ts";
import { listen, type Listening } from "../../oracle/http/serve.ts";
import { account, testApi, UNLIMITED, type TestApi } from "./support/api.ts";
import { signedIn, signer } from "./support/sign-in.ts";

describe("The public API over HTTP", () => {
  let api: TestApi;
  let server: Listening;
  let url: string;

  before(async () => {
    api = await testApi({ managers: [signer(1).address], trustProxy: 1, perMinute: { ...UNLIMITED, perAddress: 3 } });
    server = await listen(api.app, {
      hostname: "127.0.0.1",
      port: 0,
      bounds: { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 100 },
    });
    url = `http://127.0.0.1:${server.port}`;
  });

  after(async () => {
    await server.close(0);
    await api.close();
  });

  it("is spoken to by a typed client", async () => {
    const token = await signedIn(api, signer(1));
    const client = apiClient(url, { token });
    const listed = await client.v1.pools.$get({ query: { limit: "1" } });
    if (!listed.ok) throw new Error("refused");
    const { pools } = await listed.json();
    const [pool] = pools;
    // Types that do not infer fail the type check here.
    const rounds: number = pool!.terms.rounds;
    expect(rounds).to.equal(3);
    const param = { pool: pool!.pool };
    const round = await client.v1.pools[":pool"].rounds[":round"].$get({ param: { ...param, round: "0" } });
    if (round.status !== 200) throw new Error("refused");
    expect((await round.json()).deadlines.withdraw).to.equal(pool!.terms.start);
    const made = await client.v1.pools[":pool"].keys.$post({
      param,
      json: { name: "meter", scopes: ["evidence:read"] },
    });
    if (made.status !== 201) throw new Error("refused");
    const key = await made.json();
    expect(key.token).to.match(/^gk_/);
    const me = await client.v1.me.$get();
    if (!me.ok) throw new Error("refused");
    const caller = await me.json();
    expect(caller.kind === "account" ? caller.address : null).to.equal(signer(1).address.toLowerCase());
    const missing = await client.v1.pools[":pool"].$get({ param: { pool: account(9) } });
    if (missing.status === 404) expect((await missing.json()).title).to.equal("there is nothing here");
    expect(missing.status).to.equal(404);
  });

  it("counts callers by the address its proxy tells, and believes nobody else", async () => {
    const ask = (forwarded: string) => fetch(`${url}/v1/pools`, { headers: { "x-forwarded-for": forwarded } });
    for (let i = 0; i < 3; i++) expect((await ask(`10.0.0.${i}, 203.0.113.5`)).status).to.equal(200);
    expect((await ask("10.0.0.9, 203.0.113.5")).status).to.equal(429);
    expect((await ask("203.0.113.5, 203.0.113.6")).status).to.equal(200);
    const clients = api.lines.filter(({ message }) => message === "request").map(({ fields }) => fields["client"]);
    expect(clients).to.include("203.0.113.0/24");
    expect(JSON.stringify(clients)).not.to.contain("203.0.113.5");
  });

  it("cuts off who sends headers or bodies too slowly, and refuses headers that are too large", async () => {
    expect(await talk(server.port, "GET /v1/pools HTTP/1.1\r\nHost: a\r\n")).to.match(/^HTTP\/1.1 408 |^$/);
    const body = "POST /v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{";
    expect(await talk(server.port, body)).to.match(/^HTTP\/1.1 408 |^$/);
    const large = `GET /v1/pools HTTP/1.1\r\nHost: a\r\nX-Large: ${"a".repeat(20_000)}\r\n\r\n`;
    expect(await talk(server.port, large)).to.match(/^HTTP\/1.1 431 /);
    const two =
      "POST /v1/sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(await talk(server.port, two)).to.match(/^HTTP\/1.1 400 /);
  });

  it("bounds bodies whose length is not told", async () => {
    const body = (bytes: number) => new Blob([new Uint8Array(bytes).fill(32)]).stream();
    const ask = (bytes: number) => {
      const headers = { "content-type": "application/json", "x-forwarded-for": "198.51.100.1" };
      return fetch(`${url}/v1/sign-in`, { method: "POST", body: body(bytes), headers, duplex: "half" } as RequestInit);
    };
    expect((await ask(1024)).status).to.equal(400);
    expect((await ask(2 * 1024 * 1024)).status).to.equal(413);
  });

  it("answers odd requests with problems", async () => {
    for (const [line, status] of [
      ["TRACE /v1/pools", 405],
      ["PROPFIND /v1/pools", 405],
      ["GET /v1/pools/%ff%fe", 400],
      ["GET /v1/../v1/%2e%2e/x", 404],
    ] as const) {
      const answer = await talk(
        server.port,
        `${line} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.${status % 255}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer, line).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.toLowerCase(), line).to.contain("application/problem+json");
    }
  });

  it("says where it cannot listen", async () => {
    const taken = listen(api.app, { hostname: "127.0.0.1", port: server.port });
    expect(await taken.catch((error: NodeJS.ErrnoException) => error.code)).to.equal("EADDRINUSE");
  });

  it("ends with its streams", async () => {
    const other = await testApi();
    const one = await listen(other.app, { hostname: "127.0.0.1", port: 0 });
    const stream = await fetch(`http://127.0.0.1:${one.port}/v1/events`);
    const closed = one.close(10_000);
    other.stop();
    await stream.text();
    await closed;
    await other.close();
  });
});

/** Sends bytes and gives what comes back until the connection ends. */
function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}
