import { expect } from "chai";
import { MAX_AGE, SESSION_MS } from "../../../oracle/roles/access/siwe.ts";
import { sweepAccess } from "../../../oracle/store/access.ts";
import { account, json, testApi, type TestApi } from "../../http/support/api.ts";
import { freshNonce, signedIn, signer } from "../../http/support/sign-in.ts";

describe("What is stored of sessions and keys", () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await testApi({ managers: [signer(1).address] });
  });

  afterEach(() => api.close());

  it("is nothing that could be used to call", async () => {
    const token = await signedIn(api, signer(1));
    const made = await api.ask(`/v1/pools/${account(0x1000)}/keys`, {
      ...json({ name: "meter", scopes: ["telemetry:write"] }),
      token,
    });
    const key = ((await made.json()) as { token: string }).token;
    const everything = JSON.stringify([await api.store.list("sessions/"), await api.store.list("keys/"), api.lines]);
    for (const secret of [token.slice(3), key.slice(20)]) {
      expect(secret).to.have.length(43);
      expect(everything).not.to.contain(secret);
    }
  });

  it("is removed once it has expired, and only then", async () => {
    await freshNonce(api);
    await signedIn(api, signer(1));
    api.pass(MAX_AGE - 1);
    const late = await freshNonce(api);
    expect(await sweepAccess(api.store, api.now())).to.equal(0);
    api.pass(1);
    expect(await sweepAccess(api.store, api.now())).to.equal(1);
    expect((await api.store.list("nonces/")).map(({ key }) => key)).to.deep.equal([`nonces/${late}`]);
    api.pass(SESSION_MS);
    expect(await sweepAccess(api.store, api.now())).to.equal(2);
    expect(await api.store.list("sessions/")).to.deep.equal([]);
  });

  it("is swept however much it is", async () => {
    const put = Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`nonces/n${i}`, '{"expiresAt":1}']));
    await api.store.commit({ put });
    expect(await sweepAccess(api.store, api.now())).to.equal(2_500);
  });
});
