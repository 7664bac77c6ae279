import { expect } from "chai";
import { concatHex, numberToHex, slice, stringToBytes, type Hex } from "viem";
import { CHAIN_FILE } from "../../oracle/domain/chain-export.ts";
import { RESULT_FILE, SEAL_FILE } from "../../oracle/domain/seal.ts";
import { expectFailure, textOf, unsealed } from "./season/expect.ts";
import { draftOf, filesOf, type Draft } from "./season/forge.ts";
import { oracleNodes, seal } from "./season/oracle.ts";
import type { SeasonFixture } from "./season/pool.ts";
import { seasons, type Seasons } from "./season/seasons.ts";

/** Order of the curve: r, n - s and the other v are the same signature in another spelling. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("audit of files in another form", () => {
  let all: Seasons;

  before(async () => {
    all = await seasons();
  });

  const cases: [string, string, (text: string) => string][] = [
    ["a space", CHAIN_FILE, (t) => t.replace('{"', '{ "')],
    ["no line break at the end", CHAIN_FILE, (t) => t.trimEnd()],
    ["a second line break", SEAL_FILE, (t) => `${t}\n`],
    ["a carriage return", "bundle-0.json", (t) => t.replace("\n", "\r\n")],
    ["a byte order mark", CHAIN_FILE, (t) => `\uFEFF${t}`],
    ["keys in another order", CHAIN_FILE, (t) => t.replace(/^\{("balance":"\d+"),(.*)\}\n$/, "{$2,$1}\n")],
    ["a key twice", SEAL_FILE, (t) => t.replace('{"chainId"', '{"chainId":1,"chainId"')],
    ["another key", SEAL_FILE, (t) => t.replace("{", '{"a":1,')],
    ["an escaped letter", CHAIN_FILE, (t) => t.replace('"balance"', '"\\u0062alance"')],
    ["a number with a point", SEAL_FILE, (t) => t.replace(/"chainId":(\d+)/, '"chainId":$1.0')],
    ["a number with an exponent", SEAL_FILE, (t) => t.replace(/"chainId":(\d+)/, '"chainId":$1e0')],
    [
      "upper-case hexadecimal",
      "bundle-0.json",
      (t) =>
        t.replace(/"evidenceRoot":"0x[0-9a-f]+/, (m) =>
          m.toUpperCase().replace('"EVIDENCEROOT":"0X', '"evidenceRoot":"0x'),
        ),
    ],
    ["an amount with a leading zero", CHAIN_FILE, (t) => t.replace(/"amount":"/, '"amount":"0')],
    ["a negative amount", CHAIN_FILE, (t) => t.replace(/"amount":"/, '"amount":"-')],
    ["a lone surrogate", "bundle-0.json", (t) => t.replace('"title":"', '"title":"\\ud800')],
    ["a proto key", CHAIN_FILE, (t) => t.replace('"head":{', '"head":{"__proto__":{},')],
    ["an array instead", CHAIN_FILE, () => "[]\n"],
    ["half of it", "bundle-0.json", (t) => t.slice(0, t.length / 2)],
    ["nothing", CHAIN_FILE, () => ""],
  ];
  for (const [what, name, change] of cases) {
    it(`refuses ${what} in ${name}`, async () => {
      const files = rewritten(all.engine, name, change);
      await expectFailure(files, "files.form", name, name);
      if (name === SEAL_FILE) return;
      // Not even who can seal anything can give a document a second form.
      const { chainId, pool } = all.engine.chain;
      await expectFailure(await seal(unsealed(files), chainId, pool, oracleNodes()), "files.form", name, name);
    });
  }

  it("refuses bytes that are not UTF-8", async () => {
    const bytes = all.engine.files.get(CHAIN_FILE)!.with(20, 0xff);
    await expectFailure(new Map([...all.engine.files, [CHAIN_FILE, bytes]]), "files.form", CHAIN_FILE, "UTF-8");
  });

  const spellings: [string, (signature: Hex) => Hex][] = [
    ["high s and the other v", (s) => highS(s)],
    ["v 0 or 1", (s) => concatHex([slice(s, 0, 64), numberToHex(Number(slice(s, 64)) - 27, { size: 1 })])],
    ["64 bytes (ERC-2098)", (s) => slice(s, 0, 64)],
    ["a byte more", (s) => concatHex([s, "0x00"])],
  ];
  for (const [what, spell] of spellings) {
    it(`refuses signatures with ${what} in all places`, async () => {
      const places: ((draft: Draft) => { signature: Hex })[] = [
        ({ bundles }) => bundles[0]!.reports[1]!,
        ({ bundles }) => bundles[0]!.signatures[0]!,
        (draft) => draft.seal.signatures[2]!,
      ];
      for (const [i, find] of places.entries()) {
        const draft = draftOf(all.engine);
        const signed = find(draft);
        signed.signature = spell(signed.signature);
        await expectFailure(filesOf(draft), "files.form", i === 2 ? SEAL_FILE : "bundle-0.json", "65 bytes");
      }
    });
  }

  it("refuses a result in another form", async () => {
    const compact = rewritten(all.sla, RESULT_FILE, (t) => `${JSON.stringify(JSON.parse(t))}\n`);
    await expectFailure(compact, "result.recomputed", RESULT_FILE, "another form");
    await expectFailure(
      rewritten(all.sla, RESULT_FILE, () => "{"),
      "result.recomputed",
      RESULT_FILE,
      "not JSON",
    );
    const dust = rewritten(all.sla, RESULT_FILE, (t) => t.replace(/"dust": "/, '"dust": "1'));
    await expectFailure(dust, "result.recomputed", RESULT_FILE, "rounds[0].dust is");
  });
});

/** The files with one of them rewritten, its text by a function. */
function rewritten({ files }: SeasonFixture, name: string, change: (text: string) => string): Map<string, Uint8Array> {
  const after = change(textOf(files, name));
  expect(after, "nothing was changed").to.not.equal(textOf(files, name));
  return new Map([...files, [name, stringToBytes(after)]]);
}

function highS(signature: Hex): Hex {
  const s = ORDER - BigInt(slice(signature, 32, 64));
  return concatHex([
    slice(signature, 0, 32),
    numberToHex(s, { size: 32 }),
    slice(signature, 64) === "0x1b" ? "0x1c" : "0x1b",
  ]);
}
