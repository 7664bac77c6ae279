import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { zeroHash, type Hex, type PrivateKeyAccount } from "viem";
import { httpPeers, type HttpPeersOptions } from "../../oracle/adapters/peers.ts";
import { nodeSigner } from "../../oracle/adapters/signers/node-signer.ts";
import { evidenceLeaf } from "../../oracle/domain/evidence.ts";
import { listen } from "../../oracle/http/serve.ts";
import { PeerError, type Peers } from "../../oracle/ports.ts";
import { SESSION_MS } from "../../oracle/roles/access/siwe.ts";
import { account, UNLIMITED } from "../http/support/api.ts";
import { lower, NODE, SENDER, serveIntake, STRANGER, type ServedIntake } from "../support/private-intake.ts";

const NOW = Date.parse("2026-03-01T12:00:00.000Z");
const TOKEN = "gs_secret-token";

/** Why a peer's answer was of no use; nothing secret may be in the words. */
async function peerFault(work: Promise<unknown>): Promise<{ reason: PeerError["reason"]; message: string }> {
  const error: unknown = await work.then(
    () => null,
    (rejection: unknown) => rejection,
  );
  expect(error).to.be.instanceOf(PeerError);
  const { reason, message } = error as PeerError;
  for (const secret of [TOKEN, "password", "gs_"]) expect(message).not.to.contain(secret);
  expect(message).not.to.match(/0x[0-9a-f]{130}/);
  return { reason, message };
}

/** Peers that count what they ask, by method and the end of the path. */
function counting(options: Omit<HttpPeersOptions, "fetch" | "timeoutMs" | "signer"> & { as: PrivateKeyAccount }) {
  const asked: string[] = [];
  const tokens: string[] = [];
  let signed = 0;
  const { as, ...given } = options;
  const signer = nodeSigner(as);
  const peers = httpPeers({
    ...given,
    timeoutMs: 2_000,
    signer: { ...signer, signMessage: (text) => (signed++, signer.signMessage(text)) },
    fetch: (url, init) => {
      const path = new URL(url as string).pathname;
      asked.push(`${init?.method ?? "GET"} ${path.includes("/evidence/") ? "item" : path}`);
      const header = new Headers(init?.headers).get("authorization");
      if (header !== null) tokens.push(header.replace("Bearer ", ""));
      return fetch(url, init);
    },
  });
  return { peers, asked, tokens, signatures: () => signed };
}

const SIGN_IN = ["POST /v1/sign-in/nonce", "POST /v1/sign-in"];

describe("A private item, asked of a real intake over HTTP", () => {
  let served: ServedIntake;
  let leaf: Hex;
  beforeEach(async () => {
    served = await serveIntake();
    leaf = await served.send("My knee is better.");
  });
  afterEach(() => served.close());

  const as = (who: PrivateKeyAccount, more: Partial<HttpPeersOptions> = {}) =>
    counting({ urls: () => new Map([[served.address, served.url]]), clock: served.api.now, as: who, ...more });
  const get = (peers: Peers, of = leaf) => peers.privateItem(served.address, served.id, of);

  it("is read by a node of the oracle, which signs in for it", async () => {
    const { peers, asked } = as(NODE);
    const item = await get(peers);
    expect(item).to.include({ content: "My knee is better.", source: SENDER, kind: "document" });
    expect(evidenceLeaf(item as Exclude<typeof item, "gone" | null>)).to.equal(leaf);
    expect(asked).to.deep.equal([...SIGN_IN, "GET item"]);
  });

  it("is read in closed rounds too", async () => {
    await served.intake.freeze(served.id, 1_000);
    expect(await get(as(NODE).peers)).to.include({ content: "My knee is better." });
  });

  it("is not read by a stranger's key, nor by who does not sign in", async () => {
    const { reason, message } = await peerFault(get(as(STRANGER).peers));
    expect([reason, message]).to.deep.equal(["refused", `node ${served.address} answers with status 403`]);
    expect((await peerFault(as(NODE).peers.item(served.address, served.id, leaf))).reason).to.equal("refused");
  });

  it("takes one sign-in for many, at once and one after another", async () => {
    const leaves = await Promise.all(Array.from({ length: 12 }, (_, i) => served.send(`Interview ${i}`)));
    const { peers, asked, signatures } = as(NODE);
    const items = await Promise.all(leaves.map((each) => get(peers, each)));
    for (const each of leaves) await get(peers, each);
    expect(items.map((item) => (item as { content: string }).content)).to.deep.equal(
      leaves.map((_, i) => `Interview ${i}`),
    );
    expect(asked.filter((one) => one !== "GET item")).to.deep.equal(SIGN_IN);
    expect(signatures()).to.equal(1);
  });

  it("is gone where it was erased, and nothing where there never was one", async () => {
    const { peers } = as(NODE);
    await served.intake.erase(served.id, leaf, SENDER);
    expect(await get(peers)).to.equal("gone");
    expect(await get(peers, zeroHash)).to.equal(null);
    expect(await peers.privateItem(served.address, { ...served.id, pool: account(9) }, leaf)).to.equal(null);
  });

  it("takes a new sign-in when the session's time is over, before it is refused", async () => {
    const { peers, asked, tokens } = as(NODE);
    await get(peers);
    served.api.pass(SESSION_MS - 1);
    await get(peers);
    served.api.pass(1);
    await get(peers);
    expect(asked).to.deep.equal([...SIGN_IN, "GET item", "GET item", ...SIGN_IN, "GET item"]);
    expect(new Set(tokens).size).to.equal(2);
  });

  it("takes a new sign-in, once for all, when the session is refused", async () => {
    const { peers, asked, tokens } = as(NODE);
    await get(peers);
    await served.api.ask("/v1/sign-in", { method: "DELETE", token: tokens[0]! });
    const items = await Promise.all([get(peers), get(peers), get(peers)]);
    for (const item of items) expect(item).to.include({ content: "My knee is better." });
    expect(asked.filter((one) => one === "POST /v1/sign-in")).to.have.length(2);
    expect(new Set(tokens).size).to.equal(2);
  });

  it("is waited for where the intake was asked too often", async () => {
    const limited = await serveIntake({ perMinute: { ...UNLIMITED, perCaller: 3 } });
    const leaves = await Promise.all(Array.from({ length: 7 }, (_, i) => limited.send(`Interview ${i}`)));
    const waits: number[] = [];
    const { peers } = counting({
      as: NODE,
      urls: () => new Map([[limited.address, limited.url]]),
      clock: limited.api.now,
      pause: (ms) => Promise.resolve(limited.api.pass((waits.push(ms), ms))),
    });
    for (const [i, each] of leaves.entries()) {
      expect(await peers.privateItem(limited.address, limited.id, each)).to.include({ content: `Interview ${i}` });
    }
    expect(waits).to.have.length(2);
    for (const ms of waits) expect(ms).to.be.within(1_000, 60_000);
    await limited.close();
  });

  it("takes a sign-in at the address people use, where nodes use another", async () => {
    const inner = await listen(served.api.app, { hostname: "127.0.0.1", port: 0 });
    const urls = () => new Map([[served.address, `http://127.0.0.1:${inner.port}`]]);
    const { reason, message } = await peerFault(get(as(NODE, { urls }).peers));
    expect([reason, message]).to.deep.equal(["refused", `node ${served.address} answers with status 401`]);
    const publicUrls = new Map([[served.address, served.url]]);
    expect(await get(as(NODE, { urls, publicUrls }).peers)).to.include({ content: "My knee is better." });
    await inner.close(0);
  });
});

