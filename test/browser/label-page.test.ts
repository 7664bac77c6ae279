import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { readSheet, SHEET_COLUMNS } from "../../oracle/domain/labelling/sheet.ts";
import { tableText } from "../../oracle/domain/labelling/table.ts";
import { labelPage } from "../../scripts/guerdon/label-page.ts";
import { withBrowser } from "./with-browser.ts";

const EVIL = '<img src=x onerror="window.ran = 1"><script>window.ran = 1</script>';
const FORMULA = '=HYPERLINK("http://evil.example")';
const ROWS = [
  ["u1", "fair", "Fair", "asked", "Was it asked?", `${EVIL}\n\nTwo "quoted", lines; -1`, ""],
  ["u1", "fair", "Fair", "free", EVIL, FORMULA, ""],
  ["u2", "fair", "Fair", "asked", "Was it asked?", "'tis so", "met"],
];

describe("Page to label a sheet, in Chromium", function () {
  this.timeout(60_000);
  const browser = withBrowser();
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "guerdon-label-"));
    await writeFile(join(folder, "page.html"), await labelPage());
  });

  after(() => rm(folder, { recursive: true }));

  const open = async (): Promise<typeof browser.page> => {
    const { page } = browser;
    await page.open(pathToFileURL(join(folder, "page.html")).href);
    return page;
  };

  /** Puts a sheet into the page as its reader would, and waits for what the page says of it. */
  async function load(text: string): Promise<typeof browser.page> {
    const page = await open();
    await page.evaluate(`{
      const data = new DataTransfer();
      data.items.add(new File([${JSON.stringify(text)}], "sheet.csv", { type: "text/csv" }));
      const input = document.getElementById("file");
      input.files = data.files;
      input.dispatchEvent(new Event("change"));
    }`);
    await page.until("document.getElementById('status').textContent !== 'No sheet is loaded.'");
    return page;
  }

  const press = (key: string): string =>
    `document.body.dispatchEvent(new KeyboardEvent("keydown", { key: ${JSON.stringify(key)}, bubbles: true }))`;
  const shown = (id: string): string => `document.getElementById(${JSON.stringify(id)}).textContent`;

  it("shows the words of a sheet as text, whatever they are, and asks nobody for anything", async () => {
    const page = await load(tableText(SHEET_COLUMNS, ROWS));
    expect(await page.evaluate(shown("text"))).to.equal(ROWS[0]![5]);
    await page.evaluate(press("ArrowRight"));
    expect(await page.evaluate(shown("asks"))).to.equal(EVIL);
    expect(await page.evaluate(shown("text"))).to.equal(FORMULA);
    expect(await page.evaluate("window.ran === undefined && document.images.length === 0")).to.equal(true);
    expect(page.requests().filter((one) => !one.startsWith("file:"))).to.deep.equal([]);
    expect(page.messages()).to.deep.equal([]);
  });

  it("lets nothing run but its own script", async () => {
    const page = await load(tableText(SHEET_COLUMNS, ROWS));
    await page.evaluate(
      "{ const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); }",
    );
    let asked = 0;
    const server = createServer((_, response) => response.end(String(++asked))).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await page.evaluate(
        `document.body.insertAdjacentHTML("beforeend", '<img src="${url}" onerror="window.ran = 1">')`,
      );
      await page.evaluate(
        `fetch("${url}", { mode: "no-cors" }).then(() => (window.out = "went out"), () => (window.out = "stayed"))`,
      );
      await page.until("window.out !== undefined");
      expect(await page.evaluate("[window.ran, window.out]")).to.deep.equal([null, "stayed"]);
      expect(asked).to.equal(0);
    } finally {
      server.close();
    }
  });

  it("is answered by keys alone, and saves what this program reads back", async () => {
    const page = await load(tableText(SHEET_COLUMNS, ROWS));
    await page.evaluate(
      "window.made = []; const of = URL.createObjectURL; URL.createObjectURL = (blob) => (window.made.push(blob), of.call(URL, blob));",
    );
    await page.evaluate(press("2"));
    expect(await page.evaluate(shown("place"))).to.equal("Question 2 of 3");
    await page.evaluate(press("3"));
    expect(await page.evaluate(shown("status"))).to.equal("3 of 3 questions have an answer. Not saved yet.");
    await page.evaluate("document.getElementById('save').click()");
    await page.evaluate("window.made[0].arrayBuffer().then((bytes) => (window.text = [...new Uint8Array(bytes)]))");
    await page.until("window.text !== undefined");
    const bytes = Uint8Array.from((await page.evaluate("window.text")) as number[]);
    expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)).to.equal(
      tableText(
        SHEET_COLUMNS,
        ROWS.map((row, i) => [...row.slice(0, -1), ["not-met", "insufficient", "met"][i]!]),
      ),
    );
    expect([...readSheet({ name: "sheet-labelled.csv", bytes }).answers.values()]).to.deep.equal([
      "not-met",
      "insufficient",
      "met",
    ]);
  });

  it("says what is wrong with a sheet that it cannot read", async () => {
    const page = await load("unit,question\na,b\n");
    expect(await page.evaluate(shown("status"))).to.equal("The sheet cannot be read: the column criterion is missing.");
    const broken = await load('"unit","question"\n"a');
    expect(await broken.evaluate(shown("status"))).to.contain("a quote is left open");
  });
});
