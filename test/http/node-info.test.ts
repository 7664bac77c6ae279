import { expect } from "chai";
import type { NodeInfo } from "../../oracle/http/node-info.ts";
import { testApi, type TestApi } from "./support/api.ts";

const ADDRESS = `0x${"12".repeat(20)}` as const;
const JUDGE = { family: "gpt", model: "gpt-x-2026-01-01" };

/** Whether a node judges, and with what, is said by itself, by its API's page, and nowhere with a key. */
describe("what a node says of itself", () => {
  let api: TestApi;
  afterEach(() => api.close());

  async function said(node: NodeInfo) {
    api = await testApi({ node });
    const document = (await (await api.ask("/openapi.json")).json()) as { info: { description: string } };
    const answer = await api.ask("/v1/node");
    return { info: await answer.json(), page: document.info.description };
  }

  it("names its models, without what else their settings hold", async () => {
    const judges = [{ ...JUDGE, key: { kind: "key", key: "sk-secret" }, url: "https://models.example/v1" }];
    const { info, page } = await said({ address: ADDRESS, roles: ["assessor"], judges });
    expect(info).to.deep.equal({ address: ADDRESS, roles: ["assessor"], judges: [JUDGE] });
    expect(page).to.contain("This node judges words with gpt-x-2026-01-01 (gpt).");
  });

  it("says that it abstains where no model is set", async () => {
    const { info, page } = await said({ address: ADDRESS, roles: ["intake", "assessor"], judges: [] });
    expect(info).to.deep.equal({ address: ADDRESS, roles: ["intake", "assessor"], judges: [] });
    expect(page).to.contain("No model is set at this node: criteria that need a judge abstain.");
  });

  it("says so of a node that does not assess", async () => {
    expect((await said({ address: ADDRESS, roles: ["submitter"], judges: [] })).page).to.contain("does not assess");
  });
});
