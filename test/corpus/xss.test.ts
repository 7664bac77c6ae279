import { expect } from "chai";
import { PAYLOADS } from "./xss-payloads.ts";
import { storeEverywhere, type Stored } from "./xss-stored.ts";

describe("Corpus: scripts in what others send", function () {
  this.timeout(60_000);

  for (const { name, text } of PAYLOADS) {
    describe(name, () => {
      let stored: Stored;

      before(async () => {
        stored = await storeEverywhere([text]);
      });

      after(() => stored.api.close());

      it("comes out as data of a type that no browser runs, wherever it went in", async () => {
        expect(stored.shown).to.have.length.greaterThan(16);
        for (const { path, token, types } of stored.shown) {
          const response = await stored.api.ask(path, token === undefined ? {} : { token });
          const { headers } = response;
          expect(types, path).to.include(headers.get("content-type"));
          expect(headers.get("x-content-type-options"), path).to.equal("nosniff");
          expect(headers.get("content-security-policy"), path).to.match(/default-src 'none'/);
          expect(headers.get("content-security-policy"), path).not.to.match(/script-src|unsafe/);
          expect(headers.get("x-frame-options"), path).to.equal("DENY");
          if (path.endsWith("/content")) expect(headers.get("content-disposition")).to.match(/^attachment;/);
          if (types[0]!.endsWith("json")) JSON.parse(await response.text());
          else await response.arrayBuffer();
        }
      });

      it("is the same text that went in, neither cut nor changed", async () => {
        const content = stored.shown.find(({ path }) => path.endsWith("/content"));
        expect(await (await stored.api.ask(content!.path)).text()).to.equal(text);
        const named = stored.shown.find(({ path }) => path.endsWith("/keys"));
        const { keys } = (await (await stored.api.ask(named!.path, { token: stored.token })).json()) as {
          keys: { name: string }[];
        };
        expect(keys[0]?.name).to.equal(text);
      });

      it("stands in no header, whatever a request says", async () => {
        const harmless = text.replace(/[^\x20-\x7e]/g, "");
        for (const header of ["x-request-id", "origin", "if-none-match", "accept", "last-event-id", "authorization"]) {
          const response = await stored.api.ask("/v1/pools", { headers: { [header]: harmless } });
          const values = [...response.headers.values()].join("\n");
          expect(values, header).not.to.contain("alert(1)");
          await response.body?.cancel();
        }
      });
    });
  }
});
