import { expect } from "chai";
import { listen, type Listening } from "../../oracle/http/serve.ts";
import { account, testApi, type TestApi } from "../http/support/api.ts";
import { withBrowser } from "./with-browser.ts";

describe("Page of the API, in Chromium", function () {
  this.timeout(60_000);
  const browser = withBrowser();
  let api: TestApi;
  let server: Listening;
  let url: string;

  before(async () => {
    api = await testApi({ managers: [account(1)] });
    server = await listen(api.app, { hostname: "127.0.0.1", port: 0 });
    url = `http://127.0.0.1:${server.port}`;
  });

  after(async () => {
    await server.close(0);
    await api.close();
  });

  it("shows the operations, and asks nobody but this server for anything", async () => {
    const { page } = browser;
    await page.open(`${url}/docs`);
    await page.until("document.querySelectorAll('.opblock').length > 15");
    const paths = (await page.evaluate(
      "[...document.querySelectorAll('.opblock-summary-path')].map((one) => one.textContent.replace(/\\u200b/g, ''))",
    )) as string[];
    expect(paths).to.include.members(["/v1/pools", "/v1/sign-in", "/v1/bundles/{hash}", "/v1/events"]);
    expect(page.requests()).to.include.members([
      `${url}/docs`,
      `${url}/docs/swagger-ui-bundle.js`,
      `${url}/openapi.json`,
    ]);
    const elsewhere = page.requests().filter((one) => !one.startsWith(`${url}/`) && !one.startsWith("data:"));
    expect(elsewhere).to.deep.equal([]);
    expect(page.messages()).to.deep.equal([]);
  });

  it("sends a request from the page", async () => {
    const { page } = browser;
    await page.open(`${url}/docs#/pools/get_v1_pools`);
    await page.until("document.querySelector('.try-out__btn') !== null");
    await page.evaluate("document.querySelector('.try-out__btn').click()");
    await page.until("document.querySelector('.execute') !== null");
    await page.evaluate("document.querySelector('.execute').click()");
    await page.until("(document.querySelector('.live-responses-table')?.textContent ?? '').includes('madeInBlock')");
    expect(page.requests()).to.include(`${url}/v1/pools?limit=50`);
  });

  it("runs no script that is put into it", async () => {
    const { page } = browser;
    await page.open(`${url}/docs`);
    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">')");
    await page.evaluate(
      "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)",
    );
    await page.until("true");
    expect(await page.evaluate("window.ran ?? null")).to.equal(null);
    expect(page.messages().join("\n")).to.contain("Content Security Policy");
  });
});
