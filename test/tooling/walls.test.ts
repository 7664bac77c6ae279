import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";

const root = fileURLToPath(new URL("../..", import.meta.url));
const WALL = "guerdon/walls";

const NEED_TYPES = new Set(Object.keys(tseslint.configs.disableTypeChecked.rules ?? {}));

/** Without the rules that need types, so that a file need not exist to be linted. */
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => !NEED_TYPES.has(ruleId),
  overrideConfig: { files: ["**/*.ts"], languageOptions: { parserOptions: { projectService: false } } },
});

/** Names of the rules that a text breaks in a file of that path. */
async function broken(filePath: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath, warnIgnored: true });
  const rules = result?.messages.map(({ ruleId }) => ruleId) ?? [];
  return [...new Set(rules)].filter(
    (rule) => rule !== "@typescript-eslint/no-unused-vars" && rule !== "no-unused-vars",
  );
}

const use = (source: string): string => `import { a } from "${source}";\nexport const b = a;\n`;
const useType = (source: string): string => `import type { A } from "${source}";\nexport type B = A;\n`;

describe("walls between folders", function () {
  this.timeout(120_000);

  const forbidden: [file: string, text: string][] = [
    ["contracts/protocol/x.ts", use("zod")],
    ["contracts/protocol/x.ts", use("node:fs")],
    ["contracts/protocol/x.ts", useType("../../oracle/domain/spec.ts")],
    ["contracts/protocol/x.ts", `export * from "../../oracle/ports.ts";\n`],
    ["oracle/domain/x.ts", use("node:crypto")],
    ["oracle/domain/x.ts", use("fs")],
    ["oracle/domain/x.ts", use("hono")],
    ["oracle/domain/x.ts", use("../ports.ts")],
    ["oracle/domain/x.ts", useType("../adapters/chain/viem-chain.ts")],
    ["oracle/domain/deep/x.ts", use("../../http/node.ts")],
    ["oracle/domain/x.ts", `export const load = () => import("../adapters/chain/viem-chain.ts");\n`],
    ["oracle/domain/x.ts", `export type A = import("../ports.ts").Clock;\n`],
    ["oracle/adapters/x.ts", use("../http/node.ts")],
    ["oracle/adapters/x.ts", use("../main.ts")],
    ["oracle/http/x.ts", use("../adapters/chain/viem-chain.ts")],
    ["oracle/roles/x.ts", useType("../adapters/chain/viem-chain.ts")],
    ["oracle/config.ts", use("./adapters/chain/viem-chain.ts")],
    ["oracle/roles/x.ts", use("../../scripts/start.ts")],
    ["app/features/buyer/x.ts", use("../../../oracle/http/node.ts")],
    ["app/lib/x.ts", `export { a } from "../../oracle/ports.ts";\n`],
    ["app/lib/x.ts", use("../../scripts/start.ts")],
  ];
  for (const [file, text] of forbidden) {
    it(`refuses in ${file}: ${text.split("\n")[0]}`, async () => {
      expect(await broken(file, text)).to.include(WALL);
    });
  }

  const allowed: [file: string, text: string][] = [
    ["contracts/protocol/x.ts", use("viem")],
    ["contracts/protocol/x.ts", use("./clock.ts")],
    ...["zod", "canonicalize", "papaparse", "yaml", "@openzeppelin/merkle-tree", "viem/utils"].map(
      (name): [string, string] => ["oracle/domain/x.ts", use(name)],
    ),
    ["oracle/domain/deep/x.ts", use("../../../contracts/protocol/clock.ts")],
    ["oracle/domain/deep/x.ts", use("../errors.ts")],
    ["oracle/adapters/x.ts", use("../domain/errors.ts")],
    ["oracle/adapters/x.ts", use("../ports.ts")],
    ["oracle/adapters/x.ts", use("node:fs")],
    ["oracle/http/x.ts", use("hono")],
    ["oracle/http/x.ts", useType("../ports.ts")],
    ["oracle/main.ts", use("./adapters/chain/viem-chain.ts")],
    ["scripts/x.ts", use("../oracle/adapters/chain/viem-chain.ts")],
    ["test/x.ts", use("../oracle/adapters/chain/viem-chain.ts")],
    ["app/lib/x.ts", use("../../oracle/domain/errors.ts")],
    ["app/lib/x.ts", use("../../contracts/protocol/clock.ts")],
    ["app/lib/x.ts", useType("../../oracle/http/node.ts")],
    ["app/lib/x.ts", use("react")],
  ];
  for (const [file, text] of allowed) {
    it(`lets pass in ${file}: ${text.split("\n")[0]}`, async () => {
      expect(await broken(file, text)).to.not.include(WALL);
    });
  }
});

describe("other rules of the house", function () {
  this.timeout(120_000);

  const reads = `export const url = process.env["URL"];\n`;

  it("reads the environment only where settings are read", async () => {
    const takes = [
      reads,
      `export const { env } = process;\n`,
      `import { env } from "node:process";\nexport const b = env;\n`,
    ];
    for (const text of takes) expect(await broken("oracle/roles/x.ts", text), text).to.not.deep.equal([]);
    for (const file of ["oracle/main.ts", "oracle/config.ts", "scripts/x.ts", "test/x.ts"]) {
      expect(await broken(file, reads), file).to.deep.equal([]);
    }
  });

  it("keeps input and output out of the pure folders", async () => {
    for (const file of ["contracts/protocol/x.ts", "oracle/domain/x.ts"]) {
      expect(await broken(file, `export const get = () => fetch("/");\n`)).to.deep.equal(["no-restricted-globals"]);
    }
  });

  it("has default exports only in files whose tools ask for them", async () => {
    const text = "export default {};\n";
    expect(await broken("oracle/roles/x.ts", text)).to.deep.equal(["import-x/no-default-export"]);
    expect(await broken("ignition/modules/x.ts", text)).to.deep.equal([]);
    expect(await broken("hardhat.config.ts", text)).to.deep.equal([]);
  });

  it("has no any", async () => {
    const text = "export const a = (b: any): unknown => b;\n";
    for (const file of ["oracle/domain/x.ts", "app/lib/x.ts", "scripts/x.ts", "test/x.ts"]) {
      expect(await broken(file, text), file).to.deep.equal(["@typescript-eslint/no-explicit-any"]);
    }
  });
});
