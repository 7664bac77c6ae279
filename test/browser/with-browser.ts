import { findChromium, openBrowser, type Browser, type Page } from "./chromium.ts";

/**
 * Opens a browser for the tests of a suite. Where there is none the suite is left out with a word on what to install; under CI
 * that is a failure.
 */
export function withBrowser(): { readonly page: Page } {
  let browser: Browser | undefined;

  before(async function () {
    this.timeout(60_000);
    const path = findChromium();
    if (path !== null) {
      browser = await openBrowser(path);
      return;
    }
    const message = "no Chromium on PATH: install one (Debian: apt-get install chromium) and run this test again";
    if (process.env["CI"] !== undefined) throw new Error(message);
    console.log(`      ${message}`);
    this.skip();
  });

  after(() => browser?.close());

  return {
    get page() {
      return browser!.page;
    },
  };
}
