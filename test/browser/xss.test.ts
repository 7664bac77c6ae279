import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { listen, type Listening } from "../../oracle/http/serve.ts";
import { PAYLOADS } from "../corpus/xss-payloads.ts";
import { storeEverywhere, type Stored } from "../corpus/xss-stored.ts";
import { withBrowser } from "./with-browser.ts";

/** Payloads that do nothing when they are opened as a page: they wait for a person, for other code or for an old browser. */
const SLEEPING: ReadonlySet<string> = new Set([
  "a script within a script's tag",
  "a page that moves on",
  "a base for all links",
  "an object of a page",
  "a script in another character set",
  "plain JavaScript",
  "JavaScript that is text as well",
  "an address",
  "an expression of a template",
  "markdown",
  "a drawing with slashes",
  "a document of XML",
  "a frame of a page",
  "a script without its end",
  "a field that takes the focus",
  "formulas hiding a script",
]);

/** Where it is opened, by path. */
const KINDS = [
  ["its content", /\/evidence\/0x\w{64}\/content$/],
  ["it as an item of evidence", /\/rounds\/0\/evidence\/0x\w{64}$/],
  ["a bundle it is in", /^\/v1\/bundles\/0x\w{64}$/],
  ["an address that holds it", /^\/(?!v1|docs)/],
] as const;

describe("Scripts in what others send, in Chromium", function () {
  this.timeout(120_000);
  const browser = withBrowser();
  let elsewhere: Server;
  let evil: string;
  let page = "";

  before(async () => {
    elsewhere = createServer((_, response) => response.setHeader("content-type", "text/html").end(page));
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    evil = `http://localhost:${(elsewhere.address() as AddressInfo).port}/`;
  });

  after(() => void elsewhere.close());

  it("would run where they are served as pages, so that the rest of this means something", async () => {
    const ran: string[] = [];
    for (const { name, text } of PAYLOADS) {
      page = `<!doctype html><meta charset=utf-8>${text}`;
      await browser.page.open(evil);
      for (let waits = 0; waits < 10 && browser.page.dialogs() === 0; waits++) await pause();
      if (browser.page.dialogs() > 0) ran.push(name);
    }
    const awake = PAYLOADS.map(({ name }) => name).filter((name) => !SLEEPING.has(name));
    expect(awake.length).to.be.at.least(20);
    expect(ran).to.include.members(awake);
  });

  describe("stored in a service", () => {
    let stored: Stored;
    let server: Listening;
    let url: string;

    before(async () => {
      stored = await storeEverywhere(PAYLOADS.map(({ text }) => text));
      server = await listen(stored.api.app, { hostname: "127.0.0.1", port: 0 });
      url = `http://127.0.0.1:${server.port}`;
    });

    after(async () => {
      await server.close(0);
      await stored.api.close();
    });

    const paths = (part: RegExp): string[] => stored.shown.map(({ path }) => path).filter((path) => part.test(path));

    for (const [what, part] of KINDS) {
      it(`runs nothing for whoever opens ${what}`, async () => {
        const opened = paths(part);
        expect(opened).to.have.length.at.least(PAYLOADS.length);
        for (const path of opened) {
          await browser.page.open(url + path);
          expect(browser.page.dialogs(), path).to.equal(0);
          const others = browser.page.requests().filter((one) => !one.startsWith(url));
          expect(others, path).to.deep.equal([]);
        }
      });
    }

    it("runs nothing for a page of others that takes it for script, style or frame", async () => {
      const all = KINDS.flatMap(([, part]) => paths(part));
      for (let from = 0; from < all.length; from += 40) {
        const some = all.slice(from, from + 40);
        page = `<!doctype html><meta charset=utf-8>${some.map((path) => tags(url + path)).join("")}`;
        await browser.page.open(evil);
        expect(browser.page.dialogs()).to.equal(0);
        const asked = new Set(browser.page.requests().filter((one) => one.startsWith(url)));
        expect(asked.size).to.equal(some.length);
      }
    });
  });
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 30));
}

function tags(url: string): string {
  const quoted = url.replaceAll("&", "&amp;").replaceAll('"', "%22");
  return `<script src="${quoted}"></script><link rel=stylesheet href="${quoted}"><iframe src="${quoted}"></iframe>`;
}