describe("A private item, asked of an intake that is not as it should be", () => {
  const INTAKE = account(0x77) as Hex;
  const ID = { chainId: 1, pool: account(0x99) as Hex, round: 0 };
  type Answer = (response: ServerResponse, request: IncomingMessage) => void;
  let server: Server;
  let url: string;
  let answers: { nonce: Answer; signIn: Answer; item: Answer };
  let requests: string[];

  const json =
    (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
    (response) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  const raw =
    (text: string): Answer =>
    (response) =>
      response.writeHead(200).end(text);
  const cut: Answer = (response) => {
    response.writeHead(200, { "content-length": "1000" }).write("{");
    setTimeout(() => response.destroy(), 20);
  };
  const session = { token: TOKEN, expiresAt: new Date(NOW + SESSION_MS).toISOString() };

  before(async () => {
    server = createServer((request, response) => {
      const path = request.url ?? "";
      requests.push(`${path} ${request.headers.authorization ?? ""}`);
      request.resume();
      request.on("end", () => {
        if (path === "/v1/sign-in/nonce") answers.nonce(response, request);
        else if (path === "/v1/sign-in") answers.signIn(response, request);
        else answers.item(response, request);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  });
  beforeEach(() => {
    requests = [];
    answers = { nonce: json({ nonce: "0123456789abcdef" }), signIn: json(session), item: json({}, 404) };
  });

  const peersAt = (base: string, more: Partial<HttpPeersOptions> = {}) =>
    counting({ urls: () => new Map([[INTAKE, base]]), clock: () => NOW, as: NODE, ...more });
  const get = (peers: Peers) => peers.privateItem(INTAKE, ID, zeroHash);

  const item = {
    ...{ kind: "document", name: "a", mediaType: "text/plain", source: lower(STRANGER), sequence: 0 },
    ...{ salt: zeroHash, encoding: "utf8", content: "It went well." },
  };
  const bad: Record<string, [change: () => Partial<typeof answers>, reason: PeerError["reason"], words: string]> = {
    "answers the item with 403": [() => ({ item: json({}, 403) }), "refused", "answers with status 403"],
    "answers the item with 500": [() => ({ item: json({ token: TOKEN }, 500) }), "refused", "answers with status 500"],
    "answers the item with no JSON": [() => ({ item: raw("<html>") }), "malformed", "answers in another form"],
    "answers the item in another form": [
      () => ({ item: json({ item: { ...item, encoding: "base64" } }) }),
      "malformed",
      "answers in another form",
    ],
    "breaks off the item": [() => ({ item: cut }), "unreachable", "broke off its answer"],
    "sends on to elsewhere": [
      () => ({ item: json({}, 302, { location: `${url}/v1/elsewhere` }) }),
      "unreachable",
      "does not answer",
    ],
    "always refuses its own sessions": [() => ({ item: json({}, 401) }), "refused", "answers with status 401"],
    "refuses the sign-in": [() => ({ signIn: json({ token: TOKEN }, 401) }), "refused", "answers with status 401"],
    "knows no sign-in": [() => ({ nonce: json({}, 404) }), "refused", "signs nobody in"],
    "fails at the sign-in": [() => ({ signIn: json({}, 503) }), "refused", "answers with status 503"],
    "gives a token of two lines": [
      () => ({ signIn: json({ ...session, token: `${TOKEN}\r\nX-Evil: 1` }) }),
      "malformed",
      "answers in another form",
    ],
    "gives a session without an end": [
      () => ({ signIn: json({ token: TOKEN }) }),
      "malformed",
      "answers in another form",
    ],
    "gives a nonce that says more than a nonce": [
      () => ({ nonce: json({ nonce: "0123456789\nURI: https://elsewhere.example" }) }),
      "malformed",
      "answers in another form",
    ],
    "answers the sign-in at length": [
      () => ({ signIn: json({ ...session, more: "x".repeat(70_000) }) }),
      "malformed",
      "answers with more than 65536 bytes",
    ],
  };
  for (const [name, [change, reason, words]] of Object.entries(bad)) {
    it(`is not had from one that ${name}`, async () => {
      answers = { ...answers, ...change() };
      const found = await peerFault(get(peersAt(url).peers));
      expect(found).to.deep.equal({ reason, message: `node ${INTAKE} ${words}` });
    });
  }

  it("is not looked for where no address is set, where nobody answers, or where nobody can sign in", async () => {
    const none = await peerFault(get(counting({ urls: () => new Map(), clock: () => NOW, as: NODE }).peers));
    expect(none.reason).to.equal("unknown");
    expect((await peerFault(get(peersAt("http://127.0.0.1:1").peers))).reason).to.equal("unreachable");
    const { peers, signatures } = peersAt(url, { publicUrls: new Map([[INTAKE, "http://u:password@node-1:8787"]]) });
    const { reason, message } = await peerFault(get(peers));
    expect(reason).to.equal("unknown");
    expect(message).to.contain("node-1:8787").and.to.contain("localhost");
    expect(signatures()).to.equal(0);
  });

  it("costs no signature where the nonce is none", async () => {
    answers.nonce = json({ nonce: "short" });
    const { peers, signatures } = peersAt(url);
    await peerFault(get(peers));
    expect(signatures()).to.equal(0);
  });

  it("costs two sign-ins where every session is refused, and no more", async () => {
    answers.item = json({}, 401);
    const { peers, signatures } = peersAt(url);
    await peerFault(get(peers));
    expect(signatures()).to.equal(2);
  });

  it("is asked for with sessions that are over already, each used once", async () => {
    answers.signIn = json({ ...session, expiresAt: new Date(NOW - 1).toISOString() });
    const { peers, signatures } = peersAt(url);
    expect(await Promise.all([get(peers), get(peers), get(peers)])).to.deep.equal([null, null, null]);
    expect(signatures()).to.be.within(1, 3);
  });

  it("is had again after a sign-in that failed", async () => {
    answers.signIn = json({}, 503);
    const { peers } = peersAt(url);
    await Promise.all([peerFault(get(peers)), peerFault(get(peers))]);
    answers.signIn = json(session);
    answers.item = json({ item, position: 1, proof: null });
    expect(await get(peers)).to.deep.equal(item);
  });

  it("sends its token to nobody but the intake that gave it", async () => {
    answers.item = json({}, 302, { location: `${url}/v1/elsewhere` });
    await peerFault(get(peersAt(url).peers));
    expect(requests.filter((one) => one.includes(TOKEN))).to.deep.equal([
      `/v1/pools/${ID.pool}/rounds/0/evidence/${zeroHash} Bearer ${TOKEN}`,
    ]);
  });

  it("is waited for twice, and never long, where there were too many requests", async () => {
    for (const [told, ms] of [
      ["7", 7_000],
      ["86400", 60_000],
      ["-1", 1_000],
      ["soon", 1_000],
    ] as const) {
      answers.item = json({}, 429, { "retry-after": told });
      const waits: number[] = [];
      const { peers } = peersAt(url, { pause: (wait) => Promise.resolve(void waits.push(wait)) });
      expect((await peerFault(get(peers))).message).to.contain("status 429");
      expect(waits).to.deep.equal([ms, ms]);
    }
  });

  it("is not waited for by a node that stops", async () => {
    answers.item = json({}, 429, { "retry-after": "60" });
    const stopping = new AbortController();
    const asking = peerFault(get(peersAt(url, { stopping: stopping.signal }).peers));
    setTimeout(() => stopping.abort(), 100);
    expect((await asking).reason).to.equal("refused");
  });
});
