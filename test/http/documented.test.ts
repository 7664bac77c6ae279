import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { INTAKE_REASONS } from "../../oracle/domain/evidence-refusal.ts";
import { INTAKE_STATUS } from "../../oracle/http/evidence-problems.ts";
import { PROBLEMS } from "../../oracle/http/problems.ts";
import { SIGN_IN_REASONS } from "../../oracle/roles/access/refusal.ts";
import { STATEMENT } from "../../oracle/roles/access/siwe.ts";

describe("docs/api.md", () => {
  let text: string;

  before(async () => {
    text = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
  });

  it("explains every kind of problem with its status, and no other", () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| (\d{3}) +\| ./gm)].map(
      ([, name, status]) => `${name} ${status}`,
    );
    const own = Object.entries(PROBLEMS).map(([name, { status }]) => `${name} ${status}`);
    const intake = Object.keys(INTAKE_REASONS).map(
      (name) => `${name} ${INTAKE_STATUS[name as keyof typeof INTAKE_STATUS]}`,
    );
    expect(rows).to.have.members([...own, ...intake]);
  });

  it("names every reason of a refused sign-in, and the statement that must be signed", () => {
    for (const reason of SIGN_IN_REASONS) expect(text).to.contain(`\`${reason}\``);
    expect(text).to.contain(`“${STATEMENT}”`);
  });
});
