import { expect } from "chai";
import { createSiweMessage } from "viem/siwe";
import { account, json, problemOf, testApi, type SignedBy, type TestApi } from "../http/support/api.ts";
import { freshNonce, signedIn, signer, siweFields } from "../http/support/sign-in.ts";
import { MESSAGE_CASES, SIGNATURE_CASES, textOf, type SignInCase } from "./sign-in-cases.ts";

describe("Corpus: sign-in", () => {
  const own = signer(11);
  const other = signer(12);
  let api: TestApi;
  let contract: SignedBy = () => Promise.resolve(false);

  before(async () => {
    api = await testApi({
      managers: [own.address, other.address],
      signedBy: (...asked) => contract(...asked),
    });
  });

  after(() => api.close());

  afterEach(() => {
    contract = () => Promise.resolve(false);
  });

  const ask = (message: string, signature: string) => api.ask("/v1/sign-in", json({ message, signature }));

  const inOrder = async () => {
    const message = createSiweMessage(siweFields(api, own, await freshNonce(api)));
    return { message, signature: await own.signMessage({ message }) };
  };

  it("what is in order is let in, so that the refusals below mean something", async () => {
    const { message, signature } = await inOrder();
    const response = await ask(message, signature);
    expect(response.status).to.equal(200);
    expect(response.headers.get("cache-control")).to.equal("no-store");
    const body = (await response.json()) as Record<string, string>;
    expect(body["address"]).to.equal(own.address.toLowerCase());
    expect(body["expiresAt"]).to.equal("2026-03-01T12:05:00.000Z");
    expect(body["token"]).to.match(/^gs_[\w-]{43}$/);
  });

  for (const one of [...MESSAGE_CASES, ...SIGNATURE_CASES]) {
    it(`refuses ${one.name}`, () => refused(one));
  }

  async function refused(one: SignInCase): Promise<void> {
    const message = textOf(one, siweFields(api, own, await freshNonce(api)), api.now());
    const signed = await (one.signer?.({ other }) ?? own).signMessage({ message });
    const signature = one.signature === undefined ? signed : await one.signature(signed, message);
    const found = await problemOf(await ask(message, signature));
    const expected = one.problem ?? { type: "sign-in-refused", status: 401 };
    expect(found).to.include({ ...expected, ...(one.reason === undefined ? {} : { reason: one.reason }) });
    expect(found.errors).to.have.length(1);
    expect(found.errors![0]!.limit).not.to.equal("");
    if (one.field !== undefined) expect(found.errors![0]!.field).to.equal(one.field);
  }

  describe("replay", () => {
    it("refuses a message a second time", async () => {
      const { message, signature } = await inOrder();
      expect((await ask(message, signature)).status).to.equal(200);
      expect(await problemOf(await ask(message, signature))).to.include({ type: "sign-in-refused", reason: "nonce" });
    });

    it("lets in one of twenty at the same time", async () => {
      const { message, signature } = await inOrder();
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(message, signature)));
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      const reasons = await Promise.all(answers.filter(({ status }) => status !== 200).map(problemOf));
      expect(new Set(reasons.map(({ reason }) => reason))).to.deep.equal(new Set(["nonce"]));
    });

    it("refuses a nonce of five minutes ago in a message of now", async () => {
      const nonce = await freshNonce(api);
      api.pass(5 * 60_000);
      const message = createSiweMessage(siweFields(api, own, nonce));
      const signature = await own.signMessage({ message });
      expect((await problemOf(await ask(message, signature))).reason).to.equal("nonce");
    });

    it("refuses the nonce of a sign-in that failed", async () => {
      const { message, signature } = await inOrder();
      expect((await problemOf(await ask(message, await other.signMessage({ message })))).reason).to.equal("signature");
      expect((await problemOf(await ask(message, signature))).reason).to.equal("nonce");
    });

    it("refuses another account's message with the nonce of a first", async () => {
      const fields = siweFields(api, own, await freshNonce(api));
      const first = createSiweMessage(fields);
      expect((await ask(first, await own.signMessage({ message: first }))).status).to.equal(200);
      const message = createSiweMessage({ ...fields, address: other.address });
      expect((await problemOf(await ask(message, await other.signMessage({ message })))).reason).to.equal("nonce");
    });
  });

  describe("accounts that are contracts", () => {
    const wallet = { ...own, address: account(0xc0ffee) };

    const signInAs = async (signature = `0x${"ab".repeat(300)}`) => {
      const message = createSiweMessage(siweFields(api, wallet, await freshNonce(api)));
      return ask(message, signature);
    };

    it("lets in one that says yes, and asks it once", async () => {
      const asked: unknown[] = [];
      contract = (...args) => Promise.resolve(asked.push(args) > 0);
      expect((await signInAs()).status).to.equal(200);
      expect(asked).to.have.length(1);
    });

    it("refuses one that says no, or reverts", async () => {
      expect(await problemOf(await signInAs())).to.include({ type: "sign-in-refused", reason: "signature" });
    });

    it("refuses a sign-in anew where it changed its mind", async () => {
      let times = 0;
      contract = () => Promise.resolve(times++ === 0);
      const first = await signInAs();
      const { token } = (await first.json()) as { token: string };
      expect((await problemOf(await signInAs())).reason).to.equal("signature");
      // What it once said holds for the session, which it can end.
      expect((await api.ask("/v1/me", { token })).status).to.equal(200);
      expect((await api.ask("/v1/sign-in", { method: "DELETE", token })).status).to.equal(204);
      expect((await api.ask("/v1/me", { token })).status).to.equal(401);
    });

    it("does not ask a contract for another spelling of a key's own signature", async () => {
      contract = () => Promise.resolve(true);
      for (const one of SIGNATURE_CASES.filter(({ reason }) => reason === "signature-form")) await refused(one);
    });

    it("says to come back where the endpoints cannot be asked", async () => {
      contract = () => Promise.reject(Object.assign(new Error("https://key@rpc.example"), { name: "EndpointsError" }));
      const response = await signInAs();
      expect(response.headers.get("retry-after")).to.equal("5");
      const found = await problemOf(response);
      expect(found).to.deep.equal({ type: "chain-unavailable", title: "the chain cannot be asked now", status: 503 });
    });
  });

  describe("credentials", () => {
    let token: string;
    let key: string;
    let keys: string;

    before(async () => {
      token = await signedIn(api, own);
      keys = `/v1/pools/${api.pools[0]!.pool}/keys`;
      const made = await api.ask(keys, { ...json({ name: "meter", scopes: ["telemetry:write"] }), token });
      key = ((await made.json()) as { token: string }).token;
    });

    const type = async (path: string, init: Parameters<TestApi["ask"]>[1] = {}) => {
      const found = await problemOf(await api.ask(path, init));
      return [found.status, found.type];
    };
    const authorized = (authorization: string) => ({ headers: { authorization } });

    it("refuses a session that was ended, and ends it for nobody else", async () => {
      const [one, two] = [await signedIn(api, own), await signedIn(api, own)];
      expect((await api.ask("/v1/me", { token: one })).status).to.equal(200);
      expect((await api.ask("/v1/sign-in", { method: "DELETE", token: one })).status).to.equal(204);
      expect(await type("/v1/me", { token: one })).to.deep.equal([401, "bad-credentials"]);
      expect(await type("/v1/sign-in", { method: "DELETE", token: one })).to.deep.equal([401, "bad-credentials"]);
      expect((await api.ask("/v1/me", { token: two })).status).to.equal(200);
    });

    it("refuses a session that was ended while it was looked up", async () => {
      const one = await signedIn(api, own);
      const asking = Array.from({ length: 5 }, () => api.ask("/v1/me", { token: one }));
      const ended = api.ask("/v1/sign-in", { method: "DELETE", token: one });
      await Promise.all([...asking, ended]);
      expect(await type("/v1/me", { token: one })).to.deep.equal([401, "bad-credentials"]);
    });

    it("refuses a session after twelve hours, and one whose message expired before", async () => {
      const short = await (async () => {
        const { message, signature } = await inOrder();
        return ((await (await ask(message, signature)).json()) as { token: string }).token;
      })();
      const long = await signedIn(api, own);
      api.pass(5 * 60_000);
      expect(await type("/v1/me", { token: short })).to.deep.equal([401, "bad-credentials"]);
      expect((await api.ask("/v1/me", { token: long })).status).to.equal(200);
      api.pass(12 * 3_600_000 - 5 * 60_000);
      expect(await type("/v1/me", { token: long })).to.deep.equal([401, "bad-credentials"]);
      token = await signedIn(api, own);
    });

    it("refuses a token in the query, a cookie or a body", async () => {
      const none = [401, "sign-in-needed"];
      expect(await type(`/v1/me?token=${token}&access_token=${token}`)).to.deep.equal(none);
      expect(await type("/v1/me", { headers: { cookie: `token=${token}` } })).to.deep.equal(none);
      const made = json({ name: "meter", scopes: ["telemetry:write"], token });
      expect(await type(keys, made)).to.deep.equal([400, "invalid"]);
    });

    for (const [name, header] of [
      ["another scheme", (t: string) => `Basic ${t}`],
      ["no scheme", (t: string) => t],
      ["two tokens", (t: string) => `Bearer ${t}, Bearer ${t}`],
      ["a space at the front of the token", (t: string) => `Bearer  ${t}`],
      ["a character more", (t: string) => `Bearer ${t}A`],
      ["a character less", (t: string) => `Bearer ${t.slice(0, -1)}`],
      ["another case", (t: string) => `Bearer ${t.toUpperCase()}`],
      ["only the prefix", () => "Bearer gs_"],
      ["nothing", () => "Bearer "],
      ["an empty header", () => ""],
      ["a path into the store", () => `Bearer gs_${"../".repeat(14)}a`],
      ["a session's token as a key's", (t: string) => `Bearer gk_${"0".repeat(16)}_${t.slice(3)}`],
      ["what is stored of a session", () => `Bearer gs_${"ab".repeat(32).slice(0, 43)}`],
    ] as const) {
      it(`refuses ${name}`, async () => {
        expect(await type("/v1/me", authorized(header(token)))).to.deep.equal([401, "bad-credentials"]);
        expect(await type("/v1/pools", authorized(header(token)))).to.deep.equal([401, "bad-credentials"]);
      });
    }

    it("refuses a key with another's secret, id or prefix", async () => {
      const [, id, secret] = /^gk_([^_]+)_(.*)$/.exec(key)!;
      const made = await api.ask(keys, { ...json({ name: "two", scopes: ["evidence:read"] }), token });
      const [, otherId, otherSecret] = /^gk_([^_]+)_(.*)$/.exec(((await made.json()) as { token: string }).token)!;
      for (const wrong of [
        `gk_${id}_${otherSecret}`,
        `gk_${otherId}_${secret}`,
        `gs_${secret}`,
        `gk_${id}_`,
        `gk__${secret}`,
      ]) {
        expect(await type("/v1/me", authorized(`Bearer ${wrong}`)), wrong).to.deep.equal([401, "bad-credentials"]);
      }
    });

    it("refuses a key what only an account may do", async () => {
      expect(await type(keys, { token: key })).to.deep.equal([403, "account-needed"]);
      expect(await type("/v1/sign-in", { method: "DELETE", token: key })).to.deep.equal([403, "account-needed"]);
    });

    it("refuses a manager the keys of another's pool", async () => {
      const elsewhere = `/v1/pools/${api.pools[1]!.pool}/keys`;
      expect(await type(elsewhere, { token })).to.deep.equal([403, "not-manager"]);
    });
  });
});
