import { expect } from "chai";
import { json, problemOf, testApi, type TestApi } from "./support/api.ts";
import { signedIn, signer } from "./support/sign-in.ts";

const DAY = 86_400_000;

describe("API keys", () => {
  let api: TestApi;
  let manager: string;
  let keys: string;

  before(async () => {
    api = await testApi({ managers: [signer(1).address, signer(2).address] });
    manager = await signedIn(api, signer(1));
    keys = `/v1/pools/${api.pools[0]!.pool}/keys`;
  });

  after(() => api.close());

  const make = async (more: object = {}) => {
    const response = await api.ask(keys, {
      ...json({ name: "meter", scopes: ["telemetry:write"], ...more }),
      token: manager,
    });
    expect(response.status).to.equal(201);
    expect(response.headers.get("cache-control")).to.equal("no-store");
    return (await response.json()) as { id: string; token: string; expiresAt: string | null };
  };

  it("are made by the pool's manager, shown once and listed without their secret", async () => {
    const made = await make({ name: "  meter 1 ", expiresAt: "2027-01-01T00:00:00Z" });
    expect(made.token).to.match(/^gk_[0-9a-z]{16}_[\w-]{43}$/);
    expect(made.token).to.contain(`gk_${made.id}_`);
    const listed = await api.ask(keys, { token: manager });
    const text = await listed.text();
    expect(JSON.parse(text)).to.deep.equal({
      keys: [
        {
          id: made.id,
          name: "meter 1",
          scopes: ["telemetry:write"],
          createdAt: "2026-03-01T12:00:00.000Z",
          expiresAt: "2027-01-01T00:00:00.000Z",
          lastUsed: null,
        },
      ],
    });
    const secret = made.token.split("_").slice(2).join("_");
    const stored = await api.store.list("keys/");
    expect(JSON.stringify(stored)).not.to.contain(secret);
    expect(stored).to.have.length(2);
  });

  it("say who calls, and leave the day they were used on", async () => {
    const { token, id } = await make();
    const me = await api.ask("/v1/me", { token });
    expect(await me.json()).to.deep.equal({
      kind: "sender",
      id,
      pool: api.pools[0]!.pool,
      scopes: ["telemetry:write"],
    });
    const lastUsed = async () => {
      const { keys: all } = (await (await api.ask(keys, { token: manager })).json()) as {
        keys: { id: string; lastUsed: string }[];
      };
      return all.find((one) => one.id === id)?.lastUsed;
    };
    expect(await lastUsed()).to.equal("2026-03-01");
    api.pass(60_000);
    await api.ask("/v1/me", { token });
    expect(await lastUsed()).to.equal("2026-03-01");
  });

  it("end when they are revoked, at once", async () => {
    const { token, id } = await make();
    expect((await api.ask("/v1/me", { token })).status).to.equal(200);
    expect((await api.ask(`${keys}/${id}`, { method: "DELETE", token: manager })).status).to.equal(204);
    expect((await problemOf(await api.ask("/v1/me", { token }))).type).to.equal("bad-credentials");
    expect((await api.ask(`${keys}/${id}`, { method: "DELETE", token: manager })).status).to.equal(404);
  });

  it("end in another process within ten seconds", async () => {
    const { token, id } = await make();
    expect((await api.ask("/v1/me", { token })).status).to.equal(200);
    const pool = api.pools[0]!.pool;
    await api.store.commit({ put: { [`keys/id/${id}`]: null, [`keys/pool/${pool}/${id}`]: null } });
    api.pass(10_000);
    expect((await api.ask("/v1/me", { token })).status).to.equal(401);
  });

  it("end by themselves where they were made to", async () => {
    const { token } = await make({ expiresAt: new Date(api.now() + 5_000).toISOString() });
    expect((await api.ask("/v1/me", { token })).status).to.equal(200);
    api.pass(5_000);
    expect((await api.ask("/v1/me", { token })).status).to.equal(401);
  });

  it("are for the manager alone to make, list and revoke", async () => {
    const other = await signedIn(api, signer(2));
    const { token: key, id } = await make();
    const body = json({ name: "mine", scopes: ["telemetry:write"] });
    for (const init of [body, {}, { method: "DELETE" }]) {
      const path = init.method === "DELETE" ? `${keys}/${id}` : keys;
      expect((await problemOf(await api.ask(path, { ...init, token: other }))).type).to.equal("not-manager");
      expect((await problemOf(await api.ask(path, { ...init, token: key }))).type).to.equal("account-needed");
      const nobody = await api.ask(path, init);
      expect(nobody.headers.get("www-authenticate")).to.equal("Bearer");
      expect((await problemOf(nobody)).type).to.equal("sign-in-needed");
    }
    const elsewhere = `/v1/pools/${api.pools[1]!.pool}/keys/${id}`;
    expect((await api.ask(elsewhere, { method: "DELETE", token: other })).status).to.equal(404);
    expect((await api.ask("/v1/me", { token: key })).status).to.equal(200);
  });

  it("are refused where a request does not say rightly what they are to be", async () => {
    const cases: [object, string][] = [
      [{ name: "" }, "body.name"],
      [{ name: "a".repeat(101) }, "body.name"],
      [{ scopes: [] }, "body.scopes"],
      [{ scopes: ["everything"] }, "body.scopes.0"],
      [{ expiresAt: "tomorrow" }, "body.expiresAt"],
      [{ expiresAt: new Date(api.now() - 1).toISOString() }, "body.expiresAt"],
      [{ secret: "mine" }, "body"],
    ];
    for (const [more, field] of cases) {
      const request = { ...json({ name: "meter", scopes: ["telemetry:write"], ...more }), token: manager };
      const { type, errors } = await problemOf(await api.ask(keys, request));
      expect([type, errors?.[0]?.field]).to.deep.equal(["invalid", field]);
    }
  });

  it("are a hundred at most", async () => {
    const { keys: before } = (await (await api.ask(keys, { token: manager })).json()) as { keys: object[] };
    for (let n = before.length; n < 100; n++) await make();
    const request = { ...json({ name: "one more", scopes: ["evidence:read"] }), token: manager };
    expect(await problemOf(await api.ask(keys, request))).to.include({ type: "too-many-keys", status: 409 });
  });

  it("last longer than a session", async () => {
    api.pass(DAY);
    expect((await problemOf(await api.ask(keys, { token: manager }))).type).to.equal("bad-credentials");
  });
});
